namespace Nabla.Symbolics;

/// <summary>What an entry of the derivative with respect to a matrix with repeated entries, such as a symmetric one, means.</summary>
public enum SymmetryConvention
{
    /// <summary>
    /// The entries of the matrix count as independent: df is the sum of G[i, j] dS[i, j] over all i and j. This is what matrix calculus and
    /// automatic differentiation over a full matrix give, such as S⁻¹ for log det S. An off-diagonal entry has half of what the free parameter has.
    /// </summary>
    PerEntry,

    /// <summary>
    /// G[i, j] is the derivative with respect to the symbol that stands in place (i, j). A symbol that stands in two places has the
    /// derivative of both together: df is the sum of G[i, j] dS[i, j] over i ≤ j. This is what a gradient with respect to a packed triangle is.
    /// </summary>
    PerFreeParameter,
}

/// <summary>
/// The derivative of a formula with respect to a matrix of symbols, with the convention that it follows. The same derivative has two usual
/// forms if the matrix is symmetric, which differ by the factor 2 off the diagonal; mixing them is the origin of the factor 0.5 that is often
/// taken for a mistake in the gradient of a conic's off-diagonal entry.
/// </summary>
public sealed class MatrixDerivative
{
    private MatrixDerivative(Matrix variable, Matrix value, SymmetryConvention convention)
    {
        Variable = variable;
        Value = value;
        Convention = convention;
    }

    /// <summary>The matrix of symbols that the derivative is taken with respect to.</summary>
    public Matrix Variable { get; }

    /// <summary>The derivative, of the shape of <see cref="Variable"/>.</summary>
    public Matrix Value { get; }

    /// <summary>What the entries of <see cref="Value"/> mean.</summary>
    public SymmetryConvention Convention { get; }

    /// <summary>Whether a symbol stands in more than one place, so that the conventions give different matrices.</summary>
    public bool ConventionsDiffer => Variable.FreeParameters.Count < Variable.Entries.ToArray().Count(static entry => entry is Symbol);

    /// <summary>The derivative with respect to each of <see cref="Matrix.FreeParameters"/>, in their order, whatever the convention.</summary>
    public IReadOnlyList<Expr> FreeParameters
    {
        get
        {
            var value = To(SymmetryConvention.PerFreeParameter).Value;
            var gradient = new List<Expr>();
            var seen = new HashSet<Expr>();
            for (var i = 0; i < Variable.Entries.Length; i++)
            {
                if (Variable.Entries[i] is Symbol symbol && seen.Add(symbol)) gradient.Add(value.Entries[i]);
            }

            return gradient.AsReadOnly();
        }
    }

    /// <summary>The same derivative in a convention.</summary>
    public MatrixDerivative To(SymmetryConvention convention)
    {
        if (!Enum.IsDefined(convention)) throw new ArgumentOutOfRangeException(nameof(convention), $"To: {convention} is no SymmetryConvention.");
        if (convention == Convention) return this;
        var places = PlacesOf(Variable);
        var columns = Variable.Columns;
        return new MatrixDerivative(Variable, Matrix.Create(Variable.Rows, columns, Convert), convention);

        Expr Convert(int row, int column)
        {
            if (Variable[row, column] is not Symbol symbol) return Number.Zero;
            var count = places[symbol];
            return convention == SymmetryConvention.PerFreeParameter ? Value[row, column] * count : Value[row, column] / count;
        }
    }

    /// <summary>The derivative and its convention as text.</summary>
    public override string ToString() => ConventionsDiffer
        ? $"{Value} ({(Convention == SymmetryConvention.PerEntry ? "per entry" : "per free parameter")})"
        : Value.ToString();

    internal static MatrixDerivative Of(Expr f, Matrix variable, SymmetryConvention convention)
    {
        ArgumentNullException.ThrowIfNull(f);
        for (var i = 0; i < variable.Entries.Length; i++)
        {
            if (variable.Entries[i] is not (Symbol or Number)) throw MatrixErrors.NoSymbol("Gradient", variable, i);
        }

        Symbol[] symbols = [.. variable.FreeParameters];
        var gradient = f.Gradient(symbols);
        var byEntry = new Dictionary<Expr, Expr>();
        for (var i = 0; i < symbols.Length; i++) byEntry[symbols[i]] = gradient[i];
        var value = Matrix.Create(variable.Rows, variable.Columns, (i, j) => byEntry.GetValueOrDefault(variable[i, j], Number.Zero));
        return new MatrixDerivative(variable, value, SymmetryConvention.PerFreeParameter).To(convention);
    }

    private static Dictionary<Symbol, int> PlacesOf(Matrix variable)
    {
        var places = new Dictionary<Symbol, int>();
        foreach (var entry in variable.Entries)
        {
            if (entry is Symbol symbol) places[symbol] = places.GetValueOrDefault(symbol) + 1;
        }

        return places;
    }
}

// The derivative with respect to this matrix.
public sealed partial class Matrix
{
    /// <summary>
    /// The derivative of a formula with respect to this matrix of symbols, of its shape. Places that hold numbers have derivative 0. The result
    /// names its convention and converts to the other: see <see cref="SymmetryConvention"/>.
    /// </summary>
    /// <param name="f">The formula to be differentiated.</param>
    /// <param name="convention">What the entries of the result shall mean; for a matrix of distinct symbols both are the same.</param>
    /// <exception cref="ArgumentException">An entry of the matrix is neither a symbol nor a number.</exception>
    public MatrixDerivative Gradient(Expr f, SymmetryConvention convention = SymmetryConvention.PerEntry) => MatrixDerivative.Of(f, this, convention);
}
