using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Symbolics;

/// <summary>512 bits of numbers: sixteen floats or eight doubles or whole numbers.</summary>
internal readonly unsafe struct Lanes512<T> : ILanes<Lanes512<T>, T>
    where T : unmanaged
{
    private readonly Vector512<T> v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Lanes512(Vector512<T> v) => this.v = v;

    public static int Count => Vector512<T>.Count;

    public static Lanes512<T> Zero => new(Vector512<T>.Zero);

    public static Lanes512<T> One => new(Vector512<T>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> All(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Load(T* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512<T> x, T* target) => x.v.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T First(Lanes512<T> x) => x.v.ToScalar();

    // ---- arithmetic ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> a, Lanes512<T> b) => new(a.v + b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator +(Lanes512<T> a, T b) => new(a.v + Vector512.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> a, Lanes512<T> b) => new(a.v - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> a, T b) => new(a.v - Vector512.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(T a, Lanes512<T> b) => new(Vector512.Create(a) - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> a, Lanes512<T> b) => new(a.v * b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator *(Lanes512<T> a, T b) => new(a.v * Vector512.Create(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator /(Lanes512<T> a, Lanes512<T> b) => new(a.v / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator /(T a, Lanes512<T> b) => new(Vector512.Create(a) / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator -(Lanes512<T> x) => new(-x.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c) => typeof(T) == typeof(float)
        ? new(Vector512.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector512.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, Lanes512<T> b, T c) => typeof(T) == typeof(float)
        ? new(Vector512.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), Vector512.Create(c).AsSingle()).As<float, T>())
        : new(Vector512.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), Vector512.Create(c).AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, T b, Lanes512<T> c) => typeof(T) == typeof(float)
        ? new(Vector512.MultiplyAddEstimate(a.v.AsSingle(), Vector512.Create(b).AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector512.MultiplyAddEstimate(a.v.AsDouble(), Vector512.Create(b).AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> MultiplyAdd(Lanes512<T> a, T b, T c) => typeof(T) == typeof(float)
        ? new(Vector512.MultiplyAddEstimate(a.v.AsSingle(), Vector512.Create(b).AsSingle(), Vector512.Create(c).AsSingle()).As<float, T>())
        : new(Vector512.MultiplyAddEstimate(a.v.AsDouble(), Vector512.Create(b).AsDouble(), Vector512.Create(c).AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Fma(Lanes512<T> a, Lanes512<T> b, Lanes512<T> c) => typeof(T) == typeof(float)
        ? new(Vector512.FusedMultiplyAdd(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector512.FusedMultiplyAdd(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Fma(Lanes512<T> a, T b, Lanes512<T> c) => typeof(T) == typeof(float)
        ? new(Vector512.FusedMultiplyAdd(a.v.AsSingle(), Vector512.Create(b).AsSingle(), c.v.AsSingle()).As<float, T>())
        : new(Vector512.FusedMultiplyAdd(a.v.AsDouble(), Vector512.Create(b).AsDouble(), c.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Sqrt(Lanes512<T> x) => new(Vector512.Sqrt(x.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Abs(Lanes512<T> x) => new(Vector512.Abs(x.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> CopySign(Lanes512<T> size, Lanes512<T> sign) => new(Vector512.CopySign(size.v, sign.v));

    public static bool CanScale => Avx512F.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Scale(Lanes512<T> x, Lanes512<T> k) => typeof(T) == typeof(float)
        ? new(Avx512F.Scale(x.v.AsSingle(), k.v.AsSingle()).As<float, T>())
        : new(Avx512F.Scale(x.v.AsDouble(), k.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Min(Lanes512<T> a, Lanes512<T> b) => new(Vector512.MinNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Max(Lanes512<T> a, Lanes512<T> b) => new(Vector512.MaxNative(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Floor(Lanes512<T> x) => typeof(T) == typeof(float)
        ? new(Vector512.Floor(x.v.AsSingle()).As<float, T>())
        : new(Vector512.Floor(x.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Ceiling(Lanes512<T> x) => typeof(T) == typeof(float)
        ? new(Vector512.Ceiling(x.v.AsSingle()).As<float, T>())
        : new(Vector512.Ceiling(x.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Round(Lanes512<T> x) => typeof(T) == typeof(float)
        ? new(Vector512.Round(x.v.AsSingle()).As<float, T>())
        : new(Vector512.Round(x.v.AsDouble()).As<double, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Truncate(Lanes512<T> x) => typeof(T) == typeof(float)
        ? new(Vector512.Truncate(x.v.AsSingle()).As<float, T>())
        : new(Vector512.Truncate(x.v.AsDouble()).As<double, T>());

    // ---- comparison and selection ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator <(Lanes512<T> a, Lanes512<T> b) => new(Vector512.LessThan(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator <(Lanes512<T> a, T b) => new(Vector512.LessThan(a.v, Vector512.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator >(Lanes512<T> a, Lanes512<T> b) => new(Vector512.GreaterThan(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator >(Lanes512<T> a, T b) => new(Vector512.GreaterThan(a.v, Vector512.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator <=(Lanes512<T> a, Lanes512<T> b) => new(Vector512.LessThanOrEqual(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator <=(Lanes512<T> a, T b) => new(Vector512.LessThanOrEqual(a.v, Vector512.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator >=(Lanes512<T> a, Lanes512<T> b) => new(Vector512.GreaterThanOrEqual(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator >=(Lanes512<T> a, T b) => new(Vector512.GreaterThanOrEqual(a.v, Vector512.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Equal(Lanes512<T> a, Lanes512<T> b) => new(Vector512.Equals(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Equal(Lanes512<T> a, T b) => new(Vector512.Equals(a.v, Vector512.Create(b)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Select(Lanes512<T> mask, Lanes512<T> a, Lanes512<T> b) => new(Vector512.ConditionalSelect(mask.v, a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Select(Lanes512<T> mask, T a, Lanes512<T> b) => new(Vector512.ConditionalSelect(mask.v, Vector512.Create(a), b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyTrue(Lanes512<T> mask) => !(typeof(T) == typeof(float)
        ? Vector512.EqualsAll(mask.v.AsInt32(), Vector512<int>.Zero)
        : Vector512.EqualsAll(mask.v.AsInt64(), Vector512<long>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AllTrue(Lanes512<T> mask) => typeof(T) == typeof(float)
        ? Vector512.EqualsAll(mask.v.AsInt32(), Vector512<int>.AllBitsSet)
        : Vector512.EqualsAll(mask.v.AsInt64(), Vector512<long>.AllBitsSet);

    // ---- bits ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Bits(long bits) => typeof(T) == typeof(float)
        ? new((Vector512.Create((int)bits)).As<int, T>())
        : new((Vector512.Create(bits)).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator &(Lanes512<T> a, Lanes512<T> b) => new(a.v & b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator |(Lanes512<T> a, Lanes512<T> b) => new(a.v | b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator ^(Lanes512<T> a, Lanes512<T> b) => new(a.v ^ b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator ~(Lanes512<T> a) => new(~a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> AndNot(Lanes512<T> a, Lanes512<T> b) => new(Vector512.AndNot(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator <<(Lanes512<T> a, int count) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() << count).As<int, T>())
        : new((a.v.AsInt64() << count).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> operator >>>(Lanes512<T> a, int count) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() >>> count).As<int, T>())
        : new((a.v.AsInt64() >>> count).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> AddBits(Lanes512<T> a, Lanes512<T> b) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() + b.v.AsInt32()).As<int, T>())
        : new((a.v.AsInt64() + b.v.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> AddBits(Lanes512<T> a, long b) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() + Vector512.Create((int)b)).As<int, T>())
        : new((a.v.AsInt64() + Vector512.Create(b)).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> SubtractBits(Lanes512<T> a, Lanes512<T> b) => typeof(T) == typeof(float)
        ? new((a.v.AsInt32() - b.v.AsInt32()).As<int, T>())
        : new((a.v.AsInt64() - b.v.AsInt64()).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> IsNegative(Lanes512<T> a) => typeof(T) == typeof(float)
        ? new((Vector512.LessThan(a.v.AsInt32(), Vector512<int>.Zero)).As<int, T>())
        : new((Vector512.LessThan(a.v.AsInt64(), Vector512<long>.Zero)).As<long, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> EqualBits(Lanes512<T> a, Lanes512<T> b) => typeof(T) == typeof(float)
        ? new((Vector512.Equals(a.v.AsInt32(), b.v.AsInt32())).As<int, T>())
        : new((Vector512.Equals(a.v.AsInt64(), b.v.AsInt64())).As<long, T>());

    // ---- double precision ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Widened<TOperator>(Lanes512<T> x)
        where TOperator : struct, IUnaryOperator<double>
    {
        if (typeof(T) == typeof(double)) return new(TOperator.Apply(new Lanes512<double>(x.v.AsDouble())).v.As<double, T>());
        Vector512<double> low = TOperator.Apply(new Lanes512<double>(Vector512.WidenLower(x.v.AsSingle()))).v;
        Vector512<double> high = TOperator.Apply(new Lanes512<double>(Vector512.WidenUpper(x.v.AsSingle()))).v;
        return new(Vector512.Narrow(low, high).As<float, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512<T> Widened2<TOperator>(Lanes512<T> a, Lanes512<T> b)
        where TOperator : struct, IBinaryOperator<double>
    {
        if (typeof(T) == typeof(double)) return new(TOperator.Apply(new Lanes512<double>(a.v.AsDouble()), new(b.v.AsDouble())).v.As<double, T>());
        Vector512<double> low = TOperator.Apply(new Lanes512<double>(Vector512.WidenLower(a.v.AsSingle())), new(Vector512.WidenLower(b.v.AsSingle()))).v;
        Vector512<double> high = TOperator.Apply(new Lanes512<double>(Vector512.WidenUpper(a.v.AsSingle())), new(Vector512.WidenUpper(b.v.AsSingle()))).v;
        return new(Vector512.Narrow(low, high).As<float, T>());
    }
}
