namespace Nabla.Tests.Transforms;

/// <summary>A loop over each transform keeps nothing.</summary>
[Collection("Memory")]
public sealed class TransformMemoryTests
{
    private static readonly Tensor X = Tensor.Of([0.3, -0.7], DType.Float64);

    private static readonly Dictionary<string, (int Steps, Action Step)> Loops = new()
    {
        ["Grad"] = (100_000, () => Functional.Grad(x => (x * x).Sum(), X)),
        ["ValueAndGrad"] = (100_000, () => Functional.ValueAndGrad(x => (x * x).Sum(), X)),
        ["Jvp"] = (100_000, () => Functional.Jvp(x => x * x, X, X)),
        ["Vjp"] = (50_000, () => Functional.Vjp(x => x * x, X).Pullback(X)),
        ["Linearize"] = (20_000, () => Functional.Linearize(x => x * x, X).Jvp(X)),
        ["Jacobian, reverse"] = (10_000, () => Functional.Jacobian(x => x * x, X, JacobianMode.Reverse)),
        ["Jacobian, forward"] = (10_000, () => Functional.Jacobian(x => x * x, X, JacobianMode.Forward)),
        ["Hessian, forward over reverse"] = (10_000, () => Functional.Hessian(x => (x * x).Sum(), X, mode: JacobianMode.Forward)),
        ["Hessian, reverse over reverse"] = (10_000, () => Functional.Hessian(x => (x * x).Sum(), X, mode: JacobianMode.Reverse)),
        ["Hvp"] = (20_000, () => Functional.Hvp(x => (x * x).Sum(), X, X)),
        ["Vmap"] = (50_000, () => Functional.Vmap(x => x * x, X)),
        ["Vmap of Grad"] = (20_000, () => Functional.Vmap(Functional.Grad(x => x * x * x), X)),
        ["Checkpoint"] = (20_000, () => Functional.Grad(x => Functional.Checkpoint(t => (t * t).Sum(), x), X)),
        ["StopGradient"] = (50_000, () => Functional.Grad(x => (Functional.StopGradient(x) * x).Sum(), X)),
        ["CustomJvp"] = (20_000, () => Functional.Grad(x => Functional.CustomJvp(t => t * t, (t, u) => 2 * t * u)(x).Sum(), X)),
        ["CustomVjp"] = (20_000, () => Functional.Grad(x => Functional.CustomVjp(t => ((t * t).Sum(), t), (t, g) => 2 * g * t)(x), X)),
        ["GradCheck"] = (5_000, () => GradCheck.Check(x => x * x, X)),
        ["Checkpoint of random numbers"] = (20_000, () => Functional.Grad(x => Functional.Checkpoint(t => (t * Tensor.Rand([2], DType.Float64, generator: new Generator(1))).Sum(), x), X)),
        ["Jacobian of a structure, reverse"] = (10_000, () => Functional.Jacobian(p => p.Item1 * p.Item2, (X, X), JacobianMode.Reverse)),
        ["Jacobian of a structure, forward"] = (5_000, () => Functional.Jacobian(p => p.Item1 * p.Item2, (X, X), JacobianMode.Forward)),
        ["Hessian of a structure"] = (5_000, () => Functional.Hessian(p => (p.Item1 * p.Item2).Sum(), (X, X))),
        ["a structure"] = (50_000, () => Functional.Grad(p => (p.Item1 * p.Item2).Sum(), (X, X))),
        ["a function that throws half-way"] = (5_000, () => Assert.Throws<InvalidOperationException>(() =>
            Functional.Grad(x => Functional.Jvp(t => Functional.Vmap(u => t.Sum() * u * HalfWay(), t), x, X).Tangent.Sum(), X))),
    };

    private static Tensor HalfWay() => throw new InvalidOperationException();

    public static TheoryData<string> Names => [.. Loops.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_loop_over_a_transform_runs_in_flat_memory(string name)
    {
        // What grows with the steps does so in every round; what is made once, such as a pool that fills up or a method that is
        // compiled anew, does not.
        const int WarmUp = 500, Allowed = 128 * 1024, BytesPerStep = 24, Rounds = 3;
        (int steps, Action step) = Loops[name];
        for (int i = 0; i < WarmUp; i++) step();
        var growth = new List<long>();
        do
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            for (int i = 0; i < steps; i++) step();
            growth.Add(GC.GetTotalMemory(forceFullCollection: true) - before);
        }
        while (growth[^1] >= Math.Min(Allowed, steps * BytesPerStep) && growth.Count < Rounds);
        Assert.True(growth[^1] < Math.Min(Allowed, steps * BytesPerStep), $"{string.Join(", ", growth)} bytes more after {steps} steps each.");
    }
}
