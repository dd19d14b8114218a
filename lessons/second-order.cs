#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;

// %% [markdown]
// # Jacobians, Hessians, and what to do with them
// `Backward` answers one question: how does one number change with each input? This lesson asks three more. How does each output
// change if the inputs move in one direction? How does the gradient itself change? And how to use that without ever writing down a
// matrix? Every answer stands beside one derived by hand.

// %%
Lesson lesson = new("second-order", args);
static Tensor Vector(params double[] values) => Tensor.Of(values, DType.Float64);

// %% [markdown]
// ## A Jacobian times a vector
// From polar to Cartesian coordinates: $f(r, \varphi) = (r\cos\varphi,\ r\sin\varphi)$, with the Jacobian
// $$J = \begin{pmatrix} \cos\varphi & -r\sin\varphi \\ \sin\varphi & r\cos\varphi \end{pmatrix}$$
// A point that moves with the velocity $v = (\dot r, \dot\varphi)$ moves in the plane with the velocity $Jv$: one sweep forward
// through the function, beside its value. $J$ is never built.

// %%
lesson.Example("a Jacobian times a vector");

static Tensor Cartesian(Tensor p) => Tensor.Stack([p[0] * p[1].Cos(), p[0] * p[1].Sin()]);

TracedFormula polar = Formula.Trace(Cartesian, 2, "p");
lesson.Formula("f", polar);
lesson.Formula("J", polar.Jacobian());

(double r, double phi, double dr, double dphi) = (2.0, 0.6, 0.5, -1.5);
Tensor point = Vector(r, phi), velocity = Vector(dr, dphi);
(Tensor value, Tensor moved) = Functional.Jvp(Cartesian, point, velocity);

lesson.Value("f(r, φ)", value, formula: [r * Math.Cos(phi), r * Math.Sin(phi)]);
lesson.Value("J v", moved,
    formula: [dr * Math.Cos(phi) - r * Math.Sin(phi) * dphi, dr * Math.Sin(phi) + r * Math.Cos(phi) * dphi],
    differences: Along(Cartesian, point, velocity));

// %% [markdown]
// The other way round, $u^T J$, is what `Backward(u)` computes. Both are the same matrix: $u \cdot (Jv) = (J^T u) \cdot v$.

// %%
Tensor u = Vector(1.2, -0.7);
(_, Func<Tensor, Tensor> pullback) = Functional.Vjp(Cartesian, point);
Tensor pulled = pullback(u);
lesson.Value("Jᵀ u", pulled,
    formula: [1.2 * Math.Cos(phi) - 0.7 * Math.Sin(phi), -1.2 * r * Math.Sin(phi) - 0.7 * r * Math.Cos(phi)],
    differences: CentralDifferences.Gradient(p => Cartesian(p).Dot(u), point));
lesson.Value("u · (J v) = (Jᵀ u) · v", u.Dot(moved), formula: pulled.Dot(velocity));

// %% [markdown]
// One sweep gives a column (or a row); all of them together the Jacobian. Its determinant is the $r$ of $dx\,dy = r\,dr\,d\varphi$.
// And because a Jacobian is computed by operations that are recorded too, that determinant has a gradient: $(1, 0)$.

// %%
Tensor J = Functional.Jacobian(Cartesian, point);
double[] byHand = [Math.Cos(phi), -r * Math.Sin(phi), Math.Sin(phi), r * Math.Cos(phi)];
lesson.Value("J, column by column", Functional.Jacobian(Cartesian, point, JacobianMode.Forward), formula: byHand, differences: CentralDifferences.Jacobian(Cartesian, point));
lesson.Value("J, row by row", Functional.Jacobian(Cartesian, point, JacobianMode.Reverse), formula: polar.Jacobian().Evaluate(point));
lesson.Value("det J", Linalg.Det(J), formula: r);
lesson.Gradient("∂ det J / ∂(r, φ)", p => Linalg.Det(Functional.Jacobian(Cartesian, p)), point, [1, 0]);

// %% [markdown]
// ## The Hessian, and Newton's method
// Rosenbrock's valley, $f(x, y) = (1 - x)^2 + 100\,(y - x^2)^2$, has its minimum at $(1, 1)$, behind a long bend.
// $$\nabla f = \begin{pmatrix} -2(1 - x) - 400x(y - x^2) \\ 200(y - x^2) \end{pmatrix} \qquad
//   H = \begin{pmatrix} 2 - 400(y - 3x^2) & -400x \\ -400x & 200 \end{pmatrix}$$

// %%
lesson.Example("Newton's method");

static Tensor Valley(Tensor v) => (1 - v[0]).Square() + 100 * (v[1] - v[0].Square()).Square();

static double[] ValleyGradient(double x, double y) => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)];
static double[] ValleyHessian(double x, double y) => [2 - 400 * (y - 3 * x * x), -400 * x, -400 * x, 200];

TracedFormula valley = Formula.Trace(Valley, 2, "v");
lesson.Formula("∇f", valley.Gradient());
lesson.Formula("H", valley.Hessian());

Tensor start = Vector(-1.2, 1), hessian = Functional.Hessian(Valley, start);
lesson.Gradient("∇f", Valley, start, ValleyGradient(-1.2, 1));
lesson.Value("H", hessian, formula: ValleyHessian(-1.2, 1),
    differences: [.. CentralDifferences.HessianTimes(Valley, start, Vector(1, 0)), .. CentralDifferences.HessianTimes(Valley, start, Vector(0, 1))]);
lesson.Value("H by the formula of the function", hessian, formula: valley.Hessian().Evaluate(start));

// %% [markdown]
// Newton's step goes where the gradient of the local parabola is zero: $x \leftarrow x - H^{-1} \nabla f$. Near the minimum every step
// doubles the number of right digits; a step of gradient descent wins a fixed fraction of a digit.

// %%
Tensor x = start;
int steps = 0;
for (; steps < 20; steps++)
{
    (Tensor f, Tensor gradient) = Functional.ValueAndGrad(Valley, x);
    lesson.Say($"step {steps}: f = {f.Item():0.0e+00}, |∇f| = {gradient.Norm().Item():0.0e+00}");
    if (gradient.Norm().Item() < 1e-13) break;
    x = x - Linalg.Solve(Functional.Hessian(Valley, x), gradient);
}

lesson.Value("the minimum", x, formula: [1, 1]);
lesson.Claim($"{steps} steps of Newton's method reach it to the last digit", steps <= 7);

Tensor slow = start;
for (int i = 0; i < 1000; i++) slow = slow - 1e-3 * Functional.Grad(Valley, slow);
double distance = (slow - 1).Norm().Item();
lesson.Claim($"1000 steps of gradient descent are still {distance:F2} away", distance > 0.1);

// %% [markdown]
// ## Newton's method without the matrix: Newton-CG
// With a million parameters the Hessian has a million million elements. But the method of conjugate gradients solves $Hd = -\nabla f$
// with products $Hv$ alone, and $Hv$ is one derivative of the gradient, along $v$: a forward sweep over a backward pass, at the price of
// a few evaluations of the function.
//
// Logistic regression with labels $y_i = \pm 1$, the rows $a_i$ of $A$, and $m_i = y_i\, a_i \cdot w$:
// $$f(w) = \frac1n \sum_i \ln(1 + e^{-m_i}) + \frac\lambda2 |w|^2 \qquad
//   \nabla f = -\frac1n A^T \big(y\,\sigma(-m)\big) + \lambda w \qquad
//   Hv = \frac1n A^T \big(\sigma(m)\,\sigma(-m)\,(Av)\big) + \lambda v$$

// %%
lesson.Example("Newton-CG");

const int Examples = 120, Weights = 12;
const double Lambda = 0.1;
Generator generator = new(11);
Tensor A = Tensor.RandN((Examples, Weights), DType.Float64, generator: generator);
Tensor truth = Tensor.RandN(Weights, DType.Float64, generator: generator);
Tensor y = (A.MatMul(truth) + 0.5 * Tensor.RandN(Examples, DType.Float64, generator: generator)).Sign();

Tensor Loss(Tensor w) => (-y * A.MatMul(w)).Softplus(threshold: 700).Mean() + 0.5 * Lambda * w.Dot(w);

Tensor LossGradient(Tensor w) => -A.T.MatMul(y * (-y * A.MatMul(w)).Sigmoid()) / Examples + Lambda * w;

Tensor LossHessianTimes(Tensor w, Tensor v)
{
    Tensor m = y * A.MatMul(w);
    return A.T.MatMul(m.Sigmoid() * (-m).Sigmoid() * A.MatMul(v)) / Examples + Lambda * v;
}

Tensor somewhere = 0.3 * Tensor.RandN(Weights, DType.Float64, generator: generator), direction = Tensor.RandN(Weights, DType.Float64, generator: generator);
lesson.Gradient("∇f", Loss, somewhere, LossGradient(somewhere));
lesson.Value("H v", Functional.Hvp(Loss, somewhere, direction),
    formula: LossHessianTimes(somewhere, direction), differences: CentralDifferences.HessianTimes(Loss, somewhere, direction));
lesson.Value("H v, with H written down", Functional.Hessian(Loss, somewhere).MatMul(direction), formula: LossHessianTimes(somewhere, direction));

// %%
// Conjugate gradients: H d = b by products with H. Far from the minimum a rough answer will do.
static (Tensor Solution, int Products) ConjugateGradients(Func<Tensor, Tensor> product, Tensor b, double tolerance)
{
    Tensor d = Tensor.ZerosLike(b), residual = b, search = b;
    double square = residual.Dot(residual).Item();
    int products = 0;
    while (Math.Sqrt(square) > tolerance && products < 2 * b.Numel)
    {
        Tensor Hs = product(search);
        products++;
        double step = square / search.Dot(Hs).Item();
        d = d + step * search;
        residual = residual - step * Hs;
        double next = residual.Dot(residual).Item();
        search = residual + next / square * search;
        square = next;
    }

    return (d, products);
}

Tensor weights = Tensor.Zeros(Weights, DType.Float64);
int outer = 0, total = 0;
for (; outer < 30; outer++)
{
    (Tensor f, Tensor gradient) = Functional.ValueAndGrad(Loss, weights);
    double size = gradient.Norm().Item();
    lesson.Say($"step {outer}: f = {f.Item():F12}, |∇f| = {size:0.0e+00}, products with H so far: {total}");
    if (size < 1e-14) break;
    (Tensor d, int products) = ConjugateGradients(v => Functional.Hvp(Loss, weights, v), -gradient, Math.Min(0.1, size) * size);
    weights = weights + d;
    total += products;
}

// The same minimum by Newton's method with the matrix, and the derivatives by hand.
Tensor exact = Tensor.Zeros(Weights, DType.Float64);
for (int i = 0; i < 12; i++)
{
    Tensor[] columns = [.. Enumerable.Range(0, Weights).Select(j => LossHessianTimes(exact, Tensor.Eye(Weights, dtype: DType.Float64)[j]))];
    exact = exact - Linalg.Solve(Tensor.Stack(columns, 1), LossGradient(exact));
}

lesson.Value("the minimum", weights, formula: exact);
lesson.Claim("the gradient by hand is zero there", LossGradient(weights).Norm().Item() < 1e-13);

// %%
return lesson.Finish();

// The derivative of each element of the result along a direction, by central differences.
static double[] Along(Func<Tensor, Tensor> function, Tensor at, Tensor direction) =>
    [.. Enumerable.Range(0, function(at).Numel).Select(i => CentralDifferences.Derivative(t => function(at + t * direction)[i].Item(), 0, order: 1))];
