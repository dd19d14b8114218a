using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Linear algebra on matrices: the last two axes of a tensor are a matrix, those before them a batch. Computed in double
/// precision and rounded once to the type of the input.
/// </summary>
/// <remarks>
/// Derivatives follow Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation"
/// (2008), except where another source is named. They are written in public operations, so every order exists.
/// </remarks>
public static partial class Linalg
{
    private static readonly InvOp InvOfMatrices = new();
    private static readonly SolveOp SolveWithMatrices = new();

    // ---- inverse ------------------------------------------------------------------------------------------------------

    /// <summary>The inverse of each matrix.</summary>
    /// <param name="x">[…, n, n].</param>
    /// <exception cref="LinalgException">A matrix is singular: an exact zero pivot.</exception>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    [Op(OpKind.Custom, Shapes = "[…, n, n] → […, n, n]", DTypes = "floating point", Domain = "regular matrices")]
    public static Tensor Inv(Tensor x) => InvOfMatrices.Of(CheckSquare("Inv", x));

    // Y = X⁻¹: dY = −Y dX Y.
    private sealed unsafe class InvOp() : CustomOp("Inv")
    {
        public Tensor Of(Tensor x) => Apply(x);

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            int n = inputs[0].Dims[^1];
            return [SymbolicMode.PerBlock(inputs[0], inputs[0].Dims, matrix =>
            {
                (Expr determinant, Expr[] cofactors) = MatrixFormulas.Cofactors("Inv", matrix, n);
                var inverse = new Expr[n * n];
                for (int i = 0; i < inverse.Length; i++) inverse[i] = cofactors[(i % n * n) + (i / n)] / determinant;
                return inverse;
            })];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [ComputeOne(inputs)];

        protected override NdArray ComputeOne(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = MatrixBatch.Doubles(inputs[0].Value);
            int n = x.Dims[^1], count = MatrixBatch.Count(x);
            NdArray y = NdArray.Zeros(x.Dims, DType.Float64);
            double* room = stackalloc double[n <= 8 ? n * n : 0];
            int* places = stackalloc int[n <= 8 ? n : 0];
            fixed (double* large = n <= 8 ? null : new double[n * n])
            fixed (int* largePlaces = n <= 8 ? null : new int[n])
            {
                double* lu = n <= 8 ? room : large;
                int* pivots = n <= 8 ? places : largePlaces;
                Span<double> from = x.Span<double>(), factors = new(lu, n * n);
                fixed (double* to = y.Span<double>())
                {
                    for (int i = 0; i < count; i++)
                    {
                        from.Slice(i * n * n, n * n).CopyTo(factors);
                        if (LuFactors.Factor(lu, n, pivots, out _) is var zero and >= 0) throw OpErrors.Singular("Inv", x.Dims, i, zero);
                        double* inverse = to + (i * n * n);
                        for (int j = 0; j < n; j++) inverse[(j * n) + j] = 1;
                        LuFactors.Solve(lu, pivots, n, inverse, n);
                    }
                }
            }
            return MatrixBatch.Rounded(y, inputs[0].DType);
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            Tensor y = context.Output(0);
            return [-y.MatMul(tangents[0]!).MatMul(y)];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            Tensor yT = context.Output(0).MT;
            return [gradients[0] is { } g ? -yT.MatMul(g).MatMul(yT) : null];
        }
    }

    // ---- linear equations ---------------------------------------------------------------------------------------------

    /// <summary>The solution X of AX = B. Batches broadcast.</summary>
    /// <param name="a">A, […, n, n].</param>
    /// <param name="b">B: […, n, k]; or vectors […, n], if it has one axis or the shape of <paramref name="a"/> without the last.</param>
    /// <exception cref="LinalgException">A matrix is singular: an exact zero pivot.</exception>
    /// <exception cref="ShapeException">The matrices are not square or have not as many rows as the right side.</exception>
    /// <exception cref="DTypeException">The dtypes differ or are not floating point.</exception>
    [Op(OpKind.Custom, Shapes = "[…, n, n], […, n, k] or […, n] → as the right side", DTypes = "floating point, equal", Domain = "regular matrices")]
    public static Tensor Solve(Tensor a, Tensor b) => WithRightSide("Solve", a, b, SolveWithMatrices.Of);

    /// <summary>The solution X of AX = B, or XA = B, for triangular A.</summary>
    /// <param name="a">A, […, n, n]; the other triangle is not read.</param>
    /// <param name="b">B, as in <see cref="Solve"/>.</param>
    /// <param name="upper">Whether A is the upper triangle.</param>
    /// <param name="left">Whether A stands on the left of X.</param>
    /// <param name="unitriangular">Whether the diagonal counts as ones and is not read.</param>
    /// <exception cref="ShapeException">The matrices are not square or do not fit the right side.</exception>
    /// <exception cref="DTypeException">The dtypes differ or are not floating point.</exception>
    [Op(OpKind.Custom, Shapes = "[…, n, n], […, n, k] → […, n, k]", DTypes = "floating point, equal", Domain = "no zeros on the diagonal (±∞ or NaN there)")]
    public static Tensor SolveTriangular(Tensor a, Tensor b, bool upper, bool left = true, bool unitriangular = false)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (!left) return SolveTriangular(CheckSquare("SolveTriangular", a).MT, b.MT, !upper, true, unitriangular).MT;
        return WithRightSide("SolveTriangular", a, b, new SolveTriangularOp(upper, unitriangular).Of);
    }

    /// <summary>Checks a system, makes a vector a column and expands the batches to a common shape.</summary>
    private static Tensor WithRightSide(string op, Tensor a, Tensor b, Func<Tensor, Tensor, Tensor> solve)
    {
        CheckSquare(op, a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.DType != b.DType) throw OpErrors.ProductDTypes(op, a, b);
        if (b.Rank == 1 && b.Dims[0] != a.Dims[^1]) throw OpErrors.RightSide(op, a, b);
        if (b.Rank == 1 || (b.Rank == a.Rank - 1 && b.Dims.AsSpan().SequenceEqual(a.Dims.AsSpan(0, b.Rank))))
            return WithRightSide(op, a, b.Unsqueeze(^1), solve).Squeeze(^1);
        if (b.Rank < 2 || b.Dims[^2] != a.Dims[^1]) throw OpErrors.RightSide(op, a, b);
        int[] batch = Broadcasting.Shapes(op, a.Dims[..^2], b.Dims[..^2]);
        return solve(a.Expand([.. batch, a.Dims[^2], a.Dims[^1]]), b.Expand([.. batch, b.Dims[^2], b.Dims[^1]]));
    }

    // AX = B: A dX = dB − dA X.
    private sealed unsafe class SolveOp() : CustomOp("Solve")
    {
        public Tensor Of(Tensor a, Tensor b) => Apply(a, b);

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => input == 0;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items.All());

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [Inv(inputs[0]).MatMul(inputs[1])];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray lu = MatrixBatch.Copy(inputs[0].Value), x = MatrixBatch.Copy(inputs[1].Value);
            int n = lu.Dims[^1], columns = x.Dims[^1], count = MatrixBatch.Count(x);
            fixed (double* factors = lu.Span<double>(), solution = x.Span<double>())
            fixed (int* pivots = new int[n])
            {
                for (int i = 0; i < count; i++)
                {
                    double* matrix = factors + (i * n * n);
                    if (LuFactors.Factor(matrix, n, pivots, out _) is var zero and >= 0) throw OpErrors.Singular("Solve", lu.Dims, i, zero);
                    LuFactors.Solve(matrix, pivots, n, solution + (i * n * columns), columns);
                }
            }
            return [MatrixBatch.Rounded(x, inputs[0].DType)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            Tensor? right = tangents[1];
            if (tangents[0] is { } dA)
            {
                Tensor moved = dA.MatMul(context.Output(0));
                right = right is null ? -moved : right - moved;
            }
            return [right is null ? null : Of(context[0], right)];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is not { } g) return [null, null];
            Tensor right = Of(context[0].MT, g);
            return [context.Needs(0) ? -right.MatMul(context.Output(0).MT) : null, right];
        }
    }

    // As Solve; the gradient of A keeps to the triangle that is read.
    private sealed unsafe class SolveTriangularOp(bool upper, bool unit) : CustomOp("SolveTriangular")
    {
        public Tensor Of(Tensor a, Tensor b) => Apply(a, b);

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => input == 0;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items.All());

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            int n = inputs[0].Dims[^1];
            Expr[][] matrices = SymbolicMode.Blocks(inputs[0]), right = SymbolicMode.Blocks(inputs[1]);
            var solutions = new List<Expr>();
            for (int i = 0; i < matrices.Length; i++) solutions.AddRange(MatrixFormulas.SolveTriangular(matrices[i], right[i], n, upper, unit));
            return [SymbolicMode.Tensor(SymbolicMode.ListOf(inputs), [.. solutions], inputs[1].Dims, inputs[1].DType)];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray t = MatrixBatch.Doubles(inputs[0].Value), x = MatrixBatch.Copy(inputs[1].Value);
            int n = t.Dims[^1], columns = x.Dims[^1], count = MatrixBatch.Count(x);
            fixed (double* matrices = t.Span<double>(), solution = x.Span<double>())
            {
                for (int i = 0; i < count; i++)
                    LuFactors.SolveTriangular(matrices + (i * n * n), n, solution + (i * n * columns), columns, upper, unit);
            }
            return [MatrixBatch.Rounded(x, inputs[0].DType)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            Tensor? right = tangents[1];
            if (tangents[0] is { } dA)
            {
                Tensor moved = Triangle(dA).MatMul(context.Output(0));
                right = right is null ? -moved : right - moved;
            }
            return [right is null ? null : Of(context[0], right)];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is not { } g) return [null, null];
            Tensor right = new SolveTriangularOp(!upper, unit).Of(context[0].MT, g);
            return [context.Needs(0) ? Triangle(-right.MatMul(context.Output(0).MT)) : null, right];
        }

        private Tensor Triangle(Tensor x) => upper ? x.Triu(unit ? 1 : 0) : x.Tril(unit ? -1 : 0);
    }

    // ---- checks -------------------------------------------------------------------------------------------------------

    private static Tensor CheckMatrix(string op, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 2) throw OpErrors.NeedsMatrices(op, x);
        if (!x.DType.IsFloatingPoint()) throw OpErrors.NeedsFloatingPoint(op, x);
        return x;
    }

    private static Tensor CheckSquare(string op, Tensor x)
    {
        CheckMatrix(op, x);
        return x.Dims[^1] == x.Dims[^2] ? x : throw OpErrors.NeedsSquare(op, x);
    }
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="Linalg.Inv"/>
    /// <remarks>Another name of <see cref="Linalg.Inv"/>.</remarks>
    [Op(OpKind.Custom, Shapes = "[…, n, n] → […, n, n]", DTypes = "floating point", Domain = "regular matrices")]
    public Tensor Inverse() => Linalg.Inv(this);
}
