namespace Nabla.Symbolics;

/// <summary>
/// How a matrix was made, kept where a later operation can do better with it than with the entries: A⁻¹ * b is solved, not multiplied,
/// and aᵀ * (S⁻¹ * b) becomes one bilinear form with a derivative of its own.
/// </summary>
internal abstract record MatrixOrigin
{
    private MatrixOrigin()
    {
    }

    /// <summary>The inverse of a matrix.</summary>
    public sealed record Inverse(Matrix Of) : MatrixOrigin;

    /// <summary>System⁻¹ * Right.</summary>
    public sealed record Solution(Matrix System, Matrix Right) : MatrixOrigin;

    /// <summary>Left * System⁻¹.</summary>
    public sealed record RowSolution(Matrix Left, Matrix System) : MatrixOrigin;

    /// <summary>Factor * Of.</summary>
    public sealed record Scaled(Expr Factor, Matrix Of) : MatrixOrigin;

    /// <summary>Left * Right, to recognise A * S * Aᵀ.</summary>
    public sealed record Product(Matrix Left, Matrix Right) : MatrixOrigin;
}
