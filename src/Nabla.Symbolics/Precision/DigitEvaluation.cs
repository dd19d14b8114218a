using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// Evaluates a formula to as many digits as are asked for: with balls of so many bits that both ends of the result round to the same
/// digits, twice as many bits each time they do not.
/// </summary>
internal static class DigitEvaluation
{
    private const int LargestDigits = 100_000;

    public static (string Text, BigFloat Value) Of(Expr root, int digits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, LargestDigits);
        root = root.Unroll();
        var order = Traversal.PostOrder([root]);
        foreach (var node in order) RequireValue(node);

        var needed = (int)Math.Ceiling(digits * 3.3219280948873624);
        var largest = Math.Max(16_384, needed * 4);
        if (root is Number { IsExact: true } exact) return (BigFloat.Text(exact.Value, digits), Middle(Ball.Of(exact.Value, needed + 64)));
        for (var bits = needed + 48; ; bits *= 2)
        {
            var ball = Evaluate(order, bits);
            if (ball.Undefined is { } reason) throw new ArithmeticException($"Evaluate: {Start(root)} has no real value: {reason}.");
            if (ball.IsExactZero) return ("0", default);
            if (ball.Sign is not null && ball.Log2 - ball.Radius.Log2 > needed && TextOf(ball, digits, bits) is { } text) return (text, Middle(ball));
            if (bits >= largest)
            {
                throw new ArithmeticException(
                    $"Evaluate: {digits} digits of {Start(root)} are not certain with {bits} bits: the value may be 0, or a comparison or a jump in it may be undecided. Simplify the formula, or evaluate it in double.");
            }
        }
    }

    private static Ball Evaluate(List<Expr> order, int bits)
    {
        var values = new Dictionary<Expr, Ball>(order.Count);
        foreach (var node in order) values[node] = ValueOf(node, values, bits);
        return values[order[^1]];
    }

    private static Ball ValueOf(Expr node, Dictionary<Expr, Ball> values, int bits)
    {
        switch (node)
        {
            case Number { IsExact: true } number: return Ball.Of(number.Value, bits);
            case Number number: return Ball.OfDouble(number.ToDouble());
            case Constant constant: return ReferenceEquals(constant, Constant.Pi) ? BallFunctions.Pi(bits) : BallFunctions.Exp(Ball.One, bits);
            case Sum:
                var sum = Ball.Of(0);
                foreach (var term in node.Args) sum = Ball.Add(sum, values[term], bits);
                return sum;
            case Product:
                var product = Ball.One;
                foreach (var factor in node.Args) product = Ball.Multiply(product, values[factor], bits);
                return product;
            case Call call when call.Primitive == Primitives.Pow: return PowerOf(call, values, bits);
            case Call call: return BallPrimitives.Of(call.Primitive.Name, Array.ConvertAll(call.Args, arg => values[arg]), bits) ?? Ball.Unknown;
            default: throw new InvalidOperationException($"Evaluate: unknown node {node.GetType().Name}.");
        }
    }

    private static Ball PowerOf(Call power, Dictionary<Expr, Ball> values, int bits)
    {
        const int largestRoot = 64;
        var x = values[power.Args[0]];
        if (power.Args[1] is Number { IsExact: true } exponent)
        {
            var (numerator, denominator) = (exponent.Value.Numerator, exponent.Value.Denominator);
            if (denominator.IsOne) return BallFunctions.Power(x, numerator, bits);
            if (x.Sign is -1) return Ball.None("a broken power of a negative number");
            if (denominator <= largestRoot && BigInteger.Abs(numerator) <= largestRoot)
            {
                return BallFunctions.Power(BallFunctions.Root(x, (int)denominator, bits + 16), numerator, bits);
            }
        }

        var y = values[power.Args[1]];
        if (y.IsExact && y.Exponent >= 0) return BallFunctions.Power(x, y.Mantissa << (int)Math.Min(y.Exponent, 64), bits);
        return BallFunctions.Power(x, y, bits);
    }

    // The digits, if the whole ball rounds to them, or if it is so narrow that only an exact half can be in it.
    private static string? TextOf(Ball ball, int digits, int bits)
    {
        const int certainlyHalf = 100;
        var unit = ball.Radius.IsZero ? ball.Exponent : Math.Max(ball.Exponent, ball.Radius.Log2 - 60);
        unit = Math.Min(unit, ball.Exponent);
        var (lower, upper) = ball.EndsInUnits(unit);
        var text = new BigFloat(lower, unit).ToString(digits);
        if (text == new BigFloat(upper, unit).ToString(digits)) return text;
        return ball.Log2 - ball.Radius.Log2 > (digits * 3.33) + certainlyHalf && bits > 4 * certainlyHalf
            ? new BigFloat(lower + upper, unit - 1).ToString(digits)
            : null;
    }

    private static BigFloat Middle(Ball ball) => new(ball.Mantissa, ball.Exponent);

    private static void RequireValue(Expr node)
    {
        switch (node)
        {
            case Symbol symbol:
                throw new ArgumentException($"Evaluate: symbol '{symbol.Name}' has no value. Add it to the dictionary.");
            case Indexed indexed:
                throw new ArgumentException($"Evaluate: the element {indexed} has no value. Replace it by a number, with Subs.");
            case BigOperator big:
                throw new ArgumentException($"Evaluate: the {big.Kind} over {big.Index.Name} runs from {big.Lower} to {big.Upper}. Give the bounds numbers, with Subs.");
            case Call call when call.Primitive != Primitives.Pow && BallPrimitives.Of(call.Primitive.Name, Array.ConvertAll(call.Args, static _ => Ball.Unknown), 64) is null:
                throw new NotSupportedException($"Evaluate: {call.Primitive.Name} has no more digits than those of a double. Evaluate it without a number of digits.");
        }
    }

    private static string Start(Expr root) => root.ToString(60);
}
