namespace Nabla.Symbolics;

/// <summary>What is certain about the sign of a formula wherever it has a value.</summary>
internal static class Signs
{
    private const int DeepestLook = 12;

    /// <summary>Above 0.</summary>
    public static bool IsPositive(Expr value) => IsPositive(value, DeepestLook);

    /// <summary>Not below 0.</summary>
    public static bool IsNonNegative(Expr value) => IsNonNegative(value, DeepestLook);

    private static bool IsPositive(Expr value, int depth) => depth > 0 && value switch
    {
        Number number => !number.IsNegative && !number.IsZero && !double.IsNaN(number.ToDouble()),
        Constant => true,
        Sum sum => Array.TrueForAll(sum.Args, term => IsNonNegative(term, depth - 1)) && Array.Exists(sum.Args, term => IsPositive(term, depth - 1)),
        Product product => Array.TrueForAll(product.Args, factor => IsPositive(factor, depth - 1)),
        Call call when call.Primitive == Primitives.Exp || call.Primitive == Primitives.Exp2 || call.Primitive == Primitives.Cosh
            || call.Primitive == Primitives.Sigmoid || call.Primitive == Primitives.Softplus || call.Primitive == Primitives.Erfc => true,
        Call call when call.Primitive == Primitives.Pow => IsPositive(call.Args[0], depth - 1),
        _ => false,
    };

    private static bool IsNonNegative(Expr value, int depth) => depth > 0 && (IsPositive(value, depth) || value switch
    {
        Number number => !number.IsNegative && !double.IsNaN(number.ToDouble()),
        Sum sum => Array.TrueForAll(sum.Args, term => IsNonNegative(term, depth - 1)),
        Product product => Array.TrueForAll(product.Args, factor => IsNonNegative(factor, depth - 1)),
        Call call when call.Primitive == Primitives.Abs || call.Primitive.IsTruth => true,
        Call { Args: [var @base, Number { IsExact: true } exponent] } call when call.Primitive == Primitives.Pow =>
            !exponent.IsInteger || exponent.Value.Numerator.IsEven || IsNonNegative(@base, depth - 1),
        _ => false,
    });
}
