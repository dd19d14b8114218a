namespace Nabla;

/// <summary>How much of Q and R <see cref="Linalg.Qr"/> returns.</summary>
public enum QrMode
{
    /// <summary>k = min(m, n): Q is [m, k], R is [k, n].</summary>
    Reduced,

    /// <summary>Q is square, [m, m], R is [m, n].</summary>
    Complete,
}

public static partial class Linalg
{
    private static readonly CholeskyOp CholeskyOfMatrices = new();

    // ---- Cholesky -----------------------------------------------------------------------------------------------------

    /// <summary>The lower triangular L with positive diagonal and LLᵀ = X, or the upper U = Lᵀ.</summary>
    /// <param name="x">Symmetric positive definite, […, n, n]; the lower triangle is read.</param>
    /// <param name="upper">Return Lᵀ.</param>
    /// <remarks>The gradient takes the input to be symmetric, and is symmetric (Murray, "Differentiation of the Cholesky decomposition", 2016).</remarks>
    /// <exception cref="LinalgException">A matrix is not positive definite.</exception>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    [Op(OpKind.Custom, Shapes = "[…, n, n] → […, n, n]", DTypes = "floating point", Domain = "symmetric positive definite matrices")]
    public static Tensor Cholesky(Tensor x, bool upper = false)
    {
        Tensor l = CholeskyOfMatrices.Of(CheckSquare("Cholesky", x));
        return upper ? l.MT : l;
    }

    /// <summary>The solution X of AX = B, given the Cholesky factor of A.</summary>
    /// <param name="b">[…, n, k].</param>
    /// <param name="factor">What <see cref="Cholesky"/> returned, […, n, n].</param>
    /// <param name="upper">Whether the factor is the upper one.</param>
    /// <inheritdoc cref="SolveTriangular" path="/exception"/>
    [Op(OpKind.Composite, Shapes = "[…, n, k], […, n, n] → […, n, k]", DTypes = "floating point, equal")]
    public static Tensor CholeskySolve(Tensor b, Tensor factor, bool upper = false)
    {
        Tensor l = upper ? CheckSquare("CholeskySolve", factor).MT : factor;
        return SolveTriangular(l.MT, SolveTriangular(l, b, upper: false), upper: true);
    }

    /// <summary>The inverse of A, given its Cholesky factor.</summary>
    /// <param name="factor">What <see cref="Cholesky"/> returned, […, n, n].</param>
    /// <param name="upper">Whether the factor is the upper one.</param>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    [Op(OpKind.Composite, Shapes = "[…, n, n] → […, n, n]", DTypes = "floating point")]
    public static Tensor CholeskyInverse(Tensor factor, bool upper = false) =>
        CholeskySolve(Tensor.Eye(CheckSquare("CholeskyInverse", factor).Dims[^1], dtype: factor.DType), factor, upper);

    // A = LLᵀ: dL = L Φ(L⁻¹ dA L⁻ᵀ), Φ taking the lower triangle with half the diagonal.
    private sealed class CholeskyOp() : CustomOp("Cholesky")
    {
        public Tensor Of(Tensor x) => Apply(x);

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) =>
            [SymbolicMode.PerBlock(inputs[0], inputs[0].Dims, matrix => MatrixFormulas.Cholesky(matrix, (int)Math.Sqrt(matrix.Length)))];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = MatrixBatch.Doubles(inputs[0].Value), l = NdArray.Allocate(x.Dims, DType.Float64);
            int n = x.Dims[^1], count = MatrixBatch.Count(x);
            for (int i = 0; i < count; i++)
            {
                int minor = Decompositions.Cholesky(x.Span<double>().Slice(i * n * n, n * n), n, l.Span<double>().Slice(i * n * n, n * n));
                if (minor > 0) throw OpErrors.NotPositiveDefinite("Cholesky", x.Dims, i, minor);
            }
            return [MatrixBatch.Rounded(l, inputs[0].DType)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            Tensor l = context.Output(0), dA = SymmetricPart(tangents[0]!);
            Tensor inner = SolveTriangular(l, SolveTriangular(l, dA, upper: false).MT, upper: false);
            return [l.MatMul(HalfTriangle(inner))];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is not { } g) return [null];
            Tensor l = context.Output(0), lT = l.MT;
            Tensor inner = SymmetricPart(HalfTriangle(lT.MatMul(g)));
            return [SolveTriangular(lT, SolveTriangular(lT, inner, upper: true).MT, upper: true)];
        }
    }

    /// <summary>(X + Xᵀ) / 2.</summary>
    private static Tensor SymmetricPart(Tensor x) => (x + x.MT) * 0.5;

    /// <summary>The lower triangle with half the diagonal, so that it and its transpose add up to a symmetric matrix.</summary>
    private static Tensor HalfTriangle(Tensor x) => (x.Tril() + x.Tril(-1)) * 0.5;

    // ---- QR -----------------------------------------------------------------------------------------------------------

    /// <summary>X = QR with orthonormal columns in Q and upper triangular R. Unique up to the signs of R's diagonal.</summary>
    /// <param name="x">[…, m, n].</param>
    /// <param name="mode">Whether Q is completed to a square matrix.</param>
    /// <remarks>
    /// The gradient needs the first min(m, n) columns to be independent, and for <see cref="QrMode.Complete"/> m ≤ n
    /// (Liao, Liu, Wang and Xiang, "Differentiable programming tensor networks", 2019). Wide matrices are split in a square
    /// part, which gives Q, and a rest.
    /// </remarks>
    /// <exception cref="ShapeException">Not matrices.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    /// <exception cref="AutogradException">In backward: complete mode with m &gt; n.</exception>
    [Op(OpKind.Custom, Shapes = "[…, m, n] → […, m, k], […, k, n]", DTypes = "floating point", Domain = "independent columns")]
    public static (Tensor Q, Tensor R) Qr(Tensor x, QrMode mode = QrMode.Reduced)
    {
        CheckMatrix("Qr", x);
        int m = x.Dims[^2], n = x.Dims[^1];
        if (m >= n) return new QrOp(mode == QrMode.Complete && m > n).Of(x);
        (Tensor q, Tensor r) = new QrOp(complete: false).Of(x.Narrow(^1, 0, m));
        return (q, Tensor.Cat([r, q.MT.MatMul(x.Narrow(^1, m, n - m))], ^1));
    }

    private sealed class QrOp(bool complete) : CustomOp("Qr")
    {
        public (Tensor, Tensor) Of(Tensor x)
        {
            Tensor[] factors = ApplyMany(x);
            return (factors[0], factors[1]);
        }

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = MatrixBatch.Doubles(inputs[0].Value);
            int m = x.Dims[^2], n = x.Dims[^1], k = complete ? m : n, count = MatrixBatch.Count(x);
            NdArray q = NdArray.Zeros([.. x.Dims[..^1], k], DType.Float64), r = NdArray.Zeros([.. x.Dims[..^2], k, n], DType.Float64);
            for (int i = 0; i < count; i++)
            {
                Span<double> left = q.Span<double>().Slice(i * m * k, m * k);
                if (n == 0)
                    for (int j = 0; j < k; j++) left[(j * k) + j] = 1;
                else
                    Decompositions.Qr(x.Span<double>().Slice(i * m * n, m * n), m, n, k, left, r.Span<double>().Slice(i * k * n, k * n));
            }
            return [MatrixBatch.Rounded(q, inputs[0].DType), MatrixBatch.Rounded(r, inputs[0].DType)];
        }

        // With C = Qᵀ dA R⁻¹ and the antisymmetric Ω of C's strict lower triangle: dR = (C − Ω)R, dQ = dA R⁻¹ − Q(C − Ω).
        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            RefuseComplete();
            Tensor q = context.Output(0), r = context.Output(1);
            Tensor moved = SolveTriangular(r, tangents[0]!, upper: true, left: false);
            Tensor c = q.MT.MatMul(moved), below = c.Tril(-1);
            Tensor upper = c - below + below.MT;
            return [moved - q.MatMul(upper), upper.MatMul(r)];
        }

        // With M = R R̄ᵀ − Q̄ᵀQ: Ā = (Q̄ + Q copyltu(M)) R⁻ᵀ, where copyltu mirrors the lower triangle.
        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is null && gradients[1] is null) return [null];
            RefuseComplete();
            Tensor q = context.Output(0), r = context.Output(1);
            Tensor? m = null;
            if (gradients[1] is { } gR) m = r.MatMul(gR.MT);
            if (gradients[0] is { } gQ) m = m is null ? -gQ.MT.MatMul(q) : m - gQ.MT.MatMul(q);
            Tensor inner = q.MatMul(m!.Tril() + m.Tril(-1).MT);
            if (gradients[0] is { } g) inner += g;
            return [SolveTriangular(r.MT, inner, upper: false, left: false)];
        }

        private void RefuseComplete()
        {
            if (complete) throw OpErrors.FullFactors("Qr", "Use QrMode.Reduced.");
        }
    }
}
