using Nabla.Tests.Kernels;

namespace Nabla.Tests.Engine;

public sealed class ResultMemoryTests
{
    private static readonly Tensor X = Tensor.FromArray(Sample.Values<float>(40 * 30)).Reshape(40, 30);
    private static readonly Tensor Y = Tensor.FromArray(Sample.Values<float>(30 * 50, 2)).Reshape(30, 50);

    public static TheoryData<string> Operations => [.. Functions.Keys];

    private static readonly Dictionary<string, Func<Tensor>> Functions = new()
    {
        ["MatMul"] = () => X.MatMul(Y),
        ["MatMul of transposes"] = () => Y.T.MatMul(X.T),
        ["Mv"] = () => X.Mv(Y[.., 0]),
        ["Bmm"] = () => X.Reshape(4, 10, 30).Bmm(Y.Expand(4, 30, 50)),
        ["Linear"] = () => X.Linear(Y.T, Y[0]),
        ["Addmm"] = () => X[..,0].Unsqueeze(1).Expand(40, 50).Addmm(X, Y, beta: 0.5, alpha: 2),
        ["Baddbmm"] = () => X.Reshape(4, 10, 30)[.., .., ..1].Baddbmm(X.Reshape(4, 10, 30), Y.Expand(4, 30, 50)),
        ["Tanh"] = () => X.Tanh(),
        ["Add"] = () => X + Y[0, ..30],
        ["Gt"] = () => X.Gt(0),
        ["Sum"] = () => X.Sum(0),
        ["CumSum"] = () => X.CumSum(1),
        ["several operations"] = () => ((X.Tanh() * 2) - X).Exp(),
        ["a view of the result"] = () => (X * 2).T,
        ["a scalar"] = () => X[0, 0] * 3,
        ["an empty result"] = () => X[..0].MatMul(Y),
    };

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_operation_can_write_to_a_given_tensor(string name)
    {
        Tensor expected = Functions[name]();
        Tensor into = Tensor.Full(expected.Shape, 7, expected.DType);
        var memory = into.Value.Storage;
        int version = memory.Version;

        Tensor result = Tensor.Into(into, Functions[name]);

        Assert.Same(into, result);
        Assert.Same(memory, into.Value.Storage);
        Assert.Equal(version + 1, memory.Version);
        Assert.Equal(expected.To(DType.Float64).ToArray<double>(), into.To(DType.Float64).ToArray<double>());
    }

    [Fact]
    public void One_operation_makes_no_memory_of_the_size_of_its_result()
    {
        Tensor x = Tensor.Ones(300, 300), y = Tensor.Ones(300, 300), into = Tensor.Empty([300, 300]);
        Func<Tensor>[] functions = [() => x.MatMul(y), () => x + y, () => x.Linear(y, y[0]), () => x.Softmax(1)];
        foreach (Func<Tensor> function in functions)
        {
            Tensor? inside = null;
            Tensor.Into(into, () => inside = function());
            Assert.True(into.Value.Storage.Bytes == inside!.Value.Storage.Bytes);
        }
    }

    [Fact]
    public void The_given_tensor_may_be_a_part_or_a_transpose_of_another()
    {
        Tensor whole = Tensor.Zeros(60, 50), turned = Tensor.Zeros(50, 40);

        Tensor.Into(whole[10..50], () => X.MatMul(Y));
        Tensor.Into(turned.T, () => X.MatMul(Y));

        Assert.Equal(X.MatMul(Y).ToArray<float>(), whole[10..50].ToArray<float>());
        Assert.Equal(X.MatMul(Y).ToArray<float>(), turned.T.ToArray<float>());
        Assert.Equal(0, whole[..10].Abs().Sum().Item<float>() + whole[50..].Abs().Sum().Item<float>());
    }

    [Fact]
    public void The_operation_may_read_the_tensor_it_writes_to()
    {
        Tensor square = Tensor.FromArray(Sample.Values<float>(900)).Reshape(30, 30), product = square.MatMul(square), transposed = product.T.Clone();

        Tensor.Into(square, () => square.MatMul(square));
        Assert.Equal(product.ToArray<float>(), square.ToArray<float>());

        Tensor.Into(square, () => square.T);
        Assert.Equal(transposed.ToArray<float>(), square.ToArray<float>());
    }

    [Fact]
    public void An_intermediate_result_that_is_kept_keeps_its_values()
    {
        Tensor? kept = null;
        Tensor into = Tensor.Zeros(40, 30), doubled = X * 2;

        Tensor.Into(into, () => (kept = X * 2).Exp());

        Assert.Equal(doubled.ToArray<float>(), kept!.ToArray<float>());
        Assert.Equal(doubled.Exp().ToArray<float>(), into.ToArray<float>());
    }

    [Fact]
    public void A_result_of_another_shape_or_type_is_refused_and_nothing_has_changed()
    {
        Tensor into = Tensor.Full([50, 40], 7), whole = Tensor.Full([40, 50], 7, DType.Int64);

        Assert.Contains("the result [40, 50] does not fit the given tensor [50, 40]", Assert.Throws<ShapeException>(() => Tensor.Into(into, () => X.MatMul(Y))).Message, StringComparison.Ordinal);
        Assert.Contains("a float32 result does not fit a int64 tensor", Assert.Throws<DTypeException>(() => Tensor.Into(whole, () => X.MatMul(Y))).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => Tensor.Into(into, () => X.MatMul(X)));
        Assert.True(into.Eq(7).All().Item<bool>() && whole.Eq(7).All().Item<bool>());
        Assert.Equal(0, into.Value.Storage.Version);
    }

    [Fact]
    public void Nothing_that_requires_a_gradient_is_computed_into_a_tensor_while_operations_are_recorded()
    {
        Tensor weight = Tensor.Full([30, 50], 1), into = Tensor.Full([40, 50], 7);
        weight.RequiresGrad = true;

        Assert.Contains("MatMul: nothing computed into a given tensor is recorded", Assert.Throws<AutogradException>(() => Tensor.Into(into, () => X.MatMul(weight))).Message, StringComparison.Ordinal);
        Assert.Throws<AutogradException>(() => Tensor.Into(into, () => X.Reshape(40, 30, 1)[.., 0] * weight[0]));
        Assert.Throws<AutogradException>(() => Tensor.Into(weight, () => X.T.MatMul(X.MatMul(Y))));
        Assert.True(into.Eq(7).All().Item<bool>());
        using (Nabla.Autograd.NoGrad()) Tensor.Into(into, () => X.MatMul(weight));
        Assert.Equal(X.MatMul(Tensor.Ones(30, 50)).ToArray<float>(), into.ToArray<float>());
    }

    [Fact]
    public void Backward_notices_that_a_saved_tensor_was_computed_into()
    {
        Tensor x = Tensor.Full([40, 50], 1), saved = Tensor.Full([40, 50], 2);
        x.RequiresGrad = true;
        Tensor y = (x * saved).Sum();

        Tensor.Into(saved, () => X.MatMul(Y));

        Assert.Throws<AutogradException>(() => y.Backward());
    }

    [Fact]
    public void Transforms_and_traces_are_refused()
    {
        Tensor into = Tensor.Full([40, 50], 7);
        Func<Tensor, Tensor> function = x => Tensor.Into(into, () => x.MatMul(Y));

        foreach (Action action in (Action[])[
            () => Functional.Jvp(function, X, X),
            () => Functional.Vmap(function)(X.Expand(3, 40, 30)),
            () => Functional.Compile(function).Call(X)])
            Assert.Contains("nothing can be computed into a given tensor", Assert.ThrowsAny<Exception>(action).Message, StringComparison.Ordinal);
        Assert.True(into.Eq(7).All().Item<bool>());
    }

    [Fact]
    public void Compiled_functions_may_read_the_tensor_in_any_form()
    {
        Func<Tensor, Tensor>[] functions = [v => v.Flip(0), v => v + 1, v => v.MatMul(v), v => Tensor.Cat([v[1..], v[..1]], 0), v => v.CumSum(0) * 2, v => v.Softmax(1), v => v - v.Sum(0)];
        foreach (DType dtype in (DType[])[DType.Float32, DType.Float64])
        {
            foreach (Func<Tensor, Tensor> function in functions)
            {
                foreach (Func<Tensor, Tensor> form in (Func<Tensor, Tensor>[])[z => z, z => z.T, z => z[..]])
                {
                    Tensor z = X[..5, ..5].To(dtype).Clone(), expected = function(form(z.Clone())), rows = Functional.Vmap(v => v.Flip(0) + 1, form(z.Clone()));
                    CompiledFunction<Tensor, Tensor> compiled = Functional.Compile(function);
                    for (int call = 0; call < 2; call++)
                    {
                        Tensor into = z.Clone(), of = form(into);
                        Tensor.Into(into, () => compiled.Call(of));
                        Assert.True(expected.AllClose(into, 1e-6, 1e-6), $"{expected} is not {into}");
                        Tensor separate = Tensor.Empty([5, 5], dtype);
                        Tensor.Into(separate, () => compiled.Call(form(z)));
                        Assert.True(expected.AllClose(separate, 1e-6, 1e-6));
                    }
                    CompiledVmap flipped = Functional.CompileVmap(v => v.Flip(0) + 1);
                    Tensor given = z.Clone(), items = form(given);
                    Assert.True(rows.AllClose(Tensor.Into(given, () => flipped.Call(items)[0])));
                }
            }
        }
    }

    [Fact]
    public void Transforms_inside_compute_elsewhere()
    {
        Tensor x = X[..6, ..6].Double().Clone(), into = Tensor.Zeros([6, 6], DType.Float64);
        Func<Tensor, Tensor> f = v => v.MatMul(v).Tanh();
        foreach (Func<Tensor> function in (Func<Tensor>[])[
            () => Functional.Grad(v => f(v).Sum(), x),
            () => Functional.Jvp(f, x, x).Tangent,
            () => Functional.Vmap(v => v * v.Sum(), x),
            () => Functional.Checkpoint(f, x)])
        {
            Tensor expected = function();
            Assert.True(expected.AllClose(Tensor.Into(into, function)));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(200)]
    public void Backward_inside_is_right_or_refused_where_it_needs_the_tensor(int n)
    {
        Tensor w = Tensor.FromArray(Sample.Values<double>(n * n)).Reshape(n, n).Detach().RequireGrad();
        Tensor expected = Nabla.Autograd.Grad(w.MatMul(w).Tanh().Sum(), w), into = Tensor.Zeros([n, n], DType.Float64);
        Tensor o = w.MatMul(w).Tanh().Sum();
        using (Nabla.Autograd.NoGrad()) Tensor.Into(into, () => Nabla.Autograd.Grad(o, w));
        Assert.True(expected.AllClose(into));

        foreach (Func<Tensor, Tensor> layer in (Func<Tensor, Tensor>[])[v => v.MatMul(v), v => v.Tanh()])
        {
            Tensor h = layer(w), p = h.MatMul(h).Sum();
            Tensor right = Nabla.Autograd.Grad(p, w, retainGraph: true);
            using (Nabla.Autograd.NoGrad()) Tensor.Into(h, () => Nabla.Autograd.Grad(p, w, retainGraph: true));
            Assert.True(right.AllClose(h));
            Assert.Throws<AutogradException>(() => p.Backward());
        }

        Tensor loss = w.Square().Sum();
        using (Nabla.Autograd.NoGrad()) Tensor.Into(into, () => { loss.Backward(); return w.Grad!; });
        into.FillInPlace(-5);
        Assert.True((2 * w).AllClose(w.Grad!));
    }

    [Fact]
    public void Numbers_are_not_read_or_changed_after_an_operation_has_written()
    {
        Tensor x = X[.., ..20].Clone();
        foreach (Action<Tensor> use in (Action<Tensor>[])[z => z.ToArray<float>(), z => z[0, 0].Item(), z => z.FillInPlace(3), z => z.AddInPlace(1)])
        {
            Tensor into = Tensor.Ones(40, 20);
            var error = Assert.Throws<AutogradException>(() => Tensor.Into(into, () => { Tensor q = x + x; use(into); return q; }));
            Assert.Contains("that Tensor.Into computes into", error.Message, StringComparison.Ordinal);
            Tensor.Into(into, () => { use(into); return x + x; });
            Tensor.Into(into, () => { Tensor q = x + x; use(q); return q; });
        }
    }

    [Fact]
    public void A_result_that_is_kept_counts_changes_together_with_the_tensor()
    {
        Tensor? kept = null;
        Tensor into = Tensor.Zeros(40, 50), w = Tensor.Ones([40, 50]).RequireGrad();
        Tensor.Into(into, () => kept = X.MatMul(Y));
        Tensor loss = (w * into).Sum();
        kept!.FillInPlace(5);
        Assert.Throws<AutogradException>(() => loss.Backward());
    }

    [Fact]
    public void Elements_that_share_memory_and_reading_what_was_overwritten_are_refused()
    {
        Tensor into = Tensor.Zeros(40, 50);

        Assert.Throws<AutogradException>(() => Tensor.Into(Tensor.Zeros(50).Expand(40, 50), () => X.MatMul(Y)));
        Assert.Contains("Add: uses the [40, 50] tensor that Tensor.Into computes into", Assert.Throws<AutogradException>(() => Tensor.Into(into, () => X.MatMul(Y) + into)).Message, StringComparison.Ordinal);
    }
}
