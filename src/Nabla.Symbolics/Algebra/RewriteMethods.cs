using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics;

/// <summary>The rules that look at more than a pattern can say.</summary>
internal static class RewriteMethods
{
    private const string Everywhere = "all real values";
    private const int LargestGammaShift = 12;

    private static readonly Primitive[] OddFunctions =
    [
        Primitives.Sin, Primitives.Tan, Primitives.Asin, Primitives.Atan, Primitives.Sinh, Primitives.Tanh, Primitives.Asinh, Primitives.Atanh,
        Primitives.Erf, Primitives.Erfinv, Primitives.Sign, Primitives.Cbrt, Primitives.I1,
    ];

    private static readonly Primitive[] EvenFunctions = [Primitives.Cos, Primitives.Cosh, Primitives.Abs, Primitives.I0];

    private static readonly Primitive[] Roundings = [Primitives.Floor, Primitives.Ceil, Primitives.Round, Primitives.Trunc];

    private static readonly Rational[] InverseAngles =
        [0, new(1, 6), new(1, 4), new(1, 3), new(1, 2), new(2, 3), new(3, 4), new(5, 6), 1, new(1, 12), new(5, 12)];

    /// <summary>The rules.</summary>
    public static MethodRule[] All()
    {
        var (x, y) = (Expr.Symbol("x"), Expr.Symbol("y"));
        var (p, q) = (Expr.Symbol("p", Assumptions.Positive), Expr.Symbol("q", Assumptions.Positive));
        var pi = Constant.Pi;
        return
        [
            new("f(-a) = -f(a) for odd f", Everywhere, IsCallOf(OddFunctions), OddOfNegative, (Sin(-x), -Sin(x)), (Erf(-x * y), -Erf(x * y))),
            new("f(-a) = f(a) for even f", Everywhere, IsCallOf(EvenFunctions), EvenOfNegative, (Cos(-x), Cos(x)), (Abs(-x - y), Abs(x + y))),
            new("sin(a + k*pi/2), cos(a + k*pi/2), tan(a + k*pi)", Everywhere, IsCallOf(Primitives.Sin, Primitives.Cos, Primitives.Tan), ShiftedAngle,
                (Sin(x + pi), -Sin(x)), (Cos(x + (pi / 2)), -Sin(x)), (Cos(x - pi), -Cos(x)), (Tan(x + pi), Tan(x)), (Sin((pi / 2) - x), Cos(x))),
            new("sin, cos and tan of multiples of pi/6 and pi/4", Everywhere, IsCallOf(Primitives.Sin, Primitives.Cos, Primitives.Tan), ExactAngle,
                (Sin(pi / 6), Number.Half), (Cos(pi / 4), Sqrt(2) / 2), (Cos(2 * pi / 3), Number.MinusHalf), (Tan(pi / 3), Sqrt(3)), (Sin(5 * pi), 0)),
            new("asin, acos and atan of 0, 1/2, 1, sqrt(3), …", Everywhere, IsCallOf(Primitives.Asin, Primitives.Acos, Primitives.Atan), ExactInverse,
                (Asin(Number.Half), pi / 6), (Acos(-1), pi), (Atan(1), pi / 4), (Atan(Sqrt(3)), pi / 3), (Acos(Sqrt(2) / 2), pi / 4)),
            new("(a*b)^c from a^c*b^c", "a, b >= 0, as a^c and b^c need for a fraction c; a, b > 0 for others", static node => node is Product, PowersOfEqualExponent,
                (Sqrt(x) * Sqrt(y), Sqrt(x * y)), (Sqrt(x) / Sqrt(y), Sqrt(x / y)), (Pow(p, x) * Pow(q, x), Pow(p * q, x))),
            new("(a*b)^c = a^c*b^c, to take a out of a root", "a > 0; or a an even power and b >= 0", IsRootOfProduct, PowerOfProduct,
                (Sqrt(p * p * x), p * Sqrt(x)), (Sqrt(4 * x), 2 * Sqrt(x)), (Sqrt(x * x * p), Abs(x) * Sqrt(p))),
            new("abs(a*b) = a*abs(b)", "a >= 0 or a <= 0", IsCallOf(Primitives.Abs, Primitives.Sign), SignedFactors,
                (Abs(p * x), p * Abs(x)), (Abs(-3 * x), 3 * Abs(x)), (Sign(-2 * x * p), -Sign(x))),
            new("comparisons and extrema of what is known to be ordered", "the difference is known to be positive, or not negative",
                IsCallOf(Primitives.Less, Primitives.LessEqual, Primitives.Max, Primitives.Min, Primitives.Equal, Primitives.NotEqual), Ordered,
                (Less(0, p), 1), (Less(p, 0), 0), (LessEqual(0, x * x), 1), (Max(p, 0), p), (Min(-p, q), -p), (Max(x, x + p), x + p), (Equal(p, 0), 0)),
            new("select inside select on the same condition", Everywhere, IsCallOf(Primitives.Select), NestedChoice,
                (Select(Less(x, 0), Select(Less(x, 0), 1, 2), y), Select(Less(x, 0), 1, y)),
                (Select(Less(x, 0), y, Select(Less(x, 0), 1, 2)), Select(Less(x, 0), y, 2))),
            new("select(c, f(a), f(b)) = f(select(c, a, b))", Everywhere, IsCallOf(Primitives.Select), CommonFunction,
                (Select(Less(x, 0), Exp(x), Exp(y)), Exp(Select(Less(x, 0), x, y))), (Select(Less(x, 0), 2 * x, 2 * y), 2 * Select(Less(x, 0), x, y))),
            new("rounding what is whole already", "the argument is a whole number", IsCallOf(Roundings), RoundedWhole,
                (Floor(Ceil(x)), Ceil(x)), (Round(Floor(x) + 2), Floor(x) + 2)),
            new("gamma(a + n)/gamma(a) = a*(a + 1)*…*(a + n - 1)", "a is no whole number below 1, as gamma(a) needs", static node => node is Product, GammaQuotient,
                (Gamma(x + 1) / Gamma(x), x), (Gamma(x + 2) / Gamma(x), x * (x + 1)), (Gamma(x) / Gamma(x + 1), 1 / x)),
            new("digamma(a + n) - digamma(a) and lgamma(a + n) - lgamma(a)", "a is no whole number below 1", static node => node is Sum, GammaDifference,
                (Digamma(x + 1) - Digamma(x), 1 / x), (Lgamma(x + 1) - Lgamma(x), Log(Abs(x))), (Lgamma(p + 1) - Lgamma(p), Log(p))),
        ];
    }

    private static Func<Expr, bool> IsCallOf(params Primitive[] primitives) => node => node is Call call && Array.IndexOf(primitives, call.Primitive) >= 0;

    // ---- Signs ----------------------------------------------------------------------------------------------------------------

    private static Expr? OddOfNegative(Expr node) => LooksNegative(node.Args[0]) ? -((Call)node).Primitive.Apply(-node.Args[0]) : null;

    private static Expr? EvenOfNegative(Expr node) => LooksNegative(node.Args[0]) ? ((Call)node).Primitive.Apply(-node.Args[0]) : null;

    /// <summary>Whether a formula is written with a minus sign that could be taken out: of x - y and y - x one is.</summary>
    internal static bool LooksNegative(Expr value) => value switch
    {
        Number number => number.IsNegative,
        Product product => product.Coefficient.IsNegative,
        Sum sum => LooksNegative(sum.Args[0]),
        _ => false,
    };

    private static Expr? SignedFactors(Expr node)
    {
        if (node.Args[0] is not Product product) return null;
        var isSign = ((Call)node).Primitive == Primitives.Sign;
        var (outside, inside) = (new List<Expr>(), new List<Expr>());
        foreach (var factor in product.Args)
        {
            if (Signs.IsPositive(factor)) outside.Add(isSign ? 1 : factor);
            else if (Signs.Has(factor, Assumptions.Negative)) outside.Add(isSign ? -1 : -factor);
            else if (!isSign && Signs.IsNonNegative(factor)) outside.Add(factor);
            else inside.Add(factor);
        }

        if (outside.Count == 0) return null;
        return Product.Of([.. outside]) * ((Call)node).Primitive.Apply(Product.Of([.. inside]));
    }

    // ---- Angles ---------------------------------------------------------------------------------------------------------------

    private static Rational? MultipleOfPi(Expr term) => term switch
    {
        Constant when ReferenceEquals(term, Constant.Pi) => 1,
        Product { Coefficient: { IsExact: true } c, Core: var core } when ReferenceEquals(core, Constant.Pi) => c.Value,
        Number { IsZero: true } => 0,
        _ => null,
    };

    private static Expr? ShiftedAngle(Expr node)
    {
        if (node.Args[0] is not Sum sum) return null;
        var function = ((Call)node).Primitive;
        foreach (var term in sum.Args)
        {
            if (MultipleOfPi(term) is not { } turns) continue;
            var quarters = turns * 2;
            if (!quarters.IsInteger) return null;
            var rest = sum - term;
            var quarter = (int)(((quarters.Numerator % 4) + 4) % 4);
            if (function == Primitives.Tan) return quarter % 2 == 0 ? Tan(rest) : -1 / Tan(rest);

            // cos(x) = sin(x + pi/2)
            if (function == Primitives.Cos) quarter = (quarter + 1) % 4;
            return quarter switch
            {
                0 => Sin(rest),
                1 => Cos(rest),
                2 => -Sin(rest),
                _ => -Cos(rest),
            };
        }

        return null;
    }

    private static Expr? ExactAngle(Expr node)
    {
        if (MultipleOfPi(node.Args[0]) is not { } turns) return null;
        var function = ((Call)node).Primitive;
        if (function == Primitives.Tan)
        {
            if (SineOfTurns(turns) is { } s && SineOfTurns(turns + new Rational(1, 2)) is { } c) return c is Number { IsZero: true } ? null : s / c;
            return null;
        }

        return SineOfTurns(function == Primitives.Sin ? turns : turns + new Rational(1, 2));
    }

    // The sine of turns·pi.
    private static Expr? SineOfTurns(Rational turns)
    {
        turns -= 2 * Rational.Floor(turns / 2);
        if (turns >= 1) return SineOfTurns(turns - 1) is { } opposite ? -opposite : null;
        if (turns > new Rational(1, 2)) turns = 1 - turns;
        if (!turns.TryGetSmall(out var above, out var below)) return null;
        return (above, below) switch
        {
            (0, 1) => 0,
            (1, 12) => (Sqrt(6) - Sqrt(2)) / 4,
            (1, 6) => Number.Half,
            (1, 4) => Sqrt(2) / 2,
            (1, 3) => Sqrt(3) / 2,
            (5, 12) => (Sqrt(6) + Sqrt(2)) / 4,
            (1, 2) => 1,
            _ => null,
        };
    }

    private static Expr? ExactInverse(Expr node)
    {
        var function = ((Call)node).Primitive;
        var argument = node.Args[0];
        if (argument.SymbolMask != 0 || argument.Size > 16) return null;
        foreach (var turns in InverseAngles)
        {
            var (sine, cosine) = (SineOfTurns(turns)!, SineOfTurns(turns + new Rational(1, 2))!);
            var value = function == Primitives.Asin ? sine : function == Primitives.Acos ? cosine : cosine is Number { IsZero: true } ? null : sine / cosine;
            if (value is null) continue;
            if (Same(value, argument)) return Number.Of(turns) * Constant.Pi;
            if (function == Primitives.Acos) continue;
            if (Same(-value, argument)) return Number.Of(-turns) * Constant.Pi;
        }

        return null;
    }

    // sqrt(3)/3 and 1/sqrt(3) are one number in two forms: compared through their squares, which are exact, and their signs.
    private static bool Same(Expr a, Expr b)
    {
        if (ReferenceEquals(a, b)) return true;
        var (left, right) = (Square(a), Square(b));
        return left is Number { IsExact: true } && ReferenceEquals(left, right) && Signs.IsPositive(a) == Signs.IsPositive(b);
    }

    // ---- Powers ---------------------------------------------------------------------------------------------------------------

    private static Expr? PowersOfEqualExponent(Expr node)
    {
        var groups = new Dictionary<Expr, List<(Expr Factor, Expr Base)>>();
        foreach (var factor in node.Args)
        {
            if (factor is not Call { Args: [var @base, var exponent] } call || call.Primitive != Primitives.Pow) continue;
            if (exponent is Number { IsInteger: true }) continue;
            if (exponent is not Number && !Signs.IsPositive(@base)) continue;
            var inverse = LooksNegative(exponent);
            var key = inverse ? -exponent : exponent;
            if (!groups.TryGetValue(key, out var group)) groups[key] = group = [];
            group.Add((factor, inverse ? 1 / @base : @base));
        }

        foreach (var (exponent, group) in groups)
        {
            if (group.Count < 2) continue;
            var rest = node;
            Expr inside = 1;
            foreach (var (factor, @base) in group)
            {
                rest /= factor;
                inside *= @base;
            }

            return rest * Pow(inside, exponent);
        }

        return null;
    }

    private static bool IsRootOfProduct(Expr node) =>
        node is Call { Args: [Product, var exponent] } call && call.Primitive == Primitives.Pow && exponent is not Number { IsInteger: true };

    private static Expr? PowerOfProduct(Expr node)
    {
        var (product, exponent) = ((Product)node.Args[0], node.Args[1]);
        var (outside, inside, squares) = (new List<Expr>(), new List<Expr>(), new List<Expr>());
        foreach (var factor in product.Args)
        {
            var isPower = !ReferenceEquals(Power.BaseOf(factor), factor) || factor is Call { Primitive: var f } && f == Primitives.Exp;
            if (factor is Number number) (Power.Of(factor, exponent) is Number && !number.IsNegative ? outside : inside).Add(factor);
            else if (isPower && Signs.IsPositive(factor) && Signs.IsPositive(Power.BaseOf(factor))) outside.Add(factor);
            else if (RewriteRules.IsEven(Power.ExponentOf(factor)) && exponent is Number) squares.Add(factor);
            else inside.Add(factor);
        }

        // sqrt(x^2*y) is 0 at x = 0 even where y < 0, and abs(x)*sqrt(y) is not.
        var room = Signs.IsNonNegative(Product.Of([.. inside]));
        foreach (var square in squares) (room ? outside : inside).Add(room ? Power.Of(Abs(Power.BaseOf(square)), Power.ExponentOf(square)) : square);
        if (outside.Count == 0 || (inside.Count == 0 && outside.Count == 1)) return null;
        var result = Pow(Product.Of([.. inside]), exponent);
        foreach (var factor in outside) result *= Power.Of(Power.BaseOf(factor), Power.ExponentOf(factor) * exponent);
        return result;
    }

    // ---- Order and choice -----------------------------------------------------------------------------------------------------

    private static Expr? Ordered(Expr node)
    {
        var (a, b) = (node.Args[0], node.Args[1]);
        var f = ((Call)node).Primitive;
        var difference = b - a;
        if (f == Primitives.Less) return Signs.IsPositive(difference) ? 1 : Signs.IsNonPositive(difference) ? 0 : null;
        if (f == Primitives.LessEqual) return Signs.IsNonNegative(difference) ? 1 : Signs.Has(difference, Assumptions.Negative) ? 0 : null;
        if (f == Primitives.Equal) return Signs.Has(difference, Assumptions.NonZero) ? 0 : null;
        if (f == Primitives.NotEqual) return Signs.Has(difference, Assumptions.NonZero) ? 1 : null;
        if (Signs.IsNonNegative(difference)) return f == Primitives.Max ? b : a;
        if (Signs.IsNonPositive(difference)) return f == Primitives.Max ? a : b;
        return null;
    }

    private static Expr? NestedChoice(Expr node)
    {
        var (condition, first, second) = (node.Args[0], node.Args[1], node.Args[2]);
        var (simplerFirst, simplerSecond) = (Branch(first, condition, 1), Branch(second, condition, 2));
        return ReferenceEquals(first, simplerFirst) && ReferenceEquals(second, simplerSecond) ? null : Select(condition, simplerFirst, simplerSecond);
    }

    private static Expr Branch(Expr value, Expr condition, int taken)
    {
        while (value is Call call && call.Primitive == Primitives.Select && ReferenceEquals(call.Args[0], condition)) value = call.Args[taken];
        return value;
    }

    private static Expr? CommonFunction(Expr node)
    {
        if (node.Args[1] is Call { Args: [var a] } first && node.Args[2] is Call { Args: [var b] } second && first.Primitive == second.Primitive)
        {
            return first.Primitive.Apply(Select(node.Args[0], a, b));
        }

        if (node.Args[1] is Product left && node.Args[2] is Product right)
        {
            var common = new List<Expr>();
            foreach (var factor in left.Args)
            {
                if (Array.IndexOf(right.Args, factor) >= 0) common.Add(factor);
            }

            if (common.Count == 0) return null;
            var shared = Product.Of([.. common]);
            return shared * Select(node.Args[0], left / shared, right / shared);
        }

        return null;
    }

    private static Expr? RoundedWhole(Expr node) => Signs.Has(node.Args[0], Assumptions.Integer) ? node.Args[0] : null;

    // ---- Gamma ----------------------------------------------------------------------------------------------------------------

    private static Expr? GammaQuotient(Expr node)
    {
        foreach (var above in node.Args)
        {
            if (GammaArgument(above) is not { } high || Power.ExponentOf(above).IsNegative) continue;
            foreach (var below in node.Args)
            {
                if (GammaArgument(below) is not { } low || !Power.ExponentOf(below).IsNegative) continue;
                if (Shift(high, low) is { } n) return node * Gamma(low) / Gamma(high) * Rising(n > 0 ? low : high, n);
            }
        }

        return null;
    }

    private static Expr? GammaDifference(Expr node)
    {
        foreach (var plus in node.Args)
        {
            if (plus is Product { Coefficient.IsNegative: true } || FunctionOf(plus) is not { } first) continue;
            foreach (var minus in node.Args)
            {
                if (minus is not Product { Coefficient: var c } || !ReferenceEquals(c, Number.MinusOne)) continue;
                if (FunctionOf(-minus) is not { } second || second.Primitive != first.Primitive) continue;
                if (Shift(first.Args[0], second.Args[0]) is not { } n) continue;
                var low = n > 0 ? second.Args[0] : first.Args[0];
                Expr change = 0;
                for (var i = 0; i < Math.Abs(n); i++)
                {
                    change += first.Primitive == Primitives.Digamma ? 1 / (low + i) : Log(Abs(low + i));
                }

                return node - plus - minus + (n > 0 ? change : -change);
            }
        }

        return null;

        static Call? FunctionOf(Expr term) => term is Call call && (call.Primitive == Primitives.Digamma || call.Primitive == Primitives.Lgamma) ? call : null;
    }

    private static Expr? GammaArgument(Expr factor) =>
        Power.BaseOf(factor) is Call { Args: [var x] } call && call.Primitive == Primitives.Gamma ? x : null;

    private static int? Shift(Expr high, Expr low) =>
        high - low is Number { IsInteger: true } n && n.Value.TryGetSmall(out var shift, out _) && shift != 0 && Math.Abs(shift) <= LargestGammaShift ? (int)shift : null;

    private static Expr Rising(Expr from, int count)
    {
        Expr product = 1;
        for (var i = 0; i < Math.Abs(count); i++) product *= from + i;
        return count > 0 ? product : 1 / product;
    }
}
