namespace Nabla.Symbolics;

/// <summary>Builds powers. Only rules that hold for all real values are used: (x^2)^(1/2) is not x, while (x^a)^n is x^(a*n) for whole n.</summary>
internal static class Power
{
    /// <summary>Exact powers of numbers are carried out up to this many bits of the result.</summary>
    private const double LargestResultBits = 65_536;

    /// <summary>The canonical power.</summary>
    public static Expr Of(Expr @base, Expr exponent)
    {
        if (@base is Number { IsOne: true }) return Number.One;
        if (exponent is not Number power)
        {
            return ReferenceEquals(@base, Constant.E) ? Functions.Exp(exponent) : Call.Intern(Primitives.Pow, [@base, exponent]);
        }

        if (power.IsZero) return Number.One;
        if (power.IsOne) return @base;
        if (@base is Number number) return OfNumbers(number, power);
        if (@base is Call inner && inner.Primitive == Primitives.Pow && (inner.Args[0].Facts & Assumptions.Positive) == Assumptions.Positive)
        {
            return Of(inner.Args[0], inner.Args[1] * power);
        }

        if (power.IsInteger)
        {
            if (@base is Call call && call.Primitive == Primitives.Pow) return Of(call.Args[0], call.Args[1] * power);
            if (@base is Product product) return Distribute(product, power);
        }

        return Call.Intern(Primitives.Pow, [@base, exponent]);
    }

    /// <summary>The base of a power with numeric exponent; anything else is its own base.</summary>
    public static Expr BaseOf(Expr factor) => factor is Call { Args: [var @base, Number] } call && call.Primitive == Primitives.Pow ? @base : factor;

    /// <summary>The numeric exponent that belongs to <see cref="BaseOf"/>.</summary>
    public static Number ExponentOf(Expr factor) =>
        factor is Call { Args: [_, Number exponent] } call && call.Primitive == Primitives.Pow ? exponent : Number.One;

    private static Expr Distribute(Product product, Number power)
    {
        var factors = new Expr[product.Args.Length];
        for (var i = 0; i < factors.Length; i++) factors[i] = Of(product.Args[i], power);
        return Product.Of(factors);
    }

    private static Expr OfNumbers(Number @base, Number exponent)
    {
        if (!@base.IsExact || !exponent.IsExact) return Number.Of(Math.Pow(@base.ToDouble(), exponent.ToDouble()));
        if (@base.IsZero) return exponent.IsNegative ? Number.Of(double.PositiveInfinity) : Number.Zero;
        if (exponent.Value.TryGetSmall(out var numerator, out var denominator) && Math.Abs(numerator) < int.MaxValue)
        {
            var value = @base.Value;
            var bits = Math.Max(value.Numerator.GetBitLength(), value.Denominator.GetBitLength());
            if (bits * (double)Math.Abs(numerator) / denominator <= LargestResultBits && TryRoot(value, denominator, out var root))
            {
                return Number.Of(Rational.Pow(root, (int)numerator));
            }
        }

        return Call.Intern(Primitives.Pow, [@base, exponent]);
    }

    /// <summary>The exact root, if there is one: 9/4 has the square root 3/2, and 2 has none.</summary>
    private static bool TryRoot(Rational value, long degree, out Rational root)
    {
        root = value;
        if (degree == 1) return true;
        if (value.Sign < 0 || degree > 64 || !value.TryGetSmall(out var numerator, out var denominator)) return false;
        if (!TryRoot(numerator, (int)degree, out var top) || !TryRoot(denominator, (int)degree, out var bottom)) return false;
        root = new Rational(top, bottom);
        return true;
    }

    private static bool TryRoot(long value, int degree, out long root)
    {
        root = (long)Math.Round(Math.Pow(value, 1.0 / degree));
        return Rational.Pow(root, degree) == value;
    }
}
