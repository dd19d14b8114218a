#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;

// %% [markdown]
// # Many at once, and one after the other
// Two ways to trade memory for time. `Vmap` makes of a function of one example a function of many, in one pass: that gives each
// example a gradient of its own. Checkpointing goes the other way: it keeps less than a backward pass needs, and computes the rest again.

// %%
Lesson lesson = new("many-at-once", args);

// %% [markdown]
// ## A gradient for each example
// The gradient of a batch's loss is the mean of its examples' gradients; which example pulled where is lost. The loss of *one* example of
// logistic regression, $l(w) = \ln(1 + e^{-y\, a \cdot w})$, has
// $$\nabla l = -y\,\sigma(-y\, a \cdot w)\; a$$
// `Vmap` of its gradient takes all examples and returns a row for each.

// %%
lesson.Example("per-example gradients");

static Tensor Logistic(Tensor w, Tensor a, Tensor y) => (1 + (-y * a.Dot(w)).Exp()).Log();

const int Examples = 6, Weights = 3;
Generator generator = new(31);
Tensor A = Tensor.RandN((Examples, Weights), DType.Float64, generator: generator);
Tensor y = Tensor.Of([1.0, -1, -1, 1, 1, -1], DType.Float64);
Tensor w = Tensor.RandN(Weights, DType.Float64, generator: generator);

lesson.Formula("∇l", Formula.Trace(Logistic, Weights, Weights, default).Gradient());

Tensor perExample = Functional.Vmap((a, y) => Functional.Grad(w => Logistic(w, a, y), w), A, y);
double[] byHand = [.. Enumerable.Range(0, Examples).SelectMany(i => LogisticByHand(w.ToArray<double>(), A[i].ToArray<double>(), y[i].Item()))];
lesson.Value("a gradient for each example", perExample, formula: byHand,
    differences: CentralDifferences.Jacobian(w => (-y * A.MatMul(w)).Softplus(threshold: 700), w));
lesson.Gradient("their sum is the gradient of the sum", w => (-y * A.MatMul(w)).Softplus(threshold: 700).Sum(), w, perExample.Sum(axis: 0));

Tensor loop = Tensor.Stack([.. Enumerable.Range(0, Examples).Select(i => Functional.Grad(w => Logistic(w, A[i], y[i]), w))]);
lesson.Value("the same by a loop", perExample, formula: loop);

static double[] LogisticByHand(double[] w, double[] a, double y)
{
    double factor = -y / (1 + Math.Exp(y * w.Zip(a, (x, z) => x * z).Sum()));
    return [.. a.Select(element => factor * element)];
}

// %% [markdown]
// What for? To train so that no single example shows in the result (Abadi et al., https://arxiv.org/abs/1607.00133), each gradient is clipped
// to a length $c$ *before* the mean is taken: $\frac1n \sum_i g_i \min(1, c/|g_i|)$. A batch's gradient could not tell.

// %%
lesson.Example("clipping each example's gradient");

const double Most = 0.4;
Tensor lengths = perExample.Norm(axis: 1);
Tensor clipped = (perExample * (Most / lengths).ClampMax(1).Unsqueeze(1)).Mean(axis: 0);

double[] clippedByHand = new double[Weights], lengthsByHand = new double[Examples];
for (int i = 0; i < Examples; i++)
{
    double[] row = byHand[(i * Weights)..((i + 1) * Weights)];
    double length = Math.Sqrt(row.Sum(element => element * element));
    lengthsByHand[i] = length;
    for (int j = 0; j < Weights; j++) clippedByHand[j] += row[j] * Math.Min(1, Most / length) / Examples;
}

lesson.Value("lengths", lengths, formula: lengthsByHand);
lesson.Value("the mean of the clipped gradients", clipped, formula: clippedByHand);
Tensor mean = perExample.Mean(axis: 0), clippedMean = mean * Math.Min(1, Most / mean.Norm().Item());
lesson.Claim("it is not the clipped mean", (clipped - clippedMean).Norm().Item() > 0.01);

// %% [markdown]
// The same for a network, without a change to it. For $l = \frac12 |W_2 \tanh(W_1 x) - y|^2$, with $t = \tanh(W_1 x)$ and the error
// $e = W_2 t - y$, the gradients of one example are outer products:
// $$\frac{\partial l}{\partial W_2} = e\,t^T, \qquad \frac{\partial l}{\partial W_1} = \big((1 - t^2)\,(W_2^T e)\big)\,x^T$$

// %%
lesson.Example("per-example gradients of a network");

static Tensor Network(Tensor W1, Tensor W2, Tensor x, Tensor y) => 0.5 * (W2.MatMul(W1.MatMul(x).Tanh()) - y).Square().Sum();

const int Batch = 5, Inputs = 3, Hidden = 4, Outputs = 2;
Tensor W1 = Tensor.RandN((Hidden, Inputs), DType.Float64, generator: generator), W2 = Tensor.RandN((Outputs, Hidden), DType.Float64, generator: generator);
Tensor X = Tensor.RandN((Batch, Inputs), DType.Float64, generator: generator), Y = Tensor.RandN((Batch, Outputs), DType.Float64, generator: generator);

Tensor[] each = Functional.Vmap(item => Functional.Grad(weights => Network(weights[0], weights[1], item[0], item[1]), [W1, W2]), [X, Y]);
(Tensor[] firstByHand, Tensor[] secondByHand) = (new Tensor[Batch], new Tensor[Batch]);
for (int i = 0; i < Batch; i++)
{
    Tensor t = W1.MatMul(X[i]).Tanh(), e = W2.MatMul(t) - Y[i];
    secondByHand[i] = e.Outer(t);
    firstByHand[i] = ((1 - t.Square()) * W2.T.MatMul(e)).Outer(X[i]);
}

lesson.Value("∂l/∂W₁ of each example", each[0], formula: Tensor.Stack(firstByHand),
    differences: [.. Enumerable.Range(0, Batch).SelectMany(i => CentralDifferences.Gradient(v => Network(v, W2, X[i], Y[i]), W1))]);
lesson.Value("∂l/∂W₂ of each example", each[1], formula: Tensor.Stack(secondByHand),
    differences: [.. Enumerable.Range(0, Batch).SelectMany(i => CentralDifferences.Gradient(v => Network(W1, v, X[i], Y[i]), W2))]);

// %% [markdown]
// `Vmap` nests with everything else. A curvature for each example: the Hessian of $\sin(x_1)\,x_2^2$ at three points,
// $$\begin{pmatrix} -x_2^2 \sin x_1 & 2 x_2 \cos x_1 \\ 2 x_2 \cos x_1 & 2 \sin x_1 \end{pmatrix}$$

// %%
lesson.Example("a Hessian for each example");

static Tensor Wave(Tensor x) => x[0].Sin() * x[1].Square();

Tensor places = Tensor.Of([[0.3, 1.2], [-0.8, 0.5], [2.0, -1.1]], DType.Float64);
double[] curvatures = [.. Enumerable.Range(0, 3).SelectMany(i => WaveHessian(places[i, 0].Item(), places[i, 1].Item()))];
lesson.Formula("H", Formula.Trace(Wave, 2, "x").Hessian());
lesson.Value("three Hessians", Functional.Vmap(x => Functional.Hessian(Wave, x), places), formula: curvatures,
    differences: [.. Enumerable.Range(0, 3).SelectMany(i => Enumerable.Range(0, 2).SelectMany(j =>
        CentralDifferences.HessianTimes(Wave, places[i], Tensor.Eye(2, dtype: DType.Float64)[j])))]);

static double[] WaveHessian(double x, double y) => [-y * y * Math.Sin(x), 2 * y * Math.Cos(x), 2 * y * Math.Cos(x), 2 * Math.Sin(x)];

// %% [markdown]
// ## Checkpointing
// A backward pass needs what the forward pass computed on its way. A chain of $n$ steps keeps $n$ states. If only every eighth is kept, and
// the seven between are computed again when backward comes by, $n/8 + 8$ are enough, for one more evaluation.
//
// The chain is $x_{k+1} = x_k + \frac1{10} \sin x_k$; by the chain rule $\frac{dx_n}{dx_0} = \prod_k \big(1 + \frac1{10} \cos x_k\big)$.

// %%
lesson.Example("checkpointing");

const int Segments = 6, Length = 8;
int calls = 0;

Tensor Segment(Tensor x)
{
    for (int i = 0; i < Length; i++)
    {
        calls++;
        x = x + 0.1 * x.Sin();
    }

    return x;
}

Tensor Chain(Tensor x, Func<Tensor, Tensor> segment)
{
    for (int i = 0; i < Segments; i++) x = segment(x);
    return x;
}

// The simplest checkpoint is a function with a backward pass of its own: forward records nothing, backward runs the segment again.
Recomputed recomputed = new(Segment);
Tensor Kept(Tensor x) => Chain(x, Segment);
Tensor Light(Tensor x) => Chain(x, segment => recomputed.Apply(segment));

(double value, double slope) = (0.3, 1);
for (int i = 0; i < Segments * Length; i++)
{
    slope *= 1 + 0.1 * Math.Cos(value);
    value += 0.1 * Math.Sin(value);
}

Tensor start = Tensor.Of(0.3, DType.Float64);
lesson.Value("x₄₈", Light(start), formula: value);
lesson.Gradient("dx₄₈/dx₀, everything kept", Kept, start, slope);
lesson.Gradient("dx₄₈/dx₀, by recomputation", Light, start, slope);

// Nabla's own, which all transforms pass: also captured weights get their gradients, and gradients can be differentiated again.
Tensor Checkpointed(Tensor x) => Chain(x, start => Functional.Checkpoint(Segment, start));
lesson.Gradient("dx₄₈/dx₀, by Functional.Checkpoint", Checkpointed, start, slope);

(int keptCalls, int lightCalls) = (Calls(Kept), Calls(Light));
lesson.Claim($"{keptCalls} steps are computed if everything is kept", keptCalls == Segments * Length);
lesson.Claim($"{lightCalls} if not: each step twice", lightCalls == 2 * Segments * Length);
lesson.Claim("as many by Functional.Checkpoint", Calls(Checkpointed) == lightCalls);

int Calls(Func<Tensor, Tensor> function)
{
    calls = 0;
    Functional.Grad(function, start);
    return calls;
}

// %%
return lesson.Finish();

// A function of which backward keeps only the argument.
internal sealed class Recomputed(Func<Tensor, Tensor> function) : Function
{
    protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
    {
        context.SaveForBackward(inputs[0]);
        return [function(inputs[0])];
    }

    protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) =>
        [Functional.Vjp(function, context.SavedTensors[0]).Pullback(gradOutputs[0]!)];
}
