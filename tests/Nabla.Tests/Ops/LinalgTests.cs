namespace Nabla.Tests.Ops;

public sealed class LinalgTests
{
    private static Tensor Random(params ReadOnlySpan<int> shape) => Tensor.RandN(Shape.Create(shape), DType.Float64, generator: new Generator(7));

    private static void Close(Tensor expected, Tensor actual, double tolerance = 1e-12)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double[] e = expected.ToArray<double>(), a = actual.ToArray<double>();
        for (int i = 0; i < e.Length; i++) Assert.True(Math.Abs(e[i] - a[i]) <= tolerance, $"element {i} is {a[i]:R}, expected {e[i]:R}");
    }

    private static Tensor Eye(int n) => Tensor.Eye(n, dtype: DType.Float64);

    // ---- values ---------------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(40)]
    public void A_matrix_times_its_inverse_is_the_identity(int n)
    {
        Tensor x = Random(2, n, n);
        Close(Eye(n).Expand(2, n, n), x.MatMul(Linalg.Inv(x)), 1e-10);
        Close(x.MatMul(Linalg.Solve(x, Random(2, n, 3))), Random(2, n, 3), 1e-10);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(7, 3)]
    [InlineData(3, 7)]
    [InlineData(1, 4)]
    [InlineData(4, 1)]
    public void Factors_multiply_to_the_matrix_and_are_orthonormal(int m, int n)
    {
        Tensor x = Random(2, m, n);
        foreach (QrMode mode in new[] { QrMode.Reduced, QrMode.Complete })
        {
            (Tensor q, Tensor r) = Linalg.Qr(x, mode);
            Close(x, q.MatMul(r));
            Close(Eye(q.Shape[^1]).Expand(2, q.Shape[^1], q.Shape[^1]), q.MT.MatMul(q));
            Assert.Equal(mode == QrMode.Complete ? m : Math.Min(m, n), q.Shape[^1]);
        }
        (Tensor u, Tensor s, Tensor vh) = Linalg.Svd(x);
        int k = Math.Min(m, n);
        Close(x, (u * s.Unsqueeze(^2)).MatMul(vh));
        Close(Eye(k).Expand(2, k, k), u.MT.MatMul(u));
        Close(Eye(k).Expand(2, k, k), vh.MatMul(vh.MT));
        (Tensor fullU, _, Tensor fullVh) = Linalg.Svd(x, fullMatrices: true);
        Close(Eye(m).Expand(2, m, m), fullU.MT.MatMul(fullU));
        Close(Eye(n).Expand(2, n, n), fullVh.MatMul(fullVh.MT));
    }

    [Fact]
    public void Eigenvectors_diagonalise_and_only_the_lower_triangle_is_read()
    {
        Tensor x = Random(6, 6), symmetric = x + x.T;
        (Tensor w, Tensor v) = Linalg.Eigh(symmetric);
        Close(symmetric, (v * w).MatMul(v.T));
        double[] values = w.ToArray<double>();
        Assert.Equal(values.Order(), values);
        Close(w, Linalg.Eigvalsh(symmetric.Tril()));
        Tensor positive = x.MatMul(x.T) + Eye(6);
        Close(Linalg.Cholesky(positive), Linalg.Cholesky(positive.Tril()));
        Close(positive, Linalg.Cholesky(positive).MatMul(Linalg.Cholesky(positive, upper: true)));
        Close(Linalg.Inv(positive), Linalg.CholeskyInverse(Linalg.Cholesky(positive)));
    }

    [Fact]
    public void Rank_deficient_matrices_have_a_rank_and_a_pseudo_inverse()
    {
        Tensor x = Random(5, 2).MatMul(Random(2, 4));
        Tensor p = Linalg.Pinv(x);
        Assert.Equal(2, Linalg.MatrixRank(x).Item());
        Assert.Equal(0, Linalg.MatrixRank(Tensor.Zeros([3, 2])).Item());
        Close(x, x.MatMul(p).MatMul(x));
        Close(p, p.MatMul(x).MatMul(p));
    }

    [Fact]
    public void Single_precision_is_computed_in_double_and_rounded()
    {
        Tensor x = Random(3, 3).Float();
        Assert.Equal(DType.Float32, Linalg.Inv(x).DType);
        Assert.Equal(Linalg.Inv(x.Double()).Float().ToArray<float>(), Linalg.Inv(x).ToArray<float>());
        Assert.Equal(Linalg.Svdvals(x.Double()).Float().ToArray<float>(), Linalg.Svdvals(x).ToArray<float>());
    }

    [Fact]
    public void Empty_matrices_and_batches_have_results_of_the_right_shape()
    {
        Assert.Equal(1, Linalg.Det(Tensor.Zeros([0, 0])).Item());
        Assert.Equal(new Shape([0]), Linalg.Det(Tensor.Zeros([0, 3, 3])).Shape);
        Assert.Equal(new Shape([0, 2, 2]), Linalg.Inv(Tensor.Zeros([0, 2, 2])).Shape);
        Assert.Equal(new Shape([3, 0]), Linalg.Solve(Tensor.Eye(3), Tensor.Zeros([3, 0])).Shape);
        Assert.Equal(new Shape([0, 3]), Linalg.Svd(Tensor.Zeros([0, 3])).Vh.Shape);
        Assert.Equal(new Shape([0]), Linalg.Eigvalsh(Tensor.Zeros([0, 0])).Shape);
        Assert.Equal(new Shape([0, 0]), Linalg.MatrixExp(Tensor.Zeros([0, 0])).Shape);
        Assert.Equal(new Shape([3, 0]), Linalg.Pinv(Tensor.Zeros([0, 3])).Shape);
    }

    [Fact]
    public void Exponential_of_a_large_rotation_is_a_rotation()
    {
        Tensor x = Tensor.FromSpan<double>([0, -30, 30, 0], [2, 2]);
        Close(Tensor.FromSpan<double>([Math.Cos(30), -Math.Sin(30), Math.Sin(30), Math.Cos(30)], [2, 2]), Linalg.MatrixExp(x), 1e-12);
    }

    // ---- singular and repeated ------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Gradient_of_Det_at_a_singular_matrix_is_the_cofactors_and_differentiates_again(int n)
    {
        // One vanishing row: the only cofactors left are those of that row.
        Tensor keep = Tensor.Ones([n, 1], DType.Float64);
        keep.Value.SetDouble(1, 0);
        Tensor x = (Random(n, n) * keep).Detach(), u = Random(2, n, n).Select(0, 1), w = Random(3, n, n).Select(0, 2);
        Tensor Gradient(Tensor[] at) => Calculus.Gradient(y => Linalg.Det(y[0]), at, Tensor.Ones([], DType.Float64), createGraph: true)[0];
        Tensor numeric = Calculus.CentralDifference(y => Linalg.Det(y[0]), [x], [u], 1e-5);
        Assert.Equal(numeric.Item(), Calculus.Inner(Gradient([x]), u), 8);
        Assert.Equal(numeric.Item(), Calculus.Tangent(y => Linalg.Det(y[0]), [x], [u]).Item(), 8);

        Tensor second = Calculus.CentralDifference(Gradient, [x], [u], 1e-5);
        Close(second, Calculus.Tangent(Gradient, [x], [u]), 1e-7);
        Assert.Equal(Calculus.Inner(second, w), Calculus.Inner(Calculus.Gradient(Gradient, [x], w)[0], u), 7);
    }

    [Fact]
    public void Determinant_of_a_singular_matrix_is_zero_with_sign_zero()
    {
        Tensor x = Tensor.Ones([2, 2], DType.Float64);
        Assert.Equal(0, Linalg.Det(x).Item());
        (Tensor sign, Tensor log) = Linalg.SlogDet(x);
        Assert.Equal(0, sign.Item());
        Assert.Equal(double.NegativeInfinity, log.Item());
        Assert.Equal(double.NegativeInfinity, Linalg.LogDet(x).Item());
        Assert.Equal(double.NaN, Linalg.LogDet(-Eye(3)).Item());
    }

    [Fact]
    public void At_repeated_eigenvalues_values_have_gradients_and_vectors_do_not()
    {
        Tensor x = Eye(2).RequireGrad();
        Linalg.Eigvalsh(x).Sum().Backward();
        Close(Eye(2), x.Grad!);
        x.Grad = null;
        (Linalg.Eigh(x).Vectors * Random(2, 2)).Sum().Backward();
        Assert.Contains(x.Grad!.ToArray<double>(), value => !double.IsFinite(value));
        Tensor y = Eye(2).RequireGrad();
        Linalg.Svdvals(y).Sum().Backward();
        Close(Eye(2), y.Grad!);
    }

    // ---- errors ---------------------------------------------------------------------------------------------------------

    [Fact]
    public void A_singular_matrix_is_named_by_its_place_in_the_batch()
    {
        Tensor x = Tensor.Cat([Tensor.Eye(2).Unsqueeze(0), Tensor.Ones([1, 2, 2])]);
        Assert.Equal("Inv: matrix [1] of the batch [2, 2, 2] is singular: elimination finds no pivot in column 1. Use Pinv or Lstsq, or add a small multiple of Tensor.Eye(2).",
            Assert.Throws<LinalgException>(() => Linalg.Inv(x)).Message);
        Assert.StartsWith("Solve: the matrix is singular", Assert.Throws<LinalgException>(() => Linalg.Solve(Tensor.Ones([2, 2]), Tensor.Ones([2]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cholesky_names_the_leading_minor_that_is_not_positive() =>
        Assert.Contains("leading minor of order 2", Assert.Throws<LinalgException>(() => Linalg.Cholesky(-Tensor.Eye(3) + (2 * Tensor.Eye(3, 3).Narrow(0, 0, 1) * Tensor.Eye(3)))).Message, StringComparison.Ordinal);

    [Fact]
    public void Errors_name_the_operation_and_the_shapes()
    {
        Tensor wide = Tensor.Ones([2, 3]);
        Assert.StartsWith("Inv: needs square matrices […, n, n], x is [2, 3]", Assert.Throws<ShapeException>(() => Linalg.Inv(wide)).Message, StringComparison.Ordinal);
        Assert.StartsWith("Det: needs matrices", Assert.Throws<ShapeException>(() => Linalg.Det(Tensor.Ones([3]))).Message, StringComparison.Ordinal);
        Assert.Contains("a is [3, 3], b is [2, 3]", Assert.Throws<ShapeException>(() => Linalg.Solve(Tensor.Eye(3), wide)).Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => Linalg.Inv(Tensor.Eye(2).Long()));
        Assert.Throws<DTypeException>(() => Linalg.Solve(Tensor.Eye(3), Tensor.Ones([3], DType.Float64)));
        Assert.Throws<LinalgException>(() => Linalg.Svd(Tensor.Full([2, 2], double.NaN)));
        Tensor tall = Random(3, 2).RequireGrad();
        Assert.Throws<AutogradException>(() => Linalg.Qr(tall, QrMode.Complete).Q.Sum().Backward());
        Assert.Throws<AutogradException>(() => Linalg.Svd(tall, fullMatrices: true).U.Sum().Backward());
        Assert.Throws<ArgumentException>(() => Linalg.MultiDot());
        Assert.Throws<ShapeException>(() => Linalg.MultiDot(wide, wide));
    }
}
