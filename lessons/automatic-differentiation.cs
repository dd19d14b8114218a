#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;
using Nabla.Nn;

// %% [markdown]
// # Automatic differentiation
// First a layer with parameters, then the argument of `Backward`, then derivatives of derivatives. The formulas are those of the
// C# functions that autograd runs, traced on symbols.

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

// What the layer computes, as a function of its parameters; and its formula, with the derivatives by each.
static Tensor Layer(Tensor x, Tensor w, Tensor b) => x.MatMul(w.T) + b;

Tensor inputs = x.Detach().Double(), weight = m.Weight.Detach().Double(), bias = m.Bias!.Detach().Double();
TracedFormula layer = Formula.Trace((w, b) => Layer(inputs, w, b), (1, 2), 1);
lesson.Formula("m", layer);
lesson.Formula("∂m/∂w", layer.Gradient(0));
lesson.Formula("∂m/∂b", layer.Gradient(1));

lesson.Gradient("weight gradient", v => Layer(inputs, v, bias), m.Weight, layer.Gradient(0).Evaluate(weight, bias),
    recorded: "tensor([[2., 3.]])", gradient: m.Weight.Grad);
lesson.Gradient("bias gradient", v => Layer(inputs, weight, v), m.Bias!, layer.Gradient(1).Evaluate(weight, bias),
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

(inputs, weight, bias) = (x.Detach().Double(), m.Weight.Detach().Double(), m.Bias!.Detach().Double());
layer = Formula.Trace((w, b) => Layer(inputs, w, b), (1, 3), 1);
lesson.Formula("m", layer);
lesson.Gradient("weight gradient", v => Layer(inputs, v, bias), m.Weight, layer.Gradient(0).Evaluate(weight, bias),
    recorded: "tensor([[2., 3., 4.]])", gradient: m.Weight.Grad);
lesson.Gradient("bias gradient", v => Layer(inputs, weight, v), m.Bias!, layer.Gradient(1).Evaluate(weight, bias),
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

static Tensor TwiceSquared(Tensor x) => 2 * x.Dot(x);

TracedFormula twice = Formula.Trace(TwiceSquared, 4);
lesson.Formula("y", twice);
lesson.Formula("y'", twice.Gradient());
Tensor fourX = twice.Gradient().Evaluate(x.Detach().Double());
lesson.Gradient("x.Grad", TwiceSquared, x, fourX, gradient: x.Grad);

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
lesson.Gradient("x.Grad", TwiceSquared, x, fourX, gradient: x.Grad);
lesson.Value("x.Grad, cleared", x.Grad!.ZeroInPlace(), recorded: "tensor([0., 0., 0., 0.])", formula: [0, 0, 0, 0]);

// %% [markdown]
// # Summary 2: the input is a vector, the output a vector
// Option 1: differentiate the sum of the outputs.

// %%
lesson.Example("summary 2: vector to vector");

x = Tensor.Arange(4.0);
lesson.Value("x", x, recorded: "tensor([0., 1., 2., 3.])");
x.RequiresGrad = true;
static Tensor Quadratic(Tensor x) => 3 * x.Pow(2);

y = Quadratic(x);
TracedFormula quadratic = Formula.Trace(Quadratic);
lesson.Formula("y", quadratic);
lesson.Formula("y'", quadratic.Gradient());
double[] sixX = Values(quadratic.Gradient(), 4);
lesson.Value("y", y, recorded: "tensor([ 0.,  3., 12., 27.], grad_fn=<MulBackward0>)", formula: Values(quadratic, 4));
y.Sum().Backward();      // the same as y.Backward(Tensor.Ones([4])), the option below
lesson.Gradient("x.Grad", v => Quadratic(v).Sum(), x, sixX, recorded: "tensor([ 0.,  6., 12., 18.])", gradient: x.Grad);

// %% [markdown]
// Option 2: give the gradient of some scalar with respect to the output.

// %%
x = Tensor.Of([0.0, 1, 2, 3], requiresGrad: true);
lesson.Value("x", x, recorded: "tensor([0., 1., 2., 3.], requires_grad=True)");
y = Quadratic(x);
lesson.Value("y", y, recorded: "tensor([ 0.,  3., 12., 27.], grad_fn=<MulBackward0>)", formula: Values(quadratic, 4));
y.Backward([1.0, 1.0, 1.0, 1.0]);
lesson.Gradient("x.Grad by Backward(ones)", v => Quadratic(v).Dot(Tensor.Ones([4], v.DType)), x, sixX,
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
TracedFormula f = Formula.Trace(F, 4, 4);
(Tensor first, Tensor second) = (x1.Detach().Double(), x2.Detach().Double());
lesson.Formula("F", Formula.Trace(F, default, default));
lesson.Formula("∂F/∂x1", Formula.Trace(F, default, default).Gradient(0));
lesson.Formula("∂F/∂x2", Formula.Trace(F, default, default).Gradient(1));
lesson.Value("y", y, formula: f.Evaluate(first, second),
    recorded: "tensor([  5.0000,  16.5914,  48.9453, 127.4277], grad_fn=<AddBackward0>)");
y.Sum().Backward();

// The partial derivatives of y by x1 and by x2
TracedFormula sum = Formula.Trace((x1, x2) => F(x1, x2).Sum(), 4, 4);
lesson.Gradient("x1.Grad", v => F(v, second).Sum(), x1, sum.Gradient(0).Evaluate(first, second), recorded: "tensor([ 0.,  6., 12., 18.])", gradient: x1.Grad);
lesson.Gradient("x2.Grad", v => F(first, v).Sum(), x2, sum.Gradient(1).Evaluate(first, second),
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
y = Quadratic(x);
lesson.Value("y", y, recorded: "tensor([ 0.,  3., 12., 27., 48.], grad_fn=<MulBackward0>)", formula: Values(quadratic, 5));

// First derivative
Tensor dy1 = Autograd.Grad(y, x, Tensor.Ones([5]), retainGraph: true, createGraph: true);

// Second derivative; a further one would need retainGraph and createGraph here too.
Tensor dy2 = Autograd.Grad(dy1, x, Tensor.Ones([5]));

CheckOrders(Quadratic,
    (dy1, "(tensor([ 0.,  6., 12., 18., 24.], grad_fn=<MulBackward0>),)"),
    (dy2, "(tensor([6., 6., 6., 6., 6.]),)"));

// %%
lesson.Example("three derivations of 2x³");

x = Tensor.Arange(5.0);
lesson.Value("x", x, recorded: "tensor([0., 1., 2., 3., 4.])");
x.RequiresGrad = true;
static Tensor Cubic(Tensor x) => 2 * x.Pow(3);

y = Cubic(x);
lesson.Value("y", y, recorded: "tensor([  0.,   2.,  16.,  54., 128.], grad_fn=<MulBackward0>)", formula: Values(Formula.Trace(Cubic), 5));

dy1 = Autograd.Grad(y, x, Tensor.Ones([5]), retainGraph: true, createGraph: true);
dy2 = Autograd.Grad(dy1, x, Tensor.Ones([5]), retainGraph: true, createGraph: true);
Tensor dy3 = Autograd.Grad(dy2, x, Tensor.Ones([5]), retainGraph: true, createGraph: true);

CheckOrders(Cubic,
    (dy1, "(tensor([ 0.,  6., 24., 54., 96.], grad_fn=<MulBackward0>),)"),
    (dy2, "(tensor([ 0., 12., 24., 36., 48.], grad_fn=<MulBackward0>),)"),
    (dy3, "(tensor([12., 12., 12., 12., 12.], grad_fn=<MulBackward0>),)"));

// %%
return lesson.Finish();

// %% [markdown]
// What the cells above use: a formula's values at 0, 1, 2, …; and derivatives of a function of each element, order by order.

// %%
static double[] Values(TracedFormula formula, int count) => [.. Enumerable.Range(0, count).Select(i => formula.Evaluate((double)i).Item())];

// The n-th derivative: as the cell computed it, by n passes in float64, by n symbolic derivatives, from n + 1 values.
void CheckOrders(Func<Tensor, Tensor> elementwise, params (Tensor Gradient, string Recorded)[] orders)
{
    Func<Tensor, Tensor> function = v => elementwise(v).Sum();
    TracedFormula formula = Formula.Trace(elementwise);
    for (int order = 1; order <= orders.Length; order++)
    {
        Func<Tensor, Tensor> lower = function;
        function = v => Autograd.Grad(lower(v), v, createGraph: true).Sum();
        formula = formula.Gradient();
        lesson.Formula($"y{new string('\'', order)}", formula);
        (Tensor gradient, string recorded) = orders[order - 1];
        double[] differences = [.. Enumerable.Range(0, 5).Select(i => CentralDifferences.Derivative(
            t => elementwise(Tensor.Of(t, DType.Float64)).Item(), i, order))];
        lesson.Gradient($"dy{order}", lower, x, Values(formula, 5), recorded, gradient, differences);
    }
}
