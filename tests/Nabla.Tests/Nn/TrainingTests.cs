using Nabla.Nn;
using Nabla.Optim;

namespace Nabla.Tests.Nn;

public sealed class TrainingTests
{
    private static readonly Tensor Corners = Tensor.Of([[0.0, 0], [0, 1], [1, 0], [1, 1]]);
    private static readonly Tensor Xor = Tensor.Of([[0.0], [1], [1], [0]]);

    [Fact]
    public void A_small_network_learns_exclusive_or()
    {
        var generator = new Generator(7);
        var model = new Sequential(new Linear(2, 8, generator: generator), new Tanh(), new Linear(8, 1, generator: generator), new Sigmoid());
        var optimizer = new Adam(model.Parameters(), learningRate: 0.05);

        for (int step = 0; step < 400; step++)
        {
            optimizer.ZeroGrad();
            Losses.Bce(model.Forward(Corners), Xor).Backward();
            optimizer.Step();
        }

        Assert.All(model.Forward(Corners).ToArray<double>().Zip(Xor.ToArray<double>()), pair => Assert.Equal(pair.Second, pair.First, 0.1));
    }

    [Fact]
    public void A_classifier_learns_exclusive_or_with_momentum()
    {
        var generator = new Generator(3);
        var model = new Sequential(new Linear(2, 8, generator: generator), new Relu(), new Linear(8, 2, generator: generator));
        var optimizer = new Sgd(model.Parameters(), learningRate: 0.1, momentum: 0.9);
        Tensor classes = Xor.Reshape(-1).Long();

        for (int step = 0; step < 500; step++)
        {
            optimizer.ZeroGrad();
            Losses.CrossEntropy(model.Forward(Corners), classes).Backward();
            optimizer.Step();
        }

        Assert.True(Losses.CrossEntropy(model.Forward(Corners), classes).Item() < 0.05);
    }
}
