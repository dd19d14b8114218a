using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Symbolics;

/// <summary>128 bits of numbers: four floats or two doubles or whole numbers.</summary>
internal readonly unsafe struct Lanes128<T> : ILanes<Lanes128<T>, T>
    where T : unmanaged
{
    private readonly Vector128<T> v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes128(Vector128<T> v) => this.v = v;

    public static int Count => Vector128<T>.Count;

    public static Lanes128<T> Zero => new(Vector128<T>.Zero);

    public static Lanes128<T> One => new(Vector128<T>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> All(T value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Load(T* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128<T> x, T* target) => x.v.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(Lanes128<T> x) => x.v.ToScalar();

    // ---- arithmetic ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator +(Lanes128<T> a, Lanes128<T> b) => new(a.v + b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator +(Lanes128<T> a, T b) => new(a.v + Vector128.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> a, Lanes128<T> b) => new(a.v - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> a, T b) => new(a.v - Vector128.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(T a, Lanes128<T> b) => new(Vector128.Create(a) - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator *(Lanes128<T> a, Lanes128<T> b) => new(a.v * b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator *(Lanes128<T> a, T b) => new(a.v * Vector128.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator /(Lanes128<T> a, Lanes128<T> b) => new(a.v / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator /(T a, Lanes128<T> b) => new(Vector128.Create(a) / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator -(Lanes128<T> x) => new(-x.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MultiplyAdd(Lanes128<T> a, Lanes128<T> b, Lanes128<T> c) => typeof(T) == typeof(float)
        ? new(Vector128.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector128.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MultiplyAdd(Lanes128<T> a, Lanes128<T> b, T c) => typeof(T) == typeof(float)
        ? new(Vector128.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), Vector128.Create(c).AsSingle()).As<float, T>())
        : new(Vector128.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), Vector128.Create(c).AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MultiplyAdd(Lanes128<T> a, T b, Lanes128<T> c) => typeof(T) == typeof(float)
        ? new(Vector128.MultiplyAddEstimate(a.v.AsSingle(), Vector128.Create(b).AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector128.MultiplyAddEstimate(a.v.AsDouble(), Vector128.Create(b).AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> MultiplyAdd(Lanes128<T> a, T b, T c) => typeof(T) == typeof(float)
        ? new(Vector128.MultiplyAddEstimate(a.v.AsSingle(), Vector128.Create(b).AsSingle(), Vector128.Create(c).AsSingle()).As<float, T>())
        : new(Vector128.MultiplyAddEstimate(a.v.AsDouble(), Vector128.Create(b).AsDouble(), Vector128.Create(c).AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Fma(Lanes128<T> a, Lanes128<T> b, Lanes128<T> c) => typeof(T) == typeof(float)
        ? new(Vector128.FusedMultiplyAdd(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector128.FusedMultiplyAdd(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Fma(Lanes128<T> a, T b, Lanes128<T> c) => typeof(T) == typeof(float)
        ? new(Vector128.FusedMultiplyAdd(a.v.AsSingle(), Vector128.Create(b).AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector128.FusedMultiplyAdd(a.v.AsDouble(), Vector128.Create(b).AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Sqrt(Lanes128<T> x) => new(Vector128.Sqrt(x.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Abs(Lanes128<T> x) => new(Vector128.Abs(x.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> CopySign(Lanes128<T> size, Lanes128<T> sign) => new(Vector128.CopySign(size.v, sign.v));

    public static bool CanScale => Avx512F.VL.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Scale(Lanes128<T> x, Lanes128<T> k) => typeof(T) == typeof(float)
        ? new(Avx512F.VL.Scale(x.v.AsSingle(), k.v.AsSingle()).As<float, T>())
        : new(Avx512F.VL.Scale(x.v.AsDouble(), k.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Min(Lanes128<T> a, Lanes128<T> b) => new(Vector128.MinNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Max(Lanes128<T> a, Lanes128<T> b) => new(Vector128.MaxNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Floor(Lanes128<T> x) => typeof(T) == typeof(float)
        ? new(Vector128.Floor(x.v.AsSingle()).As<float, T>())
        : new(Vector128.Floor(x.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Ceiling(Lanes128<T> x) => typeof(T) == typeof(float)
        ? new(Vector128.Ceiling(x.v.AsSingle()).As<float, T>())
        : new(Vector128.Ceiling(x.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Round(Lanes128<T> x) => typeof(T) == typeof(float)
        ? new(Vector128.Round(x.v.AsSingle()).As<float, T>())
        : new(Vector128.Round(x.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Truncate(Lanes128<T> x) => typeof(T) == typeof(float)
        ? new(Vector128.Truncate(x.v.AsSingle()).As<float, T>())
        : new(Vector128.Truncate(x.v.AsDouble()).As<double, T>());

    // ---- comparison and selection ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator <(Lanes128<T> a, Lanes128<T> b) => new(Vector128.LessThan(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator <(Lanes128<T> a, T b) => new(Vector128.LessThan(a.v, Vector128.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator >(Lanes128<T> a, Lanes128<T> b) => new(Vector128.GreaterThan(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator >(Lanes128<T> a, T b) => new(Vector128.GreaterThan(a.v, Vector128.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator <=(Lanes128<T> a, Lanes128<T> b) => new(Vector128.LessThanOrEqual(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator <=(Lanes128<T> a, T b) => new(Vector128.LessThanOrEqual(a.v, Vector128.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator >=(Lanes128<T> a, Lanes128<T> b) => new(Vector128.GreaterThanOrEqual(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator >=(Lanes128<T> a, T b) => new(Vector128.GreaterThanOrEqual(a.v, Vector128.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Equal(Lanes128<T> a, Lanes128<T> b) => new(Vector128.Equals(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Equal(Lanes128<T> a, T b) => new(Vector128.Equals(a.v, Vector128.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Select(Lanes128<T> mask, Lanes128<T> a, Lanes128<T> b) => new(Vector128.ConditionalSelect(mask.v, a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Select(Lanes128<T> mask, T a, Lanes128<T> b) => new(Vector128.ConditionalSelect(mask.v, Vector128.Create(a), b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyTrue(Lanes128<T> mask) => !(typeof(T) == typeof(float)
        ? Vector128.EqualsAll(mask.v.AsInt32(), Vector128<int>.Zero)
        : Vector128.EqualsAll(mask.v.AsInt64(), Vector128<long>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllTrue(Lanes128<T> mask) => typeof(T) == typeof(float)
        ? Vector128.EqualsAll(mask.v.AsInt32(), Vector128<int>.AllBitsSet)
        : Vector128.EqualsAll(mask.v.AsInt64(), Vector128<long>.AllBitsSet);

    // ---- bits ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Bits(long bits) => typeof(T) == typeof(float)
        ? new((Vector128.Create((int)bits)).As<int, T>())
        : new((Vector128.Create(bits)).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator &(Lanes128<T> a, Lanes128<T> b) => new(a.v & b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator |(Lanes128<T> a, Lanes128<T> b) => new(a.v | b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator ^(Lanes128<T> a, Lanes128<T> b) => new(a.v ^ b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator ~(Lanes128<T> a) => new(~a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> AndNot(Lanes128<T> a, Lanes128<T> b) => new(Vector128.AndNot(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator <<(Lanes128<T> a, int count) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() << count).As<int, T>())
        : new((a.v.AsInt64() << count).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> operator >>>(Lanes128<T> a, int count) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() >>> count).As<int, T>())
        : new((a.v.AsInt64() >>> count).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> AddBits(Lanes128<T> a, Lanes128<T> b) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() + b.v.AsInt32()).As<int, T>())
        : new((a.v.AsInt64() + b.v.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> AddBits(Lanes128<T> a, long b) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() + Vector128.Create((int)b)).As<int, T>())
        : new((a.v.AsInt64() + Vector128.Create(b)).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> SubtractBits(Lanes128<T> a, Lanes128<T> b) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() - b.v.AsInt32()).As<int, T>())
        : new((a.v.AsInt64() - b.v.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> IsNegative(Lanes128<T> a) => typeof(T) == typeof(float)
        ? new((Vector128.LessThan(a.v.AsInt32(), Vector128<int>.Zero)).As<int, T>())
        : new((Vector128.LessThan(a.v.AsInt64(), Vector128<long>.Zero)).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> EqualBits(Lanes128<T> a, Lanes128<T> b) => typeof(T) == typeof(float)
        ? new((Vector128.Equals(a.v.AsInt32(), b.v.AsInt32())).As<int, T>())
        : new((Vector128.Equals(a.v.AsInt64(), b.v.AsInt64())).As<long, T>());

    // ---- double precision ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Widened<TOperator>(Lanes128<T> x)
        where TOperator : struct, IUnaryOperator<double>
    {
        if (typeof(T) == typeof(double)) return new(TOperator.Apply(new Lanes128<double>(x.v.AsDouble())).v.As<double, T>());
        Vector128<double> low = TOperator.Apply(new Lanes128<double>(Vector128.WidenLower(x.v.AsSingle()))).v;
        Vector128<double> high = TOperator.Apply(new Lanes128<double>(Vector128.WidenUpper(x.v.AsSingle()))).v;
        return new(Vector128.Narrow(low, high).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128<T> Widened2<TOperator>(Lanes128<T> a, Lanes128<T> b)
        where TOperator : struct, IBinaryOperator<double>
    {
        if (typeof(T) == typeof(double)) return new(TOperator.Apply(new Lanes128<double>(a.v.AsDouble()), new(b.v.AsDouble())).v.As<double, T>());
        Vector128<double> low = TOperator.Apply(new Lanes128<double>(Vector128.WidenLower(a.v.AsSingle())), new(Vector128.WidenLower(b.v.AsSingle()))).v;
        Vector128<double> high = TOperator.Apply(new Lanes128<double>(Vector128.WidenUpper(a.v.AsSingle())), new(Vector128.WidenUpper(b.v.AsSingle()))).v;
        return new(Vector128.Narrow(low, high).As<float, T>());
    }
}
