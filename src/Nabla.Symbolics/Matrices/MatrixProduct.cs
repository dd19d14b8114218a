namespace Nabla.Symbolics;

/// <summary>A product of matrices, flat. What is 1 × 1 in it stands in front as a scalar, and neighbours that are inverse to each other are gone.</summary>
public sealed class MatrixProduct : MatrixExpr
{
    private MatrixProduct(MatrixExpr[] factors)
        : base(factors[0].Rows, factors[^1].Columns, factors, HashOf(0x31, factors[0].Rows, factors[^1].Columns, factors))
    {
    }

    internal static MatrixExpr Of(ReadOnlySpan<MatrixExpr> operands)
    {
        var (rows, columns) = (operands[0].Rows, operands[^1].Columns);
        MatrixScalar coefficient = 1;
        var factors = new List<MatrixExpr>();
        foreach (var operand in operands)
        {
            var factor = operand;
            if (factor is MatrixScaled scaled)
            {
                coefficient *= scaled.Coefficient;
                factor = scaled.Core;
            }

            if (factor is MatrixZero) return MatrixZero.Of(rows, columns);
            if (factor is MatrixProduct)
            {
                foreach (var part in factor.Args) Append(factors, part);
            }
            else if (factor is not MatrixIdentity)
            {
                Append(factors, factor);
            }
        }

        for (var (first, last) = ScalarPart(factors); first >= 0; (first, last) = ScalarPart(factors))
        {
            coefficient *= MatrixScalar.OfEntry(OfFactors(factors.GetRange(first, last - first + 1)));
            var tail = factors.GetRange(last + 1, factors.Count - last - 1);
            factors.RemoveRange(first, factors.Count - first);
            foreach (var factor in tail) Append(factors, factor);
        }

        return MatrixScaled.Of(coefficient, factors.Count == 0 ? MatrixIdentity.Of(rows) : OfFactors(factors));
    }

    /// <summary>The product as it stands, also where it is 1 × 1: what a scalar of it is made from.</summary>
    internal static MatrixExpr OfFactors(List<MatrixExpr> factors) =>
        factors.Count == 1 ? factors[0] : MatrixInternTable.Intern(new MatrixProduct([.. factors]));

    internal override bool SameNode(MatrixExpr other) => other is MatrixProduct && SameArgs(other);

    private protected override MatrixExpr MakeTranspose()
    {
        var factors = Array.ConvertAll(Args, static factor => factor.Transpose());
        Array.Reverse(factors);

        // A product that is 1 × 1 stays one: it is the inside of a scalar.
        return IsScalarSized ? OfFactors([.. factors]) : Of(factors);
    }

    /// <summary>The shortest stretch of factors that is 1 × 1; (-1, -1) if there is none.</summary>
    private static (int First, int Last) ScalarPart(List<MatrixExpr> factors)
    {
        for (var last = 0; last < factors.Count; last++)
        {
            if (!ReferenceEquals(factors[last].Columns, Number.One)) continue;
            for (var first = last; first >= 0; first--)
            {
                if (ReferenceEquals(factors[first].Rows, Number.One)) return (first, last);
            }
        }

        return (-1, -1);
    }

    private static void Append(List<MatrixExpr> factors, MatrixExpr factor)
    {
        factors.Add(factor);
        while (CancelEnd(factors))
        {
        }
    }

    // A⁻¹ A, A A⁻¹, Qᵀ Q, and the same with a product under the inverse.
    private static bool CancelEnd(List<MatrixExpr> factors)
    {
        var count = factors.Count;
        if (count == 0) return false;
        if (factors[^1] is MatrixInverse { Args: [var inverted] } && EndsWith(factors, count - 1, inverted, out var start))
        {
            factors.RemoveRange(start, count - start);
            return true;
        }

        for (var i = count - 2; i >= 0; i--)
        {
            if (factors[i] is MatrixInverse { Args: [var operand] } && (operand is MatrixProduct ? operand.Args.Length : 1) == count - 1 - i
                && EndsWith(factors, count, operand, out _))
            {
                factors.RemoveRange(i, count - i);
                return true;
            }
        }

        if (count >= 2 && (IsOrthogonalPair(factors[^2], factors[^1]) || IsOrthogonalPair(factors[^1], factors[^2])))
        {
            factors.RemoveRange(count - 2, 2);
            return true;
        }

        return false;
    }

    private static bool IsOrthogonalPair(MatrixExpr a, MatrixExpr b) =>
        a is MatrixSymbol symbol && symbol.Has(MatrixProperties.Orthogonal) && ReferenceEquals(a.Transpose(), b);

    private static bool EndsWith(List<MatrixExpr> factors, int end, MatrixExpr matrix, out int start)
    {
        ReadOnlySpan<MatrixExpr> wanted = matrix is MatrixProduct ? matrix.Args : [matrix];
        start = end - wanted.Length;
        if (start < 0) return false;
        for (var i = 0; i < wanted.Length; i++)
        {
            if (!ReferenceEquals(factors[start + i], wanted[i])) return false;
        }

        return true;
    }
}

/// <summary>The inverse of a matrix that is not a product of square ones.</summary>
public sealed class MatrixInverse : MatrixExpr
{
    private MatrixInverse(MatrixExpr matrix)
        : base(matrix.Rows, matrix.Columns, [matrix], HashOf(0x32, matrix.Rows, matrix.Columns, [matrix]))
    {
    }

    internal static MatrixExpr Of(MatrixExpr matrix)
    {
        MatrixShapes.RequireSquare("Inverse", matrix);
        switch (matrix)
        {
            case MatrixZero: throw new InvalidOperationException("Inverse: the matrix is zero. Add a multiple of the identity.");
            case MatrixIdentity: return matrix;
            case MatrixInverse: return matrix.Args[0];
            case MatrixScaled scaled: return MatrixScaled.Of(1 / scaled.Coefficient, Of(scaled.Core));
            case MatrixSymbol symbol when symbol.Has(MatrixProperties.Orthogonal): return matrix.Transpose();
            case MatrixTranspose { Args: [MatrixSymbol symbol] } when symbol.Has(MatrixProperties.Orthogonal): return symbol;
            case MatrixProduct when Array.TrueForAll(matrix.Args, static factor => factor.IsSquare):
                var factors = Array.ConvertAll(matrix.Args, Of);
                Array.Reverse(factors);
                return MatrixProduct.Of(factors);
            default: return MatrixInternTable.Intern(new MatrixInverse(matrix));
        }
    }

    internal override bool SameNode(MatrixExpr other) => other is MatrixInverse && SameArgs(other);

    private protected override MatrixExpr MakeTranspose() => Of(Args[0].Transpose());
}
