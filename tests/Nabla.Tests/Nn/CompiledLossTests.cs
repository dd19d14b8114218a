using Nabla.Nn;

namespace Nabla.Tests.Nn;

/// <summary>Losses between classes in compiled functions: the values of the eager ones, and their errors, at every call.</summary>
public sealed class CompiledLossTests
{
    private static readonly Tensor X = Tensor.Of([[0.3, -0.7, 1.1], [2.0, 0.1, -1.0], [0.0, 0.5, 0.2]], DType.Float64);
    private static readonly Tensor[] Targets = [Labels(2, 0, 1), Labels(1, 1, 0)];

    private static Tensor Labels(params ReadOnlySpan<long> labels) => Tensor.FromSpan<long>(labels);

    private static void Agree(Func<Tensor, Tensor, Tensor> loss, Tensor x, params Tensor[] targets)
    {
        foreach (CompileBackend backend in new[] { CompileBackend.Auto, CompileBackend.Graph })
        {
            var options = new CompileOptions { Backend = backend };
            CompiledFunction<Tensor, Tensor, Tensor> value = Functional.Compile(loss, options);
            CompiledFunction<Tensor, Tensor, (Tensor Value, Tensor Gradient)> both =
                Functional.Compile((Tensor a, Tensor t) => Functional.ValueAndGrad(z => loss(z, t), a), options);
            foreach (Tensor target in targets)
            {
                (Tensor expected, Tensor gradient) = Functional.ValueAndGrad(z => loss(z, target), x);
                (Tensor found, Tensor foundGradient) = both.Call(x, target);
                Assert.True(found.AllClose(expected, 1e-12, 1e-14));
                Assert.True(foundGradient.AllClose(gradient, 1e-12, 1e-14));

                Tensor leaf = x.Clone().RequireGrad();
                value.Call(leaf, target).Backward();
                Assert.True(leaf.Grad!.AllClose(gradient, 1e-12, 1e-14));
            }
            Assert.Equal(1, both.SignatureCount);
        }
    }

    [Fact]
    public void Cross_entropy_compiles()
    {
        Tensor weight = Tensor.Of([1.0, 2.0, 0.5], DType.Float64);
        Agree((x, t) => Losses.CrossEntropy(x, t), X, Targets);
        Agree((x, t) => Losses.CrossEntropy(x, t, weight, labelSmoothing: 0.1), X, Targets);
        Agree((x, t) => Losses.CrossEntropy(x, t, ignoreIndex: -1), X, Labels(2, -1, 1), Labels(-1, 0, 0));
    }

    [Fact]
    public void The_likelihood_of_classes_compiles() => Agree((x, t) => Losses.Nll(x.LogSoftmax(1), t), X, Targets);

    [Fact]
    public void Binary_cross_entropies_compile()
    {
        Tensor[] targets = [X.Gt(0.2).To(DType.Float64), X.Lt(0).To(DType.Float64)];
        Agree((x, t) => Losses.Bce(x.Sigmoid(), t), X, targets);
        Agree((x, t) => Losses.BceWithLogits(x, t), X, targets);
    }

    [Fact]
    public void Class_indices_that_are_no_integers_are_refused()
    {
        Tensor logits = Tensor.Zeros(4, 3), classes = Tensor.Zeros(4);
        Assert.Contains("class indices must be integers, the target is float32 [4]. Convert it with Long()", Assert.Throws<DTypeException>(() => Losses.CrossEntropy(logits, classes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_is_not_there_is_refused_at_every_call()
    {
        CompiledFunction<Tensor, Tensor, Tensor> f = Functional.Compile((Tensor x, Tensor t) => Losses.CrossEntropy(x, t));
        Tensor before = f.Call(X, Targets[0]);
        foreach (Tensor bad in new[] { Labels(2, 3, 1), Labels(0, 1, -1) })
        {
            var eager = Assert.Throws<ArgumentOutOfRangeException>(() => Losses.CrossEntropy(X, bad));
            var compiled = Assert.Throws<ArgumentOutOfRangeException>(() => f.Call(X, bad));
            Assert.Equal(eager.Message, compiled.Message);
            Assert.Contains("the input has 3 classes", compiled.Message, StringComparison.Ordinal);
        }
        Assert.Equal(before.Item(), f.Call(X, Targets[0]).Item());
    }

    [Fact]
    public void A_number_that_is_no_probability_is_refused_at_every_call()
    {
        CompiledFunction<Tensor, Tensor, Tensor> f = Functional.Compile((Tensor x, Tensor t) => Losses.Bce(x, t));
        Tensor good = X.Sigmoid(), target = X.Gt(0).To(DType.Float64);
        Tensor before = f.Call(good, target);
        foreach (Tensor bad in new[] { X, good + 1 })
        {
            var eager = Assert.Throws<ArgumentOutOfRangeException>(() => Losses.Bce(bad, target));
            var compiled = Assert.Throws<ArgumentOutOfRangeException>(() => f.Call(bad, target));
            Assert.Equal(eager.Message, compiled.Message);
        }
        Assert.Equal(before.Item(), f.Call(good, target).Item());
    }
}
