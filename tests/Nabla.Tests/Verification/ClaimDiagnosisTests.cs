namespace Nabla.Tests.Verification;

/// <summary>A wrong claim is explained in words, where something simple explains it.</summary>
public sealed class ClaimDiagnosisTests
{
    private static Tensor Number(double value) => VerifyTests.Number(value);

    private static Tensor Vector(params double[] values) => VerifyTests.Vector(values);

    private static string Found(VerificationReport report)
    {
        Assert.False(report.Agrees, report.ToString());
        return string.Join("\n", report.Findings.Where(finding => finding.Kind == FindingKind.WrongClaim).Select(finding => finding.Text));
    }

    private static void Says(string expected, VerificationReport report) => Assert.Contains(expected, Found(report), StringComparison.Ordinal);

    [Fact]
    public void A_constant_factor_is_named_with_its_usual_source()
    {
        Tensor x = Vector(1, 2, 3, 4, 5);

        Says("2.000 times the right one: a factor 2 is too much", Verify.Gradient(x => x.Pow(2).Sum(), x, x => 4 * x));
        Says("1/2 times the right one: a factor 2 is missing", Verify.Gradient(x => x.Pow(2).Sum(), x, x => x));
        Says("1/5 times the right one: 5 is a number of elements", Verify.Gradient(x => x.Pow(2).Sum(), x, x => 2 * x / 5));
        Says("5.000 times the right one: 5 is a number of elements", Verify.Gradient(x => x.Pow(2).Mean(), x, x => 2 * x));
        Says("ln 2", Verify.Gradient(x => x.Log2().Sum(), x, x => 1 / x));
        Says("degrees", Verify.Gradient(x => x.Sin().Sum(), x, x => Math.PI / 180 * x.Cos()));
        Says("has the wrong sign", Verify.Gradient(x => x.Cos().Sum(), x, x => x.Sin()));
        Says("is zero", Verify.Gradient(x => x.Cos().Sum(), x, x => x * 0));
    }

    [Fact]
    public void A_factor_in_some_entries_names_them()
    {
        Tensor S = VerifyTests.Matrix([[2, 0.3], [0.7, 1]]);

        Says("2.000 times the right one at S[0, 1], S[1, 0], off the diagonal", Verify.Gradient(S => (S * S * S).Sum(), S, S => 3 * S * S * VerifyTests.Matrix([[1, 2], [2, 1]])));
        Says("1/2 times the right one at S[0, 1], S[1, 0], off the diagonal", Verify.Gradient(S => (S * S * S).Sum(), S, S => 3 * S * S * VerifyTests.Matrix([[1, .5], [.5, 1]])));
        Says("wrong sign at x[1]", Verify.Gradient(x => x.Pow(2).Sum(), Vector(1, 2, 3), "[2*x[0], -2*x[1], 2*x[2]]"));
        Says("is zero at x[1]", Verify.Gradient(x => x.Pow(2).Sum(), Vector(1, 2, 3), "[2*x[0], 0, 2*x[2]]"));
    }

    [Fact]
    public void The_convention_of_a_symmetric_matrix_is_recognised()
    {
        Tensor v = Vector(1, 2), S = VerifyTests.Matrix([[2, 0.3], [0.3, 1]]);
        Tensor F(Tensor S) => v.MatMul(Linalg.Inv(S)).MatMul(v);
        Tensor Right(Tensor S)
        {
            Tensor u = Linalg.Inv(S).MatMul(v);
            return -u.Reshape(2, 1).MatMul(u.Reshape(1, 2));
        }

        Assert.True(Verify.Gradient(F, S, Right).Agrees);
        Says("free parameters of a symmetric matrix", Verify.Gradient(F, S, S => Right(S) * VerifyTests.Matrix([[1, 2], [2, 1]])));
    }

    [Fact]
    public void Places_that_are_exchanged_are_named()
    {
        Tensor A = VerifyTests.Matrix([[1, 2], [3, 4]]);

        Says("is transposed", Verify.Gradient(A => (A * A * A).Sum(), A, A => (3 * A * A).T));
        Says("entries x[1], x[2] exchanged", Verify.Gradient(x => (x.Pow(3) * Vector(1, 2, 3)).Sum(), Vector(1, 2, 3), "[3*x[0]^2, 9*x[2]^2, 6*x[1]^2]"));
        Says("reverse order", Verify.Gradient(x => x.Pow(3).Sum(), Vector(1, 2, 3, 5), x => (3 * x * x).Flip(0)));
        string both = Found(Verify.Gradient((a, b) => (a * a * b).Sum(), (Vector(1, 2), Vector(3, 4)), (a, b) => (a * a, 2 * a * b)));
        Assert.Contains("for a is the right gradient for b", both, StringComparison.Ordinal);
        Assert.Contains("for b is the right gradient for a", both, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_term_is_named()
    {
        Says("lacks the term 2*x*sin(x)", Verify.Gradient(x => x.Pow(2) * x.Sin(), Number(1.3), "x^2*cos(x)"));
        Says("lacks the term 2*x*sin(x)", Verify.Gradient(x => x.Pow(2) * x.Sin(), Number(1.3), x => x.Pow(2) * x.Cos()));
        Says("wrong sign in the term", Verify.Gradient(x => x.Pow(2) * x.Sin(), Number(1.3), "2*x*sin(x) - x^2*cos(x)"));
        Says("multiplied by 3", Verify.Gradient(x => x.Pow(2) * x.Sin(), Number(1.3), "2*x*sin(x) + 3*x^2*cos(x)"));
    }

    [Fact]
    public void A_missing_factor_of_the_chain_rule_is_named()
    {
        Says("lacks the factor 3*x^2 + 1", Verify.Gradient(x => (x.Pow(3) + x).Exp(), Number(0.4), x => (x.Pow(3) + x).Exp()));
        Says("lacks the factor exp(-x^2/2)", Verify.Gradient(x => (-x.Pow(2) / 2).Exp(), Number(2), x => -x));
        Says("once too often", Verify.Gradient(x => (-x.Pow(2) / 2).Exp(), Number(0.7), "-x*exp(-x^2)"));
    }

    [Fact]
    public void Text_is_followed_down_to_the_first_part_that_differs()
    {
        Says("in the term 2*x*sin(x): the claim has cos(x) where the right derivative has sin(x)", Verify.Gradient(x => (x.Pow(2) * x.Sin()) + x.Exp(), Number(1.3), "2*x*cos(x) + x^2*cos(x) + exp(x)"));
        Says("in the argument 3*x: the claim has 2 where the right derivative has 3", Verify.Gradient(x => (x.Pow(2) + (3 * x).Sin()).Exp(), Number(.3), "(2*x + 3*cos(3*x))*exp(x^2 + sin(2*x))"));
        Says("too much", Verify.Gradient(x => x.Exp(), Number(.3), "exp(x) + sqrt(x)"));
    }

    [Fact]
    public void Another_way_of_writing_the_same_is_no_difference() =>
        Assert.True(Verify.Gradient(x => (x.Pow(2) + x).Sin().Exp(), Number(.3), "exp(sin(x*(x + 1)))*cos(x^2 + x)*2*(x + 1/2)").Agrees);

    [Fact]
    public void Single_precision_is_recognised() =>
        Says("six digits", Verify.Gradient(x => x.Sin(), Number(0.7), x => x.To(DType.Float32).Cos()));

    [Fact]
    public void A_claim_of_another_shape_is_said_before_its_numbers()
    {
        Says("is [2, 1], it must be [2], like the input", Verify.Gradient(x => x.Sin().Sum(), Vector(.7, 1), x => x.Cos().Reshape(2, 1)));
        Says("is [], it must be [2], like the input", Verify.Gradient(x => x.Sin().Sum(), Vector(.7, 1), x => x.Cos().Sum()));
    }

    [Fact]
    public void A_claim_of_NaN_is_said() =>
        Says("NaN at x[0]", Verify.Gradient(x => x.Sin().Sum(), Vector(0, 1), x => x.Cos() * x / x));

    [Fact]
    public void Every_explanation_holds_at_other_points_too()
    {
        // Claimed is 7.5 where 6 is right: 1.25 times as much, but only here.
        VerificationReport coincidence = Verify.Gradient(x => x.Pow(2), Number(3), "x^2 - 3/2");

        string found = Found(coincidence);
        Assert.DoesNotContain("times the right one", found, StringComparison.Ordinal);
        Assert.Contains("First difference", found, StringComparison.Ordinal);
    }
}
