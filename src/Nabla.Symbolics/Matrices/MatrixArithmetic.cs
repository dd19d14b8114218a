namespace Nabla.Symbolics;

// Sums, products and what is made of them. A product looks at the origins of its operands first.
public sealed partial class Matrix
{
    /// <summary>The sum of two matrices of one shape.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Matrix operator +(Matrix left, Matrix right)
    {
        RequireSameShape("Matrix +", left, right);
        return new Matrix(left.Rows, left.Columns, Zip(left, right, static (a, b) => a + b), null, left.IsPositiveDefinite && right.IsPositiveDefinite);
    }

    /// <summary>The difference of two matrices of one shape.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Matrix operator -(Matrix left, Matrix right)
    {
        RequireSameShape("Matrix -", left, right);
        return new Matrix(left.Rows, left.Columns, Zip(left, right, static (a, b) => a - b));
    }

    /// <summary>The negated matrix.</summary>
    public static Matrix operator -(Matrix operand) => operand * Number.MinusOne;

    /// <summary>Every entry times a formula.</summary>
    public static Matrix operator *(Expr scale, Matrix matrix) => matrix * scale;

    /// <summary>Every entry times a formula.</summary>
    public static Matrix operator *(Matrix matrix, Expr scale)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(scale);
        if (matrix.origin is MatrixOrigin.Scaled scaled) return scaled.Of * (scaled.Factor * scale);
        if (scale is Number { IsOne: true }) return matrix;
        return new Matrix(
            matrix.Rows, matrix.Columns, Array.ConvertAll(matrix.entries, entry => entry * scale), new MatrixOrigin.Scaled(scale, matrix),
            matrix.IsPositiveDefinite && scale is Number { IsNegative: false, IsZero: false });
    }

    /// <summary>Every entry divided by a formula.</summary>
    public static Matrix operator /(Matrix matrix, Expr divisor) => matrix * (1 / divisor);

    /// <summary>
    /// The matrix product. With an inverse on one side the equations are solved; xᵀ S⁻¹ x becomes one quadratic form; A S Aᵀ with a
    /// symmetric S is computed for the upper triangle only.
    /// </summary>
    /// <exception cref="ArgumentException">The inner dimensions differ.</exception>
    public static Matrix operator *(Matrix left, Matrix right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Columns != right.Rows)
        {
            throw MatrixErrors.Shapes("Matrix *", left, right, "The columns of the left must be the rows of the right: transpose one, or check the sizes.");
        }

        // c·A times B is c·(A B): one multiplication an entry instead of one a term.
        if (left.origin is MatrixOrigin.Scaled scaledLeft) return scaledLeft.Of * right * scaledLeft.Factor;
        if (right.origin is MatrixOrigin.Scaled scaledRight) return left * scaledRight.Of * scaledRight.Factor;

        if (left.Rows == 1 && right.Columns == 1 && Bilinear(left, right) is { } form) return new Matrix(1, 1, [form]);
        if (left.origin is MatrixOrigin.Inverse inverse) return inverse.Of.Solve(right);
        if (right.origin is MatrixOrigin.Inverse divisor) return divisor.Of.Transpose().Solve(left.Transpose()).Transpose();
        var symmetric = left.origin is MatrixOrigin.Product { Right.IsSymmetric: true } product && product.Left.IsTransposeOf(right);
        var entries = new Expr[left.Rows * right.Columns];
        var terms = new Expr[left.Columns];
        for (var i = 0; i < left.Rows; i++)
        {
            for (var j = 0; j < right.Columns; j++)
            {
                if (symmetric && j < i)
                {
                    entries[(i * right.Columns) + j] = entries[(j * right.Columns) + i];
                    continue;
                }

                for (var k = 0; k < terms.Length; k++) terms[k] = left[i, k] * right[k, j];
                entries[(i * right.Columns) + j] = Functions.Sum(terms);
            }
        }

        return new Matrix(left.Rows, right.Columns, entries, new MatrixOrigin.Product(left, right));
    }

    /// <summary>The matrix with rows and columns exchanged.</summary>
    public Matrix Transpose()
    {
        if (IsSymmetric) return this;
        var transposed = new Expr[entries.Length];
        for (var i = 0; i < entries.Length; i++) transposed[((i % Columns) * Rows) + (i / Columns)] = entries[i];
        MatrixOrigin? transposedOrigin = origin switch
        {
            MatrixOrigin.Inverse inverse => new MatrixOrigin.Inverse(inverse.Of.Transpose()),
            MatrixOrigin.Solution solution => new MatrixOrigin.RowSolution(solution.Right.Transpose(), solution.System.Transpose()),
            MatrixOrigin.RowSolution solution => new MatrixOrigin.Solution(solution.System.Transpose(), solution.Left.Transpose()),
            MatrixOrigin.Scaled scaled => new MatrixOrigin.Scaled(scaled.Factor, scaled.Of.Transpose()),
            _ => null,
        };
        return new Matrix(Columns, Rows, transposed, transposedOrigin);
    }

    /// <summary>The sum of the diagonal.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public Expr Trace()
    {
        RequireSquare("Trace");
        var diagonal = new Expr[Rows];
        for (var i = 0; i < Rows; i++) diagonal[i] = this[i, i];
        return Functions.Sum(diagonal);
    }

    /// <summary>The sum of the products of the entries of two vectors of one length; rows and columns may be mixed.</summary>
    /// <exception cref="ArgumentException">An operand is no vector, or the lengths differ.</exception>
    public Expr Dot(Matrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!IsVector) throw MatrixErrors.NoVector("Dot", this);
        if (!other.IsVector) throw MatrixErrors.NoVector("Dot", other);
        if (entries.Length != other.entries.Length) throw MatrixErrors.Shapes("Dot", this, other, "Give vectors of one length.");
        return ((Columns == 1 ? Transpose() : this) * (other.Columns == 1 ? other : other.Transpose())).ToScalar();
    }

    /// <summary>The Frobenius inner product: the sum of the products of the entries, tr(Aᵀ B).</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public Expr Inner(Matrix other)
    {
        RequireSameShape("Inner", this, other);
        return Functions.Sum(Zip(this, other, static (a, b) => a * b));
    }

    /// <summary>The outer product x yᵀ of two vectors, [length of x, length of y].</summary>
    /// <exception cref="ArgumentException">An operand is no vector.</exception>
    public Matrix Outer(Matrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!IsVector) throw MatrixErrors.NoVector("Outer", this);
        if (!other.IsVector) throw MatrixErrors.NoVector("Outer", other);
        return Fill(entries.Length, other.entries.Length, (i, j) => entries[i] * other.entries[j]);
    }

    /// <summary>The Kronecker product: every entry times the whole of <paramref name="other"/>, [Rows·other.Rows, Columns·other.Columns].</summary>
    public Matrix Kronecker(Matrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Fill(checked(Rows * other.Rows), checked(Columns * other.Columns),
            (i, j) => this[i / other.Rows, j / other.Columns] * other[i % other.Rows, j % other.Columns]);
    }

    /// <summary>The cross product of two vectors of length 3, a column.</summary>
    /// <exception cref="ArgumentException">An operand is no vector of length 3.</exception>
    public Matrix Cross(Matrix other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!IsVector || !other.IsVector || entries.Length != 3 || other.entries.Length != 3)
        {
            throw MatrixErrors.Shapes("Cross", this, other, "Give two vectors of length 3.");
        }

        var (a, b) = (entries, other.entries);
        return new Matrix(3, 1, [(a[1] * b[2]) - (a[2] * b[1]), (a[2] * b[0]) - (a[0] * b[2]), (a[0] * b[1]) - (a[1] * b[0])]);
    }

    /// <summary>The square root of the sum of the squares of the entries: of a vector its length, of a matrix the Frobenius norm.</summary>
    public Expr Norm() => Functions.Sqrt(Functions.Sum(Array.ConvertAll(entries, static entry => entry * entry)));

    /// <summary>The columns below each other, as a column vector.</summary>
    public Matrix Vec() => Fill(entries.Length, 1, (i, _) => this[i % Rows, i / Rows]);

    /// <summary>The whole power of a square matrix; a negative one is that of the inverse.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public Matrix Power(int exponent)
    {
        RequireSquare("Power");
        if (exponent < 0) return Inverse().Power(checked(-exponent));
        Matrix? result = null;
        var square = this;
        for (var rest = exponent; rest > 0; rest >>= 1)
        {
            if ((rest & 1) != 0) result = result is null ? square : result * square;
            if (rest > 1) square *= square;
        }

        return result ?? Identity(Rows);
    }

    internal bool IsTransposeOf(Matrix other)
    {
        if (Rows != other.Columns || Columns != other.Rows) return false;
        for (var i = 0; i < entries.Length; i++)
        {
            if (!ReferenceEquals(entries[i], other[i % Columns, i / Columns])) return false;
        }

        return true;
    }

    // aᵀ S⁻¹ b, however it was bracketed.
    private static Expr? Bilinear(Matrix row, Matrix column)
    {
        if (column.origin is MatrixOrigin.Solution right) return BilinearForm.Of(row.entries, right.System, right.Right.entries);
        if (row.origin is MatrixOrigin.RowSolution left) return BilinearForm.Of(left.Left.entries, left.System, column.entries);
        return null;
    }

    private static Expr[] Zip(Matrix left, Matrix right, Func<Expr, Expr, Expr> function)
    {
        var result = new Expr[left.entries.Length];
        for (var i = 0; i < result.Length; i++) result[i] = function(left.entries[i], right.entries[i]);
        return result;
    }

    private static void RequireSameShape(string operation, Matrix left, Matrix right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (left.Shape != right.Shape) throw MatrixErrors.Shapes(operation, left, right, "The shapes must be the same: transpose one, or check the sizes.");
    }

    private void RequireSquare(string operation)
    {
        if (!IsSquare) throw MatrixErrors.NotSquare(operation, this);
    }
}
