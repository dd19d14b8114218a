namespace Nabla.Tests.Transforms;

/// <summary>Transforms over tuples, arrays, lists, dictionaries and records of tensors.</summary>
public sealed class StructureTests
{
    public sealed record Layer(Tensor Weight, Tensor Bias, string Name, int Units)
    {
        public Tensor Norm => Weight.Norm();
    }

    public sealed record Model(Layer First, IReadOnlyList<Layer> Rest, double Rate);

    public record Base
    {
        public required Tensor A { get; init; }
    }

    public sealed record Derived : Base
    {
        public Tensor B { get; init; } = Tensor.Of(3.0, DType.Float64);
    }

    public readonly record struct Pair(Tensor X, Tensor Y);

    public sealed record Fixed
    {
        public Fixed(double value) => Value = Of(value);

        public Tensor Value { get; }
    }

    public sealed class Plain
    {
        public Tensor Value { get; set; } = Of(1);
    }

    public sealed record Linked(Tensor Value, Linked? Next);

    private static Tensor Of(params double[] values) => values.Length == 1 ? Tensor.Of(values[0], DType.Float64) : Tensor.Of(values, DType.Float64);

    private static Layer NewLayer(double scale, string name) => new(Of(scale, 2 * scale), Of(1, 1), name, 2);

    private static Tensor Loss(Model model)
    {
        Tensor y = model.First.Weight.Square().Sum() * model.Rate + model.First.Bias.Sum();
        foreach (Layer layer in model.Rest) y += (layer.Weight * layer.Bias).Sum() * layer.Units;
        return y;
    }

    [Fact]
    public void The_gradient_of_a_record_is_a_record_with_the_same_constants()
    {
        var model = new Model(NewLayer(1, "a"), new List<Layer> { NewLayer(3, "b"), NewLayer(5, "c") }, 10);
        (Tensor value, Model gradient) = Functional.ValueAndGrad(Loss, model);
        Assert.Equal(50 + 2 + 18 + 30, value.Item());
        Assert.Equal([20, 40], gradient.First.Weight.ToArray<double>());
        Assert.Equal([6, 12], gradient.Rest[0].Bias.ToArray<double>());
        Assert.Equal(("c", 2, 10.0), (gradient.Rest[1].Name, gradient.Rest[1].Units, gradient.Rate));
        Model next = TensorStructure.Map(model, Functional.Grad<Model>(Loss)(model), (w, g) => w - 0.1 * g);
        Assert.Equal([-1, -2], next.First.Weight.ToArray<double>());
        Assert.Equal([1, 2], model.First.Weight.ToArray<double>());
    }

    [Fact]
    public void The_Jacobian_of_a_record_is_a_record_of_Jacobians()
    {
        Layer layer = NewLayer(3, "b");
        static Tensor Outer(Layer l) => l.Weight.Unsqueeze(1) * l.Bias.Exp() * l.Units;
        foreach (JacobianMode mode in Enum.GetValues<JacobianMode>())
        {
            Layer jacobian = Functional.Jacobian(Outer, layer, mode);
            Assert.Equal(("b", 2), (jacobian.Name, jacobian.Units));
            Assert.Equal([2, 2, 2], jacobian.Bias.Shape);
            Same(Functional.Jacobian(w => Outer(layer with { Weight = w }), layer.Weight), jacobian.Weight);
            Same(Functional.Jacobian(b => Outer(layer with { Bias = b }), layer.Bias), jacobian.Bias);

            Layer[] both = Functional.Jacobian(l => (l.Bias.Sin(), Product: Outer(l)), layer, mode);
            Assert.Equal(2, both.Length);
            Same(Tensor.Zeros([2, 2], DType.Float64), both[0].Weight);
            Same(layer.Bias.Cos().Diag(), both[0].Bias);
            Same(jacobian.Weight, both[1].Weight);
            Assert.Contains("does not depend on input 0", Assert.Throws<AutogradException>(() => Functional.Jacobian(l => (l.Bias, Outer(l)), layer, mode, strict: true)).Message, StringComparison.Ordinal);
        }
        Dictionary<string, Tensor>[] ofTensor = Functional.Jacobian(d => new[] { d["x"] * 2, d["x"].Sum() }, new Dictionary<string, Tensor> { ["x"] = Of(1, 2) });
        Same(Of(1, 1), ofTensor[1]["x"]);
    }

    [Fact]
    public void The_Hessian_of_a_structure_has_a_structure_for_each_tensor()
    {
        var pair = new Pair(Of(0.5, -1), Of(2, 3, 4));
        static Tensor Energy(Pair p) => (p.X.Square().Sum() * p.Y.Exp().Sum()) + p.X.Prod();
        Tensor[][] expected = Functional.Hessian(xs => Energy(new Pair(xs[0], xs[1])), [pair.X, pair.Y]);
        foreach (JacobianMode mode in Enum.GetValues<JacobianMode>())
        {
            Pair[] hessian = Functional.Hessian(Energy, pair, mode: mode);
            Assert.Equal([2, 3], hessian[0].Y.Shape);
            for (int i = 0; i < 2; i++)
            {
                Same(expected[i][0], hessian[i].X);
                Same(expected[i][1], hessian[i].Y);
            }
            Same(hessian[0].Y, hessian[1].X.T);
        }

        // The third derivative of x·x·y by the middle one, through both.
        Tensor third = Functional.Grad(t => Functional.Hessian(p => p.Item1 * p.Item1 * p.Item2, (t, t * t))[0].Item2, Of(3));
        Assert.Equal(2, third.Item());
    }

    [Fact]
    public void Gradients_of_records_with_constants_nest()
    {
        Layer layer = NewLayer(3, "b");
        static Tensor Energy(Layer l) => (l.Weight.Square() * l.Bias.Exp()).Sum() * l.Units;
        Layer along = Functional.Jvp(l => Functional.Grad(Energy, l), layer, layer).Tangent, product = Functional.Hvp(Energy, layer, layer);
        Same(product.Weight, along.Weight);
        Assert.Equal(("b", 2), (along.Name, along.Units));
        Layer[] jacobian = Functional.Jacobian(l => Functional.Grad(Energy, l), layer), hessian = Functional.Hessian(Energy, layer);
        Same(hessian[1].Weight, jacobian[1].Weight);
        Layer items = Functional.Vmap(Functional.Grad<Layer>(Energy), layer with { Weight = Tensor.Eye(2, dtype: DType.Float64), Bias = Tensor.Zeros([2, 2], DType.Float64) });
        Same(4 * Tensor.Eye(2, dtype: DType.Float64), items.Weight);
        Assert.Equal("b", Functional.Checkpoint(l => l with { Weight = l.Weight.Sin() }, layer).Name);
    }

    [Fact]
    public void A_Jacobian_has_the_type_of_its_argument_in_every_mode()
    {
        foreach (JacobianMode mode in Enum.GetValues<JacobianMode>())
            Assert.Equal(DType.Float32, Functional.Jacobian(p => p.X * p.Y.Double(), new Pair(Of(1, 2), Of(3, 4).Float()), mode).Y.DType);
    }

    [Fact]
    public void Another_number_of_results_is_refused()
    {
        int runs = 0;
        Assert.Contains("1 results, the first time it was 2", Assert.Throws<ShapeException>(() => Functional.Jacobian(
            p => runs++ == 0 ? new List<Tensor> { p.X, p.Y } : [p.X], new Pair(Of(1, 2), Of(3, 4)), JacobianMode.Forward)).Message, StringComparison.Ordinal);
    }

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(expected.AllClose(actual, 1e-12, 1e-12), $"{actual} instead of {expected}");
    }

    [Fact]
    public void Tuples_arrays_lists_and_dictionaries_keep_their_form()
    {
        (Tensor X, (Tensor Y, int Power) More) at = (Of(2), (Of(3), 3));
        var tuple = Functional.Grad(p => p.X * p.More.Y.Pow(p.More.Power), at);
        Assert.Equal((27.0, 54.0, 3), (tuple.X.Item(), tuple.More.Y.Item(), tuple.More.Power));

        var byName = new Dictionary<string, Tensor>(StringComparer.OrdinalIgnoreCase) { ["w"] = Of(2), ["b"] = Of(3) };
        Dictionary<string, Tensor> gradient = Functional.Grad(d => d["w"].Square() * d["B"], byName);
        Assert.Equal((12.0, 4.0), (gradient["W"].Item(), gradient["b"].Item()));

        Tensor[][] nested = [[Of(2)], [Of(3), Of(4)]];
        Tensor[][] arrays = Functional.Grad<Tensor[][]>(a => a[0][0] * a[1][0] * a[1][1], nested);
        Assert.Equal((12.0, 8.0, 6.0), (arrays[0][0].Item(), arrays[1][0].Item(), arrays[1][1].Item()));

        var eight = (Of(1), Of(2), Of(3), Of(4), Of(5), Of(6), Of(7), Of(8));
        Assert.Equal(7, Functional.Grad(t => t.Item7 * t.Item8, eight).Item8.Item());
        Assert.Equal(4, Functional.Grad(t => t.Item1 * t.Item2, Tuple.Create(Of(3), Of(4))).Item1.Item());
        Assert.Equal(4, Functional.Grad(t => t.A * t.B, new { A = Of(3), B = Of(4), Word = "w" }).A.Item());
    }

    [Fact]
    public void Records_by_init_by_inheritance_and_by_value_are_rebuilt()
    {
        Derived derived = Functional.Grad(d => d.A * d.B, new Derived { A = Of(2) });
        Assert.Equal((3.0, 2.0), (derived.A.Item(), derived.B.Item()));
        Pair pair = Functional.Grad(p => p.X * p.Y, new Pair(Of(2), Of(3)));
        Assert.Equal((3.0, 2.0), (pair.X.Item(), pair.Y.Item()));
    }

    [Fact]
    public void Jvp_Vjp_Linearize_Vmap_and_Checkpoint_pass_structures_through()
    {
        var at = new Pair(Of(2), Of(3));
        Func<Pair, (Tensor Sum, Tensor Product)> f = p => (p.X + p.Y, p.X * p.Y);
        var (value, tangent) = Functional.Jvp(f, at, new Pair(Of(10), Of(100)));
        Assert.Equal((6.0, 110.0, 230.0), (value.Product.Item(), tangent.Sum.Item(), tangent.Product.Item()));
        (_, Func<(Tensor Sum, Tensor Product), Pair> pullback) = Functional.Vjp(f, at);
        Assert.Equal((31.0, 21.0), (pullback((Of(1), Of(10))).X.Item(), pullback((Of(1), Of(10))).Y.Item()));
        Assert.Equal(230, Functional.Linearize(f, at).Jvp(new Pair(Of(10), Of(100))).Product.Item());
        Assert.Equal(1, Functional.Hvp(p => p.X * p.Y, at, new Pair(Of(0), Of(1))).X.Item());
        var many = Functional.Vmap(f, new Pair(Of(1, 2), Of(3, 4)));
        Assert.Equal([3, 8], many.Product.ToArray<double>());
        Assert.Equal([3, 6], Functional.Vmap(f, new Pair(Of(1, 2), Of(3)), (0, null)).Product.ToArray<double>());
        Pair each = Functional.Vmap(Functional.Grad((Pair p) => p.X * p.Y), new Pair(Of(1, 2), Of(3, 4)));
        Assert.Equal([3, 4], each.X.ToArray<double>());
        Tensor x = Of(2).RequireGrad();
        Functional.Checkpoint(f, new Pair(x, Of(3))).Product.Backward();
        Assert.Equal(3, x.Grad!.Item());
    }

    [Fact]
    public void Dictionaries_are_matched_by_key()
    {
        var at = new Dictionary<string, Tensor> { ["a"] = Of(2), ["b"] = Of(3) };
        var direction = new Dictionary<string, Tensor> { ["b"] = Of(1), ["a"] = Of(0) };
        Assert.Equal(2, Functional.Jvp(d => d["a"] * d["b"], at, direction).Tangent.Item());
    }

    [Fact]
    public void What_is_no_structure_of_tensors_is_refused_by_its_place()
    {
        static string Of<T>(Func<object?> call)
            where T : Exception => Assert.Throws<T>(call).Message;

        Tensor x = StructureTests.Of(2);
        Assert.Contains("no tensor", Of<ArgumentException>(() => Functional.Grad(t => x, (1, "two"))), StringComparison.Ordinal);
        Assert.Contains("argument.Rest[1].Weight", Of<ArgumentException>(() => Functional.Grad(Loss, new Model(NewLayer(1, "a"), [NewLayer(1, "b"), NewLayer(1, "c") with { Weight = null! }], 1))), StringComparison.Ordinal);
        Assert.Contains("Make it a record", Of<ArgumentException>(() => Functional.Grad(p => p.Value, new Plain())), StringComparison.Ordinal);
        Assert.Contains("init accessor", Of<ArgumentException>(() => Functional.Grad(p => p.Value, new Fixed(1))), StringComparison.Ordinal);
        Assert.Contains(".Next", Of<ArgumentException>(() => Functional.Grad(l => l.Value, new Linked(x, null))), StringComparison.Ordinal);
        Assert.Contains("List", Of<ArgumentException>(() => Functional.Grad(q => q.Peek(), new Queue<Tensor>([x]))), StringComparison.Ordinal);
        Assert.Contains("result.Item2 is Double", Of<AutogradException>(() => Functional.Jvp(p => (p.X, 3.0), new Pair(x, x), new Pair(x, x))), StringComparison.Ordinal);
        Assert.Contains("result.Item2", Of<AutogradException>(() => Functional.Vmap(p => (p.X, (Tensor)null!), new Pair(StructureTests.Of(1, 2), StructureTests.Of(1, 2)))), StringComparison.Ordinal);
        Assert.Contains("another form", Of<ArgumentException>(() => Functional.Jvp(l => l[0], new List<Tensor[]> { new[] { x } }, new List<Tensor[]>())), StringComparison.Ordinal);
        Assert.Contains("int64", Of<DTypeException>(() => Functional.Grad(p => p.X, new Pair(x, Tensor.Arange(3)))), StringComparison.Ordinal);
        var self = new List<object>();
        self.Add(self);
        Assert.Contains("contains itself", Of<ArgumentException>(() => Functional.Grad(_ => x, self)), StringComparison.Ordinal);
    }
}
