#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;

// %% [markdown]
// # Through a solver, and around it
// A solver is a program like any other: it adds and multiplies, so it can be differentiated as it stands. First an ordinary differential
// equation is fitted to data *through* its solver. Then an equation is solved by iteration, and the derivative of the solution found
// *around* the solver: by the implicit function theorem, in a function with a backward pass of its own.

// %%
Lesson lesson = new("solvers", args);
static Tensor Vector(params double[] values) => Tensor.Of(values, DType.Float64);

// %% [markdown]
// ## Decay
// $y' = -ky$, $y(0) = 1$, by the classical Runge-Kutta method. On this equation each step multiplies by
// $R(z) = 1 + z + \frac{z^2}2 + \frac{z^3}6 + \frac{z^4}{24}$ with $z = -kh$, so that $n$ steps give $R(z)^n$, with the derivative
// $\frac{dy_n}{dk} = -n h\, R(z)^{n-1} R'(z)$. That is the exact derivative of what the solver computes; the solution of the equation,
// $e^{-kt}$, has $-t\,e^{-kt}$.

// %%
lesson.Example("decay");

// A step of the method: four slopes, and their mean.
static Tensor RungeKutta(Func<Tensor, Tensor> slope, Tensor y, double h)
{
    Tensor k1 = slope(y), k2 = slope(y + 0.5 * h * k1), k3 = slope(y + 0.5 * h * k2), k4 = slope(y + h * k3);
    return y + h * (k1 + 2 * k2 + 2 * k3 + k4) / 6;
}

static Tensor Decay(Tensor k, double h, int steps)
{
    Tensor y = 1.0;
    for (int i = 0; i < steps; i++) y = RungeKutta(y => -k * y, y, h);
    return y;
}

lesson.Formula("one step", Formula.Trace(k => Decay(k, 1, 1)));
lesson.Formula("its derivative", Formula.Trace(k => Decay(k, 1, 1)).Gradient());

const double Rate = 0.7, H = 0.25;
const int Steps = 12;
double z = -Rate * H, R = 1 + z + z * z / 2 + z * z * z / 6 + z * z * z * z / 24, dR = 1 + z + z * z / 2 + z * z * z / 6;
Tensor rate = Tensor.Of(Rate, DType.Float64);
lesson.Value("y₁₂", Decay(rate, H, Steps), formula: Math.Pow(R, Steps));
lesson.Gradient("dy₁₂/dk", k => Decay(k, H, Steps), rate, -Steps * H * Math.Pow(R, Steps - 1) * dR);

double ofTheEquation = -Steps * H * Math.Exp(-Rate * Steps * H), ofTheSolver = Functional.Grad(k => Decay(k, H, Steps), rate).Item();
lesson.Claim($"the solver's derivative {ofTheSolver:F6} is that of the equation, {ofTheEquation:F6}, but for the method's error", Math.Abs(ofTheSolver - ofTheEquation) < 1e-4);

// %% [markdown]
// ## Growth, fitted
// A population grows as $y' = r y (1 - y/K)$. What are $r$ and $K$, if it was counted eleven times? The answer to check against are the
// *sensitivity equations*, derived by hand: with $u = \partial y/\partial r$ and $v = \partial y/\partial K$
// $$u' = r\Big(1 - \frac{2y}{K}\Big) u + y\Big(1 - \frac yK\Big), \qquad v' = r\Big(1 - \frac{2y}{K}\Big) v + \frac{r y^2}{K^2}$$
// Solved with $y$ by the same steps of the same method, they give the derivatives of the *solver's* numbers, to the last digit.

// %%
lesson.Example("growth, fitted through its solver");

const double Start = 0.5;
const int Counts = 11, StepsPerCount = 4;

// The population at t = 0, 1, …, 10, for the parameters (r, K).
static Tensor Growth(Tensor p)
{
    Tensor y = Start;
    List<Tensor> counted = [y + 0 * p[0]];
    for (int i = 1; i < Counts; i++)
    {
        for (int j = 0; j < StepsPerCount; j++) y = RungeKutta(y => p[0] * y * (1 - y / p[1]), y, 1.0 / StepsPerCount);
        counted.Add(y);
    }

    return Tensor.Stack(counted);
}

// What was counted: the equation's exact solution for r = 0.8 and K = 10.
Tensor counts = Tensor.FromArray(Enumerable.Range(0, Counts).Select(t => 10 / (1 + (10 / Start - 1) * Math.Exp(-0.8 * t))).ToArray());
Tensor Misfit(Tensor p) => (Growth(p) - counts).Square().Mean();

Tensor guess = Vector(0.5, 7);
(double[] population, double[] sensitivities) = GrowthByHand(0.5, 7);
lesson.Value("y(t) for a first guess", Growth(guess), formula: population);
lesson.Value("∂y(t)/∂(r, K)", Functional.Jacobian(Growth, guess), formula: sensitivities, differences: CentralDifferences.Jacobian(Growth, guess));

double[] misfitByHand = new double[2];
for (int i = 0; i < Counts; i++)
    for (int j = 0; j < 2; j++) misfitByHand[j] += 2.0 / Counts * (population[i] - counts[i].Item()) * sensitivities[2 * i + j];
lesson.Gradient("∂ misfit/∂(r, K)", Misfit, guess, misfitByHand);

// %% [markdown]
// Two parameters and eleven residuals: the method of Gauss and Newton, $p \leftarrow p - (J^T J)^{-1} J^T (y(p) - \text{counts})$.

// %%
Tensor fitted = guess;
for (int i = 0; i < 12; i++)
{
    Tensor J = Functional.Jacobian(Growth, fitted), residual = Growth(fitted) - counts;
    lesson.Say($"step {i}: r = {fitted[0].Item():F6}, K = {fitted[1].Item():F6}, misfit {residual.Square().Mean().Item():0.0e+00}");
    Tensor step = Linalg.Solve(J.T.MatMul(J), J.T.MatMul(residual));
    if (step.Norm().Item() < 1e-10) break;
    fitted = fitted - step;
}

lesson.Claim("r = 0.8 and K = 10 are found, but for the method's error", Math.Abs(fitted[0].Item() - 0.8) < 1e-3 && Math.Abs(fitted[1].Item() - 10) < 1e-3);
lesson.Claim("the gradient by hand is zero there", GradientAt(fitted).Norm().Item() < 1e-9);

Tensor GradientAt(Tensor p)
{
    (double[] y, double[] s) = GrowthByHand(p[0].Item(), p[1].Item());
    return Tensor.FromArray(s).Reshape(Counts, 2).T.MatMul(Tensor.FromArray(y) - counts);
}

// %% [markdown]
// ## Implicit differentiation of a fixed point
// $x = f(x, \theta)$, solved by iterating $f$. To differentiate through the iteration, every step of it must be kept. But the solution does not
// depend on the way to it: differentiating the equation itself,
// $$\frac{dx}{d\theta} = \Big(I - \frac{\partial f}{\partial x}\Big)^{-1} \frac{\partial f}{\partial \theta}$$
// Backward therefore needs $u = g + \big(\frac{\partial f}{\partial x}\big)^T u$ for the gradient $g$ that arrives, another fixed point, found in the same
// way, and returns $\big(\frac{\partial f}{\partial \theta}\big)^T u$. The function `FixedPoint` at the end of this file says just that. It keeps $x$ and
// $\theta$, nothing else.
//
// Kepler's equation $E = M + e \sin E$ gives a planet's place on its ellipse. By hand, with $D = 1 - e\cos E$:
// $$\frac{\partial E}{\partial M} = \frac1D, \qquad \frac{\partial E}{\partial e} = \frac{\sin E}D, \qquad
//   \frac{\partial^2 E}{\partial M^2} = -\frac{e \sin E}{D^3}, \qquad
//   \frac{\partial^2 E}{\partial M\,\partial e} = \frac{\cos E - e \sin^2\!E / D}{D^2}$$

// %%
lesson.Example("Kepler's equation");

FixedPoint orbit = new((E, p) => p[0][0] + p[0][1] * E.Sin(), Tensor.Of(0, DType.Float64));
Tensor Kepler(Tensor p) => orbit.Apply(p);

Tensor orbital = Vector(1.1, 0.4);
double E = Kepler(orbital).Item(), D = 1 - 0.4 * Math.Cos(E);
lesson.Value("E solves the equation: E - e sin E", Tensor.Of(E - 0.4 * Math.Sin(E), DType.Float64), formula: 1.1);
lesson.Gradient("∂E/∂(M, e)", Kepler, orbital, [1 / D, Math.Sin(E) / D]);

// Its backward pass is made of differentiable operations, so it can be differentiated again.
lesson.Gradient("∂²E/∂M∂(M, e)", p => Functional.Grad(Kepler, p)[0], orbital,
    [-0.4 * Math.Sin(E) / (D * D * D), (Math.Cos(E) - 0.4 * Math.Sin(E) * Math.Sin(E) / D) / (D * D)]);

// Through the iteration: every one of its steps is recorded.
static Tensor Iterated(Tensor p, int steps)
{
    Tensor E = 0.0;
    for (int i = 0; i < steps; i++) E = p[0] + p[1] * E.Sin();
    return E;
}

lesson.Gradient("the same through 100 recorded steps", p => Iterated(p, 100), orbital, [1 / D, Math.Sin(E) / D]);
double early = (Functional.Grad(p => Iterated(p, 5), orbital) - Vector(1 / D, Math.Sin(E) / D)).Norm().Item();
lesson.Claim($"after 5 steps the derivative through the iteration is off by {early:0.0e+00}", early > 1e-5);

// %% [markdown]
// ## A layer that is an equation
// A "deep equilibrium" layer (Bai et al., https://arxiv.org/abs/1909.01377) returns the $x$ with $x = \tanh(Wx + b)$. With
// $s = 1 - x^2$, $g = \partial L/\partial x$ and $u = (I - diag(s)\,W)^{-T} g$:
// $$\frac{\partial L}{\partial b} = s\,u, \qquad \frac{\partial L}{\partial W} = (s\,u)\,x^T$$

// %%
lesson.Example("an equilibrium layer");

const int Units = 4;
Generator generator = new(21);
Tensor W = 0.25 * Tensor.RandN((Units, Units), DType.Float64, generator: generator), b = Tensor.RandN(Units, DType.Float64, generator: generator);
FixedPoint equilibrium = new((x, p) => (p[0].MatMul(x) + p[1]).Tanh(), Tensor.Zeros(Units, DType.Float64));

Tensor goal = Vector(0.5, -0.5, 0.2, 0.1);
Tensor Loss(Tensor W, Tensor b) => (equilibrium.Apply(W, b) - goal).Square().Sum();

Tensor x = equilibrium.Apply(W, b), s = 1 - x.Square(), g = 2 * (x - goal);
Tensor u = Linalg.Solve((Tensor.Eye(Units, dtype: DType.Float64) - s.Diag().MatMul(W)).T, g);
lesson.Value("x", x, formula: (W.MatMul(x) + b).Tanh());
lesson.Gradient("∂L/∂b", v => Loss(W, v), b, s * u);
lesson.Gradient("∂L/∂W", v => Loss(v, b), W, (s * u).Outer(x));

// %%
return lesson.Finish();

// ---- what the cells above use --------------------------------------------------------------------------------------------------

// Growth and its sensitivity equations, in plain numbers: (y, u, v) by the same steps.
static (double[] Population, double[] Sensitivities) GrowthByHand(double r, double K)
{
    double[] state = [Start, 0, 0];
    List<double> population = [Start], sensitivities = [0, 0];
    const double h = 1.0 / StepsPerCount;
    for (int i = 1; i < Counts; i++)
    {
        for (int j = 0; j < StepsPerCount; j++)
        {
            double[] k1 = Slope(state), k2 = Slope(Add(state, h / 2, k1)), k3 = Slope(Add(state, h / 2, k2)), k4 = Slope(Add(state, h, k3));
            state = [.. state.Select((value, n) => value + h / 6 * (k1[n] + 2 * k2[n] + 2 * k3[n] + k4[n]))];
        }

        population.Add(state[0]);
        sensitivities.AddRange(state[1..]);
    }

    return ([.. population], [.. sensitivities]);

    double[] Slope(double[] at)
    {
        (double y, double u, double v) = (at[0], at[1], at[2]);
        return [r * y * (1 - y / K), r * (1 - 2 * y / K) * u + y * (1 - y / K), r * (1 - 2 * y / K) * v + r * y * y / (K * K)];
    }

    static double[] Add(double[] a, double factor, double[] b) => [.. a.Zip(b, (x, y) => x + factor * y)];
}

// The x with x = step(x, parameters), differentiated by the implicit function theorem.
internal sealed class FixedPoint(Func<Tensor, IReadOnlyList<Tensor>, Tensor> step, Tensor start) : Function
{
    protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = Iterate(x => step(x, inputs), start);
        context.SaveForBackward([x, .. inputs]);
        return [x];
    }

    protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs)
    {
        // One step at the solution gives both derivatives of f: the first gradient is that by x, the others those by the parameters.
        (_, Func<Tensor, Tensor[]> pullback) = Functional.Vjp(all => step(all[0], [.. all.Skip(1)]), context.SavedTensors);
        Tensor g = gradOutputs[0]!;
        return pullback(Iterate(u => g + pullback(u)[0], g))[1..];
    }

    private static Tensor Iterate(Func<Tensor, Tensor> next, Tensor x)
    {
        const int Most = 500;
        for (int i = 0; i < Most; i++)
        {
            Tensor before = x;
            x = next(before);
            if ((x - before).Detach().Norm().Item() <= 1e-15 * (1 + x.Detach().Norm().Item())) return x;
        }

        throw new InvalidOperationException($"FixedPoint: no fixed point within {Most} steps. The step must bring points closer together.");
    }
}
