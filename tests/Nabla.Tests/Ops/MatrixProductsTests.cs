namespace Nabla.Tests.Ops;

public sealed class MatrixProductsTests
{
    [Theory]
    [InlineData("3", "3")]
    [InlineData("3,4", "4")]
    [InlineData("4", "4,2")]
    [InlineData("3,4", "4,2")]
    [InlineData("17,30", "30,19")]
    [InlineData("2,3,4", "4")]
    [InlineData("4", "2,4,3")]
    [InlineData("2,3,4", "4,5")]
    [InlineData("3,4", "2,4,5")]
    [InlineData("2,1,3,4", "5,4,2")]
    [InlineData("5,1,4", "2,1,4,1")]
    [InlineData("2,0", "0,3")]
    [InlineData("0,2", "2,3")]
    [InlineData("2,0,3", "3,2")]
    [InlineData("2,3,0", "0,2")]
    [InlineData("1,1", "1,1")]
    public void MatMul_is_the_sum_of_products_for_every_combination_of_ranks(string left, string right)
    {
        foreach (DType type in new[] { DType.Float64, DType.Float32, DType.Int64, DType.Int32, DType.UInt8 })
        {
            Tensor x = Tensor.RandInt(0, 5, Parse(left), generator: new Generator(1)).To(type);
            Tensor y = Tensor.RandInt(0, 5, Parse(right), generator: new Generator(2)).To(type);
            Tensor expected = Naive(x, y);
            Assert.Equal(expected.Shape, x.MatMul(y).Shape);
            Assert.Equal(type, x.MatMul(y).DType);
            double[] wanted = type == DType.UInt8 ? Array.ConvertAll(expected.ToArray<double>(), v => v % 256) : expected.ToArray<double>();
            Assert.Equal(wanted, x.MatMul(y).ToArray<double>());
            Assert.Equal(wanted, Calculus.Scatter(x).MatMul(Calculus.Scatter(y)).ToArray<double>());
        }
    }

    [Fact]
    public void Expanded_batches_are_read_in_place()
    {
        Tensor x = Tensor.RandN([3, 4], DType.Float64, generator: new Generator(3));
        Tensor y = Tensor.RandN([5, 4, 2], DType.Float64, generator: new Generator(4));
        Assert.Equal(x.MatMul(y).ToArray<double>(), x.Expand(5, 3, 4).MatMul(y).ToArray<double>());
    }

    [Fact]
    public void Gradient_of_a_matrix_that_met_a_batch_sums_over_the_batch()
    {
        Tensor x = Tensor.RandN([3, 4], DType.Float64, generator: new Generator(5)).RequireGrad();
        Tensor y = Tensor.RandN([2, 5, 4, 2], DType.Float64, generator: new Generator(6));
        x.MatMul(y).Sum().Backward();
        double[] row = y.Sum([0, 1, 3]).ToArray<double>();
        double[] gradient = x.Grad!.ToArray<double>();
        for (int i = 0; i < gradient.Length; i++) Assert.Equal(row[i % 4], gradient[i], 12);
    }

    [Fact]
    public void Errors_name_the_operation_both_shapes_and_a_remedy()
    {
        Tensor x = Tensor.Ones([2, 3]), y = Tensor.Ones([4, 5]);
        Assert.Equal("MatMul: inner dimensions differ: x is [2, 3], y is [4, 5]. Transpose one of them, or check the layer size.",
            Assert.Throws<ShapeException>(() => x.MatMul(y)).Message);
        Assert.Equal("MatMul: element types differ: x is float32, y is float64. Convert one of them with To(DType.Float64).",
            Assert.Throws<DTypeException>(() => x.MatMul(Tensor.Ones([3, 1], DType.Float64))).Message);
        Assert.Contains("Use *", Assert.Throws<ShapeException>(() => x.MatMul(Tensor.Full([], 1))).Message, StringComparison.Ordinal);
        Assert.Contains("MatMul", Assert.Throws<ShapeException>(() => Tensor.Ones([2, 2, 3]).MatMul(Tensor.Ones([3, 3, 2]))).Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => x.Bool().MatMul(x.T.Bool()));
        Assert.Throws<ShapeException>(() => x.Dot(x));
        Assert.Throws<ShapeException>(() => Tensor.Ones([2]).Dot(Tensor.Ones([3])));
        Assert.Throws<ShapeException>(() => x.Mv(Tensor.Ones([2])));
        Assert.Throws<ShapeException>(() => x.Mm(Tensor.Ones([3])));
        Assert.Throws<ShapeException>(() => x.Bmm(x));
        Assert.Throws<ShapeException>(() => x.Outer(Tensor.Ones([3])));
        Assert.Throws<ShapeException>(() => x.TensorDot(y, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.TensorDot(y, 3));
        Assert.Throws<ArgumentException>(() => x.TensorDot(y, [0, 1], [0]));
        Assert.Throws<ShapeException>(() => x.Cross(x, 0));
    }

    [Theory]
    [InlineData("ij,jk")]
    [InlineData("ij,jk,kl->il")]
    [InlineData("ij->ik")]
    [InlineData("ij->ii")]
    [InlineData("i1->i")]
    [InlineData("ij->i->j")]
    public void A_malformed_equation_is_an_argument_error(string equation) =>
        Assert.Contains(equation, Assert.Throws<ArgumentException>(() => Tensor.Einsum(equation, Tensor.Ones([2, 2]))).Message, StringComparison.Ordinal);

    [Fact]
    public void Einsum_tells_which_letter_does_not_fit()
    {
        Tensor x = Tensor.Ones([2, 3]);
        Assert.Contains("letter 'j'", Assert.Throws<ShapeException>(() => Tensor.Einsum("ij,jk->ik", x, x)).Message, StringComparison.Ordinal);
        Assert.Contains("\"ijk\"", Assert.Throws<ShapeException>(() => Tensor.Einsum("ijk->i", x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Einsum_takes_integers_and_empty_axes()
    {
        Tensor x = Tensor.Arange(6).Reshape(2, 3);
        Assert.Equal([3, 12], Tensor.Einsum("ij->i", x).ToArray<int>());
        Assert.Equal(x.MatMul(x.T).ToArray<int>(), Tensor.Einsum("ij,kj->ik", x, x).ToArray<int>());
        Assert.Equal([0f, 0f], Tensor.Einsum("ij,jk->i", Tensor.Ones([2, 0]), Tensor.Ones([0, 3])).ToArray<float>());
    }

    [Fact]
    public void Beta_zero_leaves_the_summand_out_even_where_it_is_NaN() =>
        Assert.Equal([2f], Tensor.Full([1, 1], double.NaN).Addmm(Tensor.Ones([1, 2]), Tensor.Ones([2, 1]), beta: 0).ToArray<float>());

    [Fact]
    public void Linear_is_the_product_with_the_transposed_weight_and_the_bias_for_any_strides()
    {
        Tensor x = Tensor.Arange(24).Double().Reshape(2, 3, 4) - 7, weight = Tensor.Arange(20).Double().Reshape(5, 4) - 9, bias = Tensor.Arange(10).Double()[TensorIndex.Slice(step: 2)];
        foreach (Tensor input in (Tensor[])[x, x[0], x[0, 1], x.Transpose(0, 1), x.Flip(2), x[1].T.Contiguous().T, x[.., ..0]])
        {
            foreach (Tensor w in (Tensor[])[weight, weight.T.Contiguous().T])
            {
                Assert.Equal((input.MatMul(w.T) + bias).ToArray<double>(), input.Linear(w, bias).ToArray<double>());
                Assert.Equal(input.MatMul(w.T).ToArray<double>(), input.Linear(w).ToArray<double>());
            }
        }
        Assert.Equal([11, 16], Tensor.FromArray((int[])[1, 2]).Linear(Tensor.FromArray((int[])[3, 4, 5, 6]).Reshape(2, 2), Tensor.FromArray((int[])[0, -1])).ToArray<int>());
    }

    [Fact]
    public void Linear_names_the_shapes_that_do_not_fit()
    {
        Tensor x = Tensor.Ones([2, 3]), weight = Tensor.Ones([5, 3]);
        Assert.Equal(
            "Linear: the weight must be a matrix [n, 3], since the last axis of x has length 3: x is [2, 3], weight is [3, 5]. Check the layer before it, or transpose the weight.",
            Assert.Throws<ShapeException>(() => x.Linear(weight.T)).Message);
        Assert.Equal("Linear: the bias is [3], the weight is [5, 3]. Use a bias [5].", Assert.Throws<ShapeException>(() => x.Linear(weight, Tensor.Ones([3]))).Message);
        Assert.Throws<DTypeException>(() => x.Double().Linear(weight));
        Assert.Throws<DTypeException>(() => x.Linear(weight, Tensor.Ones([5]).Double()));
    }

    private static Shape Parse(string shape) => Shape.Create(Array.ConvertAll(shape.Split(','), int.Parse));

    private static Tensor Naive(Tensor x, Tensor y)
    {
        bool row = x.Rank == 1, column = y.Rank == 1;
        if (row) x = x.Unsqueeze(0);
        if (column) y = y.Unsqueeze(1);
        int m = x.Shape[^2], k = x.Shape[^1], n = y.Shape[^1];
        int[] batch = Broadcasting.Shapes("", x.Shape.ToArray()[..^2], y.Shape.ToArray()[..^2]);
        double[] a = x.Double().Expand([.. batch, m, k]).ToArray<double>(), b = y.Double().Expand([.. batch, k, n]).ToArray<double>();
        var c = new double[Shape.Product(batch) * m * n];
        for (int i = 0; i < c.Length; i++)
            for (int p = 0; p < k; p++) c[i] += a[(((i / (m * n) * m) + (i / n % m)) * k) + p] * b[(((i / (m * n) * k) + p) * n) + (i % n)];
        Tensor result = Tensor.FromSpan<double>(c, Shape.Create([.. batch, m, n]));
        if (row) result = result.Squeeze(^2);
        return column ? result.Squeeze(^1) : result;
    }
}
