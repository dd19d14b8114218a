namespace Nabla.Symbolics;

/// <summary>Multiplying out.</summary>
public static partial class Algebra
{
    /// <summary>
    /// Multiplies out products and whole powers of sums, in the arguments of functions too: (x + 1)^2 becomes x^2 + 2*x + 1. Options add
    /// the laws of exponentials, logarithms and trigonometric functions.
    /// </summary>
    /// <exception cref="InvalidOperationException">The result would have more terms, or take more work, than the options allow.</exception>
    public static Expr Expand(this Expr formula, ExpandOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(formula);
        options ??= ExpandOptions.Default;
        if (options.MaxTerms < 1) throw new ArgumentOutOfRangeException(nameof(options), options.MaxTerms, "Expand: MaxTerms must be at least 1.");
        var expansion = new Expansion(options, new WorkBudget(options.MaxWork));
        try
        {
            return expansion.Of(formula);
        }
        catch (WorkBudgetException)
        {
            throw new InvalidOperationException(
                $"Expand: the result of {formula.ToString(60)} would have more than {options.MaxTerms:N0} terms or take more than "
                + $"{options.MaxWork:N0} steps. Raise ExpandOptions.MaxTerms or MaxWork, or keep the formula factored.");
        }
    }

    /// <summary>Multiplies out, and splits exp(a + b) and x^(a + b).</summary>
    public static Expr ExpandExp(this Expr formula) => formula.Expand(new ExpandOptions { Exponentials = true });

    /// <summary>Multiplies out, and splits logarithms of products and powers of what is known to be positive.</summary>
    public static Expr ExpandLog(this Expr formula) => formula.Expand(new ExpandOptions { Logarithms = true });

    /// <summary>Multiplies out, and writes sines and cosines of sums and multiples by those of the parts.</summary>
    public static Expr ExpandTrig(this Expr formula) => formula.Expand(new ExpandOptions { Trigonometric = true });
}
