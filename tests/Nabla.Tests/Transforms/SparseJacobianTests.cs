namespace Nabla.Tests.Transforms;

/// <summary>Sparse Jacobians and Hessians are the dense ones, from few products; what does not fit is refused.</summary>
public sealed class SparseJacobianTests
{
    private static Tensor Vector(int n, ulong seed = 1) => Tensor.RandN([n], DType.Float64, generator: new Generator(seed));

    // Each element depends on itself and its neighbours: three diagonals.
    private static Tensor Neighbours(Tensor x) => (x[1..^1].Square() * x[..^2].Sin()) + x[2..].Exp();

    // A row that depends on everything, above a diagonal.
    private static Tensor Arrow(Tensor x) => Tensor.Cat([(x * x).Sum().Reshape(1), x[1..].Exp() * x[0]]);

    private static void Same(Tensor expected, SparseMatrix actual, double tolerance = 1e-12)
    {
        Tensor dense = actual.ToDense(), matrix = expected.Reshape(actual.Pattern.Rows, actual.Pattern.Columns);
        Assert.True(dense.AllClose(matrix, tolerance, tolerance), $"{dense} is not {matrix}");
    }

    [Theory]
    [InlineData(JacobianMode.Auto)]
    [InlineData(JacobianMode.Forward)]
    [InlineData(JacobianMode.Reverse)]
    public void Three_diagonals_take_three_products_in_either_mode(JacobianMode mode)
    {
        Tensor x = Vector(50);
        SparsityPattern pattern = SparsityPattern.Detect(Neighbours, x);
        Assert.Equal("48 × 50, 144 entries", pattern.ToString());
        JacobianCompression compression = JacobianCompression.Of(pattern, mode);
        Assert.Equal(3, compression.Count);
        Same(Functional.Jacobian(Neighbours, x), Functional.SparseJacobian(Neighbours, x, compression, check: true));
    }

    [Fact]
    public void A_dense_row_is_done_by_rows_and_the_rest_beside_it()
    {
        // By columns the first row keeps all 20 apart; by rows, rows 1 to 19 share column 0, so none can be joined either way.
        SparsityPattern pattern = SparsityPattern.Detect(Arrow, Vector(20));
        Assert.Equal(20 + (2 * 19), pattern.Count);
        Same(Functional.Jacobian(Arrow, Vector(20)), Functional.SparseJacobian(Arrow, Vector(20), pattern, check: true));

        // Without column 0 the lower rows have nothing in common: two products in reverse instead of twenty forward.
        Func<Tensor, Tensor> f = x => Tensor.Cat([(x * x).Sum().Reshape(1), x.Exp()]);
        JacobianCompression compression = JacobianCompression.Of(SparsityPattern.Detect(f, Vector(20)));
        Assert.Equal((JacobianMode.Reverse, 2), (compression.Mode, compression.Count));
        Same(Functional.Jacobian(f, Vector(20)), Functional.SparseJacobian(f, Vector(20), compression, check: true));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_patterns_are_recovered_by_rows_and_by_columns(int seed)
    {
        // f(x) = A·sin(x) with A as sparse as the pattern: the Jacobian is A·diag(cos x).
        var random = new Random(seed);
        const int rows = 30, columns = 40;
        (int, int)[] entries = [.. Enumerable.Range(0, 90).Select(_ => (random.Next(rows), random.Next(columns)))];
        SparsityPattern pattern = SparsityPattern.Of(rows, columns, entries);
        Tensor a = pattern.ToDense().To(DType.Float64) * (1 + Tensor.Rand([rows, columns], DType.Float64, generator: new Generator((ulong)seed)));
        Tensor x = Vector(columns);
        foreach (JacobianMode mode in (JacobianMode[])[JacobianMode.Forward, JacobianMode.Reverse])
        {
            JacobianCompression compression = JacobianCompression.Of(pattern, mode);
            Assert.True(compression.Count < 12, compression.ToString());
            Same(a * x.Cos(), Functional.SparseJacobian(t => a.MatMul(t.Sin()), x, compression, check: true));
        }
        Assert.Equal(pattern.ToString(), SparsityPattern.Of(a).ToString());
    }

    [Fact]
    public void Shapes_of_more_axes_count_in_row_major_order()
    {
        // A stencil on a grid: each element minus that to the right of it.
        Tensor x = Vector(12).Reshape(3, 4);
        Func<Tensor, Tensor> f = t => t[.., 1..].Square() - t[.., ..^1];
        SparseMatrix jacobian = Functional.SparseJacobian(f, x, check: true);
        Assert.Equal((9, 12, 18), (jacobian.Pattern.Rows, jacobian.Pattern.Columns, jacobian.Pattern.Count));
        Same(Functional.Jacobian(f, x), jacobian);
    }

    [Fact]
    public void Traced_patterns_hold_in_both_branches_and_tried_ones_in_that_which_was_taken()
    {
        Func<Tensor, Tensor> f = x => Tensor.Where(x[..2] > 0, x[..2] * x[2], x[..2] * x[3]);
        Tensor x = Tensor.Of([1.0, 2.0, 3.0, 4.0], DType.Float64);
        Assert.Equal(6, SparsityPattern.Detect(f, x, PatternDetection.Trace).Count);
        SparsityPattern tried = SparsityPattern.Detect(f, x, PatternDetection.Probe);
        Assert.Equal([0, 2, 1, 2], tried.ColumnIndices.ToArray());
        Assert.Equal([0, 2, 4], tried.RowStarts.ToArray());
    }

    [Fact]
    public void What_has_no_formula_or_is_large_is_tried()
    {
        Func<Tensor, Tensor> f = x => x.Sum().Item() > 1e9 ? x : x * x.Flip();
        Assert.Throws<TraceException>(() => SparsityPattern.Detect(f, Vector(6), PatternDetection.Trace));
        Assert.Equal(12, SparsityPattern.Detect(f, Vector(6)).Count);
        Tensor large = Vector(600);
        SparsityPattern pattern = SparsityPattern.Detect(Neighbours, large);
        Assert.Equal(3 * 598, pattern.Count);
        Same(Functional.Jacobian(Neighbours, large), Functional.SparseJacobian(Neighbours, large, pattern));
    }

    [Fact]
    public void A_pattern_that_misses_an_entry_is_caught_by_the_check()
    {
        Tensor x = Vector(8);
        SparsityPattern thin = SparsityPattern.Of(6, 8, Enumerable.Range(0, 6).SelectMany(i => new[] { (i, i), (i, i + 1) }));
        foreach (JacobianMode mode in (JacobianMode[])[JacobianMode.Forward, JacobianMode.Reverse])
        {
            AutogradException error = Assert.Throws<AutogradException>(() => Functional.SparseJacobian(Neighbours, x, thin, mode, check: true));
            Assert.Contains(mode == JacobianMode.Forward ? "misses an entry of row 0" : "misses an entry of column", error.Message, StringComparison.Ordinal);
        }
        _ = Functional.SparseJacobian(Neighbours, x, thin);
        Assert.Throws<AutogradException>(() => Functional.SparseHessian(t => (t[..^1] * t[1..]).Sum(), x, SparsityPattern.Banded(8, 0, 0), check: true));
    }

    [Fact]
    public void Entries_that_are_zero_do_no_harm() =>
        Same(Functional.Jacobian(Neighbours, Vector(7)), Functional.SparseJacobian(Neighbours, Vector(7), SparsityPattern.Of(Tensor.Ones([5, 7])), check: true));

    [Fact]
    public void Hessians_of_chains_and_grids_and_stars()
    {
        // Rosenbrock's chain: neighbours interact.
        Func<Tensor, Tensor> chain = x => ((100 * (x[1..] - x[..^1].Square()).Square()) + (1 - x[..^1]).Square()).Sum();
        Check(chain, Vector(40), 3);

        // The first variable interacts with all: as a Jacobian 30 products, by symmetry two.
        Check(x => (x[0] * x.Sin()).Sum(), Vector(30), 2);
        Func<Tensor, Tensor> grid = x => (x.Reshape(6, 6)[1..] * x.Reshape(6, 6)[..^1]).Square().Sum() + (x.Reshape(6, 6)[.., 1..] * x.Reshape(6, 6)[.., ..^1]).Exp().Sum();
        Check(grid, Vector(36), 9);

        static void Check(Func<Tensor, Tensor> f, Tensor x, int most)
        {
            JacobianCompression compression = JacobianCompression.OfHessian(SparsityPattern.DetectHessian(f, x));
            Assert.True(compression.Count <= most, compression.ToString());
            Same(Functional.Hessian(f, x), Functional.SparseHessian(f, x, compression, check: true), 1e-10);
        }
    }

    [Fact]
    public void Star_colourings_of_random_patterns_recover_every_entry()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            int n = 3 + random.Next(20);
            SparsityPattern half = SparsityPattern.Of(n, n, Enumerable.Range(0, random.Next(3 * n)).Select(_ => (random.Next(n), random.Next(n))));
            SparsityPattern pattern = half.Union(half.Transposed()).Union(SparsityPattern.Banded(n, 0, 0));
            Tensor a = Tensor.RandN([n, n], DType.Float64, generator: new Generator((ulong)seed));
            Tensor symmetric = (a + a.T) * pattern.ToDense().To(DType.Float64);
            JacobianCompression compression = JacobianCompression.OfHessian(pattern);
            Same(symmetric, compression.Recover(compression.Seeds(DType.Float64).MatMul(symmetric)));
        }
    }

    [Fact]
    public void Values_can_be_differentiated_batched_and_multiplied()
    {
        // J = diag(3x²): the sum of its entries has the gradient 6x.
        Tensor x = Tensor.Of([1.0, 2.0, 3.0], DType.Float64);
        SparsityPattern diagonal = SparsityPattern.Banded(3, 0, 0);
        Func<Tensor, Tensor> sum = t => Functional.SparseJacobian(u => u.Pow(3), t, diagonal).Values.Sum();
        Assert.Equal([6, 12, 18], Functional.Grad(sum, x).ToArray());
        Assert.Equal([6, 12, 18], Functional.Jvp(t => Functional.SparseJacobian(u => u.Pow(3), t, diagonal, JacobianMode.Reverse).Values, x, Tensor.OnesLike(x)).Tangent.ToArray());
        Tensor each = Functional.Vmap(t => Functional.SparseJacobian(u => u.Pow(3), t, diagonal).Values, Tensor.Stack([x, 2 * x]));
        Assert.Equal([3, 12, 27, 12, 48, 108], each.ToArray());

        SparseMatrix jacobian = Functional.SparseJacobian(Neighbours, Vector(9));
        Tensor v = Vector(9, 2), w = Vector(7, 3);
        Assert.True(jacobian.MatMul(v).AllClose(jacobian.ToDense().MatMul(v), 1e-13));
        Assert.True(jacobian.Transposed().MatMul(w).AllClose(w.MatMul(jacobian.ToDense()), 1e-13));
        Assert.Equal(DType.Float32, Functional.SparseJacobian(Neighbours, Vector(9).Float(), check: true).Values.DType);
    }

    [Fact]
    public void Empty_functions_have_empty_matrices()
    {
        Assert.Equal(0, Functional.SparseJacobian(x => x[..0], Vector(3), check: true).Pattern.Count);
        Assert.Equal((2, 0), (Functional.SparseJacobian(x => Vector(2), Tensor.Zeros([0], DType.Float64)).Pattern.Rows, 0));
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        Tensor x = Vector(4);
        Refused<ShapeException>(() => Functional.SparseJacobian(t => t, x, SparsityPattern.Banded(5, 0, 0)), "5 × 5", "4 elements");
        Refused<ShapeException>(() => Functional.SparseJacobian(t => t[..3], x, SparsityPattern.Banded(4, 0, 0)), "4 × 4", "[3]");
        Refused<ShapeException>(() => Functional.SparseJacobian(t => t[..3], x, SparsityPattern.Banded(4, 0, 0), JacobianMode.Reverse), "4 × 4", "3 × 4");
        Refused<ArgumentException>(() => Functional.SparseHessian(t => t.Sum(), x, SparsityPattern.Of(4, 4, [(0, 0), (1, 1), (2, 2), (3, 3), (0, 1)])), "(0, 1)", "(1, 0)");
        Refused<ArgumentException>(() => Functional.SparseHessian(t => t.Sum(), x, SparsityPattern.Of(4, 4, [(0, 0)])), "(1, 1)", "diagonal");
        Refused<ArgumentException>(() => Functional.SparseHessian(t => t.Sum(), x, SparsityPattern.Of(3, 4, [])), "3 × 4", "square");
        Refused<ArgumentException>(() => Functional.SparseHessian(t => t.Sum(), x, JacobianCompression.Of(SparsityPattern.Banded(4, 0, 0))), "SparseHessian", "OfHessian");
        Refused<ShapeException>(() => Functional.SparseHessian(t => t, x), "[4]", "one element");
        Refused<ArgumentOutOfRangeException>(() => SparsityPattern.Of(2, 2, [(0, 2)]), "(0, 2)", "2 × 2");
        Refused<ArgumentOutOfRangeException>(() => SparsityPattern.Of(-1, 2, []), "-1 × 2", "0 or more");
        Refused<ShapeException>(() => SparsityPattern.Of(Tensor.Zeros([3])), "[3]", "Reshape");
        Refused<ArgumentException>(() => SparsityPattern.Banded(2, 0, 0).Union(SparsityPattern.Banded(3, 0, 0)), "2 × 2", "3 × 3");
        Refused<ShapeException>(() => JacobianCompression.Of(SparsityPattern.Banded(4, 0, 0)).Recover(Tensor.Zeros([2, 4])), "[2, 4]", "[1, 4]");
        Refused<ShapeException>(() => _ = new SparseMatrix(SparsityPattern.Banded(4, 0, 0), Tensor.Zeros([3])), "[3]", "4 entries");
        Refused<ShapeException>(() => new SparseMatrix(SparsityPattern.Banded(4, 0, 0), Tensor.Zeros([4])).MatMul(Tensor.Zeros([3])), "[3]", "4 × 4");
        Refused<DTypeException>(() => Functional.SparseJacobian(t => t, Tensor.Arange(3), SparsityPattern.Banded(3, 0, 0)), "int64", "floating-point");

        static void Refused<T>(Action call, params string[] words) where T : Exception
        {
            T error = Assert.Throws<T>(call);
            Assert.All(words, word => Assert.Contains(word, error.Message, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Compiled_they_are_the_same_at_every_point_and_for_every_shape()
    {
        CompiledFunction<Tensor, Tensor> neighbours = Functional.Compile<Tensor, Tensor>(Neighbours);
        foreach (JacobianMode mode in (JacobianMode[])[JacobianMode.Forward, JacobianMode.Reverse])
        {
            CompiledFunction<Tensor, SparseMatrix> detected = neighbours.SparseJacobian(mode: mode);
            CompiledFunction<Tensor, SparseMatrix> given = neighbours.SparseJacobian(JacobianCompression.Of(SparsityPattern.Detect(Neighbours, Vector(50)), mode));
            foreach (Tensor x in (Tensor[])[Vector(50), Vector(50, seed: 2), Vector(700), Vector(50, seed: 3)])
            {
                Same(Functional.Jacobian(Neighbours, x), detected.Call(x));
                if (x.Numel == 50) Same(Functional.Jacobian(Neighbours, x), given.Call(x));
            }
            Assert.Equal(2, detected.SignatureCount);
            Assert.Throws<ShapeException>(() => given.Call(Vector(51)));

            SparseMatrix into = given.Call(Vector(50));
            given.CallInto(Vector(50, seed: 9), into);
            Same(Functional.Jacobian(Neighbours, Vector(50, seed: 9)), into);
        }
    }

    [Fact]
    public void Compiled_Hessians_are_the_same_and_can_be_differentiated()
    {
        Func<Tensor, Tensor> f = x => ((x[..^1] * x[1..]).Sin() + (x[..^1].Square() * x[1..])).Sum();
        CompiledFunction<Tensor, Tensor> compiled = Functional.Compile(f);
        CompiledFunction<Tensor, SparseMatrix> hessian = compiled.SparseHessian();
        foreach (ulong seed in (ulong[])[1, 2]) Same(Functional.Hessian(f, Vector(30, seed)), hessian.Call(Vector(30, seed)));
        Same(Functional.Hessian(f, Vector(30)), compiled.SparseHessian(SparsityPattern.Banded(30, 1, 1)).Call(Vector(30)));

        Tensor at = Vector(30).RequireGrad(), weights = Vector(30 + (2 * 29), seed: 4);
        Tensor ours = Autograd.Grad((hessian.Call(at).Values * weights).Sum(), at);
        Tensor theirs = Functional.Grad(x => (Functional.SparseHessian(f, x, SparsityPattern.Banded(30, 1, 1)).Values * weights).Sum(), at.Detach());
        Assert.True(ours.AllClose(theirs, 1e-12, 1e-12));
    }
}
