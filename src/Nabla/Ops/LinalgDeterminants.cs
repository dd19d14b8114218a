namespace Nabla;

public static partial class Linalg
{
    private static readonly DetOp DetOfMatrices = new();
    private static readonly SlogDetOp SlogDetOfMatrices = new("SlogDet", negative: true), LogDetOfMatrices = new("LogDet", negative: false);
    private static readonly MinorsOp MinorsOfMatrices = new();

    // Up to this size minors are cheaper than an inverse, and exact at singular matrices too.
    private const int FewMinors = 3;

    // Below this ratio of the pivots det·A⁻¹ loses the digits that second derivatives need.
    private const double RegularPivots = 1e-7;

    /// <summary>The determinant of each matrix.</summary>
    /// <param name="x">[…, n, n].</param>
    /// <remarks>The gradient is the matrix of cofactors, also where the matrix is singular.</remarks>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    [Op(OpKind.Custom, Shapes = "[…, n, n] → […]", DTypes = "floating point")]
    public static Tensor Det(Tensor x) => DetOfMatrices.Of(CheckSquare("Det", x));

    /// <summary>The sign of each determinant and the logarithm of its absolute value, which does not overflow.</summary>
    /// <param name="x">[…, n, n].</param>
    /// <returns>For a singular matrix 0 and −∞.</returns>
    /// <remarks>The sign has no gradient. That of the logarithm is X⁻ᵀ, which a singular matrix lacks.</remarks>
    /// <exception cref="ShapeException">The matrices are not square.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    /// <exception cref="LinalgException">In backward: a matrix is singular.</exception>
    [Op(OpKind.Custom, Shapes = "[…, n, n] → […], […]", DTypes = "floating point", Domain = "regular matrices")]
    public static (Tensor Sign, Tensor LogAbsDet) SlogDet(Tensor x) => SlogDetOfMatrices.Of(CheckSquare("SlogDet", x));

    /// <summary>The logarithm of each determinant: −∞ where it is 0, NaN where it is negative.</summary>
    /// <inheritdoc cref="SlogDet"/>
    [Op(OpKind.Custom, Shapes = "[…, n, n] → […]", DTypes = "floating point", Domain = "matrices of positive determinant")]
    public static Tensor LogDet(Tensor x) => LogDetOfMatrices.Of(CheckSquare("LogDet", x)).LogAbsDet;

    /// <summary>The gradient of the determinant: the transposed adjugate, finite and differentiable at singular matrices.</summary>
    private static Tensor Cofactors(Tensor x, Tensor det)
    {
        int n = x.Dims[^1];
        if (n == 0) return Tensor.ZerosLike(x);
        if (n > FewMinors && x.Underlying is { IsSymbolic: false } plain && IsRegular(plain.Value)) return det.Unsqueeze(^1).Unsqueeze(^1) * Inv(x).MT;
        return DetOfMatrices.Of(MinorsOfMatrices.Of(x)) * Checkerboard(n, x.DType);
    }

    private static Tensor Checkerboard(int n, DType dtype)
    {
        Tensor signs = Tensor.Ones([n, n], dtype);
        for (int i = 0; i < n * n; i++)
            if (((i / n) + (i % n)) % 2 == 1) signs.Value.SetDouble(i, -1);
        return signs;
    }

    private static unsafe bool IsRegular(in NdArray x)
    {
        NdArray lu = MatrixBatch.Copy(x);
        int n = lu.Dims[^1], count = MatrixBatch.Count(lu);
        fixed (double* factors = lu.Span<double>())
        fixed (int* pivots = new int[n])
        {
            for (int i = 0; i < count; i++)
            {
                double* matrix = factors + (i * n * n);
                LuFactors.Factor(matrix, n, pivots, out _);
                double smallest = double.PositiveInfinity, largest = 0;
                for (int j = 0; j < n; j++)
                {
                    double pivot = Math.Abs(matrix[(j * n) + j]);
                    (smallest, largest) = (Math.Min(smallest, pivot), Math.Max(largest, pivot));
                }
                if (smallest <= RegularPivots * largest) return false;
            }
        }
        return true;
    }

    private static Tensor Determinants(string op, Tensor x) =>
        SymbolicMode.PerBlock(x, x.Dims[..^2], matrix => [MatrixFormulas.Determinant(op, matrix, x.Dims[^1])]);

    private sealed unsafe class DetOp() : CustomOp("Det")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [Determinants("Det", inputs[0])];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray lu = MatrixBatch.Copy(inputs[0].Value);
            int n = lu.Dims[^1], count = MatrixBatch.Count(lu);
            NdArray det = NdArray.Allocate(lu.Dims[..^2], DType.Float64);
            Span<double> results = det.Span<double>();
            int* pivots = stackalloc int[n <= 64 ? n : 0];
            fixed (double* factors = lu.Span<double>())
            fixed (int* large = n <= 64 ? null : new int[n])
            {
                for (int i = 0; i < count; i++)
                {
                    double* matrix = factors + (i * n * n);
                    LuFactors.Factor(matrix, n, n <= 64 ? pivots : large, out int sign);
                    double product = sign;
                    for (int j = 0; j < n; j++) product *= matrix[(j * n) + j];
                    results[i] = product;
                }
            }
            return [MatrixBatch.Rounded(det, inputs[0].DType)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) =>
            [(Cofactors(context[0], context.Output(0)) * tangents[0]!).Sum((-2, -1))];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) =>
            [gradients[0] is { } g ? g.Unsqueeze(^1).Unsqueeze(^1) * Cofactors(context[0], context.Output(0)) : null];
    }

    private sealed unsafe class SlogDetOp(string name, bool negative) : CustomOp(name)
    {
        public (Tensor Sign, Tensor LogAbsDet) Of(Tensor x)
        {
            Tensor[] results = ApplyMany(x);
            return (results[0], results[1]);
        }

        protected override bool SavesOutputs => false;

        protected override bool IsDifferentiable(int output) => output == 1;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            Tensor det = Determinants(Name, inputs[0]);
            return [det.Sign(), (negative ? det.Abs() : det).Log()];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray lu = MatrixBatch.Copy(inputs[0].Value);
            int n = lu.Dims[^1], count = MatrixBatch.Count(lu);
            NdArray signs = NdArray.Allocate(lu.Dims[..^2], DType.Float64), logs = NdArray.Allocate(lu.Dims[..^2], DType.Float64);
            fixed (double* factors = lu.Span<double>())
            fixed (int* pivots = new int[n])
            {
                for (int i = 0; i < count; i++)
                {
                    double* matrix = factors + (i * n * n);
                    LuFactors.Factor(matrix, n, pivots, out int sign);
                    double log = 0, total = sign;
                    for (int j = 0; j < n; j++)
                    {
                        double pivot = matrix[(j * n) + j];
                        log += Math.Log(Math.Abs(pivot));
                        total *= double.IsNaN(pivot) ? pivot : Math.Sign(pivot);
                    }
                    signs.Span<double>()[i] = total;
                    logs.Span<double>()[i] = negative || total >= 0 ? log : double.NaN;
                }
            }
            return [MatrixBatch.Rounded(signs, inputs[0].DType), MatrixBatch.Rounded(logs, inputs[0].DType)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) => [null, (Inv(context[0]).MT * tangents[0]!).Sum((-2, -1))];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) =>
            [gradients[1] is { } g ? g.Unsqueeze(^1).Unsqueeze(^1) * Inv(context[0]).MT : null];
    }

    /// <summary>Each matrix without row i and column j, for all i and j: [..., n, n, n − 1, n − 1] of [..., n, n].</summary>
    private sealed class MinorsOp() : LinearOp("Minors")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override bool OnlyMoves => true;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = ArrayCopy.Contiguous(inputs[0].Value);
            int n = x.Dims[^1];
            NdArray y = NdArray.Allocate([.. x.Dims, n - 1, n - 1], x.DType);
            int to = 0, count = y.Numel;
            for (int at = 0; to < count; at++) WithoutRowAndColumn(at, n, from => y.SetDouble(to++, x.GetDouble(from)));
            return [y];
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => new MinorsTransposeOp().Of(gradient);

        /// <summary>Visits the elements of the minor that belongs to an element, by their positions.</summary>
        public static void WithoutRowAndColumn(int element, int n, Action<int> visit)
        {
            int first = element / (n * n) * n * n, row = element / n % n, column = element % n;
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                    if (i != row && j != column) visit(first + (i * n) + j);
        }
    }

    private sealed class MinorsTransposeOp() : LinearOp("MinorsTranspose")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray y = ArrayCopy.Contiguous(inputs[0].Value);
            NdArray x = NdArray.Zeros(y.Dims[..^2], y.DType);
            int n = x.Dims[^1], from = 0, count = y.Numel;
            for (int at = 0; from < count; at++) MinorsOp.WithoutRowAndColumn(at, n, to => x.SetDouble(to, x.GetDouble(to) + y.GetDouble(from++)));
            return [x];
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => MinorsOfMatrices.Of(gradient);
    }
}
