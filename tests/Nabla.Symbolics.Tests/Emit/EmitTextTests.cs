using F = Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests.Emit;

public sealed class EmitTextTests
{
    private static readonly Symbol X = Expr.Symbol("x"), Y = Expr.Symbol("y");

    [Fact]
    public void The_same_request_gives_the_same_bytes()
    {
        var request = new EmitRequest("f", F.Exp(-X * X) * F.Sin(Y) / Y, X, Y) { Parts = EmitParts.ValueAndGradient };
        foreach (EmitLanguage language in Enum.GetValues<EmitLanguage>())
            Assert.Equal(Symbolics.Emit.Source(language, request), Symbolics.Emit.Source(language, request));
    }

    [Fact]
    public void Shared_subterms_have_one_name()
    {
        string c = Symbolics.Emit.C(new EmitRequest("f", F.Exp(X) * F.Sin(F.Exp(X)), X));
        Assert.Single(Occurrences(c, "exp(x)"), occurrence => occurrence > c.IndexOf('{') && c[occurrence - 1] == ' ' && c[occurrence - 2] == '=');
    }

    [Fact]
    public void A_costly_side_of_a_choice_is_computed_only_when_it_is_taken()
    {
        string c = Symbolics.Emit.C(new EmitRequest("f", F.Select(F.Less(0, X), F.Log(X) * F.Sqrt(X), 0), X) { Parts = EmitParts.ValueAndGradient });
        int open = c.IndexOf("if (x > 0.0)", StringComparison.Ordinal), otherwise = c.IndexOf("else", StringComparison.Ordinal);
        Assert.True(open > 0);
        Assert.All(Occurrences(c, "log(x);"), place => Assert.InRange(place, open, otherwise));
        Assert.All(Occurrences(c, "sqrt(x);"), place => Assert.InRange(place, open, otherwise));
    }

    [Fact]
    public void Whole_powers_are_products_and_halves_are_roots()
    {
        string c = Symbolics.Emit.C(new EmitRequest("f", F.Pow(X, 3) + F.Pow(Y, new Rational(-1, 2)), X, Y));
        Assert.DoesNotContain("pow(", c);
        Assert.Contains("sqrt(y)", c);
        Assert.Contains("rsqrtf(y)", Symbolics.Emit.Cuda(new EmitRequest("f", F.Rsqrt(Y), Y)));
        Assert.Contains("inversesqrt(y)", Symbolics.Emit.Glsl(new EmitRequest("f", F.Rsqrt(Y), Y)));
    }

    [Fact]
    public void Literals_have_the_precision_asked_for_and_read_back_exactly()
    {
        var request = new EmitRequest("f", X * 0.1, X);
        Assert.Contains("0.1 * x", Symbolics.Emit.C(request));
        Assert.Contains("0.1f * x", Symbolics.Emit.C(request with { Precision = EmitPrecision.Float }));
        Assert.Contains("0.1lf * x", Symbolics.Emit.Glsl(request with { Precision = EmitPrecision.Double }));
        Assert.Contains("range of float", Assert.Throws<ArgumentException>(() => Symbolics.Emit.Cuda(new EmitRequest("f", X * 1e300, X))).Message);
    }

    [Fact]
    public void Sine_and_cosine_of_an_angle_are_computed_together_where_the_language_can()
    {
        var request = new EmitRequest("f", F.Sin(X) * Y + F.Cos(X), X, Y);
        Assert.Contains("sincosf(x, &sin_x, &cos_x);", Symbolics.Emit.Cuda(request));
        Assert.Contains("sincos(x, sin_x, cos_x);", Symbolics.Emit.Hlsl(request));
        Assert.Contains("Math.SinCos(x)", Symbolics.Emit.CSharp(request));
        Assert.DoesNotContain("sincos", Symbolics.Emit.C(request));
        Assert.Contains("sincos(x, &sin_x, &cos_x);", Symbolics.Emit.C(request with { GnuSincos = true }));
    }

    [Theory]
    [InlineData("μ_1", "mu_1")]
    [InlineData("α", "alpha")]
    [InlineData("float", "float_")]
    [InlineData("a b", "a_b")]
    [InlineData("2x", "v2x")]
    [InlineData("x__y", "x_y")]
    [InlineData("c[0]", "c_0")]
    [InlineData("∫", "v")]
    public void Names_become_names_of_the_language(string name, string expected)
    {
        Symbol symbol = Expr.Symbol(name);
        foreach (EmitLanguage language in Enum.GetValues<EmitLanguage>())
            Assert.Contains($" {expected})", Symbolics.Emit.Source(language, new EmitRequest("f", symbol + 1, symbol)));
    }

    [Fact]
    public void Names_that_become_equal_are_told_apart()
    {
        Symbol a = Expr.Symbol("a b"), b = Expr.Symbol("a_b");
        string c = Symbolics.Emit.C(new EmitRequest("f", a - b, a, b));
        Assert.Contains("double a_b, double a_b_", c);
        Assert.Contains("a_b - a_b_", c);
    }

    [Fact]
    public void A_name_cannot_break_out_of_the_comment()
    {
        Symbol evil = Expr.Symbol("x\n#error \\");
        string c = Symbolics.Emit.C(new EmitRequest("f", evil + 1, evil));
        Assert.DoesNotContain("\n#error", c);
        Assert.DoesNotContain("\\", c);
    }

    [Fact]
    public void Gradients_can_be_added_to_what_is_there() =>
        Assert.Contains("*d_x += ", Symbolics.Emit.C(new EmitRequest("f", X * X, X) { Parts = EmitParts.Gradient, Accumulate = true }));

    [Fact]
    public void Backward_reads_what_forward_saved()
    {
        var request = new EmitRequest("f", F.Exp(X * Y) * X, X, Y) { Saving = EmitSaving.Automatic };
        string c = Symbolics.Emit.C(request);
        string backward = c[c.IndexOf("f_backward(", StringComparison.Ordinal)..];
        Assert.Contains("saved[0] = ", c);
        Assert.Contains("saved[0]", backward);
        Assert.DoesNotContain("exp(", backward[backward.IndexOf('{')..]);
        Assert.Contains("does not read", Assert.Throws<ArgumentException>(() => Symbolics.Emit.C(request with { Saving = EmitSaving.Chosen, Saved = [F.Cos(X)] })).Message);
    }

    [Fact]
    public void Every_primitive_is_written_or_refused_by_name()
    {
        foreach (Primitive primitive in Primitives.All)
        {
            Symbol[] args = [.. Enumerable.Range(0, primitive.Arity).Select(i => Expr.Symbol($"x{i}"))];
            foreach (EmitLanguage language in Enum.GetValues<EmitLanguage>())
            {
                var request = new EmitRequest("f", primitive.Apply([.. args]), args);
                Exception? error = Record.Exception(() => Symbolics.Emit.Source(language, request));
                if (error is null) continue;
                Assert.IsType<NotSupportedException>(error);
                Assert.Contains($"'{primitive.Name}'", error.Message);
                Assert.StartsWith("bessel", primitive.Name);
            }
        }
    }

    [Fact]
    public void Wrong_requests_say_what_is_wrong()
    {
        Assert.Contains("'y'", Assert.Throws<ArgumentException>(() => Symbolics.Emit.C(new EmitRequest("f", X + Y, X))).Message);
        Assert.Contains("'x' occurs twice", Assert.Throws<ArgumentException>(() =>
            new EmitRequest { Name = "f", Parameters = [X, EmitParameter.Vector("v", X, Y)], Outputs = [X] }).Message);
        Assert.Contains("3 values for 2 by 2", Assert.Throws<ArgumentException>(() => EmitParameter.Symmetric("s", X, Y)).Message);
        Assert.Contains("no parameter is named 'z'", Assert.Throws<ArgumentException>(() =>
            Symbolics.Emit.C(new EmitRequest("f", X, X) { Parts = EmitParts.Gradient, GradientOf = ["z"] })).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmitRequest("f", X, X) { Parts = (EmitParts)9 });
    }

    [Fact]
    public void Deep_formulas_and_long_sums_are_written_in_short_statements()
    {
        Expr f = X;
        for (int i = 0; i < 20_000; i++) f = F.Sin(f) + Y;
        string c = Symbolics.Emit.C(new EmitRequest("f", f, X, Y));
        Assert.All(c.Split('\n'), line => Assert.InRange(line.Length, 0, 130));
    }

    private static IEnumerable<int> Occurrences(string text, string word)
    {
        for (int i = text.IndexOf(word, StringComparison.Ordinal); i >= 0; i = text.IndexOf(word, i + 1, StringComparison.Ordinal)) yield return i;
    }
}
