#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;

// %% [markdown]
// # Functions as programs
// `Functional.Compile` runs a function once, sees which operations on numbers it performs, and makes a program of them. What a function
// costs beside its arithmetic (tensors for every step, a graph, a walk through it) is gone; the function stays as it was written.

// %%
Lesson lesson = new("compile", args);

// %% [markdown]
// ## One number
// The function of the third example of `gradients-of-3dgs`, $f(x) = e^{-x^2/2}$, with $f'(x) = -x\,e^{-x^2/2}$. The gradient is part of the
// program: `ValueAndGrad` of a compiled function is a compiled function, and the exponential is computed once for both.

// %%
lesson.Example("exp(-x²/2)");

static Tensor Bell(Tensor x) => (-x.Pow(2) / 2).Exp();

CompiledFunction<Tensor, Tensor> bell = Functional.Compile<Tensor, Tensor>(Bell);
CompiledFunction<Tensor, (Tensor Value, Tensor Gradient)> both = bell.ValueAndGrad();
Tensor two = Tensor.Of(2.0, DType.Float64);
(Tensor value, Tensor slope) = both.Call(two);
double byHand = Math.Exp(-2);

lesson.Say(both.Explain());
lesson.Value("f(2)", value, formula: byHand);
lesson.Value("f'(2)", slope, formula: -2 * byHand, differences: CentralDifferences.Derivative(x => Math.Exp(-x * x / 2), 2, 1));
lesson.Claim("six operations make value and gradient", both.Explain().Contains("6 float64 operations", StringComparison.Ordinal));

// A compiled function can also be called where gradients are recorded: backward is a program then.
lesson.Gradient("f'(x), by Backward through a call", bell.Call, two, -2 * byHand);

// %% [markdown]
// ## Three Gaussians
// The eighth example of `gradients-of-3dgs`: three Gaussians in front of each other, seen at a point $p$. With $\Sigma_i = J V R S_i S_i^T R^T V^T J^T$,
// here $\operatorname{diag}(s_{i1}^2, s_{i2}^2)$, and $d_i = p - \mu_i$,
// $$G_i = e^{-\frac12 d_i^T \Sigma_i^{-1} d_i}, \qquad C = \sum_i c_i\, G_i\, T_i, \qquad T_i = \prod_{j<i} (1 - G_j)$$
// What lies behind the $i$-th, $B_i = c_{i+1} G_{i+1} + (1 - G_{i+1}) B_{i+1}$, shines through it, so
// $$\frac{\partial C}{\partial G_i} = T_i\,(c_i - B_i), \qquad \frac{\partial G_i}{\partial \mu_{ik}} = G_i\, \frac{d_{ik}}{s_{ik}^2}, \qquad
//   \frac{\partial G_i}{\partial s_{ik}} = G_i\, \frac{d_{ik}^2}{s_{ik}^3}, \qquad \frac{\partial G_i}{\partial s_{i3}} = 0$$
// Eagerly these are some two hundred operations on tiny tensors. As a program they are as many as the formulas have; unit matrices leave none.

// %%
lesson.Example("three blended Gaussians");

Tensor p = Tensor.Of([2.0, 3.0], DType.Float64), c = Tensor.Of([1, 1.0 / 2, 1.0 / 3], DType.Float64);
Tensor mu = Tensor.Of([[1.0, 1], [2, 2], [3, 3]], DType.Float64), s = Tensor.Of([[0.5, 0.5, 0.5], [1, 1, 1], [1.5, 1.5, 1.5]], DType.Float64);

Tensor Colour(Tensor mu, Tensor s)
{
    Tensor rotation = Tensor.Eye(3, dtype: DType.Float64), view = Tensor.Eye(3, dtype: DType.Float64), jacobian = Tensor.Eye(2, 3, DType.Float64);
    Tensor colour = Tensor.Of(0.0, DType.Float64), visible = Tensor.Of(1.0, DType.Float64);
    for (int i = 0; i < 3; i++)
    {
        Tensor d = p - mu[i], scale = s[i].Diag();
        Tensor half = jacobian.MatMul(view).MatMul(rotation).MatMul(scale);
        Tensor gaussian = (-0.5 * d.MatMul(Linalg.Inv(half.MatMul(half.T))).MatMul(d)).Exp();
        colour += c[i] * gaussian * visible;
        visible *= 1 - gaussian;
    }
    return colour;
}

CompiledFunction<Tensor, Tensor, (Tensor Value, Tensor Mu, Tensor S)> blended = Functional.Compile<Tensor, Tensor, Tensor>(Colour).ValueAndGrad();
(Tensor colour, Tensor byMu, Tensor byS) = blended.Call(mu, s);
(double colourByHand, double[] muByHand, double[] sByHand) = ColourByHand();

lesson.Say(blended.Explain());
lesson.Value("C", colour, formula: colourByHand);
lesson.Value("∂C/∂μ", byMu, formula: muByHand, differences: CentralDifferences.Gradient(at => Colour(at, s), mu));
lesson.Value("∂C/∂s", byS, formula: sByHand, differences: CentralDifferences.Gradient(at => Colour(mu, at), s));
lesson.Claim("it is straight-line code", blended.Explain().Contains("straight-line", StringComparison.Ordinal));

(double, double[], double[]) ColourByHand()
{
    double[] point = p.ToArray(), weight = c.ToArray(), centre = mu.ToArray(), size = s.ToArray();
    double[] gaussian = new double[3], through = [1, 1, 1], behind = new double[4], mus = new double[6], sizes = new double[9];
    for (int i = 0; i < 3; i++)
    {
        double power = 0;
        for (int k = 0; k < 2; k++) power -= 0.5 * Math.Pow((point[k] - centre[(2 * i) + k]) / size[(3 * i) + k], 2);
        gaussian[i] = Math.Exp(power);
        if (i > 0) through[i] = through[i - 1] * (1 - gaussian[i - 1]);
    }
    for (int i = 2; i >= 0; i--) behind[i] = (weight[i] * gaussian[i]) + ((1 - gaussian[i]) * behind[i + 1]);
    for (int i = 0; i < 3; i++)
    {
        double byGaussian = through[i] * (weight[i] - behind[i + 1]) * gaussian[i];
        for (int k = 0; k < 2; k++)
        {
            double d = point[k] - centre[(2 * i) + k], width = size[(3 * i) + k];
            mus[(2 * i) + k] = byGaussian * d / (width * width);
            sizes[(3 * i) + k] = byGaussian * d * d / (width * width * width);
        }
    }
    return (behind[0], mus, sizes);
}

// %% [markdown]
// ## When the function is run again
// The function itself is run for each *signature*: shapes, types, and members of arguments that are no tensors. What it captures is read
// anew at each call. The gradient of $\sum w\,x^2$ by $x$ is $2\,w\,x$.

// %%
lesson.Example("signatures");

int runs = 0;
Tensor w = Tensor.Of(3.0, DType.Float64);
CompiledFunction<Tensor, Tensor> squares = Functional.Compile((Tensor x) =>
{
    runs++;
    return (w * x * x).Sum();
});
CompiledFunction<Tensor, Tensor> gradient = squares.Gradient();
Tensor three = Tensor.Of([1.0, 2, 3], DType.Float64), five = Tensor.Of([1.0, 2, 3, 4, 5], DType.Float64);

lesson.Value("at three numbers", gradient.Call(three), formula: new double[] { 6, 12, 18 }, differences: CentralDifferences.Gradient(x => (w * x * x).Sum(), three));
w.CopyInPlace(Tensor.Of(0.5, DType.Float64));
lesson.Value("the same after w has changed", gradient.Call(three), formula: new double[] { 1, 2, 3 });
lesson.Claim("the function was run once", runs == 1);
lesson.Value("at five numbers", gradient.Call(five), formula: new double[] { 1, 2, 3, 4, 5 });
lesson.Claim("for another shape again", runs == 2 && gradient.SignatureCount == 2);

// %% [markdown]
// A program cannot decide by a number that it does not know yet. An `if` on one is refused; `Tensor.Where` computes both and chooses. For
// $f(x) = \sum \max(x, x/10)$ the gradient is 1 where $x > 0$, and 1/10 elsewhere.

// %%
lesson.Example("decisions");

string refused = "";
try
{
    Functional.Compile((Tensor x) => x.Sum().Item() > 0 ? x : x / 10).Call(three);
}
catch (TraceException error)
{
    refused = error.Message;
}
lesson.Say(refused.Split(" Called")[0]);
lesson.Claim("an if on a number is refused, with the remedy", refused.Contains("Tensor.Where", StringComparison.Ordinal));

CompiledFunction<Tensor, Tensor> leaky = Functional.Compile((Tensor x) => Tensor.Where(x > 0, x, x / 10).Sum());
Tensor mixed = Tensor.Of([-2.0, -1, 1, 2], DType.Float64);
lesson.Gradient("by Where", leaky.Call, mixed, new double[] { 0.1, 0.1, 1, 1 });

// %% [markdown]
// ## One loop over many items
// A small function of one item becomes a loop that computes as many items at once as a vector register holds. Turning a point about the
// origin, $r = (a \cos t - b \sin t,\; a \sin t + b \cos t)$, has the Jacobian
// $$\begin{pmatrix} \cos t & -\sin t & -a \sin t - b \cos t \\ \sin t & \cos t & a \cos t - b \sin t \end{pmatrix}$$

// %%
lesson.Example("Vmap as one loop");

static Tensor Turned(Tensor v) => Tensor.Stack([v[0] * v[2].Cos() - v[1] * v[2].Sin(), v[0] * v[2].Sin() + v[1] * v[2].Cos()]);

Tensor items = Tensor.RandN([1000, 3], DType.Float64, generator: new Generator(11));
CompiledVmap jacobians = Functional.CompileVmap(v => Functional.Jacobian(Turned, v));
Tensor all = jacobians.Call(items)[0];

lesson.Say(jacobians.Explain());
lesson.Value("the first three Jacobians", all[..3], formula: TurnedByHand(items[..3]),
    differences: [.. Enumerable.Range(0, 3).SelectMany(i => CentralDifferences.Jacobian(Turned, items[i]))]);
double[] expected = TurnedByHand(items), found = all.ToArray();
lesson.Claim("all thousand agree", expected.Zip(found).All(pair => Math.Abs(pair.First - pair.Second) < 1e-12));
lesson.Value("fewer items need no other program", jacobians.Call(items[..7])[0], formula: TurnedByHand(items[..7]));

static double[] TurnedByHand(Tensor items)
{
    double[] v = items.ToArray();
    var all = new List<double>(2 * v.Length);
    for (int i = 0; i < v.Length; i += 3)
    {
        (double a, double b, double cos, double sin) = (v[i], v[i + 1], Math.Cos(v[i + 2]), Math.Sin(v[i + 2]));
        all.AddRange([cos, -sin, (-a * sin) - (b * cos), sin, cos, (a * cos) - (b * sin)]);
    }
    return [.. all];
}

// %% [markdown]
// ## Few products for a large Jacobian
// Where each result depends on few arguments, most of the Jacobian is zero. For $f_i = x_i^2 - x_{i+1}$ a row has the entries $2 x_i$ and $-1$;
// columns that meet no row together share a product, so two products give the whole.

// %%
lesson.Example("a sparse Jacobian");

CompiledFunction<Tensor, Tensor> chain = Functional.Compile((Tensor x) => x[..^1].Square() - x[1..]);
JacobianCompression compression = JacobianCompression.Of(SparsityPattern.Detect(chain.Call, five));
SparseMatrix sparse = chain.SparseJacobian(compression).Call(five);

lesson.Say(compression.ToString());
lesson.Value("the entries, row by row", sparse.Values, formula: new double[] { 2, -1, 4, -1, 6, -1, 8, -1 });
lesson.Value("the whole", sparse.ToDense(), formula: Functional.Jacobian(chain.Call, five), differences: CentralDifferences.Jacobian(chain.Call, five));
lesson.Claim("two products are enough", compression.Count == 2);

// %%
return lesson.Finish();
