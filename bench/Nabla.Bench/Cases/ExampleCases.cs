namespace Nabla.Bench.Cases;

/// <summary>Two worked examples of the lessons as they stand there: the tensors are created each time, too.</summary>
internal static class ExampleCases
{
    public static CaseGroup Group { get; } = new("Worked examples, tensors created, forward and backward",
    [
        new("example 3: exp(-x²/2)", 1.0 / 20, () => Example3),
        new("example 3: exp(-x²/2), compiled", 1.0 / 500, Compiled3) { Rivals = [Rival.PyTorch(1.0 / 500, "example 3: exp(-x²/2)")] },
        new("example 3: exp(-x²/2), compiled, into given tensors", 1.0 / 500, Compiled3Into) { Rivals = [Rival.PyTorch(1.0 / 500, "example 3: exp(-x²/2)")] },
        new("example 8: three blended Gaussians", 1.0 / 20, () => Example8),
        new("example 8: three blended Gaussians, compiled", 1.0 / 500, Compiled8) { Rivals = [Rival.PyTorch(1.0 / 500, "example 8: three blended Gaussians")] },
    ]);

    private static Func<Tensor> Compiled3()
    {
        CompiledFunction<Tensor, (Tensor Value, Tensor Gradient)> compiled = Functional.Compile((Tensor x) => (-x.Pow(2) / 2).Exp()).ValueAndGrad();
        Tensor x = Tensor.Of(2.0);
        return () => compiled.Call(x).Gradient;
    }

    private static Func<Tensor> Compiled3Into()
    {
        CompiledFunction<Tensor, (Tensor Value, Tensor Gradient)> compiled = Functional.Compile((Tensor x) => (-x.Pow(2) / 2).Exp()).ValueAndGrad();
        Tensor x = Tensor.Of(2.0);
        (Tensor Value, Tensor Gradient) into = (Tensor.Zeros([]), Tensor.Zeros([]));
        return () =>
        {
            compiled.CallInto(x, into);
            return into.Gradient;
        };
    }

    private static Func<Tensor> Compiled8()
    {
        CompiledFunction<Tensor, Tensor, (Tensor Value, Tensor First, Tensor Second)> compiled = Functional.Compile<Tensor, Tensor, Tensor>(Colour).ValueAndGrad();
        (Tensor mu, Tensor s) = Parameters();
        return () => compiled.Call(mu, s).Second;
    }

    private static Tensor Example3()
    {
        Tensor x = Tensor.Of(2.0, requiresGrad: true);
        Tensor y = (-x.Pow(2) / 2).Exp();
        y.Backward();
        return x.Grad!;
    }

    private static Tensor Example8()
    {
        (Tensor mu, Tensor s) = Parameters();
        mu.RequiresGrad = s.RequiresGrad = true;
        Colour(mu, s).Backward();
        return s.Grad!;
    }

    private static (Tensor Mu, Tensor S) Parameters() =>
        (Tensor.Of([[1, 1], [2, 2], [3, 3]]), Tensor.Of([[0.5, 0.5, 0.5], [1, 1, 1], [1.5, 1.5, 1.5]]));

    private static Tensor Colour(Tensor mu, Tensor s)
    {
        const int N = 3;
        Tensor p = Tensor.Of([2, 3]);
        Tensor c = Tensor.Of([1, 1.0 / 2, 1.0 / 3]);
        Tensor rotation = Tensor.Of([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
        Tensor view = Tensor.Of([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
        Tensor jacobian = Tensor.Of([[1, 0, 0], [0, 1, 0]]);

        Tensor colour = 0.0;
        for (int i = 0; i < N; i++)
        {
            Tensor visible = 1.0;
            for (int j = 0; j < i; j++) visible *= 1 - Gaussian(j);
            colour += c[i] * Gaussian(i) * visible;
        }
        return colour;

        Tensor Gaussian(int i)
        {
            Tensor d = p - mu[i];
            Tensor scale = s[i].Diag();
            Tensor sigma = jacobian.MatMul(view).MatMul(rotation).MatMul(scale).MatMul(scale.T).MatMul(rotation.T).MatMul(view.T).MatMul(jacobian.T);
            return (-0.5 * d.MatMul(Linalg.Inv(sigma)).MatMul(d)).Exp();
        }
    }
}
