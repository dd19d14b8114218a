using MathNet.Numerics;

namespace Nabla;

public static partial class Linalg
{
    private static readonly EighOp EighOfMatrices = new();

    // ---- eigenvalues --------------------------------------------------------------------------------------------------

    /// <summary>The eigenvalues of symmetric matrices, ascending, and their eigenvectors: X = V diag(w) Vᵀ.</summary>
    /// <param name="x">Symmetric, […, n, n]; the lower triangle is read.</param>
    /// <remarks>
    /// Eigenvectors are unique up to sign. The gradient takes the input to be symmetric, and is symmetric; at repeated
    /// eigenvalues that of the vectors is NaN or infinite, that of the values is right.
    /// </remarks>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    /// <exception cref="LinalgException">A matrix holds NaN or infinity.</exception>
    [Op(OpKind.Custom, Shapes = "[…, n, n] → […, n], […, n, n]", DTypes = "floating point", Domain = "symmetric matrices", Kinks = "vectors: NaN or ±∞ at repeated eigenvalues")]
    public static (Tensor Values, Tensor Vectors) Eigh(Tensor x) => EighOfMatrices.Of(CheckSquare("Eigh", x));

    /// <summary>The eigenvalues of symmetric matrices, ascending.</summary>
    /// <param name="x">Symmetric, […, n, n]; the lower triangle is read.</param>
    /// <inheritdoc cref="Eigh" path="/exception"/>
    [Op(OpKind.Custom, Shapes = "[…, n, n] → […, n]", DTypes = "floating point", Domain = "symmetric matrices")]
    public static Tensor Eigvalsh(Tensor x) => EighOfMatrices.Of(CheckSquare("Eigvalsh", x)).Values;

    // With M = Vᵀ dA V: dw = diag M, dV = V (F ∘ M), where Fᵢⱼ = 1 / (wⱼ − wᵢ).
    private sealed class EighOp() : CustomOp("Eigh")
    {
        public (Tensor Values, Tensor Vectors) Of(Tensor x)
        {
            Tensor[] results = ApplyMany(x);
            return (results[0], results[1]);
        }

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            Tensor x = inputs[0];
            int n = x.Dims[^1];
            if (n > 2) return null;
            return
            [
                SymbolicMode.PerBlock(x, x.Dims[..^1], matrix => MatrixFormulas.Eigh(matrix, n).Values),
                SymbolicMode.PerBlock(x, x.Dims, matrix => MatrixFormulas.Eigh(matrix, n).Vectors),
            ];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = MatrixBatch.Doubles(inputs[0].Value);
            int n = x.Dims[^1], count = MatrixBatch.Count(x);
            NdArray w = NdArray.Allocate(x.Dims[..^1], DType.Float64), v = NdArray.Allocate(x.Dims, DType.Float64);
            for (int i = 0; i < count && n > 0; i++)
            {
                Span<double> matrix = x.Span<double>().Slice(i * n * n, n * n);
                if (!AllFinite(matrix)) throw OpErrors.NotConverged("Eigh", x.Dims, i);
                try
                {
                    Decompositions.Eigh(matrix, n, w.Span<double>().Slice(i * n, n), v.Span<double>().Slice(i * n * n, n * n));
                }
                catch (NonConvergenceException)
                {
                    throw OpErrors.NotConverged("Eigh", x.Dims, i);
                }
            }
            return [MatrixBatch.Rounded(w, inputs[0].DType), MatrixBatch.Rounded(v, inputs[0].DType)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            Tensor w = context.Output(0), v = context.Output(1);
            Tensor m = v.MT.MatMul(SymmetricPart(tangents[0]!)).MatMul(v);
            return [m.Diagonal(0, ^2, ^1), v.MatMul(InverseDifferences(w) * m)];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is null && gradients[1] is null) return [null];
            Tensor w = context.Output(0), v = context.Output(1);
            Tensor? m = gradients[0]?.DiagEmbed();
            if (gradients[1] is { } gV)
            {
                Tensor turned = InverseDifferences(w) * v.MT.MatMul(gV);
                m = m is null ? turned : m + turned;
            }
            return [SymmetricPart(v.MatMul(m!).MatMul(v.MT))];
        }
    }

    /// <summary>1 / (wⱼ − wᵢ), and 0 on the diagonal.</summary>
    private static Tensor InverseDifferences(Tensor w)
    {
        Tensor eye = Tensor.Eye(w.Dims[^1], dtype: w.DType);
        return (1 / (w.Unsqueeze(^2) - w.Unsqueeze(^1) + eye)) - eye;
    }

    private static bool AllFinite(ReadOnlySpan<double> values)
    {
        foreach (double value in values)
            if (!double.IsFinite(value)) return false;
        return true;
    }

    // ---- singular values ----------------------------------------------------------------------------------------------

    /// <summary>The singular value decomposition X = U diag(s) Vᵀ, with s descending.</summary>
    /// <param name="x">[…, m, n].</param>
    /// <param name="fullMatrices">Complete U and Vᵀ to square matrices. The default, k = min(m, n) vectors of both, has a gradient.</param>
    /// <remarks>
    /// Vectors are unique up to a common sign. Gradients of vectors need distinct singular values, and for m ≠ n positive ones;
    /// those of the values do not (Townsend, "Differentiating the singular value decomposition", 2016).
    /// </remarks>
    /// <returns>U […, m, k], S […, k], Vᵀ […, k, n]; or with full matrices [m, m], [k], [n, n].</returns>
    /// <exception cref="ShapeException">Not matrices.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    /// <exception cref="LinalgException">A matrix holds NaN or infinity.</exception>
    /// <exception cref="AutogradException">In backward: full matrices with m ≠ n.</exception>
    [Op(OpKind.Custom, Shapes = "[…, m, n] → […, m, k], […, k], […, k, n]", DTypes = "floating point", Domain = "distinct singular values", Kinks = "vectors: NaN or ±∞ at repeated singular values")]
    public static (Tensor U, Tensor S, Tensor Vh) Svd(Tensor x, bool fullMatrices = false) => new SvdOp(fullMatrices).Of(CheckMatrix("Svd", x));

    /// <summary>The singular values, descending.</summary>
    /// <param name="x">[…, m, n].</param>
    /// <inheritdoc cref="Svd" path="/exception"/>
    [Op(OpKind.Custom, Shapes = "[…, m, n] → […, k]", DTypes = "floating point")]
    public static Tensor Svdvals(Tensor x) => new SvdOp(full: false).Of(CheckMatrix("Svdvals", x)).S;

    private sealed class SvdOp(bool full) : CustomOp("Svd")
    {
        public (Tensor U, Tensor S, Tensor Vh) Of(Tensor x)
        {
            Tensor[] results = ApplyMany(x);
            return (results[0], results[1], results[2]);
        }

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = MatrixBatch.Doubles(inputs[0].Value);
            int m = x.Dims[^2], n = x.Dims[^1], k = Math.Min(m, n), left = full ? m : k, right = full ? n : k, count = MatrixBatch.Count(x);
            int[] batch = x.Dims[..^2];
            NdArray u = NdArray.Zeros([.. batch, m, left], DType.Float64), s = NdArray.Allocate([.. batch, k], DType.Float64);
            NdArray vh = NdArray.Zeros([.. batch, right, n], DType.Float64);
            for (int i = 0; i < count; i++)
            {
                Span<double> matrix = x.Span<double>().Slice(i * m * n, m * n);
                Span<double> uOf = u.Span<double>().Slice(i * m * left, m * left), vOf = vh.Span<double>().Slice(i * right * n, right * n);
                if (k == 0)
                {
                    for (int j = 0; j < left; j++) uOf[(j * left) + j] = 1;
                    for (int j = 0; j < right; j++) vOf[(j * n) + j] = 1;
                    continue;
                }
                if (!AllFinite(matrix)) throw OpErrors.NotConverged("Svd", x.Dims, i);
                try
                {
                    Decompositions.Svd(matrix, m, n, uOf, left, s.Span<double>().Slice(i * k, k), vOf, right);
                }
                catch (NonConvergenceException)
                {
                    throw OpErrors.NotConverged("Svd", x.Dims, i);
                }
            }
            DType type = inputs[0].DType;
            return [MatrixBatch.Rounded(u, type), MatrixBatch.Rounded(s, type), MatrixBatch.Rounded(vh, type)];
        }

        // With P = Uᵀ dA V and Eᵢⱼ = sⱼ² − sᵢ²: ds = diag P, dU = U ((PS + SPᵀ)/E) + (1 − UUᵀ) dA V S⁻¹,
        // dV = V ((SP + PᵀS)/E) + (1 − VVᵀ) dAᵀ U S⁻¹.
        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            RefuseFull(context);
            (Tensor u, Tensor s, Tensor vh) = (context.Output(0), context.Output(1), context.Output(2));
            Tensor dA = tangents[0]!, v = vh.MT, dAv = dA.MatMul(v), p = u.MT.MatMul(dAv);
            Tensor row = s.Unsqueeze(^2), column = s.Unsqueeze(^1), e = InverseDifferences(s * s);
            Tensor ps = p * row, sp = column * p;
            Tensor dU = u.MatMul((ps + ps.MT) * e), dV = v.MatMul((sp + sp.MT) * e);
            if (u.Dims[^2] > s.Dims[^1]) dU += (dAv - u.MatMul(p)) / row;
            if (v.Dims[^2] > s.Dims[^1]) dV += (dA.MT.MatMul(u) - v.MatMul(p.MT)) / row;
            return [dU, p.Diagonal(0, ^2, ^1), dV.MT];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is null && gradients[1] is null && gradients[2] is null) return [null];
            RefuseFull(context);
            (Tensor u, Tensor s, Tensor vh) = (context.Output(0), context.Output(1), context.Output(2));
            Tensor row = s.Unsqueeze(^2), column = s.Unsqueeze(^1);
            Tensor inner = gradients[1]?.DiagEmbed() ?? Tensor.Zeros([.. s.Dims, s.Dims[^1]], s.DType);
            Tensor? outer = null;
            if (gradients[0] is { } gU)
            {
                Tensor turn = u.MT.MatMul(gU), e = InverseDifferences(s * s);
                inner += (turn - turn.MT) * e * row;
                if (u.Dims[^2] > s.Dims[^1]) outer = ((gU - u.MatMul(turn)) / row).MatMul(vh);
            }
            if (gradients[2] is { } gVh)
            {
                Tensor turn = vh.MatMul(gVh.MT), e = InverseDifferences(s * s);
                inner += column * ((turn - turn.MT) * e);
                if (vh.Dims[^1] > s.Dims[^1])
                {
                    Tensor rest = u.MatMul((gVh - turn.MT.MatMul(vh)) / column);
                    outer = outer is null ? rest : outer + rest;
                }
            }
            Tensor result = u.MatMul(inner).MatMul(vh);
            return [outer is null ? result : result + outer];
        }

        private void RefuseFull(OpContext context)
        {
            if (full && context.Shape(0)[^1] != context.Shape(0)[^2]) throw OpErrors.FullFactors("Svd", "Leave fullMatrices at false.");
        }
    }

    /// <summary>How many singular values exceed a tolerance.</summary>
    /// <param name="x">[…, m, n].</param>
    /// <param name="relativeTolerance">Relative to the largest singular value; by default max(m, n) times the precision of the dtype.</param>
    /// <returns>int64, […].</returns>
    /// <inheritdoc cref="Svd" path="/exception"/>
    [Op(OpKind.NotDifferentiable, Shapes = "[…, m, n] → […]", DTypes = "floating point")]
    public static Tensor MatrixRank(Tensor x, double? relativeTolerance = null) =>
        new MatrixRankOp(relativeTolerance ?? Tolerance(CheckMatrix("MatrixRank", x))).Of(Svdvals(x.Detach()));

    private static double Tolerance(Tensor x) =>
        Math.Max(x.Dims[^1], x.Dims[^2]) * (x.DType == DType.Float64 ? Math.ScaleB(1, -52) : Math.ScaleB(1, -23));

    private sealed class MatrixRankOp(double relative) : CustomOp("MatrixRank")
    {
        public Tensor Of(Tensor s) => Apply(s);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray s = MatrixBatch.Doubles(inputs[0].Value), rank = NdArray.Zeros(s.Dims[..^1], DType.Int64);
            int k = s.Dims[^1], count = MatrixBatch.Count(s, trailing: 1);
            for (int i = 0; i < count; i++)
                foreach (double value in s.Span<double>().Slice(i * k, k))
                    if (value > relative * s.Span<double>()[i * k]) rank.Span<long>()[i]++;
            return [rank];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) => [null];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) => [null];
    }
}
