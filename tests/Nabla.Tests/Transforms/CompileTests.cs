namespace Nabla.Tests.Transforms;

public sealed class CompileTests
{
    private static readonly Tensor X = Tensor.Linspace(-1, 2, 12, DType.Float64).Reshape(3, 4);

    [Fact]
    public void A_compiled_function_computes_what_the_function_computes()
    {
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => (x.Exp() * x.Sin()).Sum(0) + x[1]);

        Tensor y = f.Call(X);

        Assert.True(y.AllClose((X.Exp() * X.Sin()).Sum(0) + X[1]));
        Assert.Equal(1, f.SignatureCount);
    }

    [Fact]
    public void It_is_run_once_for_each_shape_and_type()
    {
        int runs = 0;
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) =>
        {
            runs++;
            return x * x;
        });

        f.Call(Tensor.Ones(2));
        f.Call(Tensor.Zeros(2));
        f.Call(Tensor.Ones(3));
        f.Call(Tensor.Ones([3], DType.Float64));
        f.Call(Tensor.Ones(2));

        Assert.Equal(3, runs);
        Assert.Equal(3, f.SignatureCount);
    }

    [Fact]
    public void Only_so_many_signatures_are_kept_the_one_used_longest_ago_goes()
    {
        int runs = 0;
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) =>
        {
            runs++;
            return -x;
        }, new CompileOptions { MaxSignatures = 2 });

        foreach (int n in (int[])[1, 2, 1, 3]) f.Call(Tensor.Ones(n));
        Assert.Equal((3, 2), (runs, f.SignatureCount));

        f.Call(Tensor.Ones(1));
        Assert.Equal(3, runs);
        f.Call(Tensor.Ones(2));
        Assert.Equal(4, runs);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CompileOptions { MaxSignatures = 0 });
    }

    [Fact]
    public void Captured_tensors_are_read_at_every_call()
    {
        Tensor w = Tensor.Ones(3);
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => x * (w * 2));

        Assert.Equal([2f, 2f, 2f], f.Call(Tensor.Ones(3)).ToArray<float>());
        w.AddInPlace(Tensor.Ones(3));

        Assert.Equal([4f, 4f, 4f], f.Call(Tensor.Ones(3)).ToArray<float>());
        Assert.Equal(1, f.SignatureCount);
    }

    private sealed class Scaled(Tensor factor)
    {
        public Tensor Factor { get; set; } = factor;

        public Tensor Apply(Tensor x) => x * Factor;
    }

    [Fact]
    public void A_variable_that_is_assigned_another_tensor_is_seen()
    {
        Tensor w = Tensor.Full([], 2.0), x = Tensor.Ones([]);
        var scaled = new Scaled(Tensor.Full([], 5.0));
        Func<Tensor, Tensor> inner = t => t * w;
        CompiledFunction<Tensor, Tensor> direct = Functional.Compile((Tensor t) => t * w), nested = Functional.Compile((Tensor t) => inner(t) + 1);
        CompiledFunction<Tensor, Tensor> method = Functional.Compile<Tensor, Tensor>(scaled.Apply), gradient = direct.Gradient();
        CompiledFunction<Tensor, Tensor, Tensor> two = Functional.Compile((Tensor a, Tensor b) => a * b * w);
        double[] Results() => [direct.Call(x).Item(), nested.Call(x).Item(), method.Call(x).Item(), gradient.Call(x).Item(), two.Call(x, x).Item()];
        Assert.Equal([2, 3, 5, 2, 2], Results());

        (w, scaled.Factor) = (Tensor.Full([], 3.0), Tensor.Full([], 7.0));

        Assert.Equal([3, 4, 7, 3, 3], Results());
        Assert.Equal(1, direct.SignatureCount);

        // The same memory by another handle is the same tensor.
        w = w.Detach();
        int kept = direct.SignatureCount;
        Assert.Equal([3, 4, 7, 3, 3], Results());
        Assert.Equal(kept, direct.SignatureCount);
    }

    [Fact]
    public void Views_and_in_place_changes_of_what_is_made_inside_are_followed()
    {
        static Tensor F(Tensor x)
        {
            Tensor table = Tensor.Zeros(3, 4).To(x.DType);
            table[0].AddInPlace(x[1]);
            Tensor row = table[0];
            table.MulInPlace(2);
            table[.., 1].CopyInPlace(x[.., 0]);
            return row + table.Sum(0) + table.T[2].Sum();
        }

        Assert.True(Functional.Compile<Tensor, Tensor>(F).Call(X).AllClose(F(X)));
    }

    [Fact]
    public void Structures_go_in_and_come_out()
    {
        CompiledFunction<(Tensor A, Tensor[] B), (Tensor Sum, Tensor Product)> f =
            Functional.Compile(((Tensor A, Tensor[] B) at) => (at.A + at.B[0], at.A * at.B[1]));

        (Tensor sum, Tensor product) = f.Call((Tensor.Full([2], 3), [Tensor.Full([2], 4), Tensor.Full([2], 5)]));

        Assert.Equal([7f, 7f], sum.ToArray<float>());
        Assert.Equal([15f, 15f], product.ToArray<float>());
    }

    [Fact]
    public void A_constant_of_the_structure_is_part_of_the_signature()
    {
        CompiledFunction<(Tensor X, int Power), Tensor> f = Functional.Compile(((Tensor X, int Power) at) => at.X.Pow(at.Power));

        Assert.Equal(9, f.Call((Tensor.Full([], 3), 2)).Item());
        Assert.Equal(27, f.Call((Tensor.Full([], 3), 3)).Item());
        Assert.Equal(2, f.SignatureCount);
    }

    private sealed record Fitted(Tensor Weight, string Name, double? Scale, Tensor[] More);

    [Fact]
    public void Derivatives_by_a_record_keep_its_other_members_and_they_belong_to_the_signature()
    {
        CompiledFunction<Fitted, Tensor> f = Functional.Compile((Fitted p) => (p.Weight * p.Weight).Sum() * (p.Name == "double" ? 2 : 1) * (p.Scale ?? 1) + p.More[0].Sum());
        CompiledFunction<Fitted, (Tensor Value, Fitted Gradient)> both = f.ValueAndGrad();
        Tensor w = Tensor.Of([1.0, 2.0], DType.Float64), more = Tensor.Of([7.0], DType.Float64);

        foreach ((string name, double? scale, double factor) in (ReadOnlySpan<(string, double?, double)>)[("double", null, 2), ("plain", null, 1), ("double", 3, 6), ("double", double.NaN, double.NaN), ("double", double.NaN, double.NaN)])
        {
            (Tensor value, Fitted gradient) = both.Call(new Fitted(w, name, scale, [more]));

            Assert.Equal((5 * factor) + 7, value.Item());
            Assert.Equal((name, scale), (gradient.Name, gradient.Scale));
            Assert.Equal([2 * factor, 4 * factor], gradient.Weight.ToArray());
            Assert.Equal([1], gradient.More[0].ToArray());
            Assert.Equal(gradient.Weight.ToArray(), f.Gradient().Call(new Fitted(w, name, scale, [more])).Weight.ToArray());
        }
        Assert.Equal(4, both.SignatureCount);
        Assert.Equal((2, "twice"), Functional.Compile((Tensor x) => (x + x, "twice")).Call(Tensor.Ones([])) switch { var (x, text) => (x.Item(), text) });
    }

    [Fact]
    public void Derivatives_of_a_compiled_function_are_programs_too()
    {
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => (x * x * x).Sum());
        Tensor x = Tensor.FromSpan<double>([1, 2, 3], [3]);

        (Tensor value, Tensor gradient) = f.ValueAndGrad().Call(x);

        Assert.Equal(36, value.Item());
        Assert.Equal([3, 12, 27], gradient.ToArray());
        Assert.Equal([3, 12, 27], f.Gradient().Call(x).ToArray());
        Assert.Equal([6.0, 0, 0, 0, 12, 0, 0, 0, 18], f.Hessian().Call(x).ToArray());
        Assert.Equal([2.0, 0, 0, 4], Functional.Compile((Tensor t) => t * t).Jacobian().Call(x[..2]).ToArray());
        (Tensor product, Tensor first, Tensor second) = Functional.Compile((Tensor a, Tensor b) => a * b).ValueAndGrad().Call(Tensor.Full([], 3.0), Tensor.Full([], 5.0));
        Assert.Equal((15, 5, 3), (product.Item(), first.Item(), second.Item()));
    }

    [Fact]
    public void Gradients_flow_through_a_call_to_arguments_and_captured_tensors()
    {
        Tensor w = Tensor.FromSpan<double>([2, 3], [2]).RequireGrad();
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => (x * x * w).Sum());
        Tensor x = Tensor.FromSpan<double>([5, 7], [2]).RequireGrad();

        f.Call(x).Backward();

        Assert.Equal([20, 42], x.Grad!.ToArray());
        Assert.Equal([25, 49], w.Grad!.ToArray());
    }

    [Fact]
    public void Gradients_of_a_call_can_be_differentiated_again()
    {
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => (x * x * x).Sum());
        Tensor x = Tensor.FromSpan<double>([1, 2], [2]).RequireGrad();

        Tensor gradient = Autograd.Grad(f.Call(x), x, createGraph: true);
        gradient.Sum().Backward();

        Assert.Equal([6, 12], x.Grad!.ToArray());
    }

    [Fact]
    public void Inside_transforms_and_other_compiled_functions_a_compiled_function_is_the_function()
    {
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => x.Sin() * x);
        Tensor x = Tensor.FromSpan<double>([0.3, 0.5], [2]);

        Tensor expected = Functional.Jacobian(t => t.Sin() * t, x);

        Assert.True(Functional.Jacobian(f, x, JacobianMode.Forward).AllClose(expected));
        Assert.True(Functional.Jacobian(f, x, JacobianMode.Reverse).AllClose(expected));
        Assert.True(Functional.Compile((Tensor t) => Functional.Jacobian(f, t)).Call(x).AllClose(expected));
        Assert.True(Functional.Vmap(f, Tensor.Stack([x, x]))[1].AllClose(f.Call(x)));
    }

    [Fact]
    public void Gradients_of_a_call_that_draws_belong_to_its_draw()
    {
        // Two draws, one of them from the generator of all: with f(q) = Σ q² r + s the gradient is 2 q r, the second derivative 2 r.
        var generator = new Generator(7);
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor q) => ((q * q * Tensor.RandLike(q, generator: generator)) + Tensor.RandLike(q)).Sum());
        Tensor at = Tensor.Full([50], 3, DType.Float64).RequireGrad();
        Tensor.ManualSeed(5);
        var mine = new Generator(7);
        var shared = new Generator(5);

        // The first call, which is recorded, and later ones; another call comes between forward and backward.
        for (int call = 0; call < 3; call++)
        {
            Tensor r = Tensor.RandLike(at, generator: mine), s = Tensor.RandLike(at, generator: shared);
            Tensor value = f.Call(at);
            _ = f.Call(at.Detach());
            _ = Tensor.RandLike(at, generator: mine);
            _ = Tensor.RandLike(at, generator: shared);

            Tensor gradient = Autograd.Grad(value, at, createGraph: true);
            Tensor second = Autograd.Grad(gradient.Sum(), at);

            Assert.Equal(((9 * r) + s).Sum().Item(), value.Item(), 10);
            Assert.True(gradient.AllClose(6 * r));
            Assert.True(second.AllClose(2 * r));
        }
        Assert.Equal(Tensor.Rand([4], generator: mine).ToArray(), Tensor.Rand([4], generator: generator).ToArray());

        (Tensor compiled, Tensor slope) = f.ValueAndGrad().Call(Tensor.Full([50], 3, DType.Float64));
        Assert.True(compiled.Item() > 1.5 * slope.Sum().Item());
    }

    [Fact]
    public void Random_numbers_are_drawn_anew_at_each_call_and_in_the_order_of_the_function()
    {
        static Tensor Noisy(Tensor x, Generator generator) => x + Tensor.Rand([3], DType.Float64, generator: generator) - Tensor.RandN([3], DType.Float64, generator: generator);
        var first = new Generator(5);
        var second = new Generator(5);
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => Noisy(x, first));
        Tensor x = Tensor.Ones([3], DType.Float64);

        for (int i = 0; i < 3; i++) Assert.Equal(Noisy(x, second).ToArray(), f.Call(x).ToArray());
    }

    [Fact]
    public void Results_can_be_written_into_tensors_of_the_caller()
    {
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => x.T * 2);
        Tensor into = Tensor.Zeros([4, 3], DType.Float64), across = Tensor.Zeros([3, 4], DType.Float64).T;

        f.CallInto(X, into);
        f.CallInto(X, across);

        Assert.Equal((X.T * 2).ToArray(), into.ToArray());
        Assert.Equal((X.T * 2).ToArray(), across.ToArray());
        Assert.Throws<ShapeException>(() => f.CallInto(X, Tensor.Zeros([3, 4], DType.Float64)));
        Assert.Throws<DTypeException>(() => f.CallInto(X, Tensor.Zeros(4, 3)));
        Assert.Throws<ArgumentException>(() => f.CallInto(X, X.T));
        Assert.Throws<ArgumentException>(() => f.CallInto(X, Tensor.Zeros([4, 3], DType.Float64, requiresGrad: true)));
    }

    [Fact]
    public void Arguments_may_be_views_and_may_be_the_same_tensor()
    {
        CompiledFunction<Tensor, Tensor, Tensor> f = Functional.Compile((Tensor a, Tensor b) => a - b);
        Tensor square = Tensor.Linspace(0, 8, 9).Reshape(3, 3);

        Assert.Equal((square - square.T).ToArray(), f.Call(square, square.T).ToArray());
        Assert.Equal(new double[9], f.Call(square, square).ToArray());
        Assert.Equal((square[1..] - square[..2]).ToArray(), f.Call(square[1..], square[..2]).ToArray());
    }

    [Fact]
    public void Many_threads_may_call_it_at_once()
    {
        Tensor w = Tensor.Linspace(0, 1, 400).Reshape(20, 20);
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => x.MatMul(w).Tanh().Sum(0));
        Tensor[] inputs = [.. Enumerable.Range(0, 8).Select(i => Tensor.RandN([6, 20], generator: new Generator((ulong)i)))];
        string[] expected = [.. inputs.Select(x => f.Call(x).ToString())];

        Parallel.For(0, 400, i => Assert.Equal(expected[i % 8], f.Call(inputs[i % 8]).ToString()));
    }

    [Fact]
    public void A_result_may_be_an_argument_a_constant_or_given_twice()
    {
        CompiledFunction<Tensor, Tensor[]> f = Functional.Compile((Tensor x) =>
        {
            Tensor y = x + 1;
            return new[] { x, Tensor.Full([2], 7, x.DType), y, y, y[0] };
        });
        Tensor x = Tensor.FromSpan<double>([1, 2], [2]);

        Tensor[] results = f.Call(x);
        results[0].ZeroInPlace();
        results[1].ZeroInPlace();
        results[2].ZeroInPlace();

        Assert.Equal([1, 2], x.ToArray());
        Assert.Equal([2, 3], results[3].ToArray());
        Assert.Equal(2, results[4].Item());
        Assert.Equal([7, 7], f.Call(x)[1].ToArray());
    }

    [Fact]
    public void Explain_tells_the_kernels_and_what_they_read_and_write()
    {
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => (x.Exp() + 1).Log().Sum(), new CompileOptions { Backend = CompileBackend.Graph });
        Assert.Contains("No program yet", f.Explain(), StringComparison.Ordinal);

        f.Call(X);

        Assert.Contains("float64 [3, 4]", f.Explain(), StringComparison.Ordinal);
        Assert.Contains("1 kernels (1 loops)", f.Explain(), StringComparison.Ordinal);
        Assert.Contains("Exp, Add, Log, Sum", f.Explain(), StringComparison.Ordinal);
    }
}
