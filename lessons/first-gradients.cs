#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;
using Nabla.Symbolics;
using static Nabla.Symbolics.Functions;

// %% [markdown]
// # First gradients
// We let Nabla differentiate simple functions, and check each answer against the formula and against central differences.
// What the notebook recorded is printed on the right.

// %%
Lesson lesson = new("first-gradients", args);

// The formulas of this lesson are functions of these symbols.
Symbol X = Expr.Symbol("x");

// %% [markdown]
// $$y = ax + b \qquad y'_x = a$$

// %%
lesson.Example("y = ax + b");

Tensor x = Tensor.Of(5.0, requiresGrad: true);
lesson.Claim("x.Grad is null", x.Grad is null);

// %%
// Computing y does not yet compute a gradient …
Tensor y = 10 * x - 1;
lesson.Claim("x.Grad is null before Backward", x.Grad is null, recorded: "None");

// %%
// … Backward does: it walks from y back to the leaves and leaves dy/dx in x.Grad.
y.Backward();
lesson.Gradient("x.Grad", v => 10 * v - 1, x, formula: (10 * X - 1).Diff(X).Evaluate(new Dictionary<Symbol, double> { [X] = 5 }),
    recorded: "tensor(10.)", gradient: x.Grad);

// %% [markdown]
// $$y = \sin(x) \qquad y' = \cos(x)$$

// %%
lesson.Example("y = sin(x)");

x = Tensor.Of(Math.PI, requiresGrad: true);
y = x.Sin();
y.Backward();

lesson.Gradient("x.Grad", v => v.Sin(), x, formula: Sin(X).Diff(X).Evaluate(new Dictionary<Symbol, double> { [X] = x.Item() }),
    recorded: "tensor(-1.)", gradient: x.Grad);

// %% [markdown]
// $$y = \ln(x) \qquad y' = \frac{1}{x}$$

// %%
lesson.Example("y = ln(x)");

x = Tensor.Of(10.0, requiresGrad: true);
y = x.Log();
y.Backward();

double reciprocal = Log(X).Diff(X).Evaluate(new Dictionary<Symbol, double> { [X] = 10 });
lesson.Gradient("x.Grad", v => v.Log(), x, formula: reciprocal, recorded: "tensor(0.1000)", gradient: x.Grad);

// %% [markdown]
// Let us compute the same gradient once more. Backward *adds* to `Grad`, so the old one has to be cleared first.

// %%
x.Grad!.ZeroInPlace();
y = x.Log();
y.Backward();
lesson.Gradient("x.Grad, cleared and computed again", v => v.Log(), x, formula: reciprocal, recorded: "tensor(0.1000)", gradient: x.Grad);

// %% [markdown]
// And if we forget?

// %%
y = x.Log();
y.Backward();
lesson.Value("x.Grad, not cleared: twice as large", x.Grad!, formula: 2 * reciprocal);

// %% [markdown]
// So: clear the gradients of the parameters in each step of gradient descent.
//
// $$y = \exp\left(- \frac{x^2 - x + 1}{\cos^2 ( \ln x)}\right)$$
//
// Its derivative, which the notebook leaves to a wink, is printed below.

// %%
lesson.Example("y = exp(-(x² - x + 1) / cos²(ln x))");

x = Tensor.Of(1.0, requiresGrad: true);
Tensor numerator = x.Pow(2) - x + 1;
Tensor denominator = x.Log().Cos().Pow(2);
Tensor fraction = numerator / denominator;
y = (-fraction).Exp();
y.Backward();

Expr derivative = Exp(-(Square(X) - X + 1) / Square(Cos(Log(X)))).Diff(X);
lesson.Say($"dy/dx = {derivative}");
lesson.Gradient("x.Grad", v => (-(v.Pow(2) - v + 1) / v.Log().Cos().Pow(2)).Exp(), x,
    formula: derivative.Evaluate(new Dictionary<Symbol, double> { [X] = 1 }), recorded: "tensor(-0.3679)", gradient: x.Grad);

// %% [markdown]
// $$y = 2x_1 + 3x_2 \qquad \frac{\partial y}{\partial x_1} = 2 \qquad \frac{\partial y}{\partial x_2} = 3$$

// %%
lesson.Example("y = 2x₁ + 3x₂");

x = Tensor.Of([10.0, -10.0], requiresGrad: true);
y = x.Dot([2.0, 3.0]);
y.Backward();

(Symbol x1, Symbol x2) = (Expr.Symbol("x_1"), Expr.Symbol("x_2"));
double[] coefficients = [.. (2 * x1 + 3 * x2).Gradient(x1, x2).Select(partial => partial.Evaluate(new Dictionary<Symbol, double>()))];
lesson.Gradient("x.Grad", v => v.Dot(Tensor.Of([2.0, 3.0], v.DType)), x, coefficients, recorded: "tensor([2., 3.])", gradient: x.Grad);

// %% [markdown]
// The gradient of linear regression with a quadratic loss:
//
// $$x=(3, 5)\quad y = 100\quad w=(10, 10)$$
// $$a(x, w) = x_1 w_1 + x_2 w_2 \qquad Q(w) = \Big( a(x, w) - y \Big)^2$$
// $$\frac{\partial Q}{\partial w_1} = 2x_1\Big( x_1 w_1 + x_2 w_2 - y \Big) = -120$$
// $$\frac{\partial Q}{\partial w_2} = 2x_2\Big( x_1 w_1 + x_2 w_2 - y \Big) = -200$$

// %%
lesson.Example("linear regression");

Tensor w = Tensor.Of([10.0, 10.0], requiresGrad: true);
Tensor a = w.Dot([3.0, 5.0]);
Tensor Q = (100 - a).Pow(2);
Q.Backward();

(Symbol w1, Symbol w2) = (Expr.Symbol("w_1"), Expr.Symbol("w_2"));
Expr loss = Square(3 * w1 + 5 * w2 - 100);
Dictionary<Symbol, double> weights = new() { [w1] = 10, [w2] = 10 };
lesson.Gradient("w.Grad", v => (100 - v.Dot(Tensor.Of([3.0, 5.0], v.DType))).Pow(2), w,
    [.. loss.Gradient(w1, w2).Select(partial => partial.Evaluate(weights))], recorded: "tensor([-120., -200.])", gradient: w.Grad);

// %% [markdown]
// So `Grad` of a tensor holds the gradient, the vector of partial derivatives with respect to its elements, of the tensor on
// which `Backward` was called.

// %%
return lesson.Finish();
