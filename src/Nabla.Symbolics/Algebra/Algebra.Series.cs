using System.Text;

namespace Nabla.Symbolics;

/// <summary>Series.</summary>
public static partial class Algebra
{
    private const long SeriesWork = 3_000_000;
    private const int LargestOrder = 2_000;

    /// <summary>
    /// The Taylor series around a point as a polynomial in (x - about), up to and including the power <paramref name="order"/>. At a pole
    /// the negative powers come first: 1/sin(x) around 0 to order 3 is 1/x + x/6 + 7*x^3/360.
    /// </summary>
    /// <param name="formula">The formula.</param>
    /// <param name="x">The symbol.</param>
    /// <param name="about">The point, a formula without x.</param>
    /// <param name="order">The highest power that is kept.</param>
    /// <exception cref="ArgumentException">There is no such series: a branch point, a jump, an essential singularity.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative or above 2,000.</exception>
    /// <exception cref="InvalidOperationException">It would take too many steps.</exception>
    public static Expr Series(this Expr formula, Symbol x, Expr about, int order)
    {
        var series = Truncated(formula, x, about, order);
        var terms = new List<Expr>();
        for (var power = series.Valuation; power <= order; power++) terms.Add(series[power].Simplify() * Power.Of(x - about, power));
        return Sum.Of([.. terms]);
    }

    /// <summary>The Taylor series around 0.</summary>
    public static Expr Series(this Expr formula, Symbol x, int order = 5) => formula.Series(x, Number.Zero, order);

    /// <summary>The series as text with its remainder, such as <c>x - x^3/6 + O(x^5)</c>, lowest powers first.</summary>
    public static string SeriesText(this Expr formula, Symbol x, Expr about, int order)
    {
        var series = Truncated(formula, x, about, order);
        var variable = x - about;
        var text = new StringBuilder();
        for (var power = series.Valuation; power <= order; power++)
        {
            var coefficient = series[power].Simplify();
            if (coefficient is Number { IsZero: true }) continue;
            var negative = coefficient is not Sum && RewriteMethods.LooksNegative(coefficient);
            text.Append(text.Length == 0 ? (negative ? "-" : "") : negative ? " - " : " + ");
            var term = (negative ? -coefficient : coefficient) * Power.Of(variable, power);
            text.Append(term is Sum && text.Length > 0 && !ReferenceEquals(term, coefficient) ? $"({term})" : term.ToString());
        }

        var unit = variable is Symbol ? variable.ToString() : $"({variable})";
        return text.Append(text.Length > 0 ? " + " : "").Append(order == 0 ? $"O({unit})" : $"O({unit}^{order + 1})").ToString();
    }

    private static TruncatedSeries Truncated(Expr formula, Symbol x, Expr about, int order)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(about);
        if (order is < 0 or > LargestOrder)
        {
            throw new ArgumentOutOfRangeException(nameof(order), order, $"Series: the order must be between 0 and {LargestOrder}.");
        }

        if (Traversal.Contains(about, x)) throw new ArgumentException($"Series: the point {about.ToString(60)} must not contain {x.Name}.", nameof(about));
        if (about is Number number && !double.IsFinite(number.ToDouble()) && !number.IsExact)
        {
            throw new ArgumentException($"Series: cannot expand around {about}. Substitute 1/{x.Name} and expand around 0.", nameof(about));
        }

        // Dividing by h^k costs k terms of precision: more are taken until enough are left.
        var budget = new WorkBudget(SeriesWork);
        for (var extra = 1; extra <= 64 && budget.Left > 0; extra *= 4)
        {
            try
            {
                var series = new SeriesExpansion(x, about, order + extra, budget).Of(formula);
                if (series.Precision > order) return series;
            }
            catch (WorkBudgetException)
            {
                // Tried again with more terms, while steps are left.
            }
        }

        throw new InvalidOperationException(
            $"Series: the expansion of {formula.ToString(60)} around {x.Name} = {about.ToString(40)} to order {order} takes more than {SeriesWork:N0} steps, "
            + "or its first terms cannot be told from zero. Ask for a lower order, or simplify the formula first.");
    }
}
