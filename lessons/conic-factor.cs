#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;

// %% [markdown]
// # The factor 0.5 of the conic's off-diagonal gradient
// 3D Gaussian splatting computes for each pixel and each projected Gaussian
// $$G = e^{power}, \qquad power = -\tfrac12 (A\,dx^2 + C\,dy^2) - B\,dx\,dy$$
// with the conic $(A, B, C)$: the inverse of the 2-D covariance, whose off-diagonal entry $B$ is stored once. The backward pass of
// the original CUDA code (`renderCUDA` in
// https://github.com/graphdeco-inria/diff-gaussian-rasterization/blob/main/cuda_rasterizer/backward.cu) adds to `dL_dconic2D.y`,
// the gradient of $B$, the number $-\tfrac12\, G\,dx\,dy\;\partial L/\partial G$. But $\partial power/\partial B = -dx\,dy$. Where is the other half?
//
// It has been reported as a bug again and again: in that repository as 40, 64, 68 and 94, in `graphdeco-inria/gaussian-splatting`
// as 551, 567, 596 and 1096. This lesson settles it. **Both are right**, each by its own convention:
// - *per free parameter*: $B$ is one number that stands in two places of the matrix; its gradient is $-dx\,dy$;
// - *per entry*: the matrix has four entries, and each of the two off the diagonal has the gradient $-\tfrac12 dx\,dy$.
//
// The CUDA code uses the second for the conic. What counts is that the next step, `computeCov2DCUDA`, reads what was meant.

// %%
Lesson lesson = new("conic-factor", args);

const double Dx = 0.8, Dy = -1.3;
static Tensor Scalar(double value) => Tensor.Of(value, DType.Float64);
static Tensor Vector(params double[] values) => Tensor.Of(values, DType.Float64);

// %% [markdown]
// # One number in two places
// The function as the renderer writes it, of three numbers. The hand-derived gradients are given as text.

// %%
lesson.Example("per free parameter");

static Tensor Power(Tensor A, Tensor B, Tensor C) => -0.5 * (A * Dx * Dx + C * Dy * Dy) - B * Dx * Dy;

(double a0, double b0, double c0) = (0.9, 0.35, 0.6);
lesson.Gradient("∂power/∂(A, B, C)", v => Power(v[0], v[1], v[2]), Vector(a0, b0, c0), [-0.5 * Dx * Dx, -Dx * Dy, -0.5 * Dy * Dy]);

VerificationReport free = Verify.Gradient(Power, (Scalar(a0), Scalar(b0), Scalar(c0)), ("-0.8^2/2", "0.8*1.3", "-1.3^2/2"));
lesson.Claim("∂power/∂B = -dx dy, where B is one number", free.Agrees);

VerificationReport half = Verify.Gradient(Power, (Scalar(a0), Scalar(b0), Scalar(c0)), ("-0.8^2/2", "0.8*1.3/2", "-1.3^2/2"));
lesson.Say(half.Findings[0].Text);
lesson.Claim("-½ dx dy is half of it", !half.Agrees && half.Findings[0].Text.Contains("1/2 times the right one", StringComparison.Ordinal));

// %% [markdown]
// # Four entries
// The same number as a quadratic form, $power = -\tfrac12 d^T K d$, of a matrix $K$ whose entries are all taken by themselves.
// Its gradient is $-\tfrac12 d\,d^T$: the half belongs to every entry.

// %%
lesson.Example("per entry of the matrix");

Tensor d = Vector(Dx, Dy), K = Tensor.Of([[a0, b0], [b0, c0]], DType.Float64);
Tensor Form(Tensor K) => -0.5 * d.MatMul(K).MatMul(d);

Tensor perEntry = -0.5 * d.Reshape(2, 1).MatMul(d.Reshape(1, 2));
lesson.Gradient("∂power/∂K", Form, K, perEntry);
lesson.Claim("∂power/∂K₁₂ = ∂power/∂K₂₁ = -½ dx dy", Verify.Gradient(Form, K, K => perEntry).Agrees);

VerificationReport whole = Verify.Gradient(Form, K, K => perEntry * Tensor.Of([[1.0, 2], [2, 1]], DType.Float64));
lesson.Say(whole.Findings[0].Text);
lesson.Claim("-dx dy in both entries counts each pair twice", !whole.Agrees && whole.Findings[0].Text.Contains("off the diagonal", StringComparison.Ordinal));

double[] entries = perEntry.ToArray<double>();
lesson.Value("∂power/∂K₁₂ + ∂power/∂K₂₁ is ∂power/∂B", Scalar(entries[1] + entries[2]), formula: -Dx * Dy);

// %% [markdown]
// # What the next step makes of it
// The conic is the inverse of the covariance $\begin{bmatrix} a & b \\ b & c \end{bmatrix}$, $D = ac - b^2$:
// $A = c/D$, $B = -b/D$, $C = a/D$. With the gradients $x, y, z$ of the conic, $y$ per entry, `computeCov2DCUDA` computes
// $$\frac{\partial L}{\partial a} = \frac{-c^2 x + 2bc\,y - b^2 z}{D^2}, \qquad
//   \frac{\partial L}{\partial c} = \frac{-b^2 x + 2ab\,y - a^2 z}{D^2}, \qquad
//   \frac{\partial L}{\partial b} = 2\,\frac{bc\,x - (ac + b^2)\,y + ab\,z}{D^2}$$
// (with $10^{-7}$ added to $D^2$ against a division by zero, which is left out here). Every $y$ comes with a factor 2, once for each
// of its two places, and so does $\partial L/\partial b$ as a whole: that one is per free parameter again.
//
// Here $L = 3\,G$, so that $\partial L/\partial G = 3$.

// %%
lesson.Example("from the conic to the covariance");

const double DLdG = 3;
static Tensor Conic(Tensor a, Tensor b, Tensor c)
{
    Tensor D = a * c - b * b;
    return Power(c / D, -b / D, a / D);
}

static Tensor Loss(Tensor a, Tensor b, Tensor c) => DLdG * Conic(a, b, c).Exp();

// What is stored for y is the factor times G dx dy dL/dG; what is read is the other factor times y.
static (Tensor, Tensor, Tensor) Backward(Tensor a, Tensor b, Tensor c, double stored, double read)
{
    Tensor G = Conic(a, b, c).Exp(), D = a * c - b * b;
    Tensor x = -0.5 * G * Dx * Dx * DLdG, y = stored * G * Dx * Dy * DLdG, z = -0.5 * G * Dy * Dy * DLdG;
    return ((-c * c * x + read * b * c * y - b * b * z) / (D * D),
            (2 * b * c * x - read * (a * c + b * b) * y + 2 * a * b * z) / (D * D),
            (-b * b * x + read * a * b * y - a * a * z) / (D * D));
}

(Tensor a, Tensor b, Tensor c) covariance = (Scalar(1.4), Scalar(-0.5), Scalar(0.9));
(Tensor ga, Tensor gb, Tensor gc) = Backward(covariance.a, covariance.b, covariance.c, stored: -0.5, read: 2);
lesson.Gradient("∂L/∂(a, b, c)", v => Loss(v[0], v[1], v[2]), Vector(1.4, -0.5, 0.9), [ga.Item(), gb.Item(), gc.Item()]);

VerificationReport original = Verify.Gradient(Loss, covariance, (a, b, c) => Backward(a, b, c, stored: -0.5, read: 2));
lesson.Claim("the original: y per entry (-½), read with its factor 2", original.Agrees);

VerificationReport other = Verify.Gradient(Loss, covariance, (a, b, c) => Backward(a, b, c, stored: -1, read: 1));
lesson.Claim("the other convention: y per free parameter (-1), read without the factor 2", other.Agrees);

// %% [markdown]
// # The proposed correction
// $-1$ in the one place and nothing changed in the other mixes the two: the part of every gradient that comes through $B$ is doubled.
// In report 551 (December 2023) somebody trained whole scenes that way, and gives a lower PSNR afterwards: `bicycle` 25.17 became
// 24.91, `garden` 27.18 became 27.03.

// %%
lesson.Example("mixing the two");

VerificationReport mixed = Verify.Gradient(Loss, covariance, (a, b, c) => Backward(a, b, c, stored: -1, read: 2));
foreach (VerificationFinding finding in mixed.Findings) lesson.Say(finding.Text);
lesson.Say(string.Join("; ", mixed.Elements.Select(element => $"∂L/∂{element.Name}: right {element.Reverse:F6}, with the 'correction' {element.Claimed:F6}")));
lesson.Claim("y per free parameter, read as if it were per entry: wrong in a, b and c", !mixed.Agrees && mixed.Elements.All(element => element.Verdict == ElementVerdict.Disagrees));

// %% [markdown]
// # Further up
// The covariance in the image is $T^T \Sigma\, T$ with the 3-D covariance $\Sigma$ (six numbers, three of them off the diagonal) and
// $T$ of shape [3, 2]. The code's comment says "off-diagonal elements appear twice", and doubles: `dL_dcov` is per free parameter.
// `computeCov3D` then halves those three again, because it needs the matrix form, per entry, for the product with $M$. The same rule
// again: a gradient has a convention, and whoever reads it must know which.

// %%
lesson.Example("up to the covariance in space");

Tensor T = Tensor.Of([[1.1, 0.2], [-0.3, 0.8], [0.4, -0.6]], DType.Float64);
Tensor Symmetric(Tensor v) => Tensor.Stack([v[0], v[1], v[2], v[1], v[3], v[4], v[2], v[4], v[5]]).Reshape(3, 3);
Tensor LossOfMatrix(Tensor sigma)
{
    Tensor S = T.T.MatMul(sigma).MatMul(T);
    return Loss(S[0, 0], 0.5 * (S[0, 1] + S[1, 0]), S[1, 1]);
}

Tensor LossOfSix(Tensor v) => LossOfMatrix(Symmetric(v));

// ∂L/∂Σ per entry is T H Tᵀ with H = [[∂L/∂a, ½ ∂L/∂b], [½ ∂L/∂b, ∂L/∂c]].
Tensor PerEntry(Tensor sigma)
{
    Tensor S = T.T.MatMul(sigma).MatMul(T);
    (Tensor x, Tensor y, Tensor z) = Backward(S[0, 0], 0.5 * (S[0, 1] + S[1, 0]), S[1, 1], stored: -0.5, read: 2);
    return T.MatMul(Tensor.Stack([x, y / 2, y / 2, z]).Reshape(2, 2)).MatMul(T.T);
}

// Per free parameter: the diagonal as it is, the rest doubled.
Tensor PerParameter(Tensor v)
{
    Tensor g = PerEntry(Symmetric(v));
    return Tensor.Stack([g[0, 0], 2 * g[0, 1], 2 * g[0, 2], g[1, 1], 2 * g[1, 2], g[2, 2]]);
}

Tensor six = Vector(0.9, 0.2, -0.1, 0.7, 0.15, 1.2);
lesson.Gradient("∂L/∂Σ per free parameter", LossOfSix, six, PerParameter(six));
lesson.Gradient("∂L/∂Σ per entry", LossOfMatrix, Symmetric(six), PerEntry(Symmetric(six)));
lesson.Claim("six numbers: off the diagonal doubled", Verify.Gradient(LossOfSix, six, PerParameter).Agrees);
lesson.Claim("nine entries: none doubled", Verify.Gradient(LossOfMatrix, Symmetric(six), PerEntry).Agrees);

// %%
return lesson.Finish();
