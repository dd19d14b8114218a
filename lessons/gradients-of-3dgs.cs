#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using System.Runtime.InteropServices;
using Nabla;
using Nabla.Lessons;

// %% [markdown]
// # The gradients of 3D Gaussian splatting, step by step
// From $x^2$ to the colour of a pixel that is blended from projected Gaussians. Each function is written once, in C#. Nabla runs
// it on numbers and differentiates it, and `Formula.Trace` runs it on symbols and differentiates the formula; central differences
// check both. What the notebook recorded, with SymPy and with PyTorch, stands beside. The last step, a whole tile of pixels, is the lesson `tile-of-gaussians`.
//
// #### Time everything
// Every row of the table at the end has its time.

// %%
Lesson lesson = new("gradients-of-3dgs", args);

// %% [markdown]
// ## The environment
// `nabla env` reports more: the processor, the CUDA driver, nvcc and gcc.

// %%
lesson.Say($"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture}), {Environment.ProcessorCount} cores");

// %% [markdown]
// # Example 1
// $y = x^2 \qquad \nabla(x) = \frac{dy}{dx}=2x$
//
// For $x=3 \rightarrow \nabla(x)=6$

// %%
lesson.Example("1: y = x²");

static Tensor Parabola(Tensor x) => x.Pow(2);

TracedFormula formula = Formula.Trace(Parabola);
lesson.Formula("Function", formula);
lesson.Formula("Derivative", formula.Gradient());

// Forward pass, backward pass
Tensor x = Tensor.Of([3.0], requiresGrad: true);
Tensor y = Parabola(x);
y.Backward();
lesson.Gradient("x.Grad", Parabola, x, recorded: "tensor([6.])", gradient: x.Grad);

// %% [markdown]
// # Example 2
// $y = x w + 1 \qquad \nabla(x) = \frac{\partial y}{\partial x}=w \qquad \nabla(w) = \frac{\partial y}{\partial w}=x$
//
// For $x= 2$ and $w=3 \rightarrow \nabla(x)=3,\ \nabla(w)=2$

// %%
lesson.Example("2: y = x w + 1");

static Tensor Line(Tensor x, Tensor w) => x * w + 1;

formula = Formula.Trace(Line, [], []);
lesson.Formula("Function", formula);
lesson.Formula("by x", formula.Gradient(0));
lesson.Formula("by w", formula.Gradient(1));

x = Tensor.Of(2.0, requiresGrad: true);
Tensor w = Tensor.Of(3.0, requiresGrad: true);
y = Line(x, w);
y.Backward();
lesson.Gradient("x.Grad", v => Line(v, 3), x, formula.Gradient(0).Evaluate(x, w), recorded: "tensor(3.)", gradient: x.Grad);
lesson.Gradient("w.Grad", v => Line(2, v), w, formula.Gradient(1).Evaluate(x, w), recorded: "tensor(2.)", gradient: w.Grad);

// %% [markdown]
// # Example 3
// $y = e^{-x^2/2} \qquad \nabla(x) = -xe^{-x^2/2}$
//
// For $x=2 \rightarrow \nabla(x) = -0.270670566473225$
//
// As a formula:

// %%
lesson.Example("3: y = exp(-x²/2)");

static Tensor Bell(Tensor x) => (-x.Pow(2) / 2).Exp();

formula = Formula.Trace(Bell);
lesson.Formula("Function", formula, "exp(-x**2/2)");
lesson.Formula("Derivative", formula.Gradient(), "-x*exp(-x**2/2)");
lesson.Gradient("dy/dx at x = 2", Bell, Tensor.Of(2.0), recorded: "-0.270670566473225");

// %% [markdown]
// By tensors:

// %%
x = Tensor.Of(2.0, requiresGrad: true);
y = Bell(x);
y.Backward();
lesson.Gradient("x.Grad", Bell, x, recorded: "tensor(-0.2707)", gradient: x.Grad);

// %% [markdown]
// # Example 4
// $y = \frac{1}{\sigma\sqrt{2\pi}} e^{-0.5\frac{(x-\mu)^2}{\sigma^2}}$, where gradient descent updates $x$.
//
// $\nabla(x) = - \frac{x - \mu}{\sqrt{2\pi}\, \sigma^3}\, e^{-0.5 (x-\mu)^2/\sigma^2}$
//
// For $[x, \mu, \sigma]=[2,0,1] \rightarrow \nabla(x) = -0.107981933026376$

// %%
lesson.Example("4: the normal density, by x");

static Tensor Density(Tensor x, Tensor mu, Tensor sigma) =>
    1 / (sigma * Tensor.Of(2 * Math.PI, x.DType).Sqrt()) * (-1.0 / 2 * (x - mu).Pow(2) / sigma.Pow(2)).Exp();

// What the function computes from numbers alone is a number in its formula: 1/√(2π) = 0.3989…
formula = Formula.Trace(Density, [], [], [], names: ["x", "μ", "σ"]);
lesson.Formula("Function", formula, "sqrt(2)*exp(-0.5*(x - μ)**2/σ**2)/(2*sqrt(pi)*σ)");
lesson.Formula("by x", formula.Gradient(0), "-0.25*sqrt(2)*(2*x - 2*μ)*exp(-0.5*(x - μ)**2/σ**2)/(sqrt(pi)*σ**3)");

Tensor zero = Tensor.Of(0, DType.Float64), one = Tensor.Of(1, DType.Float64), two = Tensor.Of(2, DType.Float64);
Numbers[] partials = [.. formula.Gradients().Select(gradient => (Numbers)gradient.Evaluate(two, zero, one))];
lesson.Gradient("∂y/∂x at x=2, μ=0, σ=1", v => Density(v, zero, one), two, partials[0], recorded: "-0.107981933026376");

// %%
x = Tensor.Of(2.0, requiresGrad: true);
Tensor mu = Tensor.Of(0.0, requiresGrad: true);
Tensor sigma = Tensor.Of(1.0, requiresGrad: true);
y = Density(x, mu, sigma);
y.Backward();
lesson.Gradient("x.Grad", v => Density(v, zero, one), x, partials[0], recorded: "tensor(-0.1080)", gradient: x.Grad);

// %% [markdown]
// # Example 5
// The same density, where gradient descent updates $\mu$ and $\sigma$.
//
// $\nabla(\mu) = \frac{x - \mu}{\sqrt{2\pi}\, \sigma^3}\, e^{-0.5 (x-\mu)^2/\sigma^2}$
//
// $\nabla(\sigma) = \left(\frac{(x-\mu)^2}{\sigma^4} - \frac{1}{\sigma^2}\right) \frac{1}{\sqrt{2\pi}}\, e^{-0.5 (x-\mu)^2/\sigma^2}$
//
// For $[x, \mu, \sigma]=[2,0,1] \rightarrow \nabla(\mu) = 0.107981933026376,\ \nabla(\sigma) = 0.161972899539564$

// %%
lesson.Example("5: the normal density, by μ and σ");

lesson.Formula("Function", formula, "sqrt(2)*exp(-0.5*(x - μ)**2/σ**2)/(2*sqrt(pi)*σ)");
lesson.Formula("by μ", formula.Gradient(1), "-0.25*sqrt(2)*(-2*x + 2*μ)*exp(-0.5*(x - μ)**2/σ**2)/(sqrt(pi)*σ**3)");
lesson.Formula("by σ", formula.Gradient(2),
    "-sqrt(2)*exp(-0.5*(x - μ)**2/σ**2)/(2*sqrt(pi)*σ**2) + 0.5*sqrt(2)*(x - μ)**2*exp(-0.5*(x - μ)**2/σ**2)/(sqrt(pi)*σ**4)");
lesson.Gradient("∂y/∂μ at x=2, μ=0, σ=1", v => Density(two, v, one), zero, partials[1], recorded: "0.107981933026376");
lesson.Gradient("∂y/∂σ at x=2, μ=0, σ=1", v => Density(two, zero, v), one, partials[2], recorded: "0.161972899539564");

// %%
x = Tensor.Of(2.0, requiresGrad: true);
mu = Tensor.Of(0.0, requiresGrad: true);
sigma = Tensor.Of(1.0, requiresGrad: true);
y = Density(x, mu, sigma);
y.Backward();
lesson.Gradient("mu.Grad", v => Density(two, v, one), mu, partials[1], recorded: "tensor(0.1080)", gradient: mu.Grad);
lesson.Gradient("sigma.Grad", v => Density(two, zero, v), sigma, partials[2], recorded: "tensor(0.1620)", gradient: sigma.Grad);

// %% [markdown]
// # Example 6
// $G(x) = e^{-0.5 (\mathbf{x}-\mathbf{\mu})^T \Sigma^{-1} (\mathbf{x}-\mathbf{\mu})}$, where $\mathbf{\mu},\mathbf{x} \in
// \mathbb{R}^3$, $\Sigma \in \mathbb{R}^{3\times 3}$, and gradient descent updates $\mathbf{\mu}$.
//
// The gradient that the notebook writes out in sixty lines of indices is, for a symmetric $\Sigma$,
// $$\nabla(\mu) = G\, \Sigma^{-1} (\mathbf{x}-\mathbf{\mu})$$
//
// For $\mathbf{x}=[2,2,3],\ \mathbf{\mu}=[1,1,1]$ and $\Sigma = I \rightarrow
// \nabla(\mu) = [0.0497870683678639, 0.0497870683678639, 0.0995741367357279]$

// %%
lesson.Example("6: a Gaussian in space");

static Tensor Gaussian(Tensor x, Tensor mu, Tensor sigma)
{
    Tensor dx = x - mu;
    return (-0.5 * dx.T.MatMul(Linalg.Inv(sigma)).MatMul(dx)).Exp();
}

(Tensor point, Tensor centre) = (Tensor.Of([2.0, 2, 3], DType.Float64), Tensor.Of([1.0, 1, 1], DType.Float64));
Tensor eye = Tensor.Eye(3, dtype: DType.Float64);

formula = Formula.Trace((x, mu) => Gaussian(x, mu, eye), 3, 3, names: ["x", "μ"]);
lesson.Formula("Function", formula,
    "Matrix([[1.0*exp(-0.5*x_1**2 + 1.0*x_1*μ_1 - 0.5*x_2**2 + 1.0*x_2*μ_2 - 0.5*x_3**2 + 1.0*x_3*μ_3 - 0.5*μ_1**2 - 0.5*μ_2**2 - 0.5*μ_3**2)]])");
lesson.Formula("by μ", formula.Gradient(1));
Tensor exactMu = formula.Gradient(1).Evaluate(point, centre);
lesson.Gradient("∂G/∂μ at x=[2,2,3], μ=[1,1,1]", v => Gaussian(point, v, eye), centre, exactMu,
    recorded: "[[[[0.0497870683678639]]], [[[0.0497870683678639]]], [[[0.0995741367357279]]]]");

// %%
x = Tensor.Of([2.0, 2.0, 3.0], requiresGrad: true);
mu = Tensor.Of([1.0, 1.0, 1.0], requiresGrad: true);
Tensor Sigma3 = Tensor.Eye(3);
Tensor g = Gaussian(x, mu, Sigma3);
g.Backward();
lesson.Gradient("mu.Grad", v => Gaussian(point, v, eye), mu, exactMu, recorded: "tensor([0.0498, 0.0498, 0.0996])", gradient: mu.Grad);

// %% [markdown]
// Comparison:

// %%
lesson.Value("by the formula, in float32", exactMu.Float(), recorded: "tensor([0.0498, 0.0498, 0.0996])", formula: mu.Grad!);

// %% [markdown]
// The notebook's long formula holds for any $\Sigma$; it evaluates it at $\Sigma = I$ only. Here is one that is not:

// %%
Tensor spread = Tensor.Of([[2, 0.3, 0.1], [0.3, 1, -0.2], [0.1, -0.2, 0.5]], DType.Float64);
formula = Formula.Trace(Gaussian, 3, 3, (3, 3), names: ["x", "μ", "Σ"]);
lesson.Formula("G", formula);
lesson.Gradient("∂G/∂μ for a full Σ", v => Gaussian(point, v, spread), centre, formula.Gradient(1).Evaluate(point, centre, spread));
lesson.Gradient("∂G/∂Σ", v => Gaussian(point, centre, v), spread, formula.Gradient(2).Evaluate(point, centre, spread));

// %% [markdown]
// # Example 7
// $C(\mathbf{p}) = \sum_{i=1}^{N} \left[ c_i \ G_i(\mathbf{p})  \prod_{j=1}^{i-1} (1- G_j(\mathbf{p})) \right]$, where
// - $G_i(\mathbf{p}) = \exp(-0.5 (\mathbf{p}-\mathbf{\mu_i})^T \Sigma_i^{'-1} (\mathbf{p}-\mathbf{\mu_i}))$;
// - $c_i \in \mathbb{R}$, $\mathbf{\mu_i},\mathbf{p} \in \mathbb{R}^2$, $\Sigma_i' \in \mathbb{R}^{2\times 2}$;
// - gradient descent updates the $\mathbf{\mu_i}$.
//
// The notebook's text differentiates each factor by itself, which is not the product rule (its code is right). A Gaussian
// gives its own colour, and takes light from all behind it. With the transmittance $T_i = \prod_{j<i} (1 - G_j)$:
// $$\frac{\partial C}{\partial \mu_i} = A_i \frac{\partial G_i}{\partial \mu_i}, \qquad
//   A_i = c_i T_i - \frac{1}{1 - G_i} \sum_{j>i} c_j G_j T_j, \qquad
//   \frac{\partial G_i}{\partial \mu_i} = G_i\, \Sigma_i^{'-1} (\mathbf{p}-\mathbf{\mu_i})$$
//
// For $N=3,\ \mathbf{p}=[2,3],\ c_i=1/(i+1),\ \mathbf{\mu_i}=[1+i,1+i]$ and $\Sigma_i^{'-1} = I$ (with $i$ from 0) →
// $\nabla(\mu) = \begin{bmatrix} 0.0507 & 0.1013 \\ 0.0000 & 0.1658 \\ -0.0730 & 0.0000 \end{bmatrix}$

// %%
lesson.Example("7: three blended Gaussians");

const int N = 3; // number of components

static Tensor Blend(Tensor p, Tensor c, Tensor mu)
{
    DType dtype = mu.DType;
    Tensor sigmaInverse = Tensor.Eye(2, dtype: dtype);

    Tensor C = Tensor.Of(0.0, dtype);
    for (int i = 0; i < N; i++)
    {
        Tensor d_i = p - mu[i];
        Tensor G_i = (-0.5 * d_i.T.MatMul(sigmaInverse).MatMul(d_i)).Exp();
        Tensor product = 1.0;
        for (int j = 0; j < i; j++)
        {
            Tensor d_j = p - mu[j];
            Tensor G_j = (-0.5 * d_j.T.MatMul(sigmaInverse).MatMul(d_j)).Exp();
            product = product * (1 - G_j);
        }

        C.AddInPlace(c[i] * G_i * product);
    }

    return C;
}

Tensor p = Tensor.Of([2.0, 3.0], DType.Float64), c = Tensor.Of([1.0, 1 / 2.0, 1 / 3.0], DType.Float64);
Tensor centres = Tensor.Of([[1.0, 1], [2, 2], [3, 3]], DType.Float64);

formula = Formula.Trace(Blend, 2, N, (N, 2), names: ["p", "c", "μ"]);
lesson.Formula("C(p)", formula);
lesson.Formula("by μ", formula.Gradient(2));
Tensor exactC = formula.Evaluate(p, c, centres), exact7 = formula.Gradient(2).Evaluate(p, c, centres);

lesson.Value("C(p)", Blend(p, c, centres), recorded: "0.433477305494832", formula: exactC);
lesson.Gradient("∂C/∂μ", v => Blend(p, c, v), centres, exact7,
    recorded: "[[0.0506615694581183], [0.101323138916237]] [[0], [0.165811109756010]] [[-0.0730205111985485], [0]]");

// %%
mu = Tensor.Of([[1.0, 1], [2, 2], [3, 3]], requiresGrad: true);
Tensor C = Blend(p.Float(), c.Float(), mu);
lesson.Value("C(p) by tensors", C, recorded: "tensor(0.4335, grad_fn=<AddBackward0>)", formula: exactC);
C.Backward();

const string Recorded7 = """
    tensor([[ 0.0507,  0.1013],
            [ 0.0000,  0.1658],
            [-0.0730,  0.0000]])
    """;
lesson.Gradient("mu.Grad", v => Blend(p, c, v), mu, exact7, recorded: Recorded7, gradient: mu.Grad);

// %% [markdown]
// Comparison:

// %%
lesson.Value("by the formula, in float32", exact7.Float(), recorded: Recorded7, formula: mu.Grad!);

// %% [markdown]
// # Example 8
// The same $C(\mathbf{p})$, with the covariance of a Gaussian in space seen through a camera:
// - $\Sigma_i' = JWR_iS_iS_i^TR_i^TW^TJ^T$, $S_i = diag(\mathbf{s_i})$;
// - $J \in \mathbb{R}^{2 \times 3}$ and $W,R_i,S_i \in \mathbb{R}^{3 \times 3}$; $\mathbf{s_i} \in \mathbb{R}^3$;
// - gradient descent updates $\mathbf{\mu_i}$ and $\mathbf{s_i}$.
//
// For $N=3, \mathbf{p}=[2,3],\ c_i=1/(i+1),\ \mathbf{\mu_i}=[1+i,1+i],\ \mathbf{s_i} = [0.5(i+1),0.5(i+1),0.5(i+1)]$, $J =
// diag(1,1,0), W = I, R_i=I$ the notebook writes $\nabla(\mu) = ?$ and $\nabla(\mathbf{s}) = ?$ Here they are. With $A_i$ as in
// example 7 and $\mathbf{d} = \mathbf{p} - \mathbf{\mu_i}$; as $\Sigma_i' = diag(s_x^2, s_y^2)$,
// $$\nabla(\mu_i) = A_i G_i \begin{bmatrix} d_x/s_x^2 \\ d_y/s_y^2 \end{bmatrix} \qquad
//   \nabla(\mathbf{s_i}) = A_i G_i \begin{bmatrix} d_x^2/s_x^3 \\ d_y^2/s_y^3 \\ 0 \end{bmatrix}$$
// In general, with the symmetric $K = \Sigma_i^{'-1}$ and $A = JWR_i$, it is
// $\nabla(s_{ik}) = A_i G_i\, s_{ik}\, (\mathbf{a}_k \cdot K \mathbf{d})^2$, where $\mathbf{a}_k$ is column $k$ of $A$.

// %%
lesson.Example("8: three projected Gaussians");

static Tensor BlendProjected(Tensor p, Tensor c, Tensor mu, Tensor s)
{
    DType dtype = mu.DType;
    Tensor R_i = Tensor.Eye(3, dtype: dtype);
    Tensor W = Tensor.Eye(3, dtype: dtype);
    Tensor J = Tensor.Eye(2, 3, dtype: dtype);

    Tensor C = Tensor.Of(0.0, dtype);
    for (int i = 0; i < N; i++)
    {
        Tensor G_i = Splat(i), product = 1.0;
        for (int j = 0; j < i; j++) product = product * (1 - Splat(j));
        C.AddInPlace(c[i] * G_i * product);
    }

    return C;

    Tensor Splat(int i)
    {
        Tensor d_i = p - mu[i];
        Tensor S_i = s[i].Diag();
        Tensor Sigma_2D_i = J.MatMul(W).MatMul(R_i).MatMul(S_i).MatMul(S_i.T).MatMul(R_i.T).MatMul(W.T).MatMul(J.T);
        return (-0.5 * d_i.T.MatMul(Linalg.Inv(Sigma_2D_i)).MatMul(d_i)).Exp();
    }
}

Tensor scales = Tensor.Of([[0.5, 0.5, 0.5], [1, 1, 1], [1.5, 1.5, 1.5]], DType.Float64);

// The product J W R S Sᵀ Rᵀ Wᵀ Jᵀ and its inverse are traced like everything else; what is 0 or 1 drops out.
formula = Formula.Trace(inputs => BlendProjected(inputs[0], inputs[1], inputs[2], inputs[3]), [2, N, (N, 2), (N, 3)], names: ["p", "c", "μ", "s"]);
lesson.Formula("C(p)", formula);
lesson.Formula("by μ", formula.Gradient(2));
lesson.Formula("by s", formula.Gradient(3));
exactC = formula.Evaluate(p, c, centres, scales);
Tensor exactMu8 = formula.Gradient(2).Evaluate(p, c, centres, scales), exactS8 = formula.Gradient(3).Evaluate(p, c, centres, scales);

lesson.Value("C(p)", BlendProjected(p, c, centres, scales), recorded: "0.408314066132132", formula: exactC);
lesson.Gradient("∂C/∂μ", v => BlendProjected(p, c, v, scales), centres, exactMu8,
    recorded: "[[0.000107454877800111], [0.000214909755600221]] [[0], [0.141368316370717]] [[-0.0466742686981012], [0]]");
lesson.Gradient("∂C/∂s", v => BlendProjected(p, c, centres, v), scales, exactS8,
    recorded: "[[0.000214909755600221], [0.000859639022400885], [0]] [[0], [0.141368316370717], [0]] [[0.0311161791320675], [0], [0]]");

// %%
mu = Tensor.Of([[1.0, 1], [2, 2], [3, 3]], requiresGrad: true);
Tensor sv = Tensor.Of([[0.5, 0.5, 0.5], [1, 1, 1], [1.5, 1.5, 1.5]], requiresGrad: true);
C = BlendProjected(p.Float(), c.Float(), mu, sv);
lesson.Value("C(p) by tensors", C, recorded: "tensor(0.4083, grad_fn=<AddBackward0>)", formula: exactC);
C.Backward();

const string RecordedMu8 = """
    tensor([[ 1.0745e-04,  2.1491e-04],
            [ 0.0000e+00,  1.4137e-01],
            [-4.6674e-02,  0.0000e+00]])
    """;
const string RecordedS8 = """
    tensor([[0.0002, 0.0009, 0.0000],
            [0.0000, 0.1414, 0.0000],
            [0.0311, 0.0000, 0.0000]])
    """;
lesson.Gradient("mu.Grad", v => BlendProjected(p, c, v, scales), mu, exactMu8, recorded: RecordedMu8, gradient: mu.Grad);
lesson.Gradient("s.Grad", v => BlendProjected(p, c, centres, v), sv, exactS8, recorded: RecordedS8, gradient: sv.Grad);

// %% [markdown]
// Comparison:

// %%
lesson.Value("∇(μ) by the formula, in float32", exactMu8.Float(), recorded: RecordedMu8, formula: mu.Grad!);
lesson.Value("∇(s) by the formula, in float32", exactS8.Float(), recorded: RecordedS8, formula: sv.Grad!);

// %% [markdown]
// And the gradients that the notebook marks with a question mark, as derived by hand above:

// %%
(double[] handMu, double[] handS) = GradientsByHand(p.ToArray(), c.ToArray(), centres.ToArray(), scales.ToArray());
lesson.Gradient("∇(μ) = ?", v => BlendProjected(p, c, v, scales), centres, handMu, recorded: "?");
lesson.Gradient("∇(s) = ?", v => BlendProjected(p, c, centres, v), scales, handS, recorded: "?");

// %%
return lesson.Finish();

// %% [markdown]
// ## What the cells above use

// %%
// The hand-derived gradients of example 8 in plain C#.
static (double[] Mu, double[] S) GradientsByHand(double[] p, double[] c, double[] mu, double[] s)
{
    double[] G = new double[N], T = new double[N], gradMu = new double[2 * N], gradS = new double[3 * N];
    for (int i = 0; i < N; i++)
    {
        double dx = p[0] - mu[2 * i], dy = p[1] - mu[2 * i + 1], sx = s[3 * i], sy = s[3 * i + 1];
        G[i] = Math.Exp(-0.5 * (dx * dx / (sx * sx) + dy * dy / (sy * sy)));
        T[i] = i == 0 ? 1 : T[i - 1] * (1 - G[i - 1]);
    }

    double behind = 0; // Σ over j > i of c_j G_j T_j
    for (int i = N - 1; i >= 0; i--)
    {
        double A = c[i] * T[i] - behind / (1 - G[i]);
        double dx = p[0] - mu[2 * i], dy = p[1] - mu[2 * i + 1], sx = s[3 * i], sy = s[3 * i + 1];
        gradMu[2 * i] = A * G[i] * dx / (sx * sx);
        gradMu[2 * i + 1] = A * G[i] * dy / (sy * sy);
        gradS[3 * i] = A * G[i] * dx * dx / (sx * sx * sx);
        gradS[3 * i + 1] = A * G[i] * dy * dy / (sy * sy * sy);
        behind += c[i] * G[i] * T[i];
    }

    return (gradMu, gradS);
}
