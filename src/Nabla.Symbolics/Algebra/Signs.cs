namespace Nabla.Symbolics;

/// <summary>Questions about what is known of a formula's value, wherever it has one.</summary>
internal static class Signs
{
    /// <summary>Above 0.</summary>
    public static bool IsPositive(Expr value) => Has(value, Assumptions.Positive);

    /// <summary>Not below 0.</summary>
    public static bool IsNonNegative(Expr value) => Has(value, Assumptions.NonNegative);

    /// <summary>Not above 0.</summary>
    public static bool IsNonPositive(Expr value) => Has(value, Assumptions.NonPositive);

    /// <summary>All of these facts.</summary>
    public static bool Has(Expr value, Assumptions facts) => (value.Facts & facts) == facts;
}
