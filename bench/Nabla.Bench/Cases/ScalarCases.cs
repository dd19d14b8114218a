namespace Nabla.Bench.Cases;

/// <summary>What one recorded operation costs when the numbers themselves cost nothing.</summary>
internal static class ScalarCases
{
    private const double Goal = 1.0 / 25;

    public static CaseGroup Group { get; } = new("Scalars, forward and backward",
    [
        new("scalar: chain of 100 products, per op", Goal, Chain, Operations: 100),
        new("scalar: one product and Backward", Goal, Product),
    ]);

    private static Func<Tensor> Chain()
    {
        Tensor x = Tensor.Of(2.0, requiresGrad: true), w = Tensor.Of(1.001, requiresGrad: true);
        return () =>
        {
            x.Grad = w.Grad = null;
            Tensor y = x;
            for (int i = 0; i < 100; i++) y *= w;
            y.Backward();
            return w.Grad!;
        };
    }

    private static Func<Tensor> Product()
    {
        Tensor x = Tensor.Of(2.0, requiresGrad: true), w = Tensor.Of(1.001, requiresGrad: true);
        return () =>
        {
            x.Grad = w.Grad = null;
            (x * w).Backward();
            return w.Grad!;
        };
    }
}
