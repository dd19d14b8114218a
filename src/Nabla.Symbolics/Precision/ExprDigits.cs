namespace Nabla.Symbolics;

public abstract partial class Expr
{
    /// <summary>
    /// The value to so many significant digits, all of them right: <c>Sqrt(2).Evaluate(30)</c>. Numbers are exact throughout; a double
    /// stands for what it is, so give 1/10 as a fraction. Bits are added until the digits are certain, however much cancels.
    /// </summary>
    /// <exception cref="ArgumentException">A symbol has no value.</exception>
    /// <exception cref="ArithmeticException">The formula has no real value, or its digits stay uncertain, as those of a 0 that is not exactly 0.</exception>
    /// <exception cref="NotSupportedException">A function, such as a Bessel function, is known in double precision only.</exception>
    public string Evaluate(int digits) => DigitEvaluation.Of(this, digits).Text;

    /// <summary>As <see cref="Evaluate(int)"/>, with values for symbols: numbers, or formulas such as <c>Sqrt(2)</c>.</summary>
    /// <exception cref="ArgumentException">A symbol has no value.</exception>
    /// <exception cref="ArithmeticException">The formula has no real value, or its digits stay uncertain.</exception>
    public string Evaluate(IReadOnlyDictionary<Symbol, Expr> values, int digits) => DigitEvaluation.Of(WithValues(values), digits).Text;

    /// <summary>As <see cref="Evaluate(int)"/>, with values for symbols: each double stands for exactly what it is.</summary>
    /// <exception cref="ArgumentException">A symbol has no value.</exception>
    /// <exception cref="ArithmeticException">The formula has no real value, or its digits stay uncertain.</exception>
    public string Evaluate(IReadOnlyDictionary<Symbol, double> values, int digits) => DigitEvaluation.Of(WithValues(values), digits).Text;

    /// <summary>The value as a binary number with at least so many digits right; of an exact number, the nearest one.</summary>
    /// <exception cref="ArgumentException">A symbol has no value.</exception>
    /// <exception cref="ArithmeticException">The formula has no real value, or its digits stay uncertain.</exception>
    public BigFloat EvaluateToDigits(int digits) => DigitEvaluation.Of(this, digits).Value;

    private Expr WithValues(IReadOnlyDictionary<Symbol, Expr> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var replacements = new Dictionary<Expr, Expr>();
        foreach (var (symbol, value) in values) replacements[symbol] = value;
        return Subs(replacements);
    }

    private Expr WithValues(IReadOnlyDictionary<Symbol, double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var replacements = new Dictionary<Expr, Expr>();
        foreach (var (symbol, value) in values) replacements[symbol] = ExactValue(value, symbol);
        return Subs(replacements);
    }

    // The fraction that the double is: the arithmetic of formulas would fold doubles in double precision.
    private static Expr ExactValue(double value, Symbol symbol)
    {
        if (!double.IsFinite(value)) throw new ArgumentException($"Evaluate: the value {value} of '{symbol.Name}' is no real number.");
        if (value == 0) return Number.Zero;
        var exponent = Math.Max(Math.ILogB(value), -1022) - 52;
        var mantissa = (System.Numerics.BigInteger)Math.ScaleB(value, -exponent);
        return exponent >= 0
            ? new Rational(mantissa << exponent)
            : new Rational(mantissa, System.Numerics.BigInteger.One << -exponent);
    }
}
