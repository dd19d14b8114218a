namespace Nabla.Symbolics;

/// <summary>A matrix known by its name, its size and its properties.</summary>
public sealed class MatrixSymbol : MatrixExpr
{
    private MatrixSymbol(string name, Expr rows, Expr columns, MatrixProperties properties)
        : base(rows, columns, [], HashOf(name.GetHashCode(StringComparison.Ordinal) + (int)properties, rows, columns, [])) =>
        (Name, Properties) = (name, properties);

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What is known of it.</summary>
    public MatrixProperties Properties { get; }

    internal static MatrixSymbol Of(string name, Expr rows, Expr columns, MatrixProperties properties)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        MatrixShapes.RequireSize(rows, $"MatrixSymbol {name}");
        MatrixShapes.RequireSize(columns, $"MatrixSymbol {name}");
        const MatrixProperties all = MatrixProperties.PositiveDefinite | MatrixProperties.Orthogonal;
        if ((properties & ~all) != 0) throw new ArgumentOutOfRangeException(nameof(properties), $"MatrixSymbol {name}: {properties} is no MatrixProperties.");
        if (properties != MatrixProperties.None && !ReferenceEquals(rows, columns))
        {
            throw new ArgumentException($"MatrixSymbol {name}: {properties} needs a square matrix, and {name} is [{rows}, {columns}]. Give as many rows as columns.");
        }

        return MatrixInternTable.Intern(new MatrixSymbol(name, rows, columns, properties));
    }

    internal bool Has(MatrixProperties property) => (Properties & property) == property;

    internal override bool SameNode(MatrixExpr other) => other is MatrixSymbol symbol && symbol.Name == Name && symbol.Properties == Properties
        && ReferenceEquals(symbol.Rows, Rows) && ReferenceEquals(symbol.Columns, Columns);

    private protected override MatrixExpr MakeTranspose() => Has(MatrixProperties.Symmetric) || IsScalarSized ? this : MatrixTranspose.Intern(this);
}

/// <summary>The identity.</summary>
public sealed class MatrixIdentity : MatrixExpr
{
    private MatrixIdentity(Expr size)
        : base(size, size, [], HashOf(0x11, size, size, []))
    {
    }

    internal static MatrixIdentity Of(Expr size) => MatrixInternTable.Intern(new MatrixIdentity(size));

    internal override bool SameNode(MatrixExpr other) => other is MatrixIdentity && ReferenceEquals(other.Rows, Rows);

    private protected override MatrixExpr MakeTranspose() => this;
}

/// <summary>Zeros.</summary>
public sealed class MatrixZero : MatrixExpr
{
    private MatrixZero(Expr rows, Expr columns)
        : base(rows, columns, [], HashOf(0x12, rows, columns, []))
    {
    }

    internal static MatrixZero Of(Expr rows, Expr columns) => MatrixInternTable.Intern(new MatrixZero(rows, columns));

    internal override bool SameNode(MatrixExpr other) =>
        other is MatrixZero && ReferenceEquals(other.Rows, Rows) && ReferenceEquals(other.Columns, Columns);

    private protected override MatrixExpr MakeTranspose() => Of(Columns, Rows);
}

/// <summary>The transpose of a symbol; that of anything else is written with the transposes of its parts.</summary>
public sealed class MatrixTranspose : MatrixExpr
{
    private MatrixTranspose(MatrixSymbol symbol)
        : base(symbol.Columns, symbol.Rows, [symbol], HashOf(0x13, symbol.Columns, symbol.Rows, [symbol]))
    {
    }

    internal static MatrixTranspose Intern(MatrixSymbol symbol) => MatrixInternTable.Intern(new MatrixTranspose(symbol));

    internal override bool SameNode(MatrixExpr other) => other is MatrixTranspose && SameArgs(other);

    private protected override MatrixExpr MakeTranspose() => Args[0];
}

/// <summary>The diagonal of a matrix, as a matrix.</summary>
public sealed class MatrixDiagonalPart : MatrixExpr
{
    private MatrixDiagonalPart(MatrixExpr matrix)
        : base(matrix.Rows, matrix.Columns, [matrix], HashOf(0x14, matrix.Rows, matrix.Columns, [matrix]))
    {
    }

    internal static MatrixExpr Of(MatrixExpr matrix)
    {
        MatrixShapes.RequireSquare("DiagonalPart", matrix);
        return matrix switch
        {
            MatrixZero or MatrixIdentity or MatrixDiagonalPart => matrix,
            MatrixScaled scaled => MatrixScaled.Of(scaled.Coefficient, Of(scaled.Core)),
            MatrixSum => MatrixSum.Of(matrix.Rows, matrix.Columns, Array.ConvertAll(matrix.Args, Of)),

            // The diagonals of a matrix and its transpose are the same.
            _ => MatrixInternTable.Intern(new MatrixDiagonalPart(MatrixOrder.Compare(matrix, matrix.Transpose()) <= 0 ? matrix : matrix.Transpose())),
        };
    }

    internal override bool SameNode(MatrixExpr other) => other is MatrixDiagonalPart && SameArgs(other);

    private protected override MatrixExpr MakeTranspose() => this;
}

/// <summary>
/// The adjugate: det A times A⁻¹, and defined where A is singular too. It is the derivative of the determinant, which a singular matrix has as well.
/// </summary>
public sealed class MatrixAdjugate : MatrixExpr
{
    private MatrixAdjugate(MatrixExpr matrix)
        : base(matrix.Rows, matrix.Columns, [matrix], HashOf(0x15, matrix.Rows, matrix.Columns, [matrix]))
    {
    }

    internal static MatrixExpr Of(MatrixExpr matrix)
    {
        MatrixShapes.RequireSquare("Adjugate", matrix);
        switch (matrix)
        {
            case MatrixIdentity: return matrix;
            case MatrixInverse:
            case MatrixSymbol symbol when symbol.Has(MatrixProperties.PositiveDefinite):
                return MatrixScalar.Det(matrix) * matrix.Inverse();
            case MatrixScaled scaled: return MatrixScalar.Pow(scaled.Coefficient, matrix.Rows - 1) * Of(scaled.Core);
            case MatrixProduct when Array.TrueForAll(matrix.Args, static factor => factor.IsSquare):
                var factors = Array.ConvertAll(matrix.Args, Of);
                Array.Reverse(factors);
                return MatrixProduct.Of(factors);
            default: return matrix.IsScalarSized ? MatrixIdentity.Of(Number.One) : MatrixInternTable.Intern(new MatrixAdjugate(matrix));
        }
    }

    internal override bool SameNode(MatrixExpr other) => other is MatrixAdjugate && SameArgs(other);

    private protected override MatrixExpr MakeTranspose() => Of(Args[0].Transpose());
}
