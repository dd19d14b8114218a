using Nabla.Optim;

namespace Nabla.Tests.Optim;

public sealed class ScheduleTests
{
    private static Sgd Optimizer() => new([Tensor.Ones([1], requiresGrad: true)], learningRate: 0.8);

    private static double[] Rates(Optimizer optimizer, LearningRateSchedule schedule, int epochs)
    {
        var rates = new double[epochs];
        for (int i = 0; i < epochs; i++)
        {
            rates[i] = optimizer.Groups[0].LearningRate;
            schedule.Step();
        }
        return rates;
    }

    private static void AssertRates(double[] expected, double[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-15));

    [Fact]
    public void Steps_come_every_few_epochs()
    {
        Sgd optimizer = Optimizer();
        AssertRates([0.8, 0.8, 0.4, 0.4, 0.2], Rates(optimizer, new StepLr(optimizer, 2, 0.5), 5));
    }

    [Fact]
    public void Exponential_decay_comes_every_epoch()
    {
        Sgd optimizer = Optimizer();
        AssertRates([0.8, 0.4, 0.2], Rates(optimizer, new ExponentialLr(optimizer, 0.5), 3));
    }

    [Fact]
    public void Cosine_annealing_passes_the_middle_and_ends_at_the_minimum()
    {
        Sgd optimizer = Optimizer();
        AssertRates([0.8, 0.1 + (0.35 * (1 + Math.Sqrt(0.5))), 0.45, 0.1 + (0.35 * (1 - Math.Sqrt(0.5))), 0.1], Rates(optimizer, new CosineAnnealingLr(optimizer, 4, 0.1), 5));
    }

    [Fact]
    public void A_function_of_the_epoch_gives_the_factor()
    {
        Sgd optimizer = Optimizer();
        AssertRates([0.4, 0.8, 0.8], Rates(optimizer, new LambdaLr(optimizer, epoch => epoch == 0 ? 0.5 : 1), 3));
    }

    [Fact]
    public void A_schedule_can_go_to_any_epoch()
    {
        Sgd optimizer = Optimizer();
        var schedule = new StepLr(optimizer, 2, 0.5);

        schedule.GoTo(5);

        Assert.Equal(0.2, optimizer.Groups[0].LearningRate, 1e-15);
        Assert.Throws<ArgumentOutOfRangeException>(() => schedule.GoTo(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepLr(optimizer, 0));
    }
}
