using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Symbolics;

/// <summary>256 bits of numbers: eight floats or four doubles or whole numbers.</summary>
internal readonly unsafe struct Lanes256<T> : ILanes<Lanes256<T>, T>
    where T : unmanaged
{
    private readonly Vector256<T> v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes256(Vector256<T> v) => this.v = v;

    public static int Count => Vector256<T>.Count;

    public static Lanes256<T> Zero => new(Vector256<T>.Zero);

    public static Lanes256<T> One => new(Vector256<T>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> All(T value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Load(T* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes256<T> x, T* target) => x.v.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(Lanes256<T> x) => x.v.ToScalar();

    // ---- arithmetic ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator +(Lanes256<T> a, Lanes256<T> b) => new(a.v + b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator +(Lanes256<T> a, T b) => new(a.v + Vector256.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> a, Lanes256<T> b) => new(a.v - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> a, T b) => new(a.v - Vector256.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(T a, Lanes256<T> b) => new(Vector256.Create(a) - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator *(Lanes256<T> a, Lanes256<T> b) => new(a.v * b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator *(Lanes256<T> a, T b) => new(a.v * Vector256.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator /(Lanes256<T> a, Lanes256<T> b) => new(a.v / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator /(T a, Lanes256<T> b) => new(Vector256.Create(a) / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator -(Lanes256<T> x) => new(-x.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c) => typeof(T) == typeof(float)
        ? new(Vector256.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector256.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> a, Lanes256<T> b, T c) => typeof(T) == typeof(float)
        ? new(Vector256.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), Vector256.Create(c).AsSingle()).As<float, T>())
        : new(Vector256.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), Vector256.Create(c).AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> a, T b, Lanes256<T> c) => typeof(T) == typeof(float)
        ? new(Vector256.MultiplyAddEstimate(a.v.AsSingle(), Vector256.Create(b).AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector256.MultiplyAddEstimate(a.v.AsDouble(), Vector256.Create(b).AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> MultiplyAdd(Lanes256<T> a, T b, T c) => typeof(T) == typeof(float)
        ? new(Vector256.MultiplyAddEstimate(a.v.AsSingle(), Vector256.Create(b).AsSingle(), Vector256.Create(c).AsSingle()).As<float, T>())
        : new(Vector256.MultiplyAddEstimate(a.v.AsDouble(), Vector256.Create(b).AsDouble(), Vector256.Create(c).AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Fma(Lanes256<T> a, Lanes256<T> b, Lanes256<T> c) => typeof(T) == typeof(float)
        ? new(Vector256.FusedMultiplyAdd(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector256.FusedMultiplyAdd(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Fma(Lanes256<T> a, T b, Lanes256<T> c) => typeof(T) == typeof(float)
        ? new(Vector256.FusedMultiplyAdd(a.v.AsSingle(), Vector256.Create(b).AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector256.FusedMultiplyAdd(a.v.AsDouble(), Vector256.Create(b).AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Sqrt(Lanes256<T> x) => new(Vector256.Sqrt(x.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Abs(Lanes256<T> x) => new(Vector256.Abs(x.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> CopySign(Lanes256<T> size, Lanes256<T> sign) => new(Vector256.CopySign(size.v, sign.v));

    public static bool CanScale => Avx512F.VL.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Scale(Lanes256<T> x, Lanes256<T> k) => typeof(T) == typeof(float)
        ? new(Avx512F.VL.Scale(x.v.AsSingle(), k.v.AsSingle()).As<float, T>())
        : new(Avx512F.VL.Scale(x.v.AsDouble(), k.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Min(Lanes256<T> a, Lanes256<T> b) => new(Vector256.MinNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Max(Lanes256<T> a, Lanes256<T> b) => new(Vector256.MaxNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Floor(Lanes256<T> x) => typeof(T) == typeof(float)
        ? new(Vector256.Floor(x.v.AsSingle()).As<float, T>())
        : new(Vector256.Floor(x.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Ceiling(Lanes256<T> x) => typeof(T) == typeof(float)
        ? new(Vector256.Ceiling(x.v.AsSingle()).As<float, T>())
        : new(Vector256.Ceiling(x.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Round(Lanes256<T> x) => typeof(T) == typeof(float)
        ? new(Vector256.Round(x.v.AsSingle()).As<float, T>())
        : new(Vector256.Round(x.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Truncate(Lanes256<T> x) => typeof(T) == typeof(float)
        ? new(Vector256.Truncate(x.v.AsSingle()).As<float, T>())
        : new(Vector256.Truncate(x.v.AsDouble()).As<double, T>());

    // ---- comparison and selection ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator <(Lanes256<T> a, Lanes256<T> b) => new(Vector256.LessThan(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator <(Lanes256<T> a, T b) => new(Vector256.LessThan(a.v, Vector256.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator >(Lanes256<T> a, Lanes256<T> b) => new(Vector256.GreaterThan(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator >(Lanes256<T> a, T b) => new(Vector256.GreaterThan(a.v, Vector256.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator <=(Lanes256<T> a, Lanes256<T> b) => new(Vector256.LessThanOrEqual(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator <=(Lanes256<T> a, T b) => new(Vector256.LessThanOrEqual(a.v, Vector256.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator >=(Lanes256<T> a, Lanes256<T> b) => new(Vector256.GreaterThanOrEqual(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator >=(Lanes256<T> a, T b) => new(Vector256.GreaterThanOrEqual(a.v, Vector256.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Equal(Lanes256<T> a, Lanes256<T> b) => new(Vector256.Equals(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Equal(Lanes256<T> a, T b) => new(Vector256.Equals(a.v, Vector256.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Select(Lanes256<T> mask, Lanes256<T> a, Lanes256<T> b) => new(Vector256.ConditionalSelect(mask.v, a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Select(Lanes256<T> mask, T a, Lanes256<T> b) => new(Vector256.ConditionalSelect(mask.v, Vector256.Create(a), b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyTrue(Lanes256<T> mask) => !(typeof(T) == typeof(float)
        ? Vector256.EqualsAll(mask.v.AsInt32(), Vector256<int>.Zero)
        : Vector256.EqualsAll(mask.v.AsInt64(), Vector256<long>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllTrue(Lanes256<T> mask) => typeof(T) == typeof(float)
        ? Vector256.EqualsAll(mask.v.AsInt32(), Vector256<int>.AllBitsSet)
        : Vector256.EqualsAll(mask.v.AsInt64(), Vector256<long>.AllBitsSet);

    // ---- bits ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Bits(long bits) => typeof(T) == typeof(float)
        ? new((Vector256.Create((int)bits)).As<int, T>())
        : new((Vector256.Create(bits)).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator &(Lanes256<T> a, Lanes256<T> b) => new(a.v & b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator |(Lanes256<T> a, Lanes256<T> b) => new(a.v | b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator ^(Lanes256<T> a, Lanes256<T> b) => new(a.v ^ b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator ~(Lanes256<T> a) => new(~a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> AndNot(Lanes256<T> a, Lanes256<T> b) => new(Vector256.AndNot(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator <<(Lanes256<T> a, int count) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() << count).As<int, T>())
        : new((a.v.AsInt64() << count).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> operator >>>(Lanes256<T> a, int count) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() >>> count).As<int, T>())
        : new((a.v.AsInt64() >>> count).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> AddBits(Lanes256<T> a, Lanes256<T> b) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() + b.v.AsInt32()).As<int, T>())
        : new((a.v.AsInt64() + b.v.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> AddBits(Lanes256<T> a, long b) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() + Vector256.Create((int)b)).As<int, T>())
        : new((a.v.AsInt64() + Vector256.Create(b)).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> SubtractBits(Lanes256<T> a, Lanes256<T> b) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() - b.v.AsInt32()).As<int, T>())
        : new((a.v.AsInt64() - b.v.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> IsNegative(Lanes256<T> a) => typeof(T) == typeof(float)
        ? new((Vector256.LessThan(a.v.AsInt32(), Vector256<int>.Zero)).As<int, T>())
        : new((Vector256.LessThan(a.v.AsInt64(), Vector256<long>.Zero)).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> EqualBits(Lanes256<T> a, Lanes256<T> b) => typeof(T) == typeof(float)
        ? new((Vector256.Equals(a.v.AsInt32(), b.v.AsInt32())).As<int, T>())
        : new((Vector256.Equals(a.v.AsInt64(), b.v.AsInt64())).As<long, T>());

    // ---- double precision ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Widened<TOperator>(Lanes256<T> x)
        where TOperator : struct, IUnaryOperator<double>
    {
        if (typeof(T) == typeof(double)) return new(TOperator.Apply(new Lanes256<double>(x.v.AsDouble())).v.As<double, T>());
        Vector256<double> low = TOperator.Apply(new Lanes256<double>(Vector256.WidenLower(x.v.AsSingle()))).v;
        Vector256<double> high = TOperator.Apply(new Lanes256<double>(Vector256.WidenUpper(x.v.AsSingle()))).v;
        return new(Vector256.Narrow(low, high).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256<T> Widened2<TOperator>(Lanes256<T> a, Lanes256<T> b)
        where TOperator : struct, IBinaryOperator<double>
    {
        if (typeof(T) == typeof(double)) return new(TOperator.Apply(new Lanes256<double>(a.v.AsDouble()), new(b.v.AsDouble())).v.As<double, T>());
        Vector256<double> low = TOperator.Apply(new Lanes256<double>(Vector256.WidenLower(a.v.AsSingle())), new(Vector256.WidenLower(b.v.AsSingle()))).v;
        Vector256<double> high = TOperator.Apply(new Lanes256<double>(Vector256.WidenUpper(a.v.AsSingle())), new(Vector256.WidenUpper(b.v.AsSingle()))).v;
        return new(Vector256.Narrow(low, high).As<float, T>());
    }
}
