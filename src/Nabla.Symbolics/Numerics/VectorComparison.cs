using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>Comparisons, logic and selection. Truth is 1, falsehood 0; as an argument everything but zero is true (NaN too).</summary>
internal static class VectorComparison
{
    public static void Less<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, LessOperator<T>>(a, b, y);

    public static void LessEqual<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, LessEqualOperator<T>>(a, b, y);

    public static void Equal<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, EqualOperator<T>>(a, b, y);

    public static void NotEqual<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, NotEqualOperator<T>>(a, b, y);

    public static void And<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, AndOperator<T>>(a, b, y);

    public static void Or<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, OrOperator<T>>(a, b, y);

    public static void Xor<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged => VectorLoop.Map2<T, XorOperator<T>>(a, b, y);

    public static void Not<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, NotOperator<T>>(x, y);

    public static void IsNan<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged => VectorLoop.Map<T, IsNanOperator<T>>(x, y);

    /// <summary>y = condition != 0 ? a : b; what is not chosen has no influence, be it NaN or infinite.</summary>
    public static void Select<T>(ReadOnlySpan<T> condition, ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged =>
        VectorLoop.Map3<T, SelectOperator<T>>(condition, a, b, y);

    private static Vector<T> OneWhere<T>(Vector<T> mask) => mask & Vector<T>.One;

    private static Vector<T> IsZero<T>(Vector<T> x) => Vector.Equals(x, Vector<T>.Zero);

    private readonly struct LessOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => OneWhere(Vector.LessThan(a, b));
    }

    private readonly struct LessEqualOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => OneWhere(Vector.LessThanOrEqual(a, b));
    }

    private readonly struct EqualOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => OneWhere(Vector.Equals(a, b));
    }

    private readonly struct NotEqualOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => OneWhere(~Vector.Equals(a, b));
    }

    private readonly struct AndOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => OneWhere(~(IsZero(a) | IsZero(b)));
    }

    private readonly struct OrOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => OneWhere(~(IsZero(a) & IsZero(b)));
    }

    private readonly struct XorOperator<T> : IBinaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> a, Vector<T> b) => OneWhere(IsZero(a) ^ IsZero(b));
    }

    private readonly struct NotOperator<T> : IUnaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> x) => OneWhere(IsZero(x));
    }

    private readonly struct IsNanOperator<T> : IUnaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> x) => OneWhere(~Vector.Equals(x, x));
    }

    private readonly struct SelectOperator<T> : ITernaryOperator<T>
    {
        public static Vector<T> Apply(Vector<T> condition, Vector<T> a, Vector<T> b) => Vector.ConditionalSelect(IsZero(condition), b, a);
    }
}
