#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;
using Nabla.Nn;
using Nabla.Optim;

// %% [markdown]
// # Gradients inside what is trained
// Sometimes a gradient is not only the way to the solution but part of the problem: a loss that contains the slope of a network, or a
// network that is judged by how well it does *after* a step of gradient descent. Training then differentiates a gradient. All that is
// needed is that the first backward pass is recorded like any other computation.

// %%
Lesson lesson = new("gradients-inside-training", args);

// %% [markdown]
// ## Gradient penalty
// The critic $D$ of a Wasserstein GAN must not be steeper than 1. Gulrajani et al. (https://arxiv.org/abs/1704.00028) add to its loss
// $$P = \frac1n \sum_i \big(|\nabla_x D(x_i)| - 1\big)^2$$
// For one hidden layer, $D(x) = a \cdot \tanh(Wx)$, it can still be derived by hand. With $t = \tanh(Wx)$ and $s = 1 - t^2$
// $$g = \nabla_x D = W^T (a\,s), \qquad q = \frac{\partial P}{\partial g} = \frac2n \big(|g| - 1\big) \frac{g}{|g|}$$
// and then once more backward, through $W$, $a$ and $s$ (products of vectors without a sign are element by element):
// $$\frac{\partial P}{\partial a} = s\,(Wq), \qquad
//   \frac{\partial P}{\partial W} = (a\,s)\,q^T + \big(a\,(Wq)\,(-2t)\,s\big)\,x^T$$

// %%
lesson.Example("gradient penalty");

static Tensor Critic(Tensor x, Tensor W, Tensor a) => x.MatMul(W.T).Tanh().MatMul(a);

// The sum over the batch keeps the examples apart: row i of its gradient is the gradient of D at row i of x.
// createGraph: W and a, by which it will be differentiated again, are not its arguments.
static Tensor Slopes(Tensor x, Tensor W, Tensor a) => Functional.Grad(x => Critic(x, W, a).Sum(), x, createGraph: true);

static Tensor Penalty(Tensor x, Tensor W, Tensor a) => (Slopes(x, W, a).Norm(axis: 1) - 1).Square().Mean();

Generator generator = new(3);
Tensor points = Tensor.RandN((4, 2), DType.Float64, generator: generator);
Tensor W = Tensor.RandN((3, 2), DType.Float64, generator: generator), a = Tensor.RandN(3, DType.Float64, generator: generator);

// One example suffices to see the formula of D's gradient.
lesson.Formula("∇D", Formula.Trace((x, W, a) => Critic(x, W, a), 2, (3, 2), 3).Gradient());

(Tensor byW, Tensor byA, Tensor slopes) = PenaltyByHand(points, W, a);
lesson.Gradient("∇D at each point", x => Critic(x, W, a).Sum(), points, slopes);
lesson.Gradient("∂P/∂a", v => Penalty(points, W, v), a, byA);
lesson.Gradient("∂P/∂W", v => Penalty(points, v, a), W, byW);

static (Tensor W, Tensor a, Tensor Slopes) PenaltyByHand(Tensor points, Tensor W, Tensor a)
{
    Tensor byW = Tensor.ZerosLike(W), byA = Tensor.ZerosLike(a);
    var slopes = new Tensor[points.Shape[0]];
    for (int i = 0; i < slopes.Length; i++)
    {
        Tensor x = points[i], t = W.MatMul(x).Tanh(), s = 1 - t.Square();
        Tensor g = W.T.MatMul(a * s), length = g.Norm(), q = 2 * (length - 1) / length * g / slopes.Length, Wq = W.MatMul(q);
        byA = byA + s * Wq;
        byW = byW + (a * s).Outer(q) + (a * Wq * -2 * t * s).Outer(x);
        slopes[i] = g;
    }

    return (byW, byA, Tensor.Stack(slopes));
}

// %% [markdown]
// In training: a critic of two clouds of points, $d = 3$ apart. Without the penalty it grows as steep as the steps allow. With it, a slope of
// $s$ all the way costs $-d\,s + \lambda (s - 1)^2$, which is least at $s = 1 + \frac{d}{2\lambda}$: 1.15 for $\lambda = 10$, where the
// means of $D$ differ by $d\,s = 3.45$.

// %%
lesson.Example("a critic with gradient penalty");

Generator clouds = new(4);
Tensor left = 0.3 * Tensor.RandN((64, 2), generator: clouds), right = left + Tensor.Of([3.0, 0.0]);
Tensor between = left + Tensor.Rand((64, 1), generator: clouds) * Tensor.Of([3.0, 0.0]);

(double Difference, double Slope) Train(double penalty)
{
    Generator seed = new(5);
    Sequential critic = new(new Linear(2, 16, generator: seed), new Tanh(), new Linear(16, 1, generator: seed));
    Adam adam = new(critic.Parameters(), learningRate: 0.02);
    Tensor difference = 0.0, slope = 0.0;
    for (int step = 0; step < 300; step++)
    {
        difference = critic.Forward(right).Mean() - critic.Forward(left).Mean();

        // The gradient by the inputs, recorded, so that the loss can contain it.
        Tensor x = between.Detach().RequireGrad();
        slope = Autograd.Grad(critic.Forward(x).Sum(), x, createGraph: true).Norm(axis: 1);
        Tensor loss = -difference + penalty * (slope - 1).Square().Mean();
        adam.ZeroGrad();
        loss.Backward();
        adam.Step();
    }

    return (difference.Item(), slope.Mean().Item());
}

(double wild, double steep) = Train(penalty: 0);
(double tame, double gentle) = Train(penalty: 10);
lesson.Say($"without the penalty: mean slope {steep:F2}, the means of D differ by {wild:F2}");
lesson.Say($"with the penalty:    mean slope {gentle:F2}, the means of D differ by {tame:F2}; the clouds are 3 apart");
lesson.Claim("with the penalty they are near 1.15 and 3.45", Math.Abs(gentle - 1.15) < 0.05 && Math.Abs(tame - 3.45) < 0.1);
lesson.Claim("without it the critic is steeper", steep > 1.5);

// %% [markdown]
// ## MAML's inner step
// Finn et al. (https://arxiv.org/abs/1703.03400) look for weights from which *one* step of gradient descent on a few examples of a new
// task gets far. The step $w' = w - \alpha \nabla S(w)$ on the support set is part of the function; what counts is the loss
// $Q(w')$ on other examples of the task. By the chain rule
// $$\frac{d\,Q(w')}{dw} = \big(I - \alpha H_S(w)\big)\, \nabla Q(w'), \qquad
//   \frac{d\,Q(w')}{d\alpha} = -\nabla S(w) \cdot \nabla Q(w')$$
// Linear regression has $S = \frac1{2n} |Xw - y|^2$, $\nabla S = \frac1n X^T(Xw - y)$ and $H_S = \frac1n X^T X$.

// %%
lesson.Example("MAML's inner step");

static Tensor Squares(Tensor X, Tensor y, Tensor w) => 0.5 * (X.MatMul(w) - y).Square().Mean();
static Tensor SquaresGradient(Tensor X, Tensor y, Tensor w) => X.T.MatMul(X.MatMul(w) - y) / X.Shape[0];

const int Weights = 3;
Tensor support = Tensor.RandN((5, Weights), DType.Float64, generator: generator), supportY = Tensor.RandN(5, DType.Float64, generator: generator);
Tensor query = Tensor.RandN((7, Weights), DType.Float64, generator: generator), queryY = Tensor.RandN(7, DType.Float64, generator: generator);
Tensor w = Tensor.RandN(Weights, DType.Float64, generator: generator), rate = Tensor.Of(0.4, DType.Float64);

Tensor Adapted(Tensor w, Tensor rate) => w - rate * Functional.Grad(v => Squares(support, supportY, v), w);
Tensor AfterOneStep(Tensor w, Tensor rate) => Squares(query, queryY, Adapted(w, rate));

Tensor adapted = w - rate * SquaresGradient(support, supportY, w), outer = SquaresGradient(query, queryY, adapted);
Tensor H = support.T.MatMul(support) / support.Shape[0];
lesson.Value("w'", Adapted(w, rate), formula: adapted);
lesson.Gradient("dQ(w')/dw", v => AfterOneStep(v, rate), w, (Tensor.Eye(Weights, dtype: DType.Float64) - rate * H).MatMul(outer));
lesson.Gradient("dQ(w')/dα", v => AfterOneStep(w, v), rate, -SquaresGradient(support, supportY, w).Dot(outer));

// %% [markdown]
// "First-order MAML" leaves $H_S$ out: the gradient at $w'$ is taken for the one at $w$. In code: the inner gradient is detached. It is
// cheaper, and another vector.

// %%
Tensor FirstOrder(Tensor w) => Squares(query, queryY, w - rate * Functional.Grad(v => Squares(support, supportY, v), w.Detach()));
Tensor leaf = w.Clone().RequireGrad(), firstOrder = Autograd.Grad(FirstOrder(leaf), leaf);
lesson.Value("first order: ∇Q(w')", firstOrder, formula: outer);
double cosine = (firstOrder.Dot(Functional.Grad(v => AfterOneStep(v, rate), w)) / firstOrder.Norm()).Item() / Functional.Grad(v => AfterOneStep(v, rate), w).Norm().Item();
lesson.Claim($"it is not the gradient: the cosine between them is {cosine:F3}", cosine < 0.999);

// %% [markdown]
// The experiment of that paper, made small: each task is a sine of its own height and phase. After one step on ten points of a new sine, a
// network whose training differentiated through such steps fits it better than one whose training began at the same place but ignored them.

// %%
lesson.Example("sines by MAML");

static Tensor Network(IReadOnlyList<Tensor> p, Tensor x) => (x.MatMul(p[0]) + p[1]).Tanh().MatMul(p[2]) + p[3];
static Tensor NetworkLoss(IReadOnlyList<Tensor> p, Tensor x, Tensor y) => (Network(p, x) - y).Square().Mean();

// One step of gradient descent on the support set, then the loss on the query set.
static Tensor LossAfterStep(IReadOnlyList<Tensor> p, SineTask task)
{
    Tensor[] inner = Functional.Grad(v => NetworkLoss(v, task.SupportX, task.SupportY), p);
    return NetworkLoss([.. p.Zip(inner, (weight, gradient) => weight - 0.05 * gradient)], task.QueryX, task.QueryY);
}

static Tensor LossWithoutStep(IReadOnlyList<Tensor> p, SineTask task) => NetworkLoss(p, task.QueryX, task.QueryY);

static Tensor[] MetaTrain(Func<IReadOnlyList<Tensor>, SineTask, Tensor> loss)
{
    Generator seed = new(8);
    Tensor[] p =
    [
        Tensor.RandN((1, 24), requiresGrad: true, generator: seed), Tensor.RandN(24, requiresGrad: true, generator: seed),
        (0.2 * Tensor.RandN((24, 1), generator: seed)).RequireGrad(), Tensor.Zeros(1).RequireGrad(),
    ];
    Adam adam = new(p, learningRate: 0.01);
    for (int step = 0; step < 600; step++)
    {
        adam.ZeroGrad();
        for (int task = 0; task < 3; task++) loss(p, SineTask.Draw(seed)).Backward();
        adam.Step();
    }

    return p;
}

static double OnNewTasks(Tensor[] p)
{
    Generator seed = new(9);
    return Enumerable.Range(0, 50).Average(_ => LossAfterStep(p, SineTask.Draw(seed)).Item());
}

double plain = OnNewTasks(MetaTrain(LossWithoutStep)), meta = OnNewTasks(MetaTrain(LossAfterStep));
lesson.Say($"mean square error on 50 new sines after one step: trained for all sines at once {plain:F3}, trained for the step {meta:F3}");
lesson.Claim("training through the step pays", meta < plain);

// %%
return lesson.Finish();

// A sine of random height and phase, ten points of it to learn from and ten to be judged by.
internal sealed record SineTask(Tensor SupportX, Tensor SupportY, Tensor QueryX, Tensor QueryY)
{
    public static SineTask Draw(Generator generator)
    {
        Tensor drawn = Tensor.Rand(2, DType.Float32, generator: generator);
        Tensor height = 0.5 + 1.5 * drawn[0], phase = Math.PI * drawn[1];
        (Tensor x, Tensor z) = (10 * Tensor.Rand((10, 1), generator: generator) - 5, 10 * Tensor.Rand((10, 1), generator: generator) - 5);
        return new SineTask(x, height * (x + phase).Sin(), z, height * (z + phase).Sin());
    }
}
