namespace Nabla.Tests.Verification;

public sealed class VerifyTests
{
    internal static Tensor Number(double value) => Tensor.Of(value, DType.Float64);

    internal static Tensor Vector(params double[] values) => Tensor.Of(values, DType.Float64);

    internal static Tensor Matrix(double[][] rows) => Tensor.Of(rows, DType.Float64);

    private static Tensor Bell(Tensor x) => (-x.Pow(2) / 2).Exp();

    // ---- the ways -----------------------------------------------------------------------------------------------------

    [Fact]
    public void All_ways_find_the_derivative_of_a_bell_curve()
    {
        VerificationReport report = Verify.Gradient(Bell, Number(2), "-x*exp(-x^2/2)");

        VerifiedElement element = Assert.Single(report.Elements);
        double right = -2 * Math.Exp(-2);
        Assert.All(Enum.GetValues<GradientWay>(), way => Assert.Equal(right, element.By(way)!.Value, 1e-11));
        Assert.True(element.DifferenceError < 1e-9);
        Assert.True(report.Agrees, report.ToString());
        Assert.Equal(10, report.Pairs.Count);
        Assert.All(report.Pairs, pair => Assert.True(pair.Agrees && pair.Compared == 1));
        Assert.All(report.Ways, way => Assert.Null(way.Missing));
        Assert.Empty(report.Findings);
        report.ThrowIfDisagrees();
    }

    [Fact]
    public void Inputs_in_single_precision_are_verified_in_double()
    {
        VerificationReport report = Verify.Gradient(x => x.Sin().Sum(), Tensor.Of([0.5, 1.5]), x => x.Cos());

        Assert.True(report.Agrees, report.ToString());
        Assert.Equal(Math.Cos(0.5), report.Elements[0].Reverse!.Value, 1e-14);
    }

    [Fact]
    public void Several_inputs_have_the_names_of_the_parameters()
    {
        VerificationReport two = Verify.Gradient((mu, sigma) => ((mu / sigma).Pow(2) + sigma.Log()).Sum(), (Vector(1, 2), Vector(0.5, 3)), (mu, sigma) => (2 * mu / sigma.Pow(2), -2 * mu.Pow(2) / sigma.Pow(3) + 1 / sigma));
        VerificationReport three = Verify.Gradient((a, b, c) => a * b * c, (Number(2), Number(3), Number(5)), ("b*c", "a*c", "a*b"));

        Assert.True(two.Agrees, two.ToString());
        Assert.Equal(["mu[0]", "mu[1]", "sigma[0]", "sigma[1]"], two.Elements.Select(element => element.Name));
        Assert.True(three.Agrees, three.ToString());
        Assert.Equal([15, 10, 6], three.Elements.Select(element => element.Reverse!.Value));
    }

    [Fact]
    public void A_list_of_inputs_may_hold_integers_which_have_no_gradient()
    {
        Tensor index = Tensor.Of([2.0, 0.0]).To(DType.Int64);
        VerificationReport report = Verify.Gradient(xs => xs[0].IndexSelect(0, xs[1]).Pow(3).Sum(), [Vector(1, 2, 3), index], xs => [3 * xs[0].Pow(2) * Vector(1, 0, 1)]);

        Assert.True(report.Agrees, report.ToString());
        Assert.Equal([3.0, 0, 27], report.Elements.Select(element => element.Reverse!.Value));
    }

    [Fact]
    public void A_sum_gathered_in_place_has_its_formula()
    {
        VerificationReport report = Verify.Gradient(x =>
        {
            Tensor sum = Tensor.Of(0.0, x.DType);
            for (int i = 0; i < 3; i++) sum.AddInPlace(x[i].Exp());
            return sum;
        }, Vector(0, 1, 2), "exp(x)");

        Assert.True(report.Agrees, report.ToString());
        Assert.NotNull(report.Function);
    }

    [Fact]
    public void A_function_that_branches_on_a_value_has_no_formula_and_the_report_says_why()
    {
        VerificationReport report = Verify.Gradient(x => x.Item() > 0 ? x * 2 : x * 3, Number(2), x => x * 0 + 2);

        Assert.True(report.Agrees, report.ToString());
        Assert.Null(report.Elements[0].Formula);
        Assert.NotNull(report.Ways.Single(way => way.Way == GradientWay.Formula).Missing);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Note && finding.Text.Contains("Where", StringComparison.Ordinal));
    }

    [Fact]
    public void A_wrong_backward_of_a_Function_is_found_by_the_differences()
    {
        VerificationReport report = Verify.Gradient(x => new DoubledCube().Apply(x).Sum(), Vector(1, 2));

        Assert.False(report.Agrees);
        Assert.Equal([3.0, 12], report.Elements.Select(element => element.Differences!.Value).Select(value => Math.Round(value, 6)));
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.WaysDiffer);
        Assert.Throws<VerificationException>(report.ThrowIfDisagrees);
    }

    private sealed class DoubledCube : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            context.SaveForBackward(inputs[0]);
            return [inputs[0].Pow(3)];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [6 * context.SavedTensors[0].Pow(2) * gradOutputs[0]!];
    }

    // ---- results of several elements ----------------------------------------------------------------------------------

    [Fact]
    public void Without_a_claim_a_vector_function_is_verified_with_mixed_weights()
    {
        VerificationReport report = Verify.Gradient(x => x.Exp() * x.Sum(), Vector(1, 2));

        Assert.True(report.Agrees, report.ToString());
        Assert.NotNull(report.Cotangent);
        Assert.Equal(2, report.Cotangent.ToArray<double>().Distinct().Count());
    }

    [Fact]
    public void A_backward_function_is_given_the_cotangent()
    {
        Assert.True(Verify.Gradient(x => x.Exp(), Vector(1, 2), (x, g) => g * x.Exp()).Agrees);
        Assert.False(Verify.Gradient(x => x.Exp(), Vector(1, 2), (x, g) => g.Sum() * x.Exp()).Agrees);
        Assert.True(Verify.Gradient(xs => xs[0].MatMul(xs[1]), [Matrix([[1, 2], [3, 4]]), Matrix([[5, 6], [7, 9]])], (xs, g) => [g.MatMul(xs[1].T), xs[0].T.MatMul(g)]).Agrees);
    }

    [Fact]
    public void The_cotangent_of_the_options_weighs_the_result()
    {
        VerificationReport report = Verify.Gradient(x => x.Pow(2), Vector(1, 2), "[6*x[0], 10*x[1]]", new VerificationOptions { Cotangent = Vector(3, 5) });

        Assert.True(report.Agrees, report.ToString());
    }

    [Fact]
    public void A_claim_for_a_vector_function_without_a_cotangent_is_an_error_that_names_the_remedies()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => Verify.Gradient(x => x.Exp(), Vector(1, 2), x => x.Exp()));

        Assert.Contains("[2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("Cotangent", error.Message, StringComparison.Ordinal);
        Assert.Contains("Verify.Jacobian", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Jacobian_is_verified_element_by_element()
    {
        Tensor Right(Tensor x) => x.Exp().Diag() * x.Sum() + x.Exp().Reshape(2, 1);

        VerificationReport right = Verify.Jacobian(x => x.Exp() * x.Sum(), Vector(1, 2), Right);
        VerificationReport turned = Verify.Jacobian(x => x.Exp() * x.Sum(), Vector(1, 2), x => Right(x).T);

        Assert.True(right.Agrees, right.ToString());
        Assert.Equal(["f[0] / x[0]", "f[0] / x[1]", "f[1] / x[0]", "f[1] / x[1]"], right.Elements.Select(element => element.Name));
        Assert.Contains("transposed", turned.Findings[0].Text, StringComparison.Ordinal);
    }

    // ---- claims as text -----------------------------------------------------------------------------------------------

    [Theory]
    [InlineData("2*x")] // x for the element at hand
    [InlineData("[2*x[0], 2*x[1], 2*x[2]]")]
    [InlineData("[2*x0, 2 x1, x2 + x2]")]
    [InlineData(" [ 2*x[ 0 ], (x[1] + x[1]), max(2*x[2], 2*x[2]) ] ")]
    public void The_elements_of_a_vector_are_written_with_brackets_or_digits(string claimed) =>
        Assert.True(Verify.Gradient(x => x.Pow(2).Sum(), Vector(1, 2, 3), claimed).Agrees);

    [Theory]
    [InlineData("[[2*S[0, 0], 3*S[0,1]^2], [0, 1]]")]
    [InlineData("[2*S00, 3*S01^2, 0, 1]")]
    public void The_elements_of_a_matrix_are_written_row_by_row(string claimed) =>
        Assert.True(Verify.Gradient(S => S[0, 0].Pow(2) + S[0, 1].Pow(3) + S[1, 1], Matrix([[1, 2], [3, 4]]), claimed).Agrees);

    [Theory]
    [InlineData("2*q", "q")]
    [InlineData("[2*x[0], x[7]]", "x[7]")]
    [InlineData("[2*x[0], 1, 3]", "3 formulas for 2 elements")]
    [InlineData("[2*x[0], 1", "square brackets")]
    [InlineData("[2*x[0]], 1]", "square brackets")]
    [InlineData("2*(x[0]", "2*(x0")]
    [InlineData("", "")]
    public void A_claim_that_cannot_be_read_says_what_and_where(string claimed, string expected)
    {
        FormatException error = Assert.ThrowsAny<FormatException>(() => Verify.Gradient(x => x.Exp().Sum(), Vector(1, 2), claimed));

        Assert.StartsWith("Verify.Gradient: the claimed gradient for x", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    // ---- what cannot be verified --------------------------------------------------------------------------------------

    [Fact]
    public void Wrong_arguments_give_one_clear_error()
    {
        Assert.Throws<DTypeException>(() => Verify.Gradient(x => x, Tensor.Arange(3)));
        Assert.Throws<DTypeException>(() => Verify.Gradient(x => x > 0, Vector(1)));
        Assert.Throws<ArgumentException>(() => Verify.Gradient(xs => xs[0], []));
        Assert.Throws<ArgumentException>(() => Verify.Gradient(xs => xs[0] * xs[1], [Number(1), Number(2)], xs => [xs[1]]));
        Assert.Throws<ArgumentException>(() => Verify.Gradient(Bell, Number(1), "x", new VerificationOptions { Names = ["a", "b"] }));
        Assert.Throws<ArgumentException>(() => Verify.Gradient(x => null!, Number(1)));
        Assert.Throws<ShapeException>(() => Verify.Gradient(x => x, Vector(1, 2), options: new VerificationOptions { Cotangent = Vector(1, 2, 3) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Verify.Gradient(x => x.Sum(), Tensor.Zeros([5000], DType.Float64)));
        Assert.Throws<ArgumentOutOfRangeException>(() => new VerificationOptions { RelativeTolerance = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new VerificationOptions { AbsoluteTolerance = double.NaN });
    }

    [Fact]
    public void An_error_of_the_function_itself_reaches_the_caller() =>
        Assert.Throws<ShapeException>(() => Verify.Gradient(x => x.MatMul(Vector(1, 2, 3)), Vector(1, 2)));

    [Fact]
    public void Many_elements_are_verified_without_a_formula()
    {
        VerificationReport report = Verify.Gradient(x => x.Pow(2).Sum(), Tensor.Linspace(0.1, 2, 300, DType.Float64), x => 2 * x);

        Assert.True(report.Agrees, report.ToString());
        Assert.Contains(report.Findings, finding => finding.Text.Contains("MaxFormulaElements", StringComparison.Ordinal));
    }

    [Fact]
    public void A_function_without_input_elements_has_nothing_to_differ()
    {
        VerificationReport report = Verify.Gradient(x => x.Sum(), Tensor.Zeros([0], DType.Float64));

        Assert.True(report.Agrees);
        Assert.Empty(report.Elements);
        Assert.NotEmpty(report.ToHtml());
        Assert.NotEmpty(report.ToMarkdown());
    }

    // ---- kinks and infinities -----------------------------------------------------------------------------------------

    [Fact]
    public void A_kink_is_reported_as_such_and_any_slope_between_is_accepted()
    {
        foreach (double between in new[] { -1, 0, 0.25, 1 })
        {
            VerificationReport report = Verify.Gradient(x => x.Abs().Sum(), Vector(1, 0, -2), $"[1, {between}, -1]");

            Assert.True(report.Agrees, report.ToString());
            Assert.Equal([ElementVerdict.Agrees, ElementVerdict.Kink, ElementVerdict.Agrees], report.Elements.Select(element => element.Verdict));
        }

        VerificationReport outside = Verify.Gradient(x => x.Abs().Sum(), Vector(1, 0, -2), "[1, 3, -1]");
        Assert.False(outside.Agrees);
        Assert.Contains("kink: the slope is -1 to the left and 1 to the right; claimed 3 is outside", outside.Findings[0].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1e-3)]
    [InlineData(1)]
    [InlineData(1e3)]
    public void A_kink_away_from_zero_is_found_on_every_scale(double at)
    {
        VerificationReport report = Verify.Gradient(x => (x - at).Relu() * 5, Number(at));

        Assert.Equal(ElementVerdict.Kink, report.Elements[0].Verdict);
        Assert.True(report.Agrees);
    }

    [Fact]
    public void A_steep_smooth_function_has_no_kink()
    {
        VerificationReport report = Verify.Gradient(x => (50 * x).Tanh(), Number(0.001), "50/cosh(50*x)^2");

        Assert.Equal(ElementVerdict.Agrees, report.Elements[0].Verdict);
    }

    [Fact]
    public void Outside_the_domain_nothing_agrees_and_the_report_says_why()
    {
        VerificationReport report = Verify.Gradient(x => x.Log(), Number(-1), "1/x");

        Assert.False(report.Agrees);
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.NotFinite && finding.Text.Contains("the function is NaN here", StringComparison.Ordinal));
    }

    [Fact]
    public void An_infinite_gradient_is_named()
    {
        VerificationReport report = Verify.Gradient(x => x.Sqrt(), Number(0));

        Assert.Equal(ElementVerdict.Infinite, report.Elements[0].Verdict);
        Assert.Contains(report.Findings, finding => finding.Text.Contains("vertical", StringComparison.Ordinal));
    }

    [Fact]
    public void Zero_times_infinity_behind_Where_is_explained()
    {
        VerificationReport report = Verify.Gradient(x => Tensor.Where(x > 0, x.Sqrt(), x * 0), Number(-1));

        Assert.False(report.Agrees);
        Assert.Contains(report.Findings, finding => finding.Text.Contains("0 · ∞", StringComparison.Ordinal));
    }
}
