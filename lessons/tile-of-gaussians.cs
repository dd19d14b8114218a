#:project ../src/Nabla/Nabla.csproj
#:project Recorder/Nabla.Lessons.csproj
using Nabla;
using Nabla.Lessons;
using Nabla.Optim;

// %% [markdown]
// # A tile of Gaussians
// Example 9 of the notebook, which states the problem and leaves everything else open: a tile of 16 × 16 pixels is drawn from
// Gaussians in space; the loss is its squared distance from a picture; gradient descent changes the Gaussians.
//
// $\mathcal{L} = \sum_{k=1}^{256}|| C(\mathbf{p_k}) - \hat{C}(\mathbf{p_k}) ||^2$, where
// - $\hat{C}(\mathbf{p_k})$ are observations;
// - $C(\mathbf{p_k}) = \sum_{i=1}^{N} \left[ c_i o_i \ G_i(\mathbf{p_k})  \prod_{j=1}^{i-1} (1- o_j G_j(\mathbf{p_k})) \right]$;
// - $c_i = l_0 sh^0_i - l_1 sh^1_i (cp_y - \mu^{3D}_{iy}) + l_1 sh^2_i (cp_z - \mu^{3D}_{iz}) - l_1 sh^3_i (cp_x - \mu^{3D}_{ix})$;
// - $G_i(\mathbf{p_k}) = \exp(-0.5 (\mathbf{p_k}-\mathbf{\mu}^{2D}_i)^T \Sigma_i^{'-1} (\mathbf{p_k}-\mathbf{\mu}^{2D}_i))$;
// - $\Sigma_i' = JWR_iS_iS_i^TR_i^TW^TJ^T$, $S_i = diag(\mathbf{s_i})$;
// - $\mu^{2D}_{i} = [\mu^{3D}_{ix}/\mu^{3D}_{iz}, \mu^{3D}_{iy}/\mu^{3D}_{iz}]$.
//
// Gradient descent updates $\mathbf{\mu_i}$, $sh_i$, $o_i$, $\mathbf{s_i}$ and, here, the rotations $R_i$ too, each given by a
// quaternion that is normalised where it is used. $J$ is the Jacobian of the projection at the mean,
// $J = \begin{bmatrix} 1/z & 0 & -x/z^2 \\ 0 & 1/z & -y/z^2 \end{bmatrix}$.

// %%
Lesson lesson = new("tile-of-gaussians", args);

const int Side = 16;

// %% [markdown]
// ## The picture, by tensors
// One function, for all Gaussians and all pixels at once. Nothing below says how to differentiate it.

// %%
static Tensor Draw(Gaussians g, View view)
{
    int n = g.Means.Shape[0];
    DType dtype = g.Means.DType;
    Tensor x = g.Means[.., 0], y = g.Means[.., 1], z = g.Means[.., 2], zero = Tensor.Zeros([n], dtype);

    Tensor J = view.FlatProjection
        ? Tensor.Eye(2, 3, dtype: dtype)
        : Tensor.Stack([1 / z, zero, -x / z.Square(), zero, 1 / z, -y / z.Square()], 1).Reshape(n, 2, 3);
    Tensor M = J.MatMul(view.W.To(dtype)).MatMul(Rotations(g.Quaternions)) * g.Scales.Unsqueeze(1);
    Tensor K = Linalg.Inv(M.MatMul(M.MT));                                                            // [n, 2, 2]

    Tensor d = view.Pixels.To(dtype) - Tensor.Stack([x / z, y / z], 1).Unsqueeze(1);                   // [n, pixels, 2]
    Tensor G = (-0.5 * (d.MatMul(K) * d).Sum(^1)).Exp();                                               // [n, pixels]

    Tensor toCamera = view.Camera.To(dtype) - g.Means, sh = g.Harmonics;
    Tensor c = Harmonics.L0 * sh[.., 0] - Harmonics.L1 * sh[.., 1] * toCamera[.., 1]
        + Harmonics.L1 * sh[.., 2] * toCamera[.., 2] - Harmonics.L1 * sh[.., 3] * toCamera[.., 0];

    Tensor weight = view.Reformulated ? g.Opacities * Flatness(g.Scales) : g.Opacities;
    Tensor alpha = weight.Unsqueeze(1) * G;

    // What each Gaussian lets through is seen by all behind it: an exclusive cumulative product.
    Tensor passed = Tensor.Cat([Tensor.Ones([1, alpha.Shape[1]], dtype), (1 - alpha[..^1]).CumProd(0)]);
    return (c.Unsqueeze(1) * alpha * passed).Sum(0);
}

static Tensor Rotations(Tensor quaternions)
{
    Tensor q = quaternions / quaternions.Square().Sum(^1, keepAxis: true).Sqrt();
    Tensor w = q[.., 0], x = q[.., 1], y = q[.., 2], z = q[.., 3];
    return Tensor.Stack(
        [
            1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
            2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
            2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
        ], 1).Reshape(-1, 3, 3);
}

// The reformulated weight: 1/3 for a ball, 0 for a disc.
static Tensor Flatness(Tensor scales) => scales.Square().Amin(^1) / scales.Square().Sum(^1);

static Tensor Loss(Gaussians g, View view, Tensor observed) => (Draw(g, view) - observed.To(g.Means.DType)).Square().Sum();

// %% [markdown]
// ## The gradients, by hand
// From the loss backward, with a bar for "derivative of $\mathcal{L}$ by". Per pixel, with the transmittance $T_i =
// \prod_{j<i}(1-\alpha_j)$ and $\alpha_i = o_i G_i$:
// - $\bar C = 2 (C - \hat C)$;
// - what is seen behind Gaussian $i$ is $B_N = 0$, $B_{i-1} = c_i \alpha_i + (1 - \alpha_i) B_i$, so
//   $\bar\alpha_i = \bar C\, T_i (c_i - B_i)$ and $\bar c_i = \bar C\, T_i \alpha_i$;
// - $\bar o_i = \bar\alpha_i G_i$; with $u = \bar\alpha_i \alpha_i$ and $\mathbf{d} = \mathbf{p} - \mu^{2D}$:
//   $\bar\mu^{2D} = u K \mathbf{d}$ and $\bar K = -\frac{u}{2} \mathbf{d} \mathbf{d}^T$.
//
// Per Gaussian, summed over the pixels, with $M = J W R S$ and $A = J W R$:
// - $\bar\Sigma' = -K \bar K K$, $\bar M = 2 \bar\Sigma' M$, $\bar s_k = \sum_r \bar M_{rk} A_{rk}$;
// - $\bar A = \bar M S$, $\bar R = (JW)^T \bar A$, $\bar J = \bar A R^T W^T$;
// - $\bar q$ from $\bar R$ by $\partial R / \partial q$, and through the normalisation by $(\bar q - \hat q (\hat q \cdot \bar q))/|q|$;
// - the mean collects from $\mu^{2D}$, from $J$ and from the colour; the harmonics from the colour.
//
// With the reformulated weight $\rho = \min(s^2)/\sum s^2$, $\alpha = o \rho G$ and $\bar\rho = \sum \bar\alpha\, o\, G$:
// $\bar s_k \mathrel{+}= \bar\rho \left( [k = m] \frac{2 s_m}{\sum s^2} - \frac{2 s_k s_m^2}{(\sum s^2)^2} \right)$, where $m$ is the
// smallest. Where two are smallest there is no derivative: the checks keep away from that.
//
// It is all in `HandDerived` at the end of this file, in plain C#.

// %% [markdown]
// ## The notebook's values, with its constant J
// For $N=3$: $\mu^{2D}_i=[1+i,1+i]$, $\mathbf{s_i} = 0.5(i+1)$, $c_i=1/(i+1)$, $W = I$, $R_i=I$ ($i$ from 0). It leaves open the
// depth, the opacities, the harmonics and the camera. With depth 1, opacity 1, colours that are the same from everywhere, and
// $J = diag(1,1,0)$, example 9 must give the colour and the gradients of example 8 at $\mathbf{p}=[2,3]$.

// %%
lesson.Example("9: constant J, as in example 8");

double[] colours = [1, 1 / 2.0, 1 / 3.0];
Gaussians three = new(
    Means: Tensor.Of([[1.0, 1, 1], [2, 2, 1], [3, 3, 1]], DType.Float64),
    Harmonics: Tensor.Of([.. colours.Select(c => new[] { c / Harmonics.L0, 0, 0, 0 })], DType.Float64),
    Opacities: Tensor.Ones([3], DType.Float64),
    Scales: Tensor.Of([[0.5, 0.5, 0.5], [1, 1, 1], [1.5, 1.5, 1.5]], DType.Float64),
    Quaternions: Tensor.Of([[1.0, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0]], DType.Float64));
View onePixel = new(
    Pixels: Tensor.Of([[2.0, 3]], DType.Float64), Camera: Tensor.Zeros([3], DType.Float64), W: Tensor.Eye(3, dtype: DType.Float64),
    FlatProjection: true);

HandDerived atPixel = new(onePixel, [0]);
lesson.Value("C(p)", Draw(three, onePixel), recorded: "0.408314066132132", formula: atPixel.Draw(three.ToArrays()));

// The gradient of C itself: the hand-derived backward started with 1.
double[][] ofColour = atPixel.Backward(three.ToArrays(), [1]);
CheckAgainst("∂C/∂μ (x, y)", v => three with { Means = Tensor.Cat([v, Tensor.Ones([3, 1], DType.Float64)], 1) }, three.Means[.., ..2],
    [.. ofColour[0].Where((_, i) => i % 3 < 2)], "[[0.000107454877800111], [0.000214909755600221]] [[0], [0.141368316370717]] [[-0.0466742686981012], [0]]");
CheckAgainst("∂C/∂s", v => three with { Scales = v }, three.Scales,
    ofColour[3], "[[0.000214909755600221], [0.000859639022400885], [0]] [[0], [0.141368316370717], [0]] [[0.0311161791320675], [0], [0]]");

void CheckAgainst(string quantity, Func<Tensor, Gaussians> change, Tensor at, double[] formula, string recorded) =>
    lesson.Gradient(quantity, v => Draw(change(v), onePixel).Sum(), at, formula, recorded);

// %% [markdown]
// ## The notebook's values on a whole tile
// Now J is the projection's. Ours: the tile covers [0, 4]², the camera is at the origin, the opacities are 0.9, 0.8 and 0.7, and
// the colour depends a little on the direction; $sh^0$ makes up for that, so that seen from the origin $c_i$ is $1/(i+1)$ still.
// The notebook's Gaussians are balls, for which rotations have no effect: their gradient is zero. The observations are the
// picture that the fit below starts from.
//
// The notebook's "∇(μ) = ?" and "∇(s) = ?" are these.

// %%
double[] picture = Target();
Tensor observed = Tensor.FromArray(picture);

double[][] directional = [[0, 0.1, -0.2, 0.3], [0, -0.3, 0.1, 0.2], [0, 0.2, 0.3, -0.1]];
for (int i = 0; i < 3; i++)
{
    double at = 1 + i, fromDirection = Harmonics.L1 * (directional[i][1] * at - directional[i][2] + directional[i][3] * at);
    directional[i][0] = (colours[i] - fromDirection) / Harmonics.L0;
}

Gaussians seen = three with { Harmonics = Tensor.Of(directional, DType.Float64), Opacities = Tensor.Of([0.9, 0.8, 0.7], DType.Float64) };
View wide = onePixel with { Pixels = Grid(0, 4), FlatProjection = false };
CheckAll("9: N = 3", seen, wide);

// %% [markdown]
// ## Sixty-four at random
// In front of a tile that covers [-1, 1]², between depth 1 and 2, with any orientation; W is a rotation too, and the camera is
// off the origin. One axis of each Gaussian is clearly the shortest, and none is shorter than 0.12: then central differences
// with a step of 0.002 are good to eight digits, also through the minimum of the reformulated weight.

// %%
Gaussians many = AtRandom(64, new Generator(9));
double turn = 0.2;
View square = new(
    Pixels: Grid(-1, 1), Camera: Tensor.Of([0.1, -0.2, -0.3], DType.Float64),
    W: Tensor.Of([[Math.Cos(turn), 0, Math.Sin(turn)], [0, 1, 0], [-Math.Sin(turn), 0, Math.Cos(turn)]], DType.Float64));
CheckAll("9: N = 64", many, square);

// %% [markdown]
// ## A changed rendering equation
// Someone multiplies each Gaussian by $\min(s^2)/\sum s^2$ of its scales, which makes flat ones fade. One line of `Draw` changes,
// and the gradients by tensors follow. Are they right? By hand it is a derivation more; and the notebook's balls sit on the
// kink of the minimum, so the three get scales of three lengths, $0.5(i+1) \cdot [1, 0.8, 1.2]$.

// %%
Gaussians uneven = seen with { Scales = seen.Scales * Tensor.Of([1.0, 0.8, 1.2], DType.Float64) };
CheckAll("9 reformulated: N = 3", uneven, wide with { Reformulated = true });

// The same `Draw` on symbols: the formula of a pixel that sees one Gaussian, and how it changes with the scales.
View ahead = new(Pixels: Tensor.Zeros([1, 2], DType.Float64), Camera: Tensor.Zeros([3], DType.Float64), W: Tensor.Eye(3, dtype: DType.Float64), Reformulated: true);
TracedFormula pixel = Formula.Trace(
    t => Draw(new Gaussians(t[0], t[1], t[2], t[3], t[4]), ahead)[0],
    [(1, 3), (1, 4), 1, (1, 3), (1, 4)], ["m", "h", "o", "s", "q"]);
lesson.Formula("C", pixel);
lesson.Formula("∂C/∂s", pixel.Gradient(3));

CheckAll("9 reformulated: N = 64", many, square with { Reformulated = true });

// %% [markdown]
// ## Gradient descent
// The random Gaussians learn the picture. They are drawn front to back; opacities stay between 0 and 1 as sigmoids, scales stay
// positive as exponentials. Both rendering equations must bring the loss to a hundredth.

// %%
PngFile.Write(lesson.OutputFolder, "tile-target.png", picture, Side, 16);
Fit("9: the fit", "tile", square);
Fit("9 reformulated: the fit", "tile-reformulated", square with { Reformulated = true });

// %%
return lesson.Finish();

// %% [markdown]
// ## What the cells above use

// %%
// The five gradients of the loss in three ways: tensors, HandDerived, and differences of the loss in plain C#.
void CheckAll(string title, Gaussians g, View view)
{
    lesson.Example(title);
    HandDerived byHand = new(view, picture);
    double[][] parameters = g.ToArrays();
    int[] everySecond = [.. Enumerable.Range(0, Side * Side).Where(k => k % 2 == 0 && k / Side % 2 == 0)];
    View quarter = view with { Pixels = view.Pixels[everySecond] };
    Tensor quarterObserved = observed[everySecond];
    HandDerived quarterByHand = new(quarter, quarterObserved.ToArray<double>());
    lesson.Value("loss", Loss(g, view, observed), formula: byHand.Loss(parameters));

    double[][] gradients = byHand.Gradients(parameters);
    for (int i = 0; i < Gaussians.Names.Length; i++)
    {
        int which = i;
        Numbers differences = CentralDifferences.Gradient(
            values => byHand.Loss([.. parameters.Select((old, j) => j == which ? values : old)]), parameters[i]);
        lesson.Gradient($"∂L/∂{Gaussians.Names[i]}", v => Loss(g.With(which, v), view, observed), g.Tensors[i], gradients[i],
            recorded: title == "9: N = 3" && i is 0 or 3 ? "?" : null, differences: differences);

        // Of few Gaussians and every second pixel each way the loss has a formula of moderate size; it must say the same.
        if (g.Opacities.Numel <= 3)
            lesson.Gradient($"∂L/∂{Gaussians.Names[i]}, by the formula of the loss", v => Loss(g.With(which, v), quarter, quarterObserved), g.Tensors[i],
                differences: CentralDifferences.Gradient(
                    values => quarterByHand.Loss([.. parameters.Select((old, j) => j == which ? values : old)]), parameters[i]));
    }
}

void Fit(string title, string name, View view)
{
    lesson.Example(title);
    Gaussians start = AtRandom(64, new Generator(9));
    Tensor means = Trained(start.Means), harmonics = Trained(start.Harmonics), quaternions = Trained(start.Quaternions);
    Tensor logScales = Trained(start.Scales.Log()), logits = Trained((start.Opacities / (1 - start.Opacities)).Log());
    Adam adam = new([means, harmonics, logits, logScales, quaternions], learningRate: 0.02);

    double first = 0, loss = 0;
    int step = 0;
    for (; step < 2000; step++)
    {
        Gaussians g = Current();
        Tensor error = Loss(g, view, observed);
        loss = error.Item();
        if (step == 0) first = Save("before", g, loss);
        if (step % 100 == 0) lesson.Say($"step {step,4}: loss {loss:F4}");
        if (loss <= first / 100) break;
        adam.ZeroGrad();
        error.Backward();
        adam.Step();
    }

    Save("after", Current(), loss);
    lesson.Say($"step {step,4}: loss {loss:F4}. The pictures {name}-before.png, {name}-after.png and tile-target.png are in {lesson.OutputFolder}/.");
    lesson.Claim($"the loss fell from {first:F2} to {loss:F4}, 100-fold, in {step} steps", loss <= first / 100);

    static Tensor Trained(Tensor start) => start.Float().Clone().RequireGrad();

    // Nearest first: the order is a number of each Gaussian, not of its parameters, and has no derivative.
    Gaussians Current()
    {
        float[] depth = means.Detach()[.., 2].ToArray<float>();
        int[] order = [.. Enumerable.Range(0, depth.Length).OrderBy(i => depth[i])];
        return new Gaussians(means[order], harmonics[order], logits.Sigmoid()[order], logScales.Exp()[order], quaternions[order]);
    }

    double Save(string moment, Gaussians g, double loss)
    {
        PngFile.Write(lesson.OutputFolder, $"{name}-{moment}.png", Draw(g, view).Detach().ToArray<double>(), Side, 16);
        return loss;
    }
}

static Gaussians AtRandom(int n, Generator generator)
{
    double Between(double low, double high) => low + (high - low) * generator.NextDouble();

    double[][] means = new double[n][], harmonics = new double[n][], scales = new double[n][], quaternions = new double[n][];
    var opacities = new double[n];
    for (int i = 0; i < n; i++)
    {
        double depth = 1 + (i + 0.5) / n; // nearest first
        means[i] = [depth * Between(-0.9, 0.9), depth * Between(-0.9, 0.9), depth];
        harmonics[i] = [Between(1, 2), Between(-0.3, 0.3), Between(-0.3, 0.3), Between(-0.3, 0.3)];
        scales[i] = [Between(0.25, 0.4), Between(0.25, 0.4), Between(0.25, 0.4)];
        scales[i][i % 3] = Between(0.12, 0.2);
        quaternions[i] = [generator.NextNormal(), generator.NextNormal(), generator.NextNormal(), generator.NextNormal()];
        opacities[i] = Between(0.2, 0.8);
    }

    return new Gaussians(
        Tensor.Of(means, DType.Float64), Tensor.Of(harmonics, DType.Float64), Tensor.Of(opacities, DType.Float64),
        Tensor.Of(scales, DType.Float64), Tensor.Of(quaternions, DType.Float64));
}

// The middles of the pixels of a tile that covers [low, high]², row by row.
static Tensor Grid(double low, double high)
{
    double Middle(int i) => low + (high - low) * (i + 0.5) / Side;
    return Tensor.Of([.. Enumerable.Range(0, Side * Side).Select(k => new[] { Middle(k % Side), Middle(k / Side) })], DType.Float64);
}

// A nabla: two triangles on [-1, 1]², the inner one cut out, averaged over 8 × 8 points of each pixel.
static double[] Target()
{
    static bool Ink(double x, double y)
    {
        static double HalfWidth(double y) => 0.85 * (0.9 - y) / 1.7;
        return y > -0.8 && Math.Abs(x) < HalfWidth(y) && !(y > -0.5 && Math.Abs(x) < HalfWidth(y) - 0.3);
    }

    var target = new double[Side * Side];
    for (int k = 0; k < target.Length; k++)
    {
        int hits = 0;
        for (int j = 0; j < 64; j++)
            if (Ink(2 * (k % Side + (j % 8 + 0.5) / 8) / Side - 1, 2 * (k / Side + (j / 8 + 0.5) / 8) / Side - 1)) hits++;
        target[k] = 0.05 + 0.9 * hits / 64;
    }

    return target;
}

/// <summary>Means [n, 3], harmonics [n, 4], opacities [n], scales [n, 3], quaternions [n, 4], nearest first.</summary>
internal sealed record Gaussians(Tensor Means, Tensor Harmonics, Tensor Opacities, Tensor Scales, Tensor Quaternions)
{
    public static readonly string[] Names = ["means", "harmonics", "opacities", "scales", "rotations"];

    public Tensor[] Tensors => [Means, Harmonics, Opacities, Scales, Quaternions];

    public double[][] ToArrays() => [.. Tensors.Select(tensor => tensor.ToArray<double>())];

    public Gaussians With(int which, Tensor value)
    {
        Tensor[] t = Tensors;
        t[which] = value;
        return new Gaussians(t[0], t[1], t[2], t[3], t[4]);
    }
}

/// <summary>Pixels [pixels, 2], camera position [3], rotation W [3, 3], and which rendering equation.</summary>
internal sealed record View(Tensor Pixels, Tensor Camera, Tensor W, bool FlatProjection = false, bool Reformulated = false);

/// <summary>The real spherical harmonics of degree 0 and 1: 1/(2√π) and √3/(2√π).</summary>
internal static class Harmonics
{
    public const double L0 = 0.28209479177387814, L1 = 0.4886025119029199;
}

/// <summary>The tile and its gradients in plain C#, as derived above. Parameters: means, harmonics, opacities, scales, quaternions.</summary>
internal sealed class HandDerived(View view, double[] observed)
{
    private readonly double[] pixels = view.Pixels.ToArray<double>(), camera = view.Camera.ToArray<double>(), W = view.W.ToArray<double>();
    private readonly Dictionary<int, ((double, double, double, double, double, double) Key, double[] Alphas)> kept = [];

    public double Loss(double[][] parameters) => Draw(parameters).Zip(observed, (c, target) => (c - target) * (c - target)).Sum();

    public double[][] Gradients(double[][] parameters) =>
        Backward(parameters, [.. Draw(parameters).Zip(observed, (c, target) => 2 * (c - target))]);

    public double[] Draw(double[][] parameters)
    {
        Splat[] splats = Project(parameters);
        double[] picture = new double[pixels.Length / 2], passed = new double[pixels.Length / 2];
        Array.Fill(passed, 1);
        for (int i = 0; i < splats.Length; i++)
        {
            double[] alphas = Alphas(splats[i], i);
            double colour = splats[i].Colour;
            for (int k = 0; k < alphas.Length; k++)
            {
                picture[k] += colour * alphas[k] * passed[k];
                passed[k] *= 1 - alphas[k];
            }
        }

        return picture;
    }

    // α of one Gaussian at every pixel. Differences change one Gaussian at a time: those of the others are kept.
    private double[] Alphas(Splat splat, int i)
    {
        (double, double, double, double, double, double) key = (splat.X, splat.Y, splat.Kxx, splat.Kxy, splat.Kyy, splat.Weight);
        if (kept.TryGetValue(i, out var last) && last.Key == key) return last.Alphas;
        var alphas = new double[pixels.Length / 2];
        for (int k = 0; k < alphas.Length; k++) alphas[k] = splat.Weight * splat.At(pixels[2 * k], pixels[2 * k + 1]);
        kept[i] = (key, alphas);
        return alphas;
    }

    /// <summary>The gradients of Σ C̄ₖ C(pₖ) with respect to the five parameters.</summary>
    public double[][] Backward(double[][] parameters, double[] ofColours)
    {
        Splat[] splats = Project(parameters);
        double[] G = new double[splats.Length], T = new double[splats.Length];
        for (int k = 0; k < ofColours.Length; k++)
        {
            double px = pixels[2 * k], py = pixels[2 * k + 1], passed = 1, behind = 0;
            for (int i = 0; i < splats.Length; i++)
            {
                (G[i], T[i]) = (splats[i].At(px, py), passed);
                passed *= 1 - splats[i].Weight * G[i];
            }

            for (int i = splats.Length - 1; i >= 0; i--)
            {
                Splat splat = splats[i];
                double alpha = splat.Weight * G[i], ofAlpha = ofColours[k] * T[i] * (splat.Colour - behind);
                splat.OfColour += ofColours[k] * T[i] * alpha;
                splat.OfWeight += ofAlpha * G[i];
                double u = ofAlpha * alpha, dx = px - splat.X, dy = py - splat.Y;
                splat.OfX += u * (splat.Kxx * dx + splat.Kxy * dy);
                splat.OfY += u * (splat.Kxy * dx + splat.Kyy * dy);
                splat.OfKxx -= u / 2 * dx * dx;
                splat.OfKxy -= u / 2 * dx * dy;
                splat.OfKyy -= u / 2 * dy * dy;
                behind = splat.Colour * alpha + (1 - alpha) * behind;
            }
        }

        double[][] gradients = [.. parameters.Select(values => new double[values.Length])];
        for (int i = 0; i < splats.Length; i++) BackwardOfProjection(i, splats[i], parameters, gradients);
        return gradients;
    }

    private Splat[] Project(double[][] parameters)
    {
        var splats = new Splat[parameters[2].Length];
        for (int i = 0; i < splats.Length; i++)
        {
            ReadOnlySpan<double> mean = parameters[0].AsSpan(3 * i, 3), sh = parameters[1].AsSpan(4 * i, 4), s = parameters[3].AsSpan(3 * i, 3);
            double[] A = Times(Times(Jacobian(mean), W), Rotation(parameters[4].AsSpan(4 * i, 4)));
            double a = 0, b = 0, c = 0; // Σ' = [[a, b], [b, c]]
            for (int j = 0; j < 3; j++)
            {
                double m0 = A[j] * s[j], m1 = A[3 + j] * s[j];
                (a, b, c) = (a + m0 * m0, b + m0 * m1, c + m1 * m1);
            }

            double determinant = a * c - b * b;
            splats[i] = new Splat
            {
                X = mean[0] / mean[2],
                Y = mean[1] / mean[2],
                Kxx = c / determinant,
                Kxy = -b / determinant,
                Kyy = a / determinant,
                Weight = parameters[2][i] * Flatness(s),
                Colour = Harmonics.L0 * sh[0] - Harmonics.L1 * sh[1] * (camera[1] - mean[1])
                    + Harmonics.L1 * sh[2] * (camera[2] - mean[2]) - Harmonics.L1 * sh[3] * (camera[0] - mean[0]),
            };
        }

        return splats;
    }

    private void BackwardOfProjection(int i, Splat splat, double[][] parameters, double[][] gradients)
    {
        ReadOnlySpan<double> mean = parameters[0].AsSpan(3 * i, 3), sh = parameters[1].AsSpan(4 * i, 4), s = parameters[3].AsSpan(3 * i, 3);
        ReadOnlySpan<double> q = parameters[4].AsSpan(4 * i, 4);
        Span<double> ofMean = gradients[0].AsSpan(3 * i, 3), ofSh = gradients[1].AsSpan(4 * i, 4), ofS = gradients[3].AsSpan(3 * i, 3);
        double[] JW = Times(Jacobian(mean), W), R = Rotation(q), A = Times(JW, R);

        // Σ̄' = −K K̄ K, M̄ = 2 Σ̄' M with M = A S; s̄ and Ā from M̄.
        double[] K = [splat.Kxx, splat.Kxy, splat.Kxy, splat.Kyy], ofK = [splat.OfKxx, splat.OfKxy, splat.OfKxy, splat.OfKyy];
        double[] product = Times(Times(K, ofK, 2), K, 2);
        var ofA = new double[6];
        for (int j = 0; j < 3; j++)
        {
            double m0 = A[j] * s[j], m1 = A[3 + j] * s[j];
            double ofM0 = -2 * (product[0] * m0 + product[1] * m1), ofM1 = -2 * (product[2] * m0 + product[3] * m1);
            ofS[j] = ofM0 * A[j] + ofM1 * A[3 + j];
            (ofA[j], ofA[3 + j]) = (ofM0 * s[j], ofM1 * s[j]);
        }

        // The weight: o, or o ρ(s).
        gradients[2][i] = splat.OfWeight * Flatness(s);
        if (view.Reformulated)
        {
            double sum = s[0] * s[0] + s[1] * s[1] + s[2] * s[2], ofFlatness = splat.OfWeight * parameters[2][i];
            int m = s[0] < s[1] ? (s[0] < s[2] ? 0 : 2) : (s[1] < s[2] ? 1 : 2);
            for (int j = 0; j < 3; j++) ofS[j] += ofFlatness * ((j == m ? 2 * s[m] / sum : 0) - 2 * s[j] * s[m] * s[m] / (sum * sum));
        }

        BackwardOfRotation(q, Times(Transposed(JW), ofA, 2), gradients[4].AsSpan(4 * i, 4));

        // The colour, and the direction in it.
        double[] direction = [Harmonics.L0, -Harmonics.L1 * (camera[1] - mean[1]), Harmonics.L1 * (camera[2] - mean[2]), -Harmonics.L1 * (camera[0] - mean[0])];
        for (int j = 0; j < 4; j++) ofSh[j] = splat.OfColour * direction[j];
        ofMean[0] = splat.OfColour * Harmonics.L1 * sh[3];
        ofMean[1] = splat.OfColour * Harmonics.L1 * sh[1];
        ofMean[2] = -splat.OfColour * Harmonics.L1 * sh[2];

        // The projected mean, and J at the mean.
        (double x, double y, double z) = (mean[0], mean[1], mean[2]);
        ofMean[0] += splat.OfX / z;
        ofMean[1] += splat.OfY / z;
        ofMean[2] -= (splat.OfX * x + splat.OfY * y) / (z * z);
        if (view.FlatProjection) return;
        double[] ofJ = Times(Times(ofA, Transposed(R)), Transposed(W));
        ofMean[0] -= ofJ[2] / (z * z);
        ofMean[1] -= ofJ[5] / (z * z);
        ofMean[2] += 2 * (ofJ[2] * x + ofJ[5] * y) / (z * z * z) - (ofJ[0] + ofJ[4]) / (z * z);
    }

    private static void BackwardOfRotation(ReadOnlySpan<double> q, double[] ofR, Span<double> ofQ)
    {
        double length = Math.Sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
        (double w, double x, double y, double z) = (q[0] / length, q[1] / length, q[2] / length, q[3] / length);
        double[] unit = [w, x, y, z];
        double[][] derivatives =
        [
            [0, -z, y, z, 0, -x, -y, x, 0],
            [0, y, z, y, -2 * x, -w, z, w, -2 * x],
            [-2 * y, x, w, x, 0, z, -w, z, -2 * y],
            [-2 * z, -w, x, w, -2 * z, y, x, y, 0],
        ];
        var ofUnit = new double[4];
        double along = 0;
        for (int j = 0; j < 4; j++)
        {
            for (int e = 0; e < 9; e++) ofUnit[j] += 2 * derivatives[j][e] * ofR[e];
            along += unit[j] * ofUnit[j];
        }

        for (int j = 0; j < 4; j++) ofQ[j] = (ofUnit[j] - unit[j] * along) / length;
    }

    private double[] Jacobian(ReadOnlySpan<double> mean)
    {
        (double x, double y, double z) = (mean[0], mean[1], mean[2]);
        return view.FlatProjection ? [1, 0, 0, 0, 1, 0] : [1 / z, 0, -x / (z * z), 0, 1 / z, -y / (z * z)];
    }

    private double Flatness(ReadOnlySpan<double> s) => !view.Reformulated ? 1
        : Math.Pow(Math.Min(s[0], Math.Min(s[1], s[2])), 2) / (s[0] * s[0] + s[1] * s[1] + s[2] * s[2]);

    private static double[] Rotation(ReadOnlySpan<double> q)
    {
        double length = Math.Sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
        (double w, double x, double y, double z) = (q[0] / length, q[1] / length, q[2] / length, q[3] / length);
        return
        [
            1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
            2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
            2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
        ];
    }

    // The product of row-major matrices; inner is the length that both share.
    private static double[] Times(double[] a, double[] b, int inner = 3)
    {
        int rows = a.Length / inner, columns = b.Length / inner;
        var product = new double[rows * columns];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++)
                for (int k = 0; k < inner; k++) product[i * columns + j] += a[i * inner + k] * b[k * columns + j];
        return product;
    }

    // Of a matrix with three columns.
    private static double[] Transposed(double[] a)
    {
        int rows = a.Length / 3;
        var transposed = new double[a.Length];
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < 3; j++) transposed[j * rows + i] = a[i * 3 + j];
        return transposed;
    }

    /// <summary>One Gaussian on the picture plane: centre, inverse covariance, weight, colour; and the derivatives of the loss by them.</summary>
    private sealed class Splat
    {
        public double X, Y, Kxx, Kxy, Kyy, Weight, Colour;
        public double OfX, OfY, OfKxx, OfKxy, OfKyy, OfWeight, OfColour;

        public double At(double px, double py)
        {
            double dx = px - X, dy = py - Y;
            return Math.Exp(-0.5 * (Kxx * dx * dx + 2 * Kxy * dx * dy + Kyy * dy * dy));
        }
    }
}
