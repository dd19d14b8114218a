using System.Xml.Linq;

namespace Nabla.Symbolics.Tests.Text;

public sealed class NotationTests
{
    [Theory]
    [InlineData("-x*exp(-x^2/2)", @"-x \, e^{-\frac{x^{2}}{2}}")]
    [InlineData("(x - mu_1)^2/(2*sigma^2)", @"\frac{(x - \mu_{1})^{2}}{2 \, \sigma^{2}}")]
    [InlineData("-(x - y)", "-(x - y)")]
    [InlineData("(x/y)^z", @"\left(\frac{x}{y}\right)^{z}")]
    [InlineData("sin(x)^2*cos(x/2)", @"\sin^{2}(x) \, \cos\left(\frac{x}{2}\right)")]
    [InlineData("root(x, 3) + sqrt(x)", @"\sqrt{x} + \sqrt[3]{x}")]
    [InlineData("2^x*3^y", @"2^{x} \cdot 3^{y}")]
    [InlineData("1.5e-10*x", @"1.5 \cdot 10^{-10} \, x")]
    [InlineData("x^(3/2)", @"x^{\frac{3}{2}}")]
    [InlineData("abs(x) + floor(y)", @"\lvert x\rvert + \lfloor y\rfloor")]
    [InlineData("piecewise(x < 0, -x, x)", @"\begin{cases} -x & \text{if } x < 0 \\ x & \text{otherwise} \end{cases}")]
    [InlineData("sum(mu[i]*x^i, i, 0, n)", @"\sum_{i = 0}^{n} \mu_{i} \, x^{i}")]
    [InlineData("erf(x)*gamma(y)", @"\operatorname{erf}(x) \, \Gamma(y)")]
    [InlineData("`a_{b}`", @"a_{\text{\{b\}}}")]
    [InlineData("-inf", @"-\infty")]
    public void LaTeX(string text, string expected) => Assert.Equal(expected, Expr.Parse(text).ToLatex());

    [Theory]
    [InlineData("x/(y + 1)", "<mfrac><mi>x</mi><mrow><mi>y</mi><mo>+</mo><mn>1</mn></mrow></mfrac>")]
    [InlineData("x_1^2", "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>")]
    [InlineData("sqrt(x)", "<msqrt><mi>x</mi></msqrt>")]
    [InlineData("x < y", "<mrow><mi>x</mi><mo>&lt;</mo><mi>y</mi></mrow>")]
    [InlineData("`<script>`", "<mi>&lt;script&gt;</mi>")]
    public void MathML(string text, string content)
    {
        Assert.Equal($"<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"block\">{content}</math>", Expr.Parse(text).ToMathML());
    }

    [Theory]
    [InlineData("x/(y + 1)", "  x\n─────\ny + 1")]
    [InlineData("x^y^z", "  z\n y\nx")]
    [InlineData("(x/2)^n", "   n\n⎛x⎞\n⎜─⎟\n⎝2⎠")]
    [InlineData("x_1^2 + y", "x₁² + y")]
    [InlineData("sqrt(x/2)", "   ___\n   ╱ x\n  ╱  ─\n╲╱   2")]
    [InlineData("piecewise(x < 0, -x, x)", "⎧ -x  if x < 0\n⎨\n⎩ x   otherwise")]
    public void Drawing(string text, string expected)
    {
        Assert.Equal(expected, Expr.Parse(text).ToPretty());
    }

    [Theory]
    [InlineData("-x*exp(-x^2/2)", "-x * Math.Exp(-(x * x) / 2.0)")]
    [InlineData("x/3 - 1/3", "(x / 3.0) - (1.0 / 3.0)")]
    [InlineData("1/sqrt(x)", "(1.0 / Math.Sqrt(x))")]
    [InlineData("piecewise(x < 0.5 and not y > 1, x, nan)", "(((x < 0.5) && !(1.0 < y)) ? x : double.NaN)")]
    [InlineData("class*pi", "Math.PI * @class")]
    [InlineData("mu[0] + A[1, 2]", "A[1, 2] + mu[0]")]
    [InlineData("x^3.5", "Math.Pow(x, 3.5)")]
    public void CSharp(string text, string expected) => Assert.Equal(expected, Expr.Parse(text).ToCSharp());

    [Fact]
    public void CSharp_says_what_it_cannot_write()
    {
        Assert.Contains("System.Math has no erf", Assert.Throws<NotSupportedException>(() => Expr.Parse("erf(x)").ToCSharp()).Message, StringComparison.Ordinal);
        Assert.Contains("'x'' is no C# name", Assert.Throws<NotSupportedException>(() => Expr.Parse("x'").ToCSharp()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_formulas_are_written_in_every_notation_and_their_MathML_is_well_formed()
    {
        var random = new RandomFormulas(seed: 8);
        for (var i = 0; i < 2000; i++)
        {
            var formula = random.Next(nodes: 80);
            var latex = formula.ToLatex();
            Assert.Equal(latex.Replace("\\{", "", StringComparison.Ordinal).Count('{'), latex.Replace("\\}", "", StringComparison.Ordinal).Count('}'));
            XDocument.Parse(formula.ToMathML());
            Assert.NotEmpty(formula.ToPretty(60));
            XDocument.Parse(SharedParts.Of(formula, random.Next(nodes: 80)).ToMathML("f", "∂f/∂x"));
        }
    }

    [Fact]
    public void A_formula_that_is_exponentially_long_as_text_is_written_in_shared_parts()
    {
        Expr formula = Expr.Symbol("x");
        for (var i = 0; i < 200; i++) formula = Functions.Sin(formula) + (formula * Functions.Cos(formula));
        Assert.InRange(formula.ToLatex().Length, 5_000, 60_000);
        Assert.InRange(formula.ToMathML().Length, 20_000, 300_000);
        Assert.InRange(formula.ToPretty().Length, 5_000, 60_000);
        Assert.Contains("SharedParts", Assert.Throws<InvalidOperationException>(formula.ToCSharp).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_deep_formula_is_written_in_every_notation()
    {
        Expr formula = Expr.Symbol("x");
        for (var i = 0; i < 20_000; i++) formula = Functions.Sin(formula);
        Assert.EndsWith("…", formula.ToString(1000), StringComparison.Ordinal);
        Assert.NotEmpty(formula.ToLatex());
        Assert.NotEmpty(formula.ToMathML());
        Assert.NotEmpty(formula.ToPretty());
    }
}
