namespace Nabla.Symbolics;

/// <summary>
/// The first terms of a Laurent series in h: the coefficients of h^Valuation … h^(Precision - 1); what follows is unknown. The first
/// coefficient is not zero, unless there is none. Coefficients are formulas without h.
/// </summary>
internal sealed class TruncatedSeries
{
    private readonly Expr[] coefficients;

    private TruncatedSeries(int valuation, Expr[] coefficients)
    {
        Valuation = valuation;
        this.coefficients = coefficients;
    }

    /// <summary>The lowest power.</summary>
    public int Valuation { get; }

    /// <summary>The first power that is not known.</summary>
    public int Precision => Valuation + coefficients.Length;

    /// <summary>Whether every known coefficient is zero.</summary>
    public bool IsZero => coefficients.Length == 0;

    /// <summary>The coefficient of h^<paramref name="power"/>.</summary>
    public Expr this[int power] => power < Valuation ? Number.Zero : coefficients[power - Valuation];

    /// <summary>The first coefficient.</summary>
    public Expr Leading => coefficients[0];

    /// <summary>The value at h = 0.</summary>
    public Expr Constant => Valuation > 0 || Precision <= 0 ? Number.Zero : this[0];

    /// <summary>A series from its coefficients, zeros at the beginning left out.</summary>
    public static TruncatedSeries Of(int valuation, Expr[] coefficients)
    {
        var zeros = 0;
        while (zeros < coefficients.Length && IsZeroValue(coefficients[zeros])) zeros++;
        return new(valuation + zeros, coefficients[zeros..]);
    }

    public static TruncatedSeries OfConstant(Expr value, int precision)
    {
        var coefficients = new Expr[Math.Max(0, precision)];
        Array.Fill(coefficients, Number.Zero);
        if (precision > 0) coefficients[0] = value;
        return Of(0, coefficients);
    }

    /// <summary>value + h.</summary>
    public static TruncatedSeries OfVariable(Expr value, int precision)
    {
        var coefficients = new Expr[Math.Max(2, precision)];
        Array.Fill(coefficients, Number.Zero);
        coefficients[0] = value;
        coefficients[1] = Number.One;
        return Of(0, coefficients);
    }

    public static TruncatedSeries Add(TruncatedSeries a, TruncatedSeries b, WorkBudget budget)
    {
        var (from, to) = (Math.Min(a.Valuation, b.Valuation), Math.Min(a.Precision, b.Precision));
        var sum = new Expr[Math.Max(0, to - from)];
        budget.Spend(sum.Length);
        for (var i = 0; i < sum.Length; i++) sum[i] = Normal(a[from + i] + b[from + i], budget);
        return Of(Math.Min(from, to), sum);
    }

    public static TruncatedSeries Multiply(TruncatedSeries a, TruncatedSeries b, WorkBudget budget)
    {
        var from = a.Valuation + b.Valuation;
        var length = Math.Min(a.coefficients.Length, b.coefficients.Length);
        var product = new Expr[length];
        for (var k = 0; k < length; k++) product[k] = Convolution(a.coefficients, b.coefficients, k, budget);
        return Of(from, product);
    }

    public TruncatedSeries Scale(Expr factor, WorkBudget budget) => Of(Valuation, Array.ConvertAll(coefficients, c => Normal(c * factor, budget)));

    /// <summary>The series times h^<paramref name="powers"/>.</summary>
    public TruncatedSeries Shift(int powers) => new(Valuation + powers, coefficients);

    public TruncatedSeries Derivative(WorkBudget budget)
    {
        var result = new Expr[coefficients.Length];
        for (var i = 0; i < result.Length; i++) result[i] = Normal((Valuation + i) * coefficients[i], budget);
        return Of(Valuation - 1, result);
    }

    /// <summary>The antiderivative with this constant; the series must have no 1/h.</summary>
    public TruncatedSeries Integral(Expr constant, WorkBudget budget)
    {
        if (Valuation < 0) throw new WorkBudgetException();
        var result = new Expr[Precision + 1];
        result[0] = constant;
        for (var power = 0; power < Precision; power++) result[power + 1] = Normal(this[power] / (power + 1), budget);
        return Of(0, result);
    }

    /// <summary>
    /// The power of a series whose leading coefficient is c: c^e·(1 + …)^e by the recurrence that follows from b·p' = e·p·b'.
    /// The valuation of the result is given by the caller, who knows whether it is whole.
    /// </summary>
    public TruncatedSeries Pow(Expr exponent, int valuation, WorkBudget budget)
    {
        var length = coefficients.Length;
        var inverse = 1 / Leading;
        var result = new Expr[length];
        result[0] = Power.Of(Leading, exponent);
        for (var k = 1; k < length; k++)
        {
            Expr sum = Number.Zero;
            for (var j = 1; j <= k; j++)
            {
                budget.Spend(1);
                if (coefficients[j] is Number { IsZero: true }) continue;
                sum += ((exponent * j) - k + j) * coefficients[j] * result[k - j];
            }

            result[k] = Normal(sum * inverse / k, budget);
        }

        return Of(valuation, result);
    }

    /// <summary>The exponential of a series without constant term.</summary>
    public TruncatedSeries Exp(WorkBudget budget)
    {
        var result = new Expr[Math.Max(1, Precision)];
        result[0] = Number.One;
        for (var k = 1; k < result.Length; k++)
        {
            Expr sum = Number.Zero;
            for (var j = 1; j <= k; j++)
            {
                budget.Spend(1);
                if (this[j] is Number { IsZero: true }) continue;
                sum += j * this[j] * result[k - j];
            }

            result[k] = Normal(sum / k, budget);
        }

        return Of(0, result);
    }

    /// <summary>Sine and cosine of a series without constant term; the sign -1 gives sin and cos, 1 sinh and cosh.</summary>
    public (TruncatedSeries Sine, TruncatedSeries Cosine) SineAndCosine(int sign, WorkBudget budget)
    {
        var (s, c) = (new Expr[Math.Max(1, Precision)], new Expr[Math.Max(1, Precision)]);
        (s[0], c[0]) = (Number.Zero, Number.One);
        for (var k = 1; k < s.Length; k++)
        {
            Expr sine = Number.Zero, cosine = Number.Zero;
            for (var j = 1; j <= k; j++)
            {
                budget.Spend(1);
                if (this[j] is Number { IsZero: true }) continue;
                sine += j * this[j] * c[k - j];
                cosine += j * this[j] * s[k - j];
            }

            s[k] = Normal(sine / k, budget);
            c[k] = Normal(sign * cosine / k, budget);
        }

        return (Of(0, s), Of(0, c));
    }

    /// <summary>The same series without its constant term.</summary>
    public TruncatedSeries WithoutConstant()
    {
        if (Valuation != 0 || IsZero) return this;
        var copy = (Expr[])coefficients.Clone();
        copy[0] = Number.Zero;
        return Of(0, copy);
    }

    private static Expr Convolution(Expr[] a, Expr[] b, int k, WorkBudget budget)
    {
        var terms = new List<Expr>();
        for (var i = 0; i <= k; i++)
        {
            budget.Spend(1);
            if (a[i] is not Number { IsZero: true } && b[k - i] is not Number { IsZero: true }) terms.Add(a[i] * b[k - i]);
        }

        return Normal(Sum.Of([.. terms]), budget);
    }

    /// <summary>A coefficient multiplied out, so that equal ones cancel.</summary>
    private static Expr Normal(Expr coefficient, WorkBudget budget)
    {
        if (coefficient is Number { IsExact: true } number) Polynomial.Bounded(number.Value, budget);
        if (coefficient.Args.Length == 0) return coefficient;
        budget.Spend(Math.Min(coefficient.Size, 1_000));
        return coefficient.Size > 20_000 ? throw new WorkBudgetException() : new Expansion(ExpandOptions.Default, budget).Of(coefficient);
    }

    private static bool IsZeroValue(Expr coefficient) => coefficient switch
    {
        Number number => number.IsZero,
        Symbol or Symbolics.Constant => false,
        _ => coefficient.Simplify() is Number { IsZero: true },
    };
}
