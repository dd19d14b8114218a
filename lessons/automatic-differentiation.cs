#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;
using Nabla.Nn;
using Nabla.Symbolics;
using static Nabla.Symbolics.Functions;

// %% [markdown]
// # Automatic differentiation
// First a layer with parameters, then the argument of `Backward`, then derivatives of derivatives.

// %%
Lesson lesson = new("automatic-differentiation", args);

// %% [markdown]
// ## Example 5
// $m = 2w_1 + 3w_2 + b$, where $w_i$ and $b$ are parameters that gradient descent will update.
//
// $\nabla(w_1) = \frac{\partial m}{\partial w_1}=2 \qquad \nabla(w_2) = \frac{\partial m}{\partial w_2}=3 \qquad
// \nabla(b) = \frac{\partial m}{\partial b}=1$, for any $[w_1, w_2]$ and $[b]$.

// %%
lesson.Example("a layer with two inputs");

// A single layer, m = x Wᵀ + b. Its weights are random, from a generator with a seed: every run is the same.
Linear m = new(inFeatures: 2, outFeatures: 1, generator: new Generator(5));
Tensor x = Tensor.Of([[2.0, 3.0]], requiresGrad: true);

// Forward pass, backward pass
Tensor prediction = m.Forward(x);
prediction.Backward();

// The formula, and its derivatives by each parameter.
(Symbol w1, Symbol w2, Symbol w3, Symbol b) = (Expr.Symbol("w_1"), Expr.Symbol("w_2"), Expr.Symbol("w_3"), Expr.Symbol("b"));
double[] partials = Partials(2 * w1 + 3 * w2 + b, w1, w2, b);

lesson.Gradient("weight gradient", v => x.Detach().Double().MatMul(v.T) + m.Bias!.Detach(), m.Weight, partials[..2],
    recorded: "tensor([[2., 3.]])", gradient: m.Weight.Grad);
lesson.Gradient("bias gradient", v => x.Detach().Double().MatMul(m.Weight.Detach().Double().T) + v, m.Bias!, partials[2..],
    recorded: "tensor([1.])", gradient: m.Bias!.Grad);

// %% [markdown]
// $m = x_1w_1 + x_2w_2 + x_3w_3 + b$, where $w_i$ and $b$ are parameters.
//
// $\nabla(w_i) = x_i \qquad \nabla(b) = 1$. For $[x_1, x_2, x_3]=[2, 3, 4]$ and any $[w_1, w_2, w_3, b]$ the gradients are
// $2, 3, 4$ and $1$.

// %%
lesson.Example("a layer with three inputs");

m = new Linear(inFeatures: 3, outFeatures: 1, generator: new Generator(6));
x = Tensor.Of([[2.0, 3.0, 4.0]], requiresGrad: true);
prediction = m.Forward(x);
prediction.Backward();

partials = Partials(2 * w1 + 3 * w2 + 4 * w3 + b, w1, w2, w3, b);
lesson.Gradient("weight gradient", v => x.Detach().Double().MatMul(v.T) + m.Bias!.Detach(), m.Weight, partials[..3],
    recorded: "tensor([[2., 3., 4.]])", gradient: m.Weight.Grad);
lesson.Gradient("bias gradient", v => x.Detach().Double().MatMul(m.Weight.Detach().Double().T) + v, m.Bias!, partials[3..],
    recorded: "tensor([1.])", gradient: m.Bias!.Grad);

// %% [markdown]
// # The argument of Backward
// ## The input is a vector, the output a scalar

// %%
lesson.Example("vector to scalar, step by step");

x = Tensor.Arange(4.0);
lesson.Value("x", x, recorded: "tensor([0., 1., 2., 3.])");

// %% [markdown]
// Before the gradient of $y$ with respect to $x$ can be computed there must be a place for it. It is important not to
// allocate new memory for every derivative: the same parameters are updated thousands or millions of times.

// %%
x.RequiresGrad = true; // the same as x = Tensor.Arange(4.0, requiresGrad: true)
lesson.Claim("x.Grad is null by default", x.Grad is null);

// The scalar product: the sum of the products of elements in the same position, (x * y).Sum().
Tensor y = 2 * x.Dot(x);

// %% [markdown]
// `Backward` computes the gradient of $y$ with respect to each component of $x$.

// %%
y.Backward();

// One formula for each element of the sum: 2 x² has the derivative 4 x.
Symbol X = Expr.Symbol("x");
double[] fourX = At(2 * Square(X), X, 4);
lesson.Gradient("x.Grad", v => 2 * v.Dot(v), x, fourX, gradient: x.Grad);

// Was it computed rightly?
lesson.Value("x.Grad == 4 * x", x.Grad!.Eq(4 * x), formula: [1, 1, 1, 1]);

// Gradients are added to what is there: clear the values of before.
lesson.Value("x.Grad, cleared", x.Grad.ZeroInPlace(), recorded: "tensor([0., 0., 0., 0.])", formula: [0, 0, 0, 0]);

// %% [markdown]
// # Summary 1: the input is a vector, the output a scalar

// %%
lesson.Example("summary 1: vector to scalar");

x = Tensor.Arange(4.0);
x.RequiresGrad = true;
lesson.Claim("x.Grad is null by default", x.Grad is null);
y = 2 * x.Dot(x);        // the function
y.Backward();            // propagates backward
lesson.Gradient("x.Grad", v => 2 * v.Dot(v), x, fourX, gradient: x.Grad);
lesson.Value("x.Grad, cleared", x.Grad!.ZeroInPlace(), recorded: "tensor([0., 0., 0., 0.])", formula: [0, 0, 0, 0]);

// %% [markdown]
// # Summary 2: the input is a vector, the output a vector
// Option 1: differentiate the sum of the outputs.

// %%
lesson.Example("summary 2: vector to vector");

x = Tensor.Arange(4.0);
lesson.Value("x", x, recorded: "tensor([0., 1., 2., 3.])");
x.RequiresGrad = true;
y = 3 * x.Pow(2);
double[] sixX = At(3 * Square(X), X, 4);
lesson.Value("y", y, recorded: "tensor([ 0.,  3., 12., 27.], grad_fn=<MulBackward0>)", formula: Values(3 * Square(X), X, 4));
y.Sum().Backward();      // the same as y.Backward(Tensor.Ones([4])), the option below
lesson.Gradient("x.Grad", v => (3 * v.Pow(2)).Sum(), x, sixX, recorded: "tensor([ 0.,  6., 12., 18.])", gradient: x.Grad);

// %% [markdown]
// Option 2: give the gradient of some scalar with respect to the output.

// %%
x = Tensor.Of([0.0, 1, 2, 3], requiresGrad: true);
lesson.Value("x", x, recorded: "tensor([0., 1., 2., 3.], requires_grad=True)");
y = 3 * x.Pow(2);
lesson.Value("y", y, recorded: "tensor([ 0.,  3., 12., 27.], grad_fn=<MulBackward0>)", formula: Values(3 * Square(X), X, 4));
y.Backward([1.0, 1.0, 1.0, 1.0]);
lesson.Gradient("x.Grad by Backward(ones)", v => (3 * v.Pow(2)).Dot(Tensor.Ones([4], v.DType)), x, sixX,
    recorded: "tensor([ 0.,  6., 12., 18.])", gradient: x.Grad);

// %% [markdown]
// # Summary 3: a function of two variables, $f(x_1, x_2) = 3 x_1^2 + 5 e^{x_2}$

// %%
lesson.Example("summary 3: two variables");

Tensor x1 = Tensor.Arange(4.0), x2 = Tensor.Arange(4.0);
lesson.Value("x1", x1, recorded: "tensor([0., 1., 2., 3.])");
lesson.Value("x2", x2, recorded: "tensor([0., 1., 2., 3.])");
x1.RequiresGrad = true;
x2.RequiresGrad = true;

static Tensor F(Tensor x1, Tensor x2) => 3 * x1.Pow(2) + 5 * Tensor.Of(Math.E, x2.DType).Pow(x2);

y = F(x1, x2);
lesson.Value("y", y, formula: Values(3 * Square(X) + 5 * Pow(Constant.E, X), X, 4),
    recorded: "tensor([  5.0000,  16.5914,  48.9453, 127.4277], grad_fn=<AddBackward0>)");
y.Sum().Backward();

// The partial derivatives of y by x1 and by x2
lesson.Gradient("x1.Grad", v => F(v, x2.Detach().Double()).Sum(), x1, sixX, recorded: "tensor([ 0.,  6., 12., 18.])", gradient: x1.Grad);
lesson.Gradient("x2.Grad", v => F(x1.Detach().Double(), v).Sum(), x2, At(5 * Pow(Constant.E, X), X, 4),
    recorded: "tensor([  5.0000,  13.5914,  36.9453, 100.4277])", gradient: x2.Grad);

// Stacking joins the two into one tensor of 2 × 4.
Tensor grad = Tensor.Stack([x1.Grad!, x2.Grad!]);
lesson.Value("both gradients, stacked", grad, formula: [.. (Numbers)x1.Grad!, .. (Numbers)x2.Grad!]);

// %% [markdown]
// # Appendix: derivatives of derivatives
// With `createGraph` the backward pass is itself recorded, so its result can be differentiated again.

// %%
lesson.Example("two derivations of 3x²");

x = Tensor.Arange(5.0);
lesson.Value("x", x, recorded: "tensor([0., 1., 2., 3., 4.])");
x.RequiresGrad = true;
y = 3 * x.Pow(2);
lesson.Value("y", y, recorded: "tensor([ 0.,  3., 12., 27., 48.], grad_fn=<MulBackward0>)", formula: Values(3 * Square(X), X, 5));

// First derivative
Tensor dy1 = Autograd.Grad(y, x, Tensor.Ones([5]), retainGraph: true, createGraph: true);

// Second derivative; a further one would need retainGraph and createGraph here too.
Tensor dy2 = Autograd.Grad(dy1, x, Tensor.Ones([5]));

static Tensor Quadratic(Tensor x) => (3 * x.Pow(2)).Sum();
CheckOrders(v => 3 * v * v, Quadratic, 3 * Square(X),
    (dy1, "(tensor([ 0.,  6., 12., 18., 24.], grad_fn=<MulBackward0>),)"),
    (dy2, "(tensor([6., 6., 6., 6., 6.]),)"));

// %%
lesson.Example("three derivations of 2x³");

x = Tensor.Arange(5.0);
lesson.Value("x", x, recorded: "tensor([0., 1., 2., 3., 4.])");
x.RequiresGrad = true;
y = 2 * x.Pow(3);
lesson.Value("y", y, recorded: "tensor([  0.,   2.,  16.,  54., 128.], grad_fn=<MulBackward0>)", formula: Values(2 * Pow(X, 3), X, 5));

dy1 = Autograd.Grad(y, x, Tensor.Ones([5]), retainGraph: true, createGraph: true);
dy2 = Autograd.Grad(dy1, x, Tensor.Ones([5]), retainGraph: true, createGraph: true);
Tensor dy3 = Autograd.Grad(dy2, x, Tensor.Ones([5]), retainGraph: true, createGraph: true);

static Tensor Cubic(Tensor x) => (2 * x.Pow(3)).Sum();
CheckOrders(v => 2 * v * v * v, Cubic, 2 * Pow(X, 3),
    (dy1, "(tensor([ 0.,  6., 24., 54., 96.], grad_fn=<MulBackward0>),)"),
    (dy2, "(tensor([ 0., 12., 24., 36., 48.], grad_fn=<MulBackward0>),)"),
    (dy3, "(tensor([12., 12., 12., 12., 12.], grad_fn=<MulBackward0>),)"));

// %%
return lesson.Finish();

// %% [markdown]
// What the cells above use: a formula's value at 0, 1, 2, …, its derivative there, and its gradient where that is constant.

// %%
static double[] Values(Expr formula, Symbol x, int count) =>
    [.. Enumerable.Range(0, count).Select(i => formula.Evaluate(new Dictionary<Symbol, double> { [x] = i }))];

static double[] At(Expr formula, Symbol x, int count) => Values(formula.Diff(x), x, count);

static double[] Partials(Expr linear, params Symbol[] symbols) =>
    [.. linear.Gradient(symbols).Select(partial => partial.Evaluate(new Dictionary<Symbol, double>()))];

// The n-th derivative: as the cell computed it, by n passes in float64, by n symbolic derivatives, from n + 1 values.
void CheckOrders(Func<double, double> plain, Func<Tensor, Tensor> function, Expr formula, params (Tensor Gradient, string Recorded)[] orders)
{
    for (int order = 1; order <= orders.Length; order++)
    {
        Func<Tensor, Tensor> lower = function;
        function = v => Autograd.Grad(lower(v), v, createGraph: true).Sum();
        formula = formula.Diff(X);
        (Tensor gradient, string recorded) = orders[order - 1];
        double[] differences = [.. Enumerable.Range(0, 5).Select(i => CentralDifferences.Derivative(plain, i, order))];
        lesson.Gradient($"dy{order}", lower, x, Values(formula, X, 5), recorded, gradient, differences);
    }
}
