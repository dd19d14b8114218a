namespace Nabla.Tests.Transforms;

/// <summary>What cannot be compiled is refused with a text that says what, where and what to do; nothing is kept of it.</summary>
public sealed class CompileErrorTests
{
    private static readonly Tensor X = Tensor.Ones([3], DType.Float64);

    [Fact]
    public void A_function_that_reads_a_number_is_refused_and_the_line_is_named()
    {
        foreach (Func<Tensor, Tensor> f in (Func<Tensor, Tensor>[])
            [x => x.Sum().Item() > 0 ? x : -x, x => Tensor.Full([2], x.ToArray()[0]), x => x.Equal(x * 2) ? x : -x])
        {
            TraceException error = Assert.Throws<TraceException>(() => Functional.Compile(f).Call(X));

            Assert.Contains("may be another at the next call", error.Message, StringComparison.Ordinal);
            Assert.Contains("CompileErrorTests.cs", error.Message, StringComparison.Ordinal);
            Assert.Contains("Tensor.Where", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Numbers_of_constants_may_be_read()
    {
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => x * (Tensor.Arange(4).Sum() * 2).Item());

        Assert.Equal([12, 12, 12], f.Call(X).ToArray());
    }

    [Fact]
    public void Numbers_of_captured_tensors_may_not_be_read()
    {
        Tensor rate = Tensor.Full([], 0.5);

        TraceException error = Assert.Throws<TraceException>(() => Functional.Compile((Tensor x) => x * rate.Item()).Call(X));

        Assert.Contains("captured", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shape_that_depends_on_values_is_refused()
    {
        TraceException error = Assert.Throws<TraceException>(() => Functional.Compile((Tensor x) => x[x > 0]).Call(X));

        Assert.Contains("shape", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Changing_an_argument_or_a_captured_tensor_in_place_is_refused_and_changes_nothing()
    {
        Tensor counter = Tensor.Zeros([3], DType.Float64);

        TraceException argument = Assert.Throws<TraceException>(() => Functional.Compile((Tensor x) => x.AddInPlace(x)).Call(X));
        TraceException captured = Assert.Throws<TraceException>(() => Functional.Compile((Tensor x) => x + counter.AddInPlace(x)).Call(X));

        Assert.Contains("argument 0", argument.Message, StringComparison.Ordinal);
        Assert.Contains("captured", captured.Message, StringComparison.Ordinal);
        Assert.Equal([0, 0, 0], counter.ToArray());
        Assert.Equal([1, 1, 1], X.ToArray());
    }

    [Fact]
    public void Backward_into_a_tensor_from_outside_is_refused()
    {
        Tensor w = Tensor.Ones([3], DType.Float64, requiresGrad: true);
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) =>
        {
            Tensor loss = (x * w).Sum();
            loss.Backward();
            return loss;
        });

        TraceException error = Assert.Throws<TraceException>(() => f.Call(X));

        Assert.Contains("Grad", error.Message, StringComparison.Ordinal);
        Assert.Null(w.Grad);
    }

    [Fact]
    public void Backward_into_a_tensor_made_inside_works()
    {
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) =>
        {
            Tensor leaf = x.Detach().RequireGrad();
            (leaf * leaf).Sum().Backward();
            (leaf * 3).Sum().Backward();
            return leaf.Grad!;
        });

        Assert.Equal([5, 5, 5], f.Call(X).ToArray());
        Assert.Equal([7, 7, 7], f.Call(X * 2).ToArray());
    }

    [Fact]
    public void A_function_that_throws_leaves_nothing_behind()
    {
        bool fails = true;
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => fails ? throw new InvalidOperationException("not yet") : x * 2);

        Assert.Throws<InvalidOperationException>(() => f.Call(X));
        fails = false;

        Assert.Equal([2, 2, 2], f.Call(X).ToArray());
        Assert.Equal(1, f.SignatureCount);
    }

    [Fact]
    public void An_error_of_an_operation_comes_at_each_call_and_the_next_call_works()
    {
        CompiledFunction<Tensor, Tensor, Tensor> f = Functional.Compile((Tensor x, Tensor at) => x.IndexSelect(0, at) * 2);
        Tensor good = Tensor.Arange(2), bad = good + 5;

        Assert.Equal([2, 2], f.Call(X, good).ToArray());
        Assert.ThrowsAny<Exception>(() => f.Call(X, bad));
        Assert.Equal([2, 2], f.Call(X, good).ToArray());
    }

    [Fact]
    public void Null_is_refused_in_words()
    {
        Assert.Throws<ArgumentNullException>(() => Functional.Compile((Func<Tensor, Tensor>)null!));
        Assert.ThrowsAny<ArgumentException>(() => Functional.Compile((Tensor x) => x).Call(null!));
        Assert.Contains("null", Assert.Throws<AutogradException>(() => Functional.Compile((Tensor x) => (Tensor)null!).Call(X)).Message, StringComparison.Ordinal);
    }
}
