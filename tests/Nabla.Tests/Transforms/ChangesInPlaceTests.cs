namespace Nabla.Tests.Transforms;

/// <summary>Changes in place of what does not belong to the function inside a transform.</summary>
public sealed class ChangesInPlaceTests
{
    private static readonly Tensor X = Tensor.Of([0.3, -0.7, 1.1], DType.Float64);

    public static TheoryData<string> Transforms => ["Jvp", "Vmap", "Hessian", "Jacobian by columns", "Jvp inside Vmap"];

    private static void Run(string transform, Func<Tensor, Tensor> f) => _ = transform switch
    {
        "Jvp" => Functional.Jvp(f, X, X).Value,
        "Vmap" => Functional.Vmap(f, Tensor.Stack([X, X])),
        "Hessian" => Functional.Hessian(x => f(x).Sum(), X),
        "Jacobian by columns" => Functional.Jacobian(f, X, JacobianMode.Forward),
        _ => Functional.Vmap(x => Functional.Jvp(f, x, x).Tangent, Tensor.Stack([X, X])),
    };

    [Theory]
    [MemberData(nameof(Transforms))]
    public void A_captured_tensor_is_not_given_values_of_the_transform(string transform)
    {
        Tensor sum = Tensor.Zeros([3], DType.Float64), matrix = Tensor.Zeros([2, 3], DType.Float64);
        foreach (Action<Tensor> change in new Action<Tensor>[] { x => sum.AddInPlace(x), x => matrix[0].AddInPlace(x), x => matrix[1] = x })
        {
            string message = Assert.Throws<AutogradException>(() => Run(transform, x =>
            {
                change(x);
                return x * 2;
            })).Message;
            Assert.Contains("captures", message, StringComparison.Ordinal);
        }
        Assert.Equal([1, 1, 1], (sum + 1).ToArray());
        Assert.Equal(0, matrix.Sum().Item());
    }

    [Theory]
    [MemberData(nameof(Transforms))]
    public void A_tensor_made_inside_takes_them(string transform) => Run(transform, x =>
    {
        Tensor sum = Tensor.Zeros([3], DType.Float64), matrix = Tensor.Zeros([2, 3], DType.Float64);
        sum.AddInPlace(x);
        matrix[0].AddInPlace(x);
        matrix[1] = x * 2;
        return sum + matrix.Sum(0);
    });

    [Fact]
    public void A_counter_outside_may_be_changed_by_plain_numbers()
    {
        Tensor calls = Tensor.Zeros([], DType.Float64);
        Functional.Jvp(
            x =>
            {
                calls.AddInPlace(1);
                return x * 2;
            }, X, X);
        Assert.Equal(1, calls.Item());
    }

    [Fact]
    public void A_detached_item_is_not_changed_apart_from_its_origin()
    {
        static Tensor Doubled(Tensor x, Func<Tensor, Tensor> detach)
        {
            Tensor y = x * 1;
            detach(y).MulInPlace(2);
            return y;
        }
        Tensor rows = Tensor.Stack([X, X]);
        Assert.Equal((X * 2).ToArray(), Doubled(X, y => y.Detach()).ToArray());
        Assert.Contains("Clone()", Assert.Throws<AutogradException>(() => Functional.Vmap(x => Doubled(x, y => y.Detach()), rows)).Message, StringComparison.Ordinal);
        Assert.Contains("Clone()", Assert.Throws<AutogradException>(() => Functional.Vmap(x => Doubled(x, Functional.StopGradient), rows)).Message, StringComparison.Ordinal);
        Assert.Equal(rows.ToArray(), Functional.Vmap(x => Doubled(x, y => y.Detach().Clone()), rows).ToArray());
    }

    [Fact]
    public void Checks_and_functions_with_rules_of_their_own_refuse_a_change_of_the_argument_before_it_happens()
    {
        Tensor x = X.Clone();
        foreach ((string op, Action run) in new (string, Action)[]
        {
            ("GradCheck", () => GradCheck.Check(t => t.MulInPlace(2), x)),
            ("GradGradCheck", () => GradGradCheck.Check(t => t.MulInPlace(2), x)),
            ("Verify.Gradient", () => Verify.Gradient(t => t.MulInPlace(2).Sum(), x)),
            ("Functional.CustomJvp", () => Functional.CustomJvp(t => t.MulInPlace(2), (t, direction) => direction)(x)),
            ("Functional.CustomVjp", () => Functional.CustomVjp(t => (t.MulInPlace(2), t), (kept, gradient) => gradient)(x)),
        })
        {
            string message = Assert.Throws<AutogradException>(run).Message;
            Assert.StartsWith(op, message, StringComparison.Ordinal);
            Assert.Contains("argument 0 [3]", message, StringComparison.Ordinal);
            Assert.True(x.Equal(X), $"{op} let {x} through");
        }
    }
}
