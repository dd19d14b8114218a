using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>Arithmetic kernels. All are correctly rounded except Rsqrt (two roundings); integers wrap around.</summary>
/// <remarks>TensorPrimitives has most of these, but its generic code runs unoptimised for the first dozens of calls.</remarks>
internal static class VectorArithmetic
{
    public static void Add<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, AddOperator<T>>(a, b, y);

    public static void Sub<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, SubOperator<T>>(a, b, y);

    public static void Mul<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, MulOperator<T>>(a, b, y);

    public static void Div<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, DivOperator<T>>(a, b, y);

    public static void Neg<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, NegOperator<T>>(x, y);

    public static void Square<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, SquareOperator<T>>(x, y);

    public static void Abs<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, AbsOperator<T>>(x, y);

    public static void Sign<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, SignOperator<T>>(x, y);

    public static void Reciprocal<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, ReciprocalOperator<T>>(x, y);

    public static void Sqrt<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, SqrtOperator<T>>(x, y);

    public static void Rsqrt<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, RsqrtOperator<T>>(x, y);

    /// <summary>The larger; NaN if either is NaN; +0 is larger than -0.</summary>
    public static void Max<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, MaxOperator<T>>(a, b, y);

    /// <summary>The smaller; NaN if either is NaN; -0 is smaller than +0.</summary>
    public static void Min<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, MinOperator<T>>(a, b, y);

    public static void Copysign<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, CopysignOperator<T>>(a, b, y);

    private readonly struct AddOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => a + b;
    }

    private readonly struct SubOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => a - b;
    }

    private readonly struct MulOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => a * b;
    }

    private readonly struct DivOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => a / b;
    }

    private readonly struct MaxOperator<T> : IBinaryOperator<T>
    {
        // The instruction takes its second operand where one is NaN or both are zeros; so it is asked both ways round.
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) =>
            typeof(T) == typeof(float) || typeof(T) == typeof(double)
                ? (Vector.MaxNative(a, b) & Vector.MaxNative(b, a)) | ~(Vector.Equals(a, a) & Vector.Equals(b, b))
                : Vector.Max(a, b);
    }

    private readonly struct MinOperator<T> : IBinaryOperator<T>
    {
        // As for the larger; a NaN keeps its bits in the union.
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) =>
            typeof(T) == typeof(float) || typeof(T) == typeof(double)
                ? Vector.MinNative(a, b) | Vector.MinNative(b, a)
                : Vector.Min(a, b);
    }

    private readonly struct CopysignOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => Vector.CopySign(a, b);
    }

    private readonly struct NegOperator<T> : IUnaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> x) => -x;
    }

    private readonly struct SquareOperator<T> : IUnaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> x) => x * x;
    }

    // |long.MinValue| wraps around to itself, as everywhere else in integer arithmetic.
    private readonly struct AbsOperator<T> : IUnaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> x) => Vector.Abs(x);
    }

    // Both zeros give +0, as in PyTorch; a NaN stays NaN, so that a lost number is not mistaken for a zero.
    private readonly struct SignOperator<T> : IUnaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> x)
        {
            Vector<T> positive = Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<T>.Zero), Vector<T>.One, Vector<T>.Zero);
            Vector<T> negative = Vector.ConditionalSelect(Vector.LessThan(x, Vector<T>.Zero), Vector<T>.One, Vector<T>.Zero);
            return Vector.ConditionalSelect(Vector.Equals(x, x), positive - negative, x);
        }
    }

    private readonly struct ReciprocalOperator<T> : IUnaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> x) => Vector<T>.One / x;
    }

    private readonly struct SqrtOperator<T> : IUnaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> x) => Vector.SquareRoot(x);
    }

    private readonly struct RsqrtOperator<T> : IUnaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> x) => Vector<T>.One / Vector.SquareRoot(x);
    }
}
