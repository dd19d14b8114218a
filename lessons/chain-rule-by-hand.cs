#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;

// %% [markdown]
// # The chain rule by hand
// Each function comes with its derivative written by hand, in plain C#. Nabla computes the same without being told, and prints the
// formula of the derivative, traced from the same function.
//
// ## Scalar

// %%
Lesson lesson = new("chain-rule-by-hand", args);
lesson.Example("x²");

static Tensor Squared(Tensor x) => x.Pow(2);
static double DSquared(double x) => 2 * x;

// The notebook drew x at random and printed 2x = 0.7852791547775269; so x was half of that.
Tensor X = Tensor.Of([0.7852791547775269 / 2], requiresGrad: true);
double x = X.Item();

Tensor Y = Squared(X);
Y.Backward();
lesson.Formula("dy/dx", Formula.Trace(Squared).Gradient());
lesson.Gradient("X.Grad", Squared, X, DSquared(0.7852791547775269 / 2), recorded: "tensor([0.7853])", gradient: X.Grad);
lesson.Value("2x by hand", Tensor.Of(DSquared(x), DType.Float64), recorded: "0.7852791547775269");

// %% [markdown]
// A loss of the square: $\frac{d\,loss}{dx} = \frac{d\,loss}{dy} \cdot \frac{dy}{dx}$. Here x is drawn at random, from a
// generator with a seed; the notebook recorded no output.

// %%
lesson.Example("loss = y_pred - y_actual");

static Tensor Loss(Tensor actual, Tensor predicted) => predicted - actual;
static double DLoss(double x) => (0 - 1) * DSquared(x);

X = Tensor.Rand([1], requiresGrad: true, generator: new Generator(2));
x = X.Item();
Tensor predicted = Squared(X);

// As in the notebook the arguments are swapped, so the sign is too: the loss is 10 − x².
Tensor loss = Loss(predicted, 10.0);
loss.Backward();
lesson.Formula("d loss/dx", Formula.Trace(x => Loss(Squared(x), 10.0)).Gradient());
lesson.Gradient("X.Grad", v => Loss(Squared(v), 10.0), X, DLoss(x), gradient: X.Grad);

// %% [markdown]
// $f = g^2$ and $g = y_{pred} - y$, so $\frac{df}{dx} = \frac{df}{dg} \frac{dg}{dx} = 2g \frac{dg}{dx}$.

// %%
lesson.Example("loss = (y_pred - y_actual)²");

static Tensor SquaredLoss(Tensor actual, Tensor predicted) => (predicted - actual).Pow(2);
static double DSquaredLoss(double actual, double predicted, double x) => 2 * (actual - predicted) * DLoss(x);

X = Tensor.Of(1, DType.Float64, requiresGrad: true);
loss = SquaredLoss(10.0, Squared(X));
loss.Backward();
lesson.Formula("d loss/dx", Formula.Trace(x => SquaredLoss(10.0, Squared(x))).Gradient());
lesson.Gradient("X.Grad", v => SquaredLoss(10.0, Squared(v)), X, DSquaredLoss(actual: 10, predicted: 1, x: 1),
    recorded: "tensor(-36., dtype=torch.float64)", gradient: X.Grad);
lesson.Value("by hand", Tensor.Of(DSquaredLoss(10, 1, 1), DType.Float64), recorded: "-36");

// %% [markdown]
// $z = wx + b$: $\frac{\partial z}{\partial w} = x$, $\frac{\partial z}{\partial b} = 1$

// %%
lesson.Example("z = w x + b");

static Tensor Line(Tensor w, Tensor x, Tensor b) => w * x + b;
static double DLineByW(double x) => x;
static double DLineByB() => 1;

Tensor W = Tensor.Of(5, DType.Float64, requiresGrad: true);
Tensor B = Tensor.Of(4, DType.Float64, requiresGrad: true);
x = 2.5;
Tensor Z = Line(W, x, B);
Z.Backward();
foreach ((string by, TracedFormula derivative) in ((string[])["w", "x", "b"]).Zip(Formula.Trace(Line, default, default, default).Gradients()))
    lesson.Formula($"∂z/∂{by}", derivative);
lesson.Gradient("W.Grad", v => Line(v, x, 4.0), W, DLineByW(x), recorded: "tensor(2.5000, dtype=torch.float64)", gradient: W.Grad);
lesson.Gradient("B.Grad", v => Line(5.0, x, v), B, DLineByB(), recorded: "tensor(1., dtype=torch.float64)", gradient: B.Grad);
lesson.Value("by hand", Tensor.FromArray(new[] { DLineByW(x), DLineByB() }), recorded: "2.5 1");

// %% [markdown]
// ## Vector
// Any C# function of tensors will do; this one runs over the elements one by one, as Python's `sum` does.

// %%
lesson.Example("Σ x²");

static Tensor SumOfSquares(Tensor x)
{
    Tensor sum = 0.0;
    foreach (Tensor element in x.Pow(2)) sum = sum + element;
    return sum;
}

X = Tensor.FromArray(new[] { 1.0, 5.0, 6.0 }, requiresGrad: true);
Y = SumOfSquares(X);
Y.Backward();
lesson.Formula("y", Formula.Trace(SumOfSquares, 3));
lesson.Formula("∂y/∂x", Formula.Trace(SumOfSquares, 3).Gradient());
lesson.Value("Y", Y, recorded: "tensor(62., dtype=torch.float64, grad_fn=<AddBackward0>)", formula: 1 + 25 + 36);
lesson.Value("X", X, recorded: "tensor([1., 5., 6.], dtype=torch.float64, requires_grad=True)");
lesson.Gradient("X.Grad", SumOfSquares, X, [DSquared(1), DSquared(5), DSquared(6)],
    recorded: "tensor([ 2., 10., 12.], dtype=torch.float64)", gradient: X.Grad);

// %% [markdown]
// ## The linear function Z = X W + B
// The notebook drew X, W and B at random and printed four decimals of each. The decimals after those are ours: chosen, within
// the rounding, so that Q, Z and O come out as recorded.

// %%
lesson.Example("Z = X W + B");

X = Tensor.Of(
    [[-0.563203, -0.347201], [-1.195418, -0.651105], [1.819170, -1.720006], [0.459691, -0.081903], [0.417244, -0.139856]],
    requiresGrad: true);
W = Tensor.Of([[0.445808, 0.632544, 0.470094], [0.015404, 0.134919, 0.254711]], requiresGrad: true);
B = Tensor.Of([[0.950113, 0.247712, -1.297221]], requiresGrad: true);

lesson.Value("B", B, recorded: "tensor([[ 0.9501,  0.2477, -1.2972]], requires_grad=True)");
lesson.Value("X", X, recorded: """
    tensor([[-0.5632, -0.3472],
            [-1.1954, -0.6511],
            [ 1.8192, -1.7200],
            [ 0.4597, -0.0819],
            [ 0.4172, -0.1399]], requires_grad=True)
    """);
lesson.Value("W", W, recorded: """
    tensor([[0.4458, 0.6325, 0.4701],
            [0.0154, 0.1349, 0.2547]], requires_grad=True)
    """);
lesson.Claim($"the shapes are {X.Shape} and {W.Shape}", X.Shape == (5, 2) && W.Shape == (2, 3), recorded: "torch.Size([5, 2]) torch.Size([2, 3])");

Tensor Q = X.TensorDot(W, axes: 1);
Q.RetainGrad(); // results keep their gradient only on request
lesson.Claim($"the shape of Q is {Q.Shape}", Q.Shape == (5, 3), recorded: "torch.Size([5, 3])");
lesson.Value("Q", Q, formula: Product(X, W), recorded: """
    tensor([[-0.2564, -0.4031, -0.3532],
            [-0.5430, -0.8440, -0.7278],
            [ 0.7845,  0.9186,  0.4171],
            [ 0.2037,  0.2797,  0.1952],
            [ 0.1839,  0.2451,  0.1605]], grad_fn=<ReshapeAliasBackward0>)
    """);

Z = Q + B;
Z.RetainGrad();
lesson.Value("Z", Z, formula: PlusRow(Product(X, W), B), recorded: """
    tensor([[ 0.6937, -0.1554, -1.6504],
            [ 0.4072, -0.5963, -2.0250],
            [ 1.7346,  1.1664, -0.8801],
            [ 1.1538,  0.5274, -1.1020],
            [ 1.1340,  0.4928, -1.1367]], grad_fn=<AddBackward0>)
    """);

Tensor O = Z.Sum();
lesson.Value("O", O, recorded: "tensor(-0.2362, grad_fn=<SumBackward0>)", formula: PlusRow(Product(X, W), B).Sum());

O.Backward();

// %% [markdown]
// $O = \sum_{ij} (\sum_k X_{ik} W_{kj} + B_j)$, so $\frac{\partial O}{\partial Z_{ij}} = 1$, $\frac{\partial O}{\partial W_{kj}} =
// \sum_i X_{ik}$, $\frac{\partial O}{\partial X_{ik}} = \sum_j W_{kj}$ and $\frac{\partial O}{\partial B_j} = 5$.

// %%
static Tensor Sum(Tensor x, Tensor w, Tensor b) => (x.TensorDot(w, axes: 1) + b).Sum();

TracedFormula outputSum = Formula.Trace(Sum, (5, 2), (2, 3), (1, 3));
lesson.Formula("∂O/∂W", outputSum.Gradient(1));
lesson.Formula("∂O/∂B", outputSum.Gradient(2));
(Tensor x64, Tensor w64, Tensor b64) = (X.Detach().Double(), W.Detach().Double(), B.Detach().Double());

// The recorded "dz" is this one; the notebook printed it and later commented it out.
lesson.Gradient("dz", v => v.Sum(), Z, Enumerable.Repeat(1.0, 15).ToArray(), gradient: Z.Grad, recorded: """
    tensor([[1., 1., 1.],
            [1., 1., 1.],
            [1., 1., 1.],
            [1., 1., 1.],
            [1., 1., 1.]])
    """);
lesson.Gradient("dq", v => (v + b64).Sum(), Q, Enumerable.Repeat(1.0, 15).ToArray(), gradient: Q.Grad);

double[] x0 = x64.ToArray<double>(), w0 = w64.ToArray<double>();
double[] columnsOfX = [.. Enumerable.Range(0, 2).Select(k => Enumerable.Range(0, 5).Sum(i => x0[2 * i + k]))];
double[] rowsOfW = [.. Enumerable.Range(0, 2).Select(k => Enumerable.Range(0, 3).Sum(j => w0[3 * k + j]))];
lesson.Gradient("dw", v => Sum(x64, v, b64), W, [.. columnsOfX.SelectMany(sum => Enumerable.Repeat(sum, 3))], gradient: W.Grad);
lesson.Gradient("dx", v => Sum(v, w64, b64), X, [.. Enumerable.Range(0, 5).SelectMany(_ => rowsOfW)], gradient: X.Grad);
lesson.Value("the sums of the rows of W", Tensor.Stack([W[0].Sum(), W[1].Sum()]), formula: rowsOfW);
lesson.Gradient("db", v => Sum(x64, w64, v), B, [5, 5, 5], gradient: B.Grad);

// %% [markdown]
// ## A recursive function
// $h_t = w_h \cdot h_{t-1}$: the weight is used once in each step, and its gradient is the sum of what each use contributes.
//
// ```
// h0 ──(·)── h1 ──(·)── h2
//       │          │
//      w_h        w_h
// ```

// %%
lesson.Example("h(t) = w_h h(t-1)");

Tensor Wh = Tensor.Of(2.0, requiresGrad: true);
double w = Wh.Item();

Tensor H0 = Tensor.Of(0.5, requiresGrad: true);
double h0 = H0.Item();

static Tensor Next(Tensor w, Tensor h) => w * h;

Tensor H1 = Next(Wh, H0);
double h1 = H1.Item();

Tensor H2 = Next(Wh, H1);
H2.Backward();

TracedFormula twoSteps = Formula.Trace((w, h0) => Next(w, Next(w, h0)), default, default);
lesson.Formula("h2", twoSteps);
lesson.Formula("∂h2/∂w", twoSteps.Gradient(0));
lesson.Formula("∂h2/∂h0", twoSteps.Gradient(1));

double dwOfH0 = 0; // h0 is a constant
double dwOfH1 = h0 + w * dwOfH0;
double dwOfH2 = h1 + w * dwOfH1;

double dh0OfH0 = 1;
double dh0OfH1 = w * dh0OfH0;
double dh0OfH2 = w * dh0OfH1;

lesson.Gradient("Wh.Grad", v => Next(v, Next(v, 0.5)), Wh, dwOfH2, recorded: "tensor(2.)", gradient: Wh.Grad);
lesson.Claim($"{dwOfH2} == {h0 * w + h1}", dwOfH2 == h0 * w + h1, recorded: "tensor(2.) == 2.0 == 2.0");
lesson.Gradient("H0.Grad", v => Next(2.0, Next(2.0, v)), H0, dh0OfH2, recorded: "tensor(4.)", gradient: H0.Grad);
lesson.Claim($"{dh0OfH2} == {w * w}", dh0OfH2 == w * w, recorded: "tensor(4.) == 4.0 == 4.0");

// %%
return lesson.Finish();

// The matrix product in plain loops.
static double[] Product(Tensor x, Tensor w)
{
    (double[] a, double[] b) = (x.Detach().ToArray<double>(), w.Detach().ToArray<double>());
    int n = x.Shape[0], inner = x.Shape[1], m = w.Shape[1];
    var product = new double[n * m];
    for (int i = 0; i < n; i++)
        for (int j = 0; j < m; j++)
            for (int k = 0; k < inner; k++) product[i * m + j] += a[i * inner + k] * b[k * m + j];
    return product;
}

// A row added to each row of a matrix.
static double[] PlusRow(double[] matrix, Tensor row)
{
    double[] added = row.Detach().ToArray<double>();
    return [.. matrix.Select((value, i) => value + added[i % added.Length])];
}
