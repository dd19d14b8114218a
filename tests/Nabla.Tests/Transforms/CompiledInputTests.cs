namespace Nabla.Tests.Transforms;

/// <summary>What a compiled function is given: masks, constants, captured tensors in one memory, variables that are assigned anew.</summary>
public sealed class CompiledInputTests
{
    private static readonly Tensor X = Tensor.Of([0.3, -0.7, 1.1], DType.Float64), W = Tensor.Of([[2.0, 3, 4], [-1, 5, 7]], DType.Float64);

    private static void Same(Tensor expected, Tensor actual) => Assert.True(actual.AllClose(expected, 1e-12, 1e-14), $"{actual} is not {expected}");

    [Fact]
    public void Masks_may_be_given_and_captured()
    {
        Tensor mask = X.Gt(0);
        Tensor F(Tensor x, Tensor m) => Tensor.Where(m, x * 2, -x).Square();
        foreach (CompileBackend backend in new[] { CompileBackend.Auto, CompileBackend.Graph })
        {
            var options = new CompileOptions { Backend = backend };
            Same(F(X, mask), Functional.Compile<Tensor, Tensor, Tensor>(F, options).Call(X, mask));
            Same(F(X, mask), Functional.Compile((Tensor x) => F(x, mask), options).Call(X));
            Same(Functional.Grad(x => F(x, mask).Sum(), X), Functional.Compile((Tensor x) => F(x, mask).Sum(), options).ValueAndGrad().Call(X).Gradient);
        }
        Tensor rows = Tensor.Stack([X, -X]);
        Same(Functional.Vmap((x, m) => F(x, m), rows, rows.Gt(0)), Functional.CompileVmap((Tensor x, Tensor m) => F(x, m)).Call(rows, rows.Gt(0))[0]);
    }

    [Fact]
    public void A_variable_that_gets_another_view_of_the_same_memory_is_seen()
    {
        Tensor w = W[0];
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => x * w);
        Same(X * W[0], f.Call(X));
        w = W[1];
        Same(X * W[1], f.Call(X));
        Tensor square = W[.., ..2];
        CompiledFunction<Tensor, Tensor> g = Functional.Compile((Tensor x) => square.MatMul(x));
        Same(W[.., ..2].MatMul(X[..2]), g.Call(X[..2]));
        square = square.T;
        Same(W[.., ..2].T.MatMul(X[..2]), g.Call(X[..2]));
    }

    [Fact]
    public void Captured_tensors_in_one_memory_all_get_their_gradients()
    {
        foreach (Func<Tensor, Func<Tensor, Tensor>> make in new Func<Tensor, Func<Tensor, Tensor>>[]
        {
            w => { Tensor a = w[0], b = w[1]; return x => (x * a * b).Sum(); },
            w => x => ((x * w[0].Detach()) + (x * w[1])).Sum(),
            w => { Tensor d = w.Detach(); return x => (d[0] * x * w).Sum(); },
        })
        {
            Tensor eager = W.Clone().RequireGrad(), compiled = W.Clone().RequireGrad();
            make(eager)(X).Backward();
            Functional.Compile(make(compiled)).Call(X).Backward();
            Same(eager.Grad!, compiled.Grad!);
        }
    }

    [Fact]
    public void A_variable_assigned_before_the_first_backward_is_refused()
    {
        Tensor x = X.Clone().RequireGrad(), w = W[0].Clone();
        Tensor y = Functional.Compile((Tensor t) => (t * w).Sum()).Call(x);
        w = W[1].Clone();
        Assert.Contains("assigned another tensor", Assert.Throws<AutogradException>(() => y.Backward()).Message, StringComparison.Ordinal);
        Assert.Null(x.Grad);
    }

    public sealed record Scaled(Tensor X, double[] Factors, double Divisor);

    [Fact]
    public void Constants_are_told_apart_by_their_bits_and_contents()
    {
        CompiledFunction<Scaled, Tensor> f = Functional.Compile((Scaled s) => s.X * s.Factors[0] / s.Divisor);
        double[] factors = [2];
        Same(X * 2, f.Call(new Scaled(X, factors, 1)));
        factors[0] = 3;
        Same(X * 3, f.Call(new Scaled(X, factors, 1)));
        Assert.Equal(double.PositiveInfinity, f.Call(new Scaled(X, factors, 0.0))[0].Item());
        Assert.Equal(double.NegativeInfinity, f.Call(new Scaled(X, factors, -0.0))[0].Item());
    }

    public sealed record Listed(Tensor X, object? Settings);

    [Fact]
    public void Collections_are_constants_by_what_is_in_them()
    {
        int runs = 0;
        CompiledFunction<Listed, Tensor> f = Functional.Compile((Listed s) =>
        {
            runs++;
            return s.X * (s.Settings is List<double> list ? list.Sum() : s.Settings is double[][] rows ? rows.Sum(row => row.Sum()) : 1);
        });
        var settings = new List<double> { 1, 2 };
        Same(X * 3, f.Call(new Listed(X, settings)));
        Same(X * 3, f.Call(new Listed(X, new List<double> { 1, 2 })));
        Assert.Equal(1, runs);
        settings[0] = 5;
        Same(X * 7, f.Call(new Listed(X, settings)));
        settings.Add(1);
        Same(X * 8, f.Call(new Listed(X, settings)));
        double[][] rows = [[1], [2, 3]];
        Same(X * 6, f.Call(new Listed(X, rows)));
        rows[1][0] = 4;
        Same(X * 8, f.Call(new Listed(X, rows)));
        Same(X, f.Call(new Listed(X, "a name")));
    }

    [Fact]
    public void To_see_what_a_function_of_items_does_draws_nothing()
    {
        var generator = new Generator(7);
        CompiledVmap noisy = Functional.CompileVmap(x => x + Tensor.Rand([3], DType.Float64, generator: generator));
        Assert.Throws<AutogradException>(() => noisy.Call(W));
        Same(Tensor.Rand([3], DType.Float64, generator: new Generator(7)), Tensor.Rand([3], DType.Float64, generator: generator));
    }

    [Fact]
    public void A_copy_of_an_argument_may_be_changed()
    {
        Tensor F(Tensor x)
        {
            Tensor y = Tensor.Zeros([3], DType.Float64);
            y.CopyInPlace(x);
            y.AddInPlace(1);
            return y;
        }
        Same(X + 1, Functional.Compile((Tensor x) => F(x)).Call(X));
        Assert.Equal(0.3, X[0].Item());
    }
}
