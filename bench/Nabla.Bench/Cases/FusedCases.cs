namespace Nabla.Bench.Cases;

/// <summary>Chains that one loop can do, beside that loop written by hand in C++.</summary>
internal static class FusedCases
{
    private const string Peers = "fused-exp-tanh 1000000";

    /// <summary>The row that writes into memory that is there before, as the loop in C++ does.</summary>
    public const string Into = "compiled, into given tensors";

    public static CaseGroup Group { get; } = new("sum(exp(tanh(u·v) + u)), value and gradient, 1e6 floats",
    [
        new("eager", null, Eager) { Rivals = [Rival.PyTorch(1, Peers), Rival.Cpp(null, Peers), Rival.CppFastMath(null, Peers)] },
        new("compiled", null, Compiled) { Rivals = [Rival.PyTorch(1.0 / 7, Peers), Rival.Cpp(1, Peers), Rival.CppFastMath(1, Peers)] },
        new(Into, null, CompiledInto) { Rivals = [Rival.PyTorch(1.0 / 7, Peers), Rival.Cpp(1, Peers), Rival.CppFastMath(1, Peers)] },
        new("eager, all threads", null, Eager) { Rivals = [Rival.PyTorch(1, Peers)], AllThreads = true },
        new("compiled, all threads", null, Compiled) { Rivals = [Rival.PyTorch(1, Peers)], AllThreads = true },
    ]);

    /// <summary>A program of twenty operations, made and called for the first time.</summary>
    public static CaseGroup FirstCall { get; } = new("The first call of a compiled function",
    [
        new("20 operations on 1000 floats", null, First) { Rivals = [Rival.AtMost(TimeSpan.FromMilliseconds(1))] },
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

    private static Func<Tensor> Compiled()
    {
        (Tensor u, Tensor v) = Inputs();
        CompiledFunction<Tensor, Tensor, (Tensor Value, Tensor First, Tensor Second)> compiled =
            Functional.Compile((Tensor u, Tensor v) => ((u * v).Tanh() + u).Exp().Sum()).ValueAndGrad();
        (u, v) = (u.Detach(), v.Detach());
        return () => compiled.Call(u, v).First;
    }

    private static Func<Tensor> CompiledInto()
    {
        (Tensor u, Tensor v) = Inputs();
        CompiledFunction<Tensor, Tensor, (Tensor Value, Tensor First, Tensor Second)> compiled =
            Functional.Compile((Tensor u, Tensor v) => ((u * v).Tanh() + u).Exp().Sum()).ValueAndGrad();
        (u, v) = (u.Detach(), v.Detach());
        (Tensor Value, Tensor First, Tensor Second) into = (Tensor.Zeros([]), Tensor.ZerosLike(u), Tensor.ZerosLike(v));
        return () =>
        {
            compiled.CallInto(u, v, into);
            return into.First;
        };
    }

    private static Func<Tensor> First()
    {
        Tensor x = Data.Uniform([1000], -1, 1);
        return () => Functional.Compile((Tensor x) =>
        {
            for (int i = 0; i < 5; i++) x = ((x * 1.5).Tanh() + x).Sin();
            return x;
        }).Call(x);
    }

    private static (Tensor U, Tensor V) Inputs() =>
        (Data.Uniform([1_000_000], -1, 1, 0, requiresGrad: true), Data.Uniform([1_000_000], -1, 1, 1, requiresGrad: true));
}
