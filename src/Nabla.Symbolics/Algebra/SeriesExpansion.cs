using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics;

/// <summary>
/// Expands a formula around a point by arithmetic on truncated power series, from the leaves upwards, each node once. Elementary functions
/// follow from their differential equations (exp(u)' = u'·exp(u)), others from the derivatives of their row in the table.
/// </summary>
internal sealed class SeriesExpansion(Symbol x, Expr about, int precision, WorkBudget budget)
{
    private const int MostDerivatives = 24;

    public TruncatedSeries Of(Expr formula)
    {
        var known = new Dictionary<Expr, TruncatedSeries>();
        foreach (var node in Unseen.Below(formula, known)) known[node] = OfNode(node, known);
        return known[formula];
    }

    private TruncatedSeries OfNode(Expr node, Dictionary<Expr, TruncatedSeries> known)
    {
        budget.Spend(1);
        if (ReferenceEquals(node, x)) return TruncatedSeries.OfVariable(about, precision);
        if (!Traversal.Contains(node, x)) return TruncatedSeries.OfConstant(node, precision);
        switch (node)
        {
            case Sum:
                var sum = known[node.Args[0]];
                for (var i = 1; i < node.Args.Length; i++) sum = TruncatedSeries.Add(sum, known[node.Args[i]], budget);
                return sum;
            case Product:
                var product = known[node.Args[0]];
                for (var i = 1; i < node.Args.Length; i++) product = TruncatedSeries.Multiply(product, known[node.Args[i]], budget);
                return product;
            case Call call when call.Primitive == Primitives.Pow:
                return OfPower(call, known[call.Args[0]], known[call.Args[1]]);
            case Call { Args.Length: 1 } call:
                return OfFunction(call, known[call.Args[0]]);
            case Call call:
                return OfChoice(call, known);
            default:
                throw Failure(node, "is neither arithmetic nor a function");
        }
    }

    // ---- Powers ---------------------------------------------------------------------------------------------------------------

    private TruncatedSeries OfPower(Call call, TruncatedSeries @base, TruncatedSeries exponent)
    {
        if (Traversal.Contains(call.Args[1], x)) return Exponential(call, TruncatedSeries.Multiply(exponent, Logarithm(call, @base), budget));
        return PowerOf(call, @base, call.Args[1]);
    }

    private TruncatedSeries PowerOf(Expr node, TruncatedSeries @base, Expr exponent)
    {
        if (@base.IsZero)
        {
            return exponent is Number { IsNegative: false, IsInteger: true } ? @base : throw Unresolved(node);
        }

        if (@base.Valuation == 0) return @base.Pow(exponent, 0, budget);
        if (exponent is not Number { IsExact: true } power || !(power.Value * @base.Valuation).IsInteger)
        {
            throw Failure(node, $"has a branch point there: its base behaves like ({x.Name} - point)^{@base.Valuation}");
        }

        var valuation = power.Value * @base.Valuation;
        if (Rational.Abs(valuation) > 1_000_000) throw new WorkBudgetException();

        // sqrt(h^2) is |h|: two different series on the two sides.
        if (!power.IsInteger && power.Value.Denominator.IsEven) throw Failure(node, "behaves like a power of the absolute value there: it has no series");
        return @base.Pow(exponent, (int)valuation.Numerator, budget);
    }

    // ---- Functions of one argument --------------------------------------------------------------------------------------------

    private TruncatedSeries OfFunction(Call call, TruncatedSeries u)
    {
        var f = call.Primitive;
        if (u.Valuation < 0) throw Failure(call, "has an argument that is infinite there");
        var at = u.Constant;
        if (f == Primitives.Exp) return Exponential(call, u);
        if (f == Primitives.Expm1) return TruncatedSeries.Add(Exponential(call, u), Fixed(-1), budget);
        if (f == Primitives.Exp2) return Exponential(call, u.Scale(Log(2), budget));
        if (f == Primitives.Log) return Logarithm(call, u);
        if (f == Primitives.Log2) return Logarithm(call, u).Scale(1 / Log(2), budget);
        if (f == Primitives.Log10) return Logarithm(call, u).Scale(1 / Log(10), budget);
        if (f == Primitives.Log1p) return Logarithm(call, TruncatedSeries.Add(u, Fixed(1), budget));
        if (f == Primitives.Sin) return Sine(u, -1);
        if (f == Primitives.Cos) return Cosine(u, -1);
        if (f == Primitives.Tan) return Quotient(call, Sine(u, -1), Cosine(u, -1));
        if (f == Primitives.Sinh) return Sine(u, 1);
        if (f == Primitives.Cosh) return Cosine(u, 1);
        if (f == Primitives.Tanh) return Quotient(call, Sine(u, 1), Cosine(u, 1));
        if (f == Primitives.Sigmoid) return PowerOf(call, TruncatedSeries.Add(Exponential(call, u.Scale(-1, budget)), Fixed(1), budget), -1);
        var square = TruncatedSeries.Multiply(u, u, budget);
        if (f == Primitives.Atan) return Integrated(call, u, TruncatedSeries.Add(square, Fixed(1), budget), -1, 1);
        if (f == Primitives.Asin) return Integrated(call, u, TruncatedSeries.Add(square.Scale(-1, budget), Fixed(1), budget), Number.MinusHalf, 1);
        if (f == Primitives.Acos) return Integrated(call, u, TruncatedSeries.Add(square.Scale(-1, budget), Fixed(1), budget), Number.MinusHalf, -1);
        if (f == Primitives.Asinh) return Integrated(call, u, TruncatedSeries.Add(square, Fixed(1), budget), Number.MinusHalf, 1);
        if (f == Primitives.Acosh) return Integrated(call, u, TruncatedSeries.Add(square, Fixed(-1), budget), Number.MinusHalf, 1);
        if (f == Primitives.Atanh) return Integrated(call, u, TruncatedSeries.Add(square.Scale(-1, budget), Fixed(1), budget), -1, 1);
        if (f == Primitives.Erf || f == Primitives.Erfc)
        {
            var slope = Exponential(call, square.Scale(-1, budget)).Scale((f == Primitives.Erf ? 2 : -2) / Sqrt(Constant.Pi), budget);
            return TruncatedSeries.Multiply(u.Derivative(budget), slope, budget).Integral(f.Apply(at), budget);
        }

        if (f == Primitives.Abs || f == Primitives.Sign) return OfSign(call, u);
        if (f == Primitives.Floor || f == Primitives.Ceil || f == Primitives.Round || f == Primitives.Trunc) return OfRounding(call, at);
        return ByDerivatives(call, 0, u, at);
    }

    private TruncatedSeries Fixed(Expr value) => TruncatedSeries.OfConstant(value, precision);

    private TruncatedSeries Exponential(Expr node, TruncatedSeries u)
    {
        if (u.Valuation < 0) throw Failure(node, "has an essential singularity there");
        return u.WithoutConstant().Exp(budget).Scale(Exp(u.Constant), budget);
    }

    private TruncatedSeries Logarithm(Expr node, TruncatedSeries u)
    {
        if (u.IsZero) throw Unresolved(node);
        if (u.Valuation != 0) throw Failure(node, "has a logarithmic singularity there");
        return TruncatedSeries.Multiply(u.Derivative(budget), u.Pow(-1, 0, budget), budget).Integral(Log(u.Constant), budget);
    }

    // sin(a + w) = sin(a)·cos(w) + cos(a)·sin(w)
    private TruncatedSeries Sine(TruncatedSeries u, int sign)
    {
        var (s, c) = u.WithoutConstant().SineAndCosine(sign, budget);
        var (sine, cosine) = AtConstant(u, sign);
        return TruncatedSeries.Add(c.Scale(sine, budget), s.Scale(cosine, budget), budget);
    }

    private TruncatedSeries Cosine(TruncatedSeries u, int sign)
    {
        var (s, c) = u.WithoutConstant().SineAndCosine(sign, budget);
        var (sine, cosine) = AtConstant(u, sign);
        return TruncatedSeries.Add(c.Scale(cosine, budget), s.Scale(sign * sine, budget), budget);
    }

    private static (Expr Sine, Expr Cosine) AtConstant(TruncatedSeries u, int sign) => sign < 0
        ? (Sin(u.Constant).Simplify(), Cos(u.Constant).Simplify())
        : (Sinh(u.Constant), Cosh(u.Constant));

    private TruncatedSeries Quotient(Expr node, TruncatedSeries a, TruncatedSeries b) =>
        TruncatedSeries.Multiply(a, PowerOf(node, b, -1), budget);

    // f(u) = f(a) + ∫ u'·v^power for functions with an algebraic derivative.
    private TruncatedSeries Integrated(Call call, TruncatedSeries u, TruncatedSeries v, Expr power, int sign)
    {
        if (v.IsZero) throw Unresolved(call);
        if (v.Valuation != 0) throw Failure(call, "is not differentiable there");
        var slope = TruncatedSeries.Multiply(u.Derivative(budget), v.Pow(power, 0, budget), budget).Scale(sign, budget);
        return slope.Integral(call.Primitive.Apply(u.Constant), budget);
    }

    private TruncatedSeries OfSign(Call call, TruncatedSeries u)
    {
        if (u.Valuation != 0 || u.IsZero) throw Failure(call, "has a kink or a jump there");
        var sign = Signs.IsPositive(u.Constant) ? 1 : Signs.Has(u.Constant, Assumptions.Negative) ? -1 : NumericSign(u.Constant);
        if (sign == 0) throw Failure(call, $"depends on the sign of {u.Constant.ToString(60)}, which is not known");
        return call.Primitive == Primitives.Sign ? Fixed(sign) : u.Scale(sign, budget);
    }

    private TruncatedSeries OfRounding(Call call, Expr at)
    {
        if (ValueOf(at) is not { } value) throw Failure(call, $"depends on {at.ToString(60)}, which is not known");
        var jumps = call.Primitive == Primitives.Round ? value - 0.5 : value;
        if (jumps == Math.Floor(jumps) && !(call.Primitive == Primitives.Trunc && value == 0)) throw Failure(call, "has a jump there");
        return Fixed(call.Primitive.Apply(at));
    }

    // f(a + w) = Σ f⁽ᵏ⁾(a)/k!·wᵏ, the derivatives by the rules of the table.
    private TruncatedSeries ByDerivatives(Call call, int index, TruncatedSeries u, Expr at)
    {
        var t = Symbol.Fresh("t", Assumptions.Real);
        var derivative = Rebuilding.WithOperands(call, [.. call.Args[..index], t, .. call.Args[(index + 1)..]]);
        var power = Fixed(1);
        var w = u.WithoutConstant();
        TruncatedSeries? sum = null;
        var factorial = new Rational(1);
        for (var k = 0; k < precision; k++)
        {
            if (k > MostDerivatives || derivative.Size > 100_000) throw new WorkBudgetException();
            budget.Spend(derivative.Size);
            var value = derivative.Subs(t, at).Simplify();
            if (ValueOf(value) is { } number && !double.IsFinite(number)) throw Failure(call, "has no derivatives there");
            var term = power.Scale(value / Number.Of(factorial), budget);
            sum = sum is null ? term : TruncatedSeries.Add(sum, term, budget);
            if (w.IsZero) break;
            power = TruncatedSeries.Multiply(power, w, budget);
            derivative = derivative.Diff(t);
            factorial *= k + 1;
        }

        return sum!;
    }

    // ---- Functions of several arguments ---------------------------------------------------------------------------------------

    private TruncatedSeries OfChoice(Call call, Dictionary<Expr, TruncatedSeries> known)
    {
        var f = call.Primitive;
        if (f == Primitives.Hypot)
        {
            var (a, b) = (known[call.Args[0]], known[call.Args[1]]);
            return PowerOf(call, TruncatedSeries.Add(TruncatedSeries.Multiply(a, a, budget), TruncatedSeries.Multiply(b, b, budget), budget), Number.Half);
        }

        if (f == Primitives.Select)
        {
            var condition = known[call.Args[0]];
            if (condition.IsZero) return known[call.Args[2]];
            if (NumericSign(condition.Constant) != 0) return known[call.Args[1]];
        }
        else if (f == Primitives.Max || f == Primitives.Min || f.IsTruth && call.Args.Length == 2)
        {
            var difference = TruncatedSeries.Add(known[call.Args[0]], known[call.Args[1]].Scale(-1, budget), budget);
            var sign = difference.IsZero || difference.Valuation != 0 ? 0 : NumericSign(difference.Constant);
            if (sign == 0) throw Failure(call, "changes from one case to another there, or which case holds is not known");
            if (f == Primitives.Max) return known[call.Args[sign > 0 ? 0 : 1]];
            if (f == Primitives.Min) return known[call.Args[sign > 0 ? 1 : 0]];
            return Fixed(f.Apply(Number.Of(sign), Number.Zero));
        }

        var varying = Array.FindIndex(call.Args, arg => Traversal.Contains(arg, x));
        if (Array.FindLastIndex(call.Args, arg => Traversal.Contains(arg, x)) == varying && known[call.Args[varying]].Valuation >= 0)
        {
            return ByDerivatives(call, varying, known[call.Args[varying]], known[call.Args[varying]].Constant);
        }

        throw Failure(call, "has several arguments that vary");
    }

    // ---- Questions about coefficients -----------------------------------------------------------------------------------------

    private static int NumericSign(Expr value) => ValueOf(value) is { } number && !double.IsNaN(number) ? Math.Sign(number) : 0;

    private static double? ValueOf(Expr value) => value.SymbolMask == 0 ? value.Evaluate(new Dictionary<Symbol, double>()) : null;

    private ArgumentException Failure(Expr node, string reason) => new(
        $"Series: {node.ToString(80)} has no power series around {x.Name} = {about.ToString(40)}: it {reason}. Expand around another point.");

    private static WorkBudgetException Unresolved(Expr node)
    {
        // More terms are needed to see the first one; the caller tries with a higher precision.
        _ = node;
        return new WorkBudgetException();
    }
}
