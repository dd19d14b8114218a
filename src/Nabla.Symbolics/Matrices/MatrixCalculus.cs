namespace Nabla.Symbolics;

/// <summary>
/// The derivative of a scalar with respect to a matrix symbol, with the convention that it follows where the matrix is symmetric: see
/// <see cref="SymmetryConvention"/>.
/// </summary>
public sealed class MatrixExprDerivative
{
    private MatrixExprDerivative(MatrixSymbol variable, MatrixExpr value, SymmetryConvention convention) =>
        (Variable, Value, Convention) = (variable, value, convention);

    /// <summary>The symbol that the derivative is taken with respect to.</summary>
    public MatrixSymbol Variable { get; }

    /// <summary>The derivative, of the size of <see cref="Variable"/>.</summary>
    public MatrixExpr Value { get; }

    /// <summary>What the entries of <see cref="Value"/> mean.</summary>
    public SymmetryConvention Convention { get; }

    /// <summary>Whether the conventions give different matrices: whether the variable is symmetric.</summary>
    public bool ConventionsDiffer => Variable.Has(MatrixProperties.Symmetric) && !Variable.IsScalarSized;

    /// <summary>
    /// The same derivative in a convention. With G per entry, the derivative with respect to the free parameters is G + Gᵀ less the
    /// diagonal of G: both places of an off-diagonal parameter count.
    /// </summary>
    public MatrixExprDerivative To(SymmetryConvention convention)
    {
        if (!Enum.IsDefined(convention)) throw new ArgumentOutOfRangeException(nameof(convention), $"To: {convention} is no SymmetryConvention.");
        if (convention == Convention || !ConventionsDiffer) return new MatrixExprDerivative(Variable, Value, convention);
        var value = convention == SymmetryConvention.PerFreeParameter
            ? (2 * Value) - Value.DiagonalPart()
            : (Value + Value.DiagonalPart()) / 2;
        return new MatrixExprDerivative(Variable, value, convention);
    }

    /// <summary>The derivative, and its convention where it matters, as text.</summary>
    public override string ToString() => ConventionsDiffer
        ? $"{Value} ({(Convention == SymmetryConvention.PerEntry ? "per entry" : "per free parameter")})"
        : Value.ToString();

    internal static MatrixExprDerivative Of(MatrixScalar f, MatrixSymbol variable, SymmetryConvention convention)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (variable.Has(MatrixProperties.Orthogonal))
        {
            throw new ArgumentException(
                $"Gradient: {variable.Name} is orthogonal, so its entries cannot change freely. Write it with a free parameter, or declare it without Orthogonal.");
        }

        var gradient = MatrixGradient.Of(f, variable);
        if (variable.Has(MatrixProperties.Symmetric) && !gradient.IsSymmetric)
        {
            // Only the symmetric part meets a symmetric dS.
            gradient = MatrixFactoring.Collect((gradient + gradient.Transpose()) / 2);
        }

        return new MatrixExprDerivative(variable, gradient, SymmetryConvention.PerEntry).To(convention);
    }
}

// Derivatives of scalars.
public sealed partial class MatrixScalar
{
    /// <summary>
    /// The gradient G with respect to a matrix or vector symbol, of its size: df = tr(Gᵀ dX). For a symmetric symbol G is symmetric, and
    /// <paramref name="convention"/> says what it means; it is written in the result.
    /// </summary>
    /// <exception cref="ArgumentException">The symbol is orthogonal.</exception>
    public MatrixExprDerivative Gradient(MatrixSymbol x, SymmetryConvention convention = SymmetryConvention.PerEntry) =>
        MatrixExprDerivative.Of(this, x, convention);

    /// <summary>The differential: the change to first order when <paramref name="x"/> changes by <paramref name="change"/>.</summary>
    /// <param name="x">The symbol that changes.</param>
    /// <param name="change">A matrix of its size, for instance a symbol dX.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public MatrixScalar Differential(MatrixSymbol x, MatrixExpr change)
    {
        ArgumentNullException.ThrowIfNull(x);
        return MatrixDifferential.Of(this, x, change);
    }

    /// <summary>The matrix of second derivatives with respect to a column vector, [n, n].</summary>
    /// <exception cref="ArgumentException">The symbol is no column vector.</exception>
    public MatrixExpr Hessian(MatrixSymbol x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Gradient(x).Value.Jacobian(x);
    }
}

// Derivatives of matrices.
public abstract partial class MatrixExpr
{
    /// <summary>The differential: the change to first order when <paramref name="x"/> changes by <paramref name="change"/>.</summary>
    /// <param name="x">The symbol that changes.</param>
    /// <param name="change">A matrix of its size, for instance a symbol dX.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public MatrixExpr Differential(MatrixSymbol x, MatrixExpr change)
    {
        ArgumentNullException.ThrowIfNull(x);
        return MatrixDifferential.Of(this, x, change);
    }

    /// <summary>The Jacobian J of a column vector with respect to a column vector, with dy = J dx, [rows of y, rows of x].</summary>
    /// <exception cref="ArgumentException">This is no column vector, or <paramref name="x"/> is none.</exception>
    /// <exception cref="NotSupportedException">A term has no matrix of its own, such as the diagonal of a product with dx.</exception>
    public MatrixExpr Jacobian(MatrixSymbol x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!ReferenceEquals(Columns, Number.One)) throw new ArgumentException($"Jacobian: {MatrixShapes.Text(this)}, not a column vector. Use Differential for matrices.");
        if (!ReferenceEquals(x.Columns, Number.One)) throw new ArgumentException($"Jacobian: {MatrixShapes.Text(x)}, not a column vector. Use Differential for matrices.");
        return LinearPart.Of(this, x);
    }
}

/// <summary>Reads the matrix J off a differential J dx: each term ends in dx, or has a scalar such as wᵀ dx.</summary>
internal static class LinearPart
{
    public static MatrixExpr Of(MatrixExpr vector, MatrixSymbol x)
    {
        // A name that no formula of a user has.
        var change = MatrixExpr.Vector($"d{x.Name} ", x.Rows);
        var differential = vector.Differential(x, change);
        var terms = new List<MatrixExpr>();
        foreach (var term in differential is MatrixSum ? differential.Args : [differential])
        {
            if (!term.IsZero) terms.Add(OfTerm(term, change));
        }

        return MatrixFactoring.Collect(MatrixSum.Of(vector.Rows, x.Rows, [.. terms]));
    }

    private static MatrixExpr OfTerm(MatrixExpr term, MatrixSymbol change)
    {
        var (coefficient, core) = term is MatrixScaled scaled ? (scaled.Coefficient, scaled.Core) : (1, term);
        if (MatrixGraph.PostOrder(core).Contains(change))
        {
            var factors = core is MatrixProduct ? core.Args : [core];
            if (!ReferenceEquals(factors[^1], change)) throw Unsupported(term);
            return coefficient * (factors.Length == 1 ? MatrixIdentity.Of(change.Rows) : MatrixProduct.Of(factors.AsSpan()[..^1]));
        }

        // (Σ αᵢ wᵢᵀ dx) v = v (Σ αᵢ wᵢᵀ) dx
        var rows = new List<MatrixExpr>();
        foreach (var (symbol, atom) in coefficient.Atoms)
        {
            if (!MatrixGraph.PostOrder(atom.Matrix).Contains(change)) continue;
            if (atom.Kind != MatrixAtomKind.Entry) throw Unsupported(term);
            var factors = atom.Matrix is MatrixProduct ? atom.Matrix.Args : [atom.Matrix];
            if (!ReferenceEquals(factors[^1], change)) factors = [.. factors.Reverse().Select(static factor => factor.Transpose())];
            if (!ReferenceEquals(factors[^1], change)) throw Unsupported(term);
            MatrixExpr row = factors.Length == 1 ? MatrixIdentity.Of(Number.One) : MatrixProduct.OfFactors([.. factors[..^1]]);
            rows.Add(coefficient.Map(formula => formula.Diff(symbol)) * row);
        }

        return core * MatrixSum.Of(Number.One, change.Rows, [.. rows]);
    }

    private static NotSupportedException Unsupported(MatrixExpr term) =>
        new($"Jacobian: the term {term} has no matrix that multiplies dx. Use Differential, which keeps dx where it stands.");
}
