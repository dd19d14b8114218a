namespace Nabla.Bench.Cases;

/// <summary>Chains that one loop can do, beside that loop written by hand in C++.</summary>
internal static class FusedCases
{
    private const string Peers = "fused-exp-tanh 1000000";

    public static CaseGroup Group { get; } = new("sum(exp(tanh(u·v) + u)), value and gradient, 1e6 floats",
    [
        new("eager", null, Eager) { Rivals = [Rival.PyTorch(1, Peers), Rival.Cpp(null, Peers), Rival.CppFastMath(null, Peers)] },
    ]);

    private static Func<Tensor> Eager()
    {
        (Tensor u, Tensor v) = Inputs();
        return () =>
        {
            u.Grad = v.Grad = null;
            ((u * v).Tanh() + u).Exp().Sum().Backward();
            return u.Grad!;
        };
    }

    private static (Tensor U, Tensor V) Inputs() =>
        (Data.Uniform([1_000_000], -1, 1, 0, requiresGrad: true), Data.Uniform([1_000_000], -1, 1, 1, requiresGrad: true));
}
