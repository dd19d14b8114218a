using Nabla.Nn;

namespace Nabla.Tests.Nn;

public sealed class ModuleTests
{
    private static Sequential TwoLayers(ulong seed = 1) =>
        new(new Linear(2, 3, generator: new Generator(seed)), new Tanh(), new Linear(3, 1, generator: new Generator(seed + 1)));

    [Fact]
    public void Parameters_are_named_by_their_path_in_order_of_registration()
    {
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], TwoLayers().NamedParameters().Select(p => p.Name));
        Assert.All(TwoLayers().Parameters(), p => Assert.True(p.RequiresGrad && p.IsLeaf));
    }

    [Fact]
    public void A_shared_module_counts_once()
    {
        var shared = new Linear(2, 2);

        Assert.Equal(2, new Sequential(shared, new Relu(), shared).Parameters().Count);
    }

    [Fact]
    public void The_state_of_one_model_makes_another_compute_the_same()
    {
        Sequential first = TwoLayers(1), second = TwoLayers(5);
        Tensor x = [[1.0, -2.0]];
        Assert.NotEqual(first.Forward(x).Item(), second.Forward(x).Item());

        second.LoadStateDict(first.StateDict());

        Assert.Equal(first.Forward(x).Item(), second.Forward(x).Item());
    }

    [Fact]
    public void The_state_is_a_copy()
    {
        var layer = new Linear(1, 1);
        IReadOnlyDictionary<string, Tensor> state = layer.StateDict();
        double before = layer.Weight.Item();

        Init.Constant(layer.Weight, 7);

        Assert.Equal(before, state["weight"].Item());
    }

    [Fact]
    public void A_state_that_does_not_fit_changes_nothing()
    {
        var layer = new Linear(2, 1);
        double[] before = layer.Weight.ToArray<double>();
        var wrongShape = new Dictionary<string, Tensor> { ["weight"] = Tensor.Zeros([1, 2]), ["bias"] = Tensor.Zeros([3]) };
        var wrongName = new Dictionary<string, Tensor> { ["weight"] = Tensor.Zeros([1, 2]), ["gain"] = Tensor.Zeros([1]) };

        ShapeException shape = Assert.Throws<ShapeException>(() => layer.LoadStateDict(wrongShape));
        ArgumentException name = Assert.Throws<ArgumentException>(() => layer.LoadStateDict(wrongName));

        Assert.Contains("\"bias\" is [3], the module needs [1]", shape.Message, StringComparison.Ordinal);
        Assert.Contains("missing [bias], unexpected [gain]", name.Message, StringComparison.Ordinal);
        Assert.Equal(before, layer.Weight.ToArray<double>());
    }

    [Fact]
    public void A_state_that_is_not_strict_loads_what_is_there()
    {
        var layer = new Linear(2, 1);

        layer.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = Tensor.Ones([1, 2]) }, strict: false);

        Assert.Equal([1.0, 1.0], layer.Weight.ToArray<double>());
    }

    [Fact]
    public void Zeroing_gradients_sets_them_to_null_or_to_zeros()
    {
        Sequential model = TwoLayers();
        model.Forward([[1.0, 2.0]]).Sum().Backward();
        model.ZeroGrad(setToNull: false);
        Assert.All(model.Parameters(), p => Assert.Equal(0, p.Grad!.Abs().Sum().Item()));

        model.ZeroGrad();

        Assert.All(model.Parameters(), p => Assert.Null(p.Grad));
    }

    [Fact]
    public void A_converted_module_trains_in_its_new_type()
    {
        Sequential model = TwoLayers();
        model.Forward([[1.0, 2.0]]).Sum().Backward();

        model.To(DType.Float64);
        model.Forward(Tensor.Of([[1.0, 2.0]], DType.Float64)).Sum().Backward();

        Assert.All(model.Parameters(), p => Assert.Equal((DType.Float64, DType.Float64), (p.DType, p.Grad!.DType)));
        Assert.Throws<DTypeException>(() => model.To(DType.Int64));
    }

    [Fact]
    public void Training_and_evaluation_reach_every_child()
    {
        var dropout = new Dropout();
        var model = new Sequential(new Sequential(dropout));

        Assert.False(model.Eval().IsTraining || dropout.IsTraining);
        Assert.True(model.Train().IsTraining && dropout.IsTraining);
    }

    [Fact]
    public void Dropout_keeps_the_mean_and_its_gradient_is_its_mask()
    {
        var dropout = new Dropout(0.25, new Generator(3));
        Tensor x = Tensor.Ones([10_000], requiresGrad: true);

        Tensor y = dropout.Forward(x);
        y.Sum().Backward();

        Assert.Equal(1, y.Mean().Item(), 0.02);
        Assert.Equal(y.ToArray<float>(), x.Grad!.ToArray<float>());
        Assert.Equal([0f, 1 / 0.75f], y.ToArray<float>().Distinct().Order());
        Assert.Same(x, ((Dropout)dropout.Eval()).Forward(x));
    }

    [Fact]
    public void Names_must_be_new_and_without_points()
    {
        Assert.Contains("already has a member named \"a\"", Assert.Throws<ArgumentException>(() => new Named("a", "a")).Message, StringComparison.Ordinal);
        Assert.Contains("must not be empty or contain a point", Assert.Throws<ArgumentException>(() => new Named("a.b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_cannot_be_a_parameter()
    {
        Tensor result = Tensor.Ones([2], requiresGrad: true) * 2;

        AutogradException error = Assert.Throws<AutogradException>(() => new Holder(result));

        Assert.Contains("was computed by MulBackward", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_cannot_contain_itself() =>
        Assert.Contains("Modules form a tree", Assert.Throws<ArgumentException>(() => new Ring()).Message, StringComparison.Ordinal);

    private sealed class Named : Module
    {
        public Named(params string[] names)
        {
            foreach (string name in names) Register(name, Tensor.Zeros([1]));
        }

        public override Tensor Forward(Tensor x) => x;
    }

    private sealed class Holder : Module
    {
        public Holder(Tensor value) => Register("value", value);

        public override Tensor Forward(Tensor x) => x;
    }

    private sealed class Ring : Module
    {
        public Ring() => Register("inner", new Sequential(this));

        public override Tensor Forward(Tensor x) => x;
    }
}
