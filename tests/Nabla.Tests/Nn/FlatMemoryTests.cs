using Nabla.Nn;
using Nabla.Optim;

namespace Nabla.Tests.Nn;

/// <summary>Measures the memory of the process, so nothing else may run meanwhile.</summary>
[CollectionDefinition("Memory", DisableParallelization = true)]
public sealed class MemoryCollection;

[Collection("Memory")]
public sealed class FlatMemoryTests
{
    [Fact]
    public void A_hundred_thousand_steps_run_in_flat_memory()
    {
        const int WarmUp = 2_000, Steps = 100_000, Allowed = 256 * 1024;
        Tensor x = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], t = [[0.0], [1.0], [1.0], [0.0]];
        var generator = new Generator(7);
        var model = new Sequential(new Linear(2, 4, generator: generator), new Tanh(), new Linear(4, 1, generator: generator));
        var optimizer = new Sgd(model.Parameters(), learningRate: 0.05, momentum: 0.9);

        Train(WarmUp);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Train(Steps);
        long after = GC.GetTotalMemory(forceFullCollection: true);

        Assert.True(after - before < Allowed, $"{after - before} bytes more after {Steps} steps.");

        void Train(int steps)
        {
            for (int step = 0; step < steps; step++)
            {
                optimizer.ZeroGrad();
                Losses.Mse(model.Forward(x), t).Backward();
                optimizer.Step();
            }
        }
    }

    [Fact]
    public void A_hundred_thousand_steps_of_a_convolutional_net_run_in_flat_memory()
    {
        const int Side = 6, Classes = 3;
        var generator = new Generator(3);
        var model = new Sequential(
            new Conv2d(1, 4, 3, padding: 1, generator: generator), new BatchNorm2d(4), new Relu(), new MaxPool2d(2), new Flatten(),
            new Linear(Side * Side, Classes, generator: generator));
        var optimizer = new Adam(model.Parameters());
        Tensor x = Tensor.Rand([2, 1, Side, Side], generator: generator), labels = Tensor.Arange(2).Long();
        Flat(warmUp: 2_000, steps: 100_000, allowed: 256 * 1024, _ =>
        {
            optimizer.ZeroGrad();
            Losses.CrossEntropy(model.Forward(x), labels).Backward();
            optimizer.Step();
        });
    }

    [Fact]
    public void A_hundred_thousand_steps_of_a_scalar_loop_run_in_flat_memory()
    {
        // Newton's way to √2 and back, by gradients alone.
        Tensor x = Tensor.Of(1, DType.Float64, requiresGrad: true);
        Flat(warmUp: 2_000, steps: 100_000, allowed: 256 * 1024, step =>
        {
            x.Grad = null;
            Tensor loss = ((x * x) - 2.0).Square();
            loss.Backward();
            using (Autograd.NoGrad()) x.SubInPlace(x.Grad! * 0.05);
        });
        Assert.Equal(Math.Sqrt(2), x.Item(), 1e-12);
    }

    // Large enough for memory of the pool, which must come back from steps that were never finished: thousands of them would
    // leave hundreds of megabytes, of which the pool keeps 64 at most.
    private const int Pooled = 20_000, PoolKeeps = 96 << 20;

    [Fact]
    public void Steps_of_a_convolutional_net_on_pooled_memory_run_in_flat_memory()
    {
        // One activation left behind in each step would be 150 MB, all of them several gigabytes.
        const int Batch = 16, Side = 20;
        var generator = new Generator(5);
        var model = new Sequential(
            new Conv2d(1, 16, 3, padding: 1, generator: generator), new Relu(), new MaxPool2d(2),
            new Conv2d(16, 32, 3, padding: 1, generator: generator), new Relu(), new MaxPool2d(2), new Flatten(),
            new Linear(2 * Side * Side, 10, generator: generator));
        var optimizer = new Sgd(model.Parameters(), momentum: 0.9);
        Tensor x = Tensor.Rand([Batch, 1, Side, Side], generator: generator), labels = (Tensor.Arange(Batch) % 10).Long();
        Flat(warmUp: 100, steps: 1_500, allowed: PoolKeeps, _ =>
        {
            optimizer.ZeroGrad();
            Losses.CrossEntropy(model.Forward(x), labels).Backward();
            optimizer.Step();
        });
    }

    [Fact]
    public void A_loop_whose_forward_pass_throws_half_way_runs_in_flat_memory()
    {
        Tensor w = Tensor.Ones([Pooled], requiresGrad: true), wrong = Tensor.Ones([3]);
        Flat(warmUp: 200, steps: 5_000, allowed: PoolKeeps, step =>
        {
            Tensor y = (w * 2.0).Exp();
            Assert.Throws<ShapeException>(() => y * wrong);
        });
    }

    [Fact]
    public void A_loop_whose_backward_pass_throws_half_way_runs_in_flat_memory()
    {
        Tensor w = Tensor.Ones([Pooled], requiresGrad: true);
        Flat(warmUp: 200, steps: 5_000, allowed: PoolKeeps, step =>
        {
            Tensor y = (w * 0.5).Exp(), z = y.Tanh() * y;
            y.RegisterHook(_ => throw new InvalidOperationException("half way"));
            Assert.Throws<InvalidOperationException>(() => z.Sum().Backward());
            Assert.Null(w.Grad);
        });
    }

    [Fact]
    public void A_loop_over_a_compiled_function_that_throws_half_way_runs_in_flat_memory()
    {
        // While it is recorded: by itself on every call, and for the shape of every other one.
        Tensor w = Tensor.Ones([Pooled]), wrong = Tensor.Ones([3]);
        CompiledFunction<Tensor, Tensor> never = Functional.Compile((Tensor x) => ((x * 2.0).Exp() * wrong).Sum());
        CompiledFunction<Tensor, Tensor, Tensor> sometimes = Functional.Compile((Tensor x, Tensor y) => ((x * 2.0).Exp() * y).Sum());
        Flat(warmUp: 200, steps: 3_000, allowed: PoolKeeps, step =>
        {
            Assert.Throws<ShapeException>(() => never.Call(w));
            if (step % 2 == 0) Assert.Throws<ShapeException>(() => sometimes.Call(w, wrong));
            else sometimes.Call(w, w);
        });
    }

    private static void Flat(int warmUp, int steps, long allowed, Action<int> run)
    {
        for (int step = 0; step < warmUp; step++) run(step);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int step = 0; step < steps; step++) run(step);
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(after - before < allowed, $"{after - before} bytes more after {steps} steps.");
    }
}
