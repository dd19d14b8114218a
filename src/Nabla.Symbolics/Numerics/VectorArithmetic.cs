using System.Numerics;
using System.Numerics.Tensors;

namespace Nabla.Symbolics;

/// <summary>Arithmetic kernels. All are correctly rounded except Rsqrt (two roundings); integers wrap around.</summary>
internal static class VectorArithmetic
{
    public static void Add<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : INumber<T> => TensorPrimitives.Add(a, b, y);

    public static void Sub<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : INumber<T> => TensorPrimitives.Subtract(a, b, y);

    public static void Mul<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : INumber<T> => TensorPrimitives.Multiply(a, b, y);

    public static void Div<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : INumber<T> => TensorPrimitives.Divide(a, b, y);

    public static void Neg<T>(ReadOnlySpan<T> x, Span<T> y) where T : INumber<T> => TensorPrimitives.Negate(x, y);

    public static void Square<T>(ReadOnlySpan<T> x, Span<T> y) where T : INumber<T> => TensorPrimitives.Multiply(x, x, y);

    public static void Abs<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, AbsOperator<T>>(x, y);

    public static void Sign<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, SignOperator<T>>(x, y);

    public static void Reciprocal<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, ReciprocalOperator<T>>(x, y);

    public static void Sqrt<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, SqrtOperator<T>>(x, y);

    public static void Rsqrt<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, RsqrtOperator<T>>(x, y);

    /// <summary>The larger; NaN if either is NaN; +0 is larger than -0.</summary>
    public static void Max<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : INumber<T> => TensorPrimitives.Max(a, b, y);

    /// <summary>The smaller; NaN if either is NaN; -0 is smaller than +0.</summary>
    public static void Min<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : INumber<T> => TensorPrimitives.Min(a, b, y);

    public static void Copysign(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => TensorPrimitives.CopySign(a, b, y);

    public static void Copysign(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> y) => TensorPrimitives.CopySign(a, b, y);

    // |long.MinValue| wraps around to itself, as everywhere else in integer arithmetic; TensorPrimitives would throw.
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
