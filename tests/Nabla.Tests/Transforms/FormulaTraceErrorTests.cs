using Nabla.Optim;

namespace Nabla.Tests.Transforms;

/// <summary>What cannot be traced: every text names the operation, the line of the function and the remedy.</summary>
public sealed class FormulaTraceErrorTests
{
    public static TheoryData<string, Func<Tensor, Tensor>> AsksForNumbers() => new()
    {
        { "Item", x => x[0].Item() > 0 ? x : -x },
        { "Item", x => x[0].Item<float>() * x },
        { "ToArray", x => Tensor.FromSpan<double>(x.ToArray()) },
        { "ToArray", x => x.ToArray<float>().Length * x },
        { "Equal", x => x.Equal(Tensor.Zeros([3])) ? x : -x },
        { "AllClose", x => x.AllClose(x) ? x : -x },
        { "ToArray", x => Tensor.FromDotNetTensor(x.ToDotNetTensor<double>()) },
        { "Item", x => (x > 0).Any().Item<bool>() ? x : -x },
        { "Item", x => Functional.Grad(y => y.Sum().Item() * y.Sum(), x) },
        { "Item", x => Functional.Jvp(y => y.Sum().Item() * y, x, x).Value },
        { "Item", x => x.Detach().Sum().Item() * x },
        { "Item", x => { Tensor y = Tensor.Zeros([3], DType.Float64); y[0] = x[1]; return y.Sum().Item(); } },
        { "Optimizer.Step", x => { Tensor w = Tensor.Ones([3], DType.Float64, requiresGrad: true); (w * x).Sum().Backward(); new Sgd([w], 0.1).Step(); return w; } },
    };

    [Theory]
    [MemberData(nameof(AsksForNumbers))]
    public void Asking_for_a_number_names_the_operation_the_formulas_the_remedy_and_the_line(string op, Func<Tensor, Tensor> function)
    {
        var error = Assert.Throws<TraceException>(() => Formula.Trace(function, 3));

        Assert.StartsWith($"{op}: needs numbers", error.Message, StringComparison.Ordinal);
        Assert.Contains("formulas(", error.Message, StringComparison.Ordinal);
        Assert.Contains("Tensor.Where(condition, a, b)", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"Called at .*FormulaTraceErrorTests.*\.cs:line \d+$", error.Message);
    }

    public static TheoryData<string, Func<Tensor, Tensor>> DependsOnValues() => new()
    {
        { "Nonzero", x => x[x > 0] },
        { "Nonzero", x => x.MaskedSelect(x > 0) },
        { "Nonzero", x => Tensor.Where(x > 0)[0] },
        { "RepeatInterleave", x => x.RepeatInterleave(x.Long(), 0) },
        { "OneHot", x => x.Long().OneHot() },
    };

    [Theory]
    [MemberData(nameof(DependsOnValues))]
    public void A_shape_that_depends_on_values_names_the_line(string op, Func<Tensor, Tensor> function)
    {
        var error = Assert.Throws<TraceException>(() => Formula.Trace(function, 3));

        Assert.StartsWith($"{op}: the lengths of the result depend on values", error.Message, StringComparison.Ordinal);
        Assert.Contains("Tensor.Where(condition, a, b)", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"Called at .*FormulaTraceErrorTests.*\.cs:line \d+$", error.Message);
    }

    [Fact]
    public void A_matrix_too_large_to_write_out_is_refused_at_once()
    {
        var error = Assert.Throws<TraceException>(() => Formula.Trace(A => Linalg.Inv(A), (20, 20)));

        Assert.Contains("too many", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1x")]
    [InlineData("a b")]
    [InlineData("a.b")]
    public void A_name_that_is_no_identifier_is_refused(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => Formula.Trace(x => x, [], name));

        Assert.Contains($"\"{name}\" cannot name a symbol", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_inputs_cannot_share_a_symbol()
    {
        var error = Assert.Throws<ArgumentException>(() => Formula.Trace((x, y) => x[0] + y, 2, [], names: ["x", "x0"]));

        Assert.Contains("both have a symbol x0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_arguments_say_what_is_needed()
    {
        TracedFormula formula = Formula.Trace((x, y) => x * y, 2, 2);

        Assert.Contains("1 tensors for 2 inputs: x [2], y [2]", Assert.Throws<ArgumentException>(() => formula.Evaluate(Tensor.Ones([2]))).Message, StringComparison.Ordinal);
        Assert.Contains("input 1 is [3]", Assert.Throws<ShapeException>(() => formula.Evaluate(Tensor.Ones([2]), Tensor.Ones([3]))).Message, StringComparison.Ordinal);
        Assert.Contains("needs one element", Assert.Throws<ShapeException>(() => formula.Gradient()).Message, StringComparison.Ordinal);
        Assert.Contains("2 elements", Assert.Throws<ShapeException>(() => formula.Output).Message, StringComparison.Ordinal);
        Assert.Contains("input 5 does not exist", Assert.Throws<ArgumentOutOfRangeException>(() => formula.Jacobian(5)).Message, StringComparison.Ordinal);
        Assert.Contains("1 axes", Assert.Throws<ShapeException>(() => formula[0, 0]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => formula[2]);
        Assert.Contains("2 names for 1", Assert.Throws<ArgumentException>(() => Formula.Trace(x => x[0], [[]], ["a", "b"])).Message, StringComparison.Ordinal);
        Assert.Contains("int64", Assert.Throws<DTypeException>(() => Formula.Trace(x => x, 2, dtype: DType.Int64)).Message, StringComparison.Ordinal);
        Assert.Contains("returned null", Assert.Throws<ArgumentException>(() => Formula.Trace(_ => null!, 2)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Formula.Trace((Func<Tensor, Tensor>)null!, 2));
    }

    [Fact]
    public void Errors_of_operations_come_through_as_they_are()
    {
        Assert.Throws<ShapeException>(() => Formula.Trace(x => x.MatMul(Tensor.Ones([3, 2], DType.Float64)), (2, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Formula.Trace(x => x[5], 2));
        Assert.Throws<AutogradException>(() => Formula.Trace(x => Functional.Grad(y => y.AddInPlace(1).Sum(), x), 2));
    }

    [Fact]
    public void A_value_that_backward_needs_and_that_was_changed_is_found_on_symbols_too()
    {
        static Tensor Changed(Tensor x) => Functional.Grad(
            y =>
            {
                Tensor factor = Tensor.Ones([2], DType.Float64);
                factor = factor * 2;
                Tensor product = (y * factor).Sum();
                factor.AddInPlace(1);
                return product;
            }, x);

        Assert.Throws<AutogradException>(() => Changed(Tensor.Ones([2], DType.Float64)));
        Assert.Throws<AutogradException>(() => Formula.Trace(Changed, 2));
        Assert.Throws<AutogradException>(() => Formula.Trace(
            x => Functional.Grad(
                y =>
                {
                    Tensor factor = x * 2;
                    Tensor product = (y * factor).Sum();
                    factor.AddInPlace(1);
                    return product;
                }, x), 2));
    }
}
