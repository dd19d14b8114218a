namespace Nabla;

public static partial class Linalg
{
    private static readonly MatrixExpOp MatrixExpOfMatrices = new();

    // ---- pseudo-inverse -----------------------------------------------------------------------------------------------

    /// <summary>The Moore–Penrose inverse, for matrices of any shape and rank.</summary>
    /// <param name="x">[…, m, n].</param>
    /// <param name="relativeTolerance">Singular values below this part of the largest count as 0; by default max(m, n) times the precision of the dtype.</param>
    /// <remarks>The gradient holds where the rank does not change (Golub and Pereyra, "The differentiation of pseudo-inverses", 1973).</remarks>
    /// <inheritdoc cref="Svd" path="/exception"/>
    [Op(OpKind.Custom, Shapes = "[…, m, n] → […, n, m]", DTypes = "floating point", Domain = "matrices of locally constant rank")]
    public static Tensor Pinv(Tensor x, double? relativeTolerance = null) =>
        new PinvOp(relativeTolerance ?? Tolerance(CheckMatrix("Pinv", x))).Of(x);

    /// <summary>The X that minimises ‖AX − B‖, and among such X the smallest.</summary>
    /// <param name="a">A, […, m, n], of any rank.</param>
    /// <param name="b">B, […, m, k], or a vector [m].</param>
    /// <exception cref="ShapeException">The row numbers differ.</exception>
    /// <exception cref="DTypeException">The dtypes differ or are not floating point.</exception>
    [Op(OpKind.Composite, Shapes = "[…, m, n], […, m, k] → […, n, k]", DTypes = "floating point, equal", Domain = "matrices of locally constant rank")]
    public static Tensor Lstsq(Tensor a, Tensor b)
    {
        CheckMatrix("Lstsq", a);
        ArgumentNullException.ThrowIfNull(b);
        if (b.Rank == 0 || b.Dims[b.Rank == 1 ? 0 : b.Rank - 2] != a.Dims[^2])
            throw new ShapeException($"Lstsq: the right side does not fit: a is {a.Shape}, b is {b.Shape}. b needs {a.Shape[^2]} rows.");
        if (a.DType != b.DType) throw OpErrors.ProductDTypes("Lstsq", a, b);
        return Pinv(a).MatMul(b);
    }

    // dP = −P dA P + PPᵀ dAᵀ (1 − AP) + (1 − PA) dAᵀ PᵀP.
    private sealed class PinvOp(double relative) : CustomOp("Pinv")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = MatrixBatch.Doubles(inputs[0].Value);
            int m = x.Dims[^2], n = x.Dims[^1], k = Math.Min(m, n), count = MatrixBatch.Count(x);
            NdArray p = NdArray.Zeros([.. x.Dims[..^2], n, m], DType.Float64);
            double[] u = new double[m * k], s = new double[k], vh = new double[k * n];
            for (int i = 0; i < count && k > 0; i++)
            {
                Span<double> matrix = x.Span<double>().Slice(i * m * n, m * n), to = p.Span<double>().Slice(i * m * n, m * n);
                if (!AllFinite(matrix)) throw OpErrors.NotConverged("Pinv", x.Dims, i);
                Decompositions.Svd(matrix, m, n, u, k, s, vh, k);
                for (int j = 0; j < k && s[j] > relative * s[0]; j++)
                    for (int row = 0; row < n; row++)
                        for (int column = 0; column < m; column++) to[(row * m) + column] += vh[(j * n) + row] * u[(column * k) + j] / s[j];
            }
            return [MatrixBatch.Rounded(p, inputs[0].DType)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            Tensor a = context[0], p = context.Output(0), dA = tangents[0]!, dAT = dA.MT;
            Tensor left = p.MatMul(p.MT).MatMul(dAT), right = dAT.MatMul(p.MT).MatMul(p);
            return [-p.MatMul(dA).MatMul(p) + left - left.MatMul(a).MatMul(p) + right - p.MatMul(a.MatMul(right))];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is not { } g) return [null];
            Tensor a = context[0], p = context.Output(0), pT = p.MT, gT = g.MT;
            Tensor left = gT.MatMul(p).MatMul(pT), right = pT.MatMul(p).MatMul(gT);
            return [-pT.MatMul(g).MatMul(pT) + left - a.MatMul(p.MatMul(left)) + right - right.MatMul(p).MatMul(a)];
        }
    }

    // ---- powers -------------------------------------------------------------------------------------------------------

    /// <summary>Each matrix to a whole power, by repeated squaring; a negative power is that of the inverse, power 0 the identity.</summary>
    /// <param name="x">[…, n, n].</param>
    /// <param name="exponent">Any whole number.</param>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    /// <exception cref="LinalgException">The exponent is negative and a matrix is singular.</exception>
    [Op(OpKind.Composite, Shapes = "[…, n, n] → […, n, n]", DTypes = "floating point")]
    public static Tensor MatrixPower(Tensor x, int exponent)
    {
        CheckSquare("MatrixPower", x);
        if (exponent == 0) return Tensor.Eye(x.Dims[^1], dtype: x.DType).Expand(x.Shape).Clone();
        Tensor square = exponent < 0 ? Inv(x) : x;
        Tensor? power = null;
        for (long rest = Math.Abs((long)exponent); ; square = square.MatMul(square))
        {
            if ((rest & 1) != 0) power = power is null ? square : power.MatMul(square);
            if ((rest >>= 1) == 0) return power!;
        }
    }

    /// <summary>The matrix exponential 1 + X + X²/2 + … of each matrix.</summary>
    /// <param name="x">[…, n, n].</param>
    /// <remarks>The derivative is a block of exp([[X, dX], [0, X]]) (Mathias, "A chain rule for matrix functions", 1996).</remarks>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    [Op(OpKind.Custom, Shapes = "[…, n, n] → […, n, n]", DTypes = "floating point")]
    public static Tensor MatrixExp(Tensor x) => MatrixExpOfMatrices.Of(CheckSquare("MatrixExp", x));

    private sealed class MatrixExpOp() : CustomOp("MatrixExp")
    {
        public Tensor Of(Tensor x) => Apply(x);

        protected override bool SavesOutputs => false;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = MatrixBatch.Doubles(inputs[0].Value), y = NdArray.Allocate(x.Dims, DType.Float64);
            int n = x.Dims[^1], count = MatrixBatch.Count(x);
            for (int i = 0; i < count && n > 0; i++)
                MatrixExponential.Compute(x.Span<double>().Slice(i * n * n, n * n), n, y.Span<double>().Slice(i * n * n, n * n));
            return [MatrixBatch.Rounded(y, inputs[0].DType)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) => [Derivative(context[0], tangents[0]!)];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) =>
            [gradients[0] is { } g ? Derivative(context[0].MT, g) : null];

        private Tensor Derivative(Tensor x, Tensor direction)
        {
            int n = x.Dims[^1];
            if (n == 0) return direction;
            Tensor top = Tensor.Cat([x, direction], ^1), bottom = Tensor.Cat([Tensor.ZerosLike(x), x], ^1);
            return Of(Tensor.Cat([top, bottom], ^2)).Narrow(^2, 0, n).Narrow(^1, n, n);
        }
    }

    // ---- long products ------------------------------------------------------------------------------------------------

    /// <summary>The product of several matrices, bracketed so that the fewest multiplications are needed.</summary>
    /// <param name="factors">At least one; the first and the last may be vectors.</param>
    /// <exception cref="ArgumentException">There are no factors.</exception>
    /// <exception cref="ShapeException">Neighbours do not fit, or an inner factor is no matrix.</exception>
    [Op(OpKind.Composite, Shapes = "[a, b] · [b, c] · … → [a, z]", DTypes = "equal; not bool")]
    public static Tensor MultiDot(params ReadOnlySpan<Tensor> factors)
    {
        if (factors.IsEmpty) throw new ArgumentException("MultiDot: there are no factors. Give at least one.");
        int count = factors.Length;
        if (count == 1) return factors[0];
        Tensor[] matrices = factors.ToArray();
        bool row = matrices[0].Rank == 1, column = matrices[^1].Rank == 1;
        if (row) matrices[0] = matrices[0].Unsqueeze(0);
        if (column) matrices[^1] = matrices[^1].Unsqueeze(1);
        for (int i = 0; i < count; i++)
        {
            if (matrices[i].Rank != 2) throw new ShapeException($"MultiDot: factor {i} is {factors[i].Shape}. Only matrices are multiplied; the first and the last may be vectors.");
            if (i > 0 && matrices[i - 1].Dims[1] != matrices[i].Dims[0])
                throw new ShapeException($"MultiDot: inner dimensions differ: factor {i - 1} is {factors[i - 1].Shape}, factor {i} is {factors[i].Shape}. Transpose one of them.");
        }

        // Costs of every stretch from its cheapest split, shorter stretches first.
        var costs = new double[count, count];
        var splits = new int[count, count];
        for (int length = 1; length < count; length++)
        {
            for (int first = 0; first + length < count; first++)
            {
                int last = first + length;
                costs[first, last] = double.PositiveInfinity;
                for (int split = first; split < last; split++)
                {
                    double cost = costs[first, split] + costs[split + 1, last]
                        + ((double)matrices[first].Dims[0] * matrices[split].Dims[1] * matrices[last].Dims[1]);
                    if (cost < costs[first, last]) (costs[first, last], splits[first, last]) = (cost, split);
                }
            }
        }
        Tensor product = Multiply(0, count - 1);
        if (row) product = product.Squeeze(0);
        return column ? product.Squeeze(^1) : product;

        Tensor Multiply(int first, int last) =>
            first == last ? matrices[first] : Multiply(first, splits[first, last]).MatMul(Multiply(splits[first, last] + 1, last));
    }
}
