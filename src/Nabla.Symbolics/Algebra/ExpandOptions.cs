namespace Nabla.Symbolics;

/// <summary>What <see cref="Algebra.Expand(Expr, ExpandOptions?)"/> multiplies out, and how far.</summary>
public sealed record ExpandOptions
{
    /// <summary>Products and whole powers of sums only.</summary>
    public static ExpandOptions Default { get; } = new();

    /// <summary>The most terms a result may have; more are an exception.</summary>
    public int MaxTerms { get; init; } = 100_000;

    /// <summary>The most operations on terms; more are an exception.</summary>
    public long MaxWork { get; init; } = 30_000_000;

    /// <summary>exp(a + b) becomes exp(a)*exp(b), and x^(a + b) becomes x^a*x^b.</summary>
    public bool Exponentials { get; init; }

    /// <summary>log(a*b) becomes log(a) + log(b), and log(a^n) becomes n*log(a), where a is known to be positive.</summary>
    public bool Logarithms { get; init; }

    /// <summary>sin(a + b), cos(a + b), sin(n*a), cos(n*a), and those of sinh and cosh, become polynomials in sines and cosines of the parts.</summary>
    public bool Trigonometric { get; init; }
}
