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
}
