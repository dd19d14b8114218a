namespace Nabla.Symbolics.Tests;

/// <summary>Every row of the table is checked by declaring it: value, derivative, domain.</summary>
public sealed class PrimitiveTests
{
    private static readonly Symbol[] Symbols = [Expr.Symbol("a"), Expr.Symbol("b"), Expr.Symbol("c")];

    public static TheoryData<string> Names
    {
        get
        {
            var names = new TheoryData<string>();
            foreach (var row in Primitives.All) names.Add(row.Name);
            return names;
        }
    }

    [Fact]
    public void The_table_has_all_rows_and_no_name_twice()
    {
        var names = new HashSet<string>();
        foreach (var row in Primitives.All) Assert.True(names.Add(row.Name), row.Name);
        string[] expected =
        [
            "add", "sub", "mul", "div", "neg", "square", "reciprocal", "sqrt", "rsqrt", "abs", "sign", "floor", "ceil", "round", "trunc",
            "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
            "asinh", "acosh", "atanh", "sigmoid", "softplus", "erf", "erfc", "erfinv", "ndtri", "lgamma", "digamma", "i0", "i1", "i0e", "i1e",
            "isnan", "not", "pow", "atan2", "max", "min", "fmod", "remainder", "floordivide", "copysign", "polygamma", "zeta", "less", "lessequal",
            "equal", "notequal", "and", "or", "xor", "select", "cbrt", "hypot", "gamma", "erfcinv", "besselj", "bessely", "besseli", "besselk",
            "kroneckerdelta",
        ];
        Assert.Equal(expected.Order(), names.Order());
    }

    [Fact]
    public void Every_vector_kernel_belongs_to_a_row()
    {
        foreach (var name in VectorKernels.Names) Assert.NotNull(Primitives.Find(name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Partial_derivatives_agree_with_central_differences(string name)
    {
        var row = Primitives.Find(name)!;
        var args = new Expr[row.Arity];
        for (var i = 0; i < args.Length; i++) args[i] = Symbols[i];
        var self = row.Apply(args);
        for (var sample = 0; sample < 12; sample++)
        {
            var point = SamplePoint(row, sample);
            for (var i = 0; i < row.Arity; i++)
            {
                if (row.DomainOf(i).IsWhole || (name == "zeta" && i == 0)) continue;
                var expected = CentralDifference(row, point, i);
                var actual = row.PartialOf(args, self, i).Evaluate(Values(point));
                Assert.True(
                    Math.Abs(expected - actual) <= 2e-6 * (1 + Math.Abs(expected)),
                    $"{name}, argument {i} at [{string.Join(", ", point)}]: formula {actual:R}, differences {expected:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_call_evaluates_to_the_value_of_its_row(string name)
    {
        var row = Primitives.Find(name)!;
        var args = new Expr[row.Arity];
        for (var i = 0; i < args.Length; i++) args[i] = Symbols[i];
        var call = row.Apply(args);
        for (var sample = 0; sample < 4; sample++)
        {
            var point = SamplePoint(row, sample);
            Assert.Equal(row.Evaluate(point), call.Evaluate(Values(point)), 1e-14 * (1 + Math.Abs(row.Evaluate(point))));
        }
    }

    private static double[] SamplePoint(Primitive row, int sample)
    {
        var point = new double[row.Arity];
        for (var i = 0; i < point.Length; i++)
        {
            // Multiples of irrational numbers fill the domain evenly and stay off whole numbers and ties.
            var unit = ((sample + 1) * 0.6180339887) + (i * 0.4142135623);
            unit -= Math.Floor(unit);
            point[i] = row.DomainOf(i).Sample(0.03 + (0.94 * unit));
        }

        return point;
    }

    private static double CentralDifference(Primitive row, double[] point, int index)
    {
        var h = 1e-4 * Math.Min(1, Math.Abs(point[index]));
        double At(double offset)
        {
            double[] moved = [.. point];
            moved[index] += offset;
            return row.Evaluate(moved);
        }

        // Fourth order: the error is of the order of h^4.
        return ((8 * (At(h) - At(-h))) - (At(2 * h) - At(-2 * h))) / (12 * h);
    }

    private static Dictionary<Symbol, double> Values(double[] point)
    {
        var values = new Dictionary<Symbol, double>();
        for (var i = 0; i < point.Length; i++) values[Symbols[i]] = point[i];
        return values;
    }
}
