#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;

// %% [markdown]
// # First gradients
// We let Nabla differentiate simple functions, and check each answer against the formula and against central differences.
// What the notebook recorded is printed on the right.

// %%
Lesson lesson = new("first-gradients", args);

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
lesson.Gradient("x.Grad", v => 10 * v - 1, x, recorded: "tensor(10.)", gradient: x.Grad);

// %% [markdown]
// $$y = \sin(x) \qquad y' = \cos(x)$$

// %%
lesson.Example("y = sin(x)");

x = Tensor.Of(Math.PI, requiresGrad: true);
y = x.Sin();
y.Backward();

lesson.Gradient("x.Grad", v => v.Sin(), x, recorded: "tensor(-1.)", gradient: x.Grad);

// %% [markdown]
// $$y = \ln(x) \qquad y' = \frac{1}{x}$$

// %%
lesson.Example("y = ln(x)");

x = Tensor.Of(10.0, requiresGrad: true);
y = x.Log();
y.Backward();

TracedFormula reciprocal = Formula.Trace(x => x.Log()).Gradient();
lesson.Formula("dy/dx", reciprocal);
lesson.Gradient("x.Grad", v => v.Log(), x, reciprocal.Evaluate(10.0), recorded: "tensor(0.1000)", gradient: x.Grad);

// %% [markdown]
// Let us compute the same gradient once more. Backward *adds* to `Grad`, so the old one has to be cleared first.

// %%
x.Grad!.ZeroInPlace();
y = x.Log();
y.Backward();
lesson.Gradient("x.Grad, cleared and computed again", v => v.Log(), x, reciprocal.Evaluate(10.0), recorded: "tensor(0.1000)", gradient: x.Grad);

// %% [markdown]
// And if we forget?

// %%
y = x.Log();
y.Backward();
lesson.Value("x.Grad, not cleared: twice as large", x.Grad!, formula: 2 * reciprocal.Evaluate(10.0));

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

// The same as one function, and its derivative.
static Tensor Wink(Tensor x) => (-(x.Pow(2) - x + 1) / x.Log().Cos().Pow(2)).Exp();

lesson.Formula("dy/dx", Formula.Trace(Wink).Gradient());
lesson.Gradient("x.Grad", Wink, x, recorded: "tensor(-0.3679)", gradient: x.Grad);

// %% [markdown]
// $$y = 2x_1 + 3x_2 \qquad \frac{\partial y}{\partial x_1} = 2 \qquad \frac{\partial y}{\partial x_2} = 3$$

// %%
lesson.Example("y = 2x₁ + 3x₂");

x = Tensor.Of([10.0, -10.0], requiresGrad: true);
y = x.Dot([2.0, 3.0]);
y.Backward();

lesson.Gradient("x.Grad", v => v.Dot(Tensor.Of([2.0, 3.0], v.DType)), x, recorded: "tensor([2., 3.])", gradient: x.Grad);

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

static Tensor Error(Tensor w, Tensor x) => (100 - w.Dot(x)).Pow(2);

TracedFormula error = Formula.Trace(Error, 2, 2);
lesson.Formula("Q", error);
lesson.Formula("dQ/dw", error.Gradient());
lesson.Gradient("w.Grad", v => Error(v, Tensor.Of([3.0, 5.0], v.DType)), w, recorded: "tensor([-120., -200.])", gradient: w.Grad);

// %% [markdown]
// So `Grad` of a tensor holds the gradient, the vector of partial derivatives with respect to its elements, of the tensor on
// which `Backward` was called.

// %%
return lesson.Finish();
