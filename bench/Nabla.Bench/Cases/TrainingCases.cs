using Nabla.Nn;
using Nabla.Optim;

namespace Nabla.Bench.Cases;

/// <summary>Whole steps of training: forward, cross entropy, backward, stochastic gradient descent with momentum.</summary>
internal static class TrainingCases
{
    // So small that the gradient, which is what is compared, is the same after a few steps more or less.
    private const double LearningRate = 1e-7, Momentum = 0.9;

    private const int Side = 28, Classes = 10;

    private static readonly int[] Batches = [1, 32, 256];

    public static CaseGroup Group { get; } = new("Steps of training", [.. Batches.Select(n => Mlp(n, false)), .. Batches.Select(n => ConvNet(n, false)), .. Batches.Select(CompiledMlp)]);

    public static CaseGroup AllThreads { get; } = new("Steps of training, all threads", [.. Batches.Select(n => Mlp(n, true)), .. Batches.Select(n => ConvNet(n, true))]);

    private static Case Mlp(int batch, bool allThreads) => new($"MLP 784-256-256-10, batch {batch}", 1, () => Step(
        new Sequential(new Linear(Side * Side, 256), new Relu(), new Linear(256, 256), new Relu(), new Linear(256, Classes)),
        Data.Uniform([batch, Side * Side], 0, 1)))
    { AllThreads = allThreads };

    /// <summary>The loss and its gradient as one program, against PyTorch's step as it is.</summary>
    private static Case CompiledMlp(int batch) => new($"MLP 784-256-256-10, batch {batch}, compiled", 1, () => Step(
        new Sequential(new Linear(Side * Side, 256), new Relu(), new Linear(256, 256), new Relu(), new Linear(256, Classes)),
        Data.Uniform([batch, Side * Side], 0, 1), compiled: true))
    { Rivals = [Rival.PyTorch(1, $"MLP 784-256-256-10, batch {batch}")] };

    private static Case ConvNet(int batch, bool allThreads) => new($"conv net 28², batch {batch}", 1, () => Step(
        new Sequential(
            new Conv2d(1, 16, 3, padding: 1), new Relu(), new MaxPool2d(2),
            new Conv2d(16, 32, 3, padding: 1), new Relu(), new MaxPool2d(2),
            new Flatten(), new Linear(32 * (Side / 4) * (Side / 4), Classes)),
        Data.Uniform([batch, 1, Side, Side], 0, 1)))
    { AllThreads = allThreads };

    private static Func<Tensor> Step(Sequential model, Tensor x, bool compiled = false)
    {
        int seed = 1;
        model.LoadStateDict(model.NamedParameters().ToDictionary(p => p.Name, p =>
        {
            double bound = 1 / Math.Sqrt(p.Value.Numel / p.Value.Shape[0]);
            return Data.Uniform([.. p.Value.Shape], -bound, bound, seed++);
        }));
        Tensor labels = Tensor.Arange(x.Shape[0]).Remainder(Classes).Long();
        var optimizer = new Sgd(model.Parameters(), LearningRate, Momentum);
        Tensor first = model.Parameters()[0];
        if (compiled)
        {
            IReadOnlyList<Tensor> parameters = [.. model.Parameters()];
            CompiledFunction<Tensor, Tensor, Tensor[]> gradients = Functional.Compile((Tensor input, Tensor target) =>
                Array.ConvertAll(Autograd.Grad([Losses.CrossEntropy(model.Forward(input), target)], parameters), gradient => gradient!));
            return () =>
            {
                optimizer.ZeroGrad();
                using (Autograd.NoGrad())
                {
                    Tensor[] found = gradients.Call(x, labels);
                    for (int i = 0; i < found.Length; i++) parameters[i].Grad = found[i];
                }
                optimizer.Step();
                return first.Grad!;
            };
        }
        return () =>
        {
            optimizer.ZeroGrad();
            Losses.CrossEntropy(model.Forward(x), labels).Backward();
            optimizer.Step();
            return first.Grad!;
        };
    }
}
