using Nabla.Symbolics;

namespace Nabla.Tests.Transforms;

/// <summary>
/// Third derivatives by mixed nestings against the third derivative of the formula: of formulas that are read from text and
/// computed on tensors, and of functions of tensors whose formula is traced. A hundred in all.
/// </summary>
public sealed class ThirdDerivativeTests
{
    private static readonly Tensor C = Tensor.Of([0.5, -0.25, 1.5, 0.75], DType.Float64);
    private static readonly Tensor M = Tensor.Of([[2.0, 0.5, -0.25], [0.25, 3.0, 0.5], [-0.5, 0.75, 2.5]], DType.Float64);

    private static readonly string[] Texts =
    [
        "x^7 - 3x^5 + x^2/2", "1/x", "1/(1 + x^2)", "(x^2 - 1)/(x^3 + 2)", "sqrt(x)", "x^(3/2)*(1 - x)", "1/sqrt(1 + x^2)", "x^(1/3)", "(1 + x)^x", "x^x", "x^sin(x)",
        "exp(-x^2/2)", "exp(exp(x/2))", "exp(x)/x", "x*exp(-3x)", "2^x", "expm1(x)*x", "exp2(x^2)", "log(x)", "x*log(x) - x", "log(x)^3", "log(1 + exp(x))", "log1p(x^2)",
        "log2(x + 3)", "log(log(x + 3))", "log(cosh(x))", "sin(x)", "cos(x)*exp(x)", "sin(x)/x", "sin(sin(sin(x)))", "tan(x)", "tan(x/2)^2", "cos(x^2)", "sin(1/x)",
        "asin(x/2)", "acos(x/2)", "atan(x)", "atan(exp(x))", "asinh(x)", "acosh(x + 1)", "atanh(x/2)", "sinh(x)", "cosh(x)^2", "tanh(x)", "tanh(x)^3*x", "sigmoid(x)",
        "x*sigmoid(1.5x)", "softplus(2x)", "erf(x)", "x*erfc(x/2)", "0.5x*(1 + erf(x/sqrt(2)))", "erfinv(x/2)", "lgamma(x)", "digamma(x)", "gamma(x + 1)",
        "besselj(0, x)", "x^2*besselj(1, 2x)", "atan2(x, 1 + x^2)", "atan2(sin(x), cos(x) + 2)", "max(x, x^2)", "min(sin(x), x/4)", "abs(x - 2)^3", "abs(sin(3x))*x",
        "select(x < 1, x^4, 1/x)", "piecewise(x < 0, -x, x < 1, x^5, exp(x))", "product(x + k, k, 1, 5)", "sum(x^k/k, k, 1, 6)", "log(exp(x) + exp(2 - x))", "sqrt(x^2 + x^4)", "sin(pi*x)/(pi*x)",
    ];

    private static readonly (string Text, Func<Tensor, Tensor> Function)[] Functions =
    [
        ("Σ c·x³", x => (C * x.Pow(3)).Sum()),
        ("Π (c + x)", x => (C + x).Prod()),
        ("softmax of c·x, first", x => (C * x).Softmax(0).Select(0, 0)),
        ("entropy of the softmax", x => -((C * x).Softmax(0) * (C * x).LogSoftmax(0)).Sum()),
        ("log Σ exp(c·x)", x => (C * x).LogSumExp()),
        ("‖c + x‖", x => (C + x).Norm()),
        ("‖c·x + 1‖₃", x => ((C * x) + 1).Norm(3)),
        ("variance of sin(c·x)", x => (C * x).Sin().Var()),
        ("deviation of exp(c·x)", x => (C * x).Exp().Std()),
        ("mean of tanh(c + x)", x => (C + x).Tanh().Mean()),
        ("last of the running product", x => (C + x).CumProd(0).Select(0, -1)),
        ("weighted running sums", x => ((C * x).Sin().CumSum(0) * C).Sum()),
        ("largest of cos(c·x)", x => (C * x).Cos().Amax()),
        ("second of the sorted", x => (C * x.Square()).Sort().Values.Select(0, 1)),
        ("det(M + x)", x => Linalg.Det(M + x)),
        ("log det(M + x·1)", x => Linalg.SlogDet(M + (x * Tensor.Eye(3, dtype: DType.Float64))).LogAbsDet),
        ("a quadratic form in the inverse", x => C[..3].MatMul(Linalg.Inv(M + (x * Tensor.Eye(3, dtype: DType.Float64)))).MatMul(C[1..])),
        ("a solution of a linear system", x => Linalg.Solve(M * x, C[..3] + x).Sum()),
        ("sin of a matrix product", x => (M * x).MatMul(M + x).Sin().Sum()),
        ("a trace of a power", x => (M + x).MatMul(M * x).MatMul(M).Trace()),
        ("views and joins", x => Tensor.Cat([(C * x).Reshape(2, 2).T.Reshape(-1), x.Exp().Expand(2)]).Square().CumSum(0).Mean()),
        ("picked twice", x => ((C * x).Exp()[Tensor.FromSpan<long>([3, 0, 3, 1])] * C).Sum()),
        ("an outer product", x => (C * x).Outer(C + x).Cos().Sum()),
        ("einsum", x => Tensor.Einsum("i,ij,j->", C[..3] * x, M, (C[1..] + x).Sin())),
        ("a choice by element", x => Tensor.Where(C > 0, (C * x).Exp(), (C * x).Square() * x).Sum()),
        ("differences", x => (C * x).Exp().Diff().Pow(3).Sum()),
        ("scattered", x => Tensor.Zeros([3], DType.Float64).ScatterAdd(0, Tensor.FromSpan<long>([0, 2, 0, 1]), (C * x).Exp()).Log().Sum()),
        ("a layer", x => ((M.MatMul((C[..3] * x).Tanh()) + x).Gelu() * C[1..]).Sum()),
        ("Newton's steps for a root", x => { Tensor y = x; for (int i = 0; i < 4; i++) y = 0.5 * (y + ((x + 1) / y)); return y; }),
        ("Taylor's series of exp by Horner", x => { Tensor y = x * 0 + 1; for (int k = 12; k > 0; k--) y = 1 + (x / k * y); return y; }),
    ];

    public static TheoryData<string> Nestings => ["FFF", "RRR", "FRF", "RFR", "RRF", "FFR", "VHF", "HFJ", "FJR", "LFR"];

    [Fact]
    public void There_are_a_hundred_functions() => Assert.Equal(100, Texts.Length + Functions.Length);

    [Theory]
    [MemberData(nameof(Nestings))]
    public void Of_formulas_on_tensors(string nesting)
    {
        Symbol x = Expr.Symbol("x");
        foreach (string text in Texts)
        {
            Expr formula = Expr.Parse(text, new ParseOptions { Symbols = [x] });
            Func<Tensor[], Tensor> function = Formula.ToFunction(formula, x);
            Check(text, nesting, at => function([at]), formula, x);
        }
    }

    [Theory]
    [MemberData(nameof(Nestings))]
    public void Of_functions_of_tensors_whose_formula_is_traced(string nesting)
    {
        foreach ((string text, Func<Tensor, Tensor> function) in Functions)
        {
            TracedFormula traced = Formula.Trace(function, name: "x", dtype: DType.Float64);
            Check(text, nesting, function, traced.Output, traced.Symbols[0]);
        }
    }

    private static void Check(string text, string nesting, Func<Tensor, Tensor> function, Expr formula, Symbol x)
    {
        Func<Tensor, Tensor> third = function;
        foreach (char mode in nesting) third = Differentiate(mode, third);
        foreach (double point in (double[])[0.7, 1.3])
        {
            double expected = formula.Diff(x, 3).Evaluate(new Dictionary<Symbol, double> { [x] = point });
            double actual = third(Tensor.Of(point, DType.Float64)).Item();
            Assert.True(Math.Abs(expected - actual) <= 1e-10 * Math.Max(1, Math.Abs(expected)), $"{text} at {point} by {nesting}: {actual:R}, by the formula {expected:R}.");
        }
    }

    private static Func<Tensor, Tensor> Differentiate(char mode, Func<Tensor, Tensor> f)
    {
        Tensor one = Tensor.Of(1, DType.Float64);
        return mode switch
        {
            'F' => x => Functional.Jvp(f, x, one).Tangent,
            'R' => Functional.Grad(f),
            'V' => x => Functional.Vjp(f, x).Pullback(one),
            'J' => x => Functional.Jacobian(f, x),
            'H' => x => Functional.Vmap(Functional.Grad(f), x.Unsqueeze(0)).Sum(),
            _ => x => Functional.Linearize(f, x).Jvp(one),
        };
    }
}
