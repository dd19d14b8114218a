namespace Nabla.Tests.Transforms;

/// <summary>The backward pass of a compiled call is that of the function that was called, whatever the caller's variables hold by then.</summary>
public sealed class FrozenClosureTests
{
    [Fact]
    public void Backward_multiplies_by_the_number_that_was_captured_at_the_call()
    {
        double k = 2;
        CompiledFunction<Tensor, Tensor> f = Functional.Compile((Tensor x) => (x * k).Sum());
        Tensor x = Tensor.Of([1.0, 3.0], requiresGrad: true);

        Tensor y = f.Call(x);
        k = 5;
        y.Backward();

        Assert.Equal(8, y.Item());
        Assert.Equal([2, 2], x.Grad!.ToArray<double>());
        Assert.Equal(5, k);
    }

    [Fact]
    public void A_number_reached_through_a_captured_function_and_an_outer_scope_is_kept_too()
    {
        double outer = 2;
        bool squared = true;
        Func<Tensor, Tensor> inner = x => x * outer;
        Tensor w = Tensor.Of(3.0, requiresGrad: true);
        foreach (double shift in new[] { 1.0 })
        {
            CompiledFunction<Tensor, Tensor, Tensor> f = Functional.Compile((Tensor x, Tensor y) => (squared ? inner(x).Pow(2) : inner(x)) * w * y + shift);
            Tensor x = Tensor.Of(4.0, requiresGrad: true);

            Tensor y = f.Call(x, Tensor.Of(1.0));
            outer = 7;
            squared = false;
            inner = z => z;
            y.Backward();

            // 3 (2x)² + 1 at x = 4
            Assert.Equal(193, y.Item());
            Assert.Equal(96, x.Grad!.Item());
            Assert.Equal(64, w.Grad!.Item());
        }
    }

    [Fact]
    public void A_function_that_captures_nothing_is_itself()
    {
        Func<double, double> nothing = static x => x + 1;

        Assert.Same(nothing, FrozenClosure.Of(nothing));
    }

    [Fact]
    public void Variables_that_functions_share_stay_shared()
    {
        int count = 0;
        Action add = () => count++;
        Func<int> both = () =>
        {
            add();
            return count;
        };
        Func<int> frozen = FrozenClosure.Of(both);

        Assert.Equal(1, frozen());
        Assert.Equal(2, frozen());
        Assert.Equal(0, count);
    }
}
