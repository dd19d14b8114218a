#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;

// %% [markdown]
// # Gradients of vectors
// Nabla records the operations on a tensor and differentiates them.
//
// ### Case 1. $R^n \rightarrow R$
// * $\vec{x} = [x_1, x_2, \dots, x_n]$
// * $f(x) = ||\vec{x}|| = \sqrt{x_1^2 + x_2^2 + \dots + x_n^2}$
// * $\frac{\partial f}{\partial x_j} = \frac{x_j}{||\vec{x}||}$ (the notebook's text says $2x_j$, which is the derivative of
//   the *squared* norm; its check below uses the right one)

// %%
Lesson lesson = new("vector-gradients", args);
lesson.Example("case 1: f(x) = ‖x‖");

Tensor x = Tensor.Arange(10.0, DType.Float64, requiresGrad: true);
Tensor y = x.Norm();
y.Backward();

// %%
// The exact formula, in plain C#.
static double[] NormGradient(double[] x)
{
    double norm = Math.Sqrt(x.Sum(v => v * v));
    return [.. x.Select(v => v / norm)];
}

lesson.Formula("∂f/∂x in three dimensions", Formula.Trace(x => x.Norm(), 3).Gradient());
double[] numbers = [.. Enumerable.Range(0, 10).Select(i => (double)i)];
lesson.Gradient("x.Grad", v => v.Norm(), x, NormGradient(numbers), gradient: x.Grad, recorded: """
    tensor([0.0000, 0.0592, 0.1185, 0.1777, 0.2369, 0.2962, 0.3554, 0.4146, 0.4739,
            0.5331], dtype=torch.float64)
    """);
lesson.Value("x / ‖x‖", Tensor.FromArray(NormGradient(numbers)), formula: x.Grad!, recorded: """
    [0.         0.05923489 0.11846978 0.17770466 0.23693955 0.29617444
     0.35540933 0.41464421 0.4738791  0.53311399]
    """);

// %%
lesson.Value("y", y, recorded: "tensor(16.8819, dtype=torch.float64, grad_fn=<LinalgVectorNormBackward0>)", formula: Math.Sqrt(285));

// %% [markdown]
// ### Case 2: $R^n \rightarrow R^n$
// * $\vec{f}(x) = [x_1^2, x_2^2, \dots, x_n^2]$
// * The derivative is a matrix, the Jacobian $J$. `Backward(v)` computes $J^T v$; here $J$ is diagonal, and with $v = 1$ the
//   result is its diagonal, $2 x_j$.

// %%
lesson.Example("case 2: f(x) = x²");

x = Tensor.Arange(10.0, DType.Float64, requiresGrad: true);
Tensor y2 = x.Pow(2);
y2.Backward(Tensor.Ones([10], DType.Float64));

// %%
// The exact formula.
static double[] SquareGradient(double[] x) => [.. x.Select(v => 2 * v)];

lesson.Formula("J in three dimensions", Formula.Trace(x => x.Pow(2), 3).Jacobian());
lesson.Gradient("x.Grad", v => v.Pow(2).Sum(), x, SquareGradient(numbers), gradient: x.Grad,
    recorded: "tensor([ 0.,  2.,  4.,  6.,  8., 10., 12., 14., 16., 18.], dtype=torch.float64)");
lesson.Value("2x", Tensor.FromArray(SquareGradient(numbers)), formula: x.Grad!, recorded: "[ 0  2  4  6  8 10 12 14 16 18]");

// %% [markdown]
// ### Example
// $$ \vec{Q} = 3 \vec{a}^3 - \vec{b}^2
//    = \begin{pmatrix} 3 a_1^3 - b_1^2 \\ 3 a_2^3 - b_2^2 \end{pmatrix} $$
// With respect to $(a_1, b_1, a_2, b_2)$ the Jacobian is
// $$ J = \begin{pmatrix} 9 a_1^2 & -2 b_1 & 0 & 0\\ 0 & 0 & 9 a_2^2 & -2 b_2 \end{pmatrix} \qquad
//    J^T \begin{pmatrix} 1 \\ 1 \end{pmatrix} = \begin{pmatrix} 9 a_1^2 \\ -2 b_1 \\ 9 a_2^2 \\ -2 b_2 \end{pmatrix} $$

// %%
lesson.Example("Q = 3a³ - b²");

Tensor a = Tensor.Arange(4.0, DType.Float64, requiresGrad: true);
Tensor b = Tensor.Arange(0, 13.0, 4, DType.Float64, requiresGrad: true);

// %%
lesson.Value("a", a, recorded: "tensor([0., 1., 2., 3.], dtype=torch.float64, requires_grad=True)");

// %%
lesson.Value("b", b, recorded: "tensor([ 0.,  4.,  8., 12.], dtype=torch.float64, requires_grad=True)");

// %%
static Tensor OfBoth(Tensor a, Tensor b) => 3 * a.Pow(3) - b.Pow(2);

Tensor Q = OfBoth(a, b);

// The formula of the same function. Each element of Q depends on its own a and b only: printed is that of one.
TracedFormula one = Formula.Trace(OfBoth, default, default), all = Formula.Trace(OfBoth, 4, 4);
lesson.Formula("Q", one);

// %%
lesson.Value("Q", Q, formula: all.Evaluate(a.Detach(), b.Detach()), recorded: "tensor([  0., -13., -40., -63.], dtype=torch.float64, grad_fn=<SubBackward0>)");

// %%
Q.Backward(Tensor.Ones([4], DType.Float64));

lesson.Formula("∂Q/∂a", one.Gradient(0));
lesson.Formula("∂Q/∂b", one.Gradient(1));
lesson.Formula("J in two dimensions, by a", Formula.Trace(OfBoth, 2, 2).Jacobian(0));
TracedFormula sum = Formula.Trace((a, b) => OfBoth(a, b).Sum(), 4, 4);

lesson.Gradient("a.Grad", v => OfBoth(v, b.Detach()).Sum(), a, sum.Gradient(0).Evaluate(a.Detach(), b.Detach()), gradient: a.Grad,
    recorded: "tensor([ 0.,  9., 36., 81.], dtype=torch.float64)");

// %%
lesson.Gradient("b.Grad", v => OfBoth(a.Detach(), v).Sum(), b, sum.Gradient(1).Evaluate(a.Detach(), b.Detach()), gradient: b.Grad,
    recorded: "tensor([ -0.,  -8., -16., -24.], dtype=torch.float64)");

// %%
// The exact values once more, now as tensor operations.
static Tensor GradientA(Tensor x) => 9 * x.Pow(2);
static Tensor GradientB(Tensor x) => -2 * x;

lesson.Value("9a²", GradientA(a), recorded: "tensor([ 0.,  9., 36., 81.], dtype=torch.float64, grad_fn=<MulBackward0>)", formula: a.Grad!);

// %%
lesson.Value("-2b", GradientB(b), recorded: "tensor([ -0.,  -8., -16., -24.], dtype=torch.float64, grad_fn=<MulBackward0>)", formula: b.Grad!);

// %%
return lesson.Finish();
