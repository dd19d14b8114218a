namespace Nabla.AdBench;

/// <summary>
/// The log-likelihood of a mixture of K Gaussians in D dimensions over N points, with a Wishart prior: a scalar of
/// K + K·D + K·D(D+1)/2 parameters.
/// </summary>
public sealed class GmmProblem : Problem
{
    private readonly Tensor alphas, means, factors, points;
    private readonly double gamma, constant;
    private readonly int degrees;

    /// <param name="name">Of the file.</param>
    /// <param name="alphas">Logarithms of the weights, [K].</param>
    /// <param name="means">Centres, [K, D].</param>
    /// <param name="factors">Of the inverse covariances: logarithms of the diagonal, then the rest column by column, [K, D(D+1)/2].</param>
    /// <param name="points">The data, [N, D].</param>
    /// <param name="gamma">Of the prior.</param>
    /// <param name="degrees">Of the prior, m.</param>
    public GmmProblem(string name, Tensor alphas, Tensor means, Tensor factors, Tensor points, double gamma, int degrees)
        : base(name)
    {
        (this.alphas, this.means, this.factors, this.points) = (alphas, means, factors, points);
        (this.gamma, this.degrees) = (gamma, degrees);
        Layout = LowerTriangle(means.Shape[1]);
        constant = Constant(points.Shape[0], means.Shape[1], means.Shape[0]);
    }

    public override string Kind => "gmm";

    public override int Size => points.Shape[0];

    public override string Title => $"GMM d{means.Shape[1]} K{alphas.Shape[0]} n{points.Shape[0]}";

    /// <summary>Logarithms of the weights, centres, factors.</summary>
    public override IReadOnlyList<Tensor> Inputs => [alphas, means, factors];

    public override double[] Point => Flat(alphas, means, factors);

    /// <summary>Which of (exp of the diagonal, rest, 0) stands at each place of a D×D matrix.</summary>
    internal Tensor Layout { get; }

    /// <summary>How many numbers follow the sizes.</summary>
    internal static Int128 NumberCount(Int128 d, Int128 k, Int128 n) => k + (k * d) + (k * d * (d + 1) / 2) + (n * d) + 2;

    public static new GmmProblem Read(string path)
    {
        var file = new ProblemFile(path);
        int d = file.Integer("the dimension D", 1), k = file.Integer("the number of Gaussians K", 1), n = file.Integer("the number of points N", 1);
        long size = (long)d * (d + 1) / 2;
        Tensor alphas = Vector(file.Numbers(k, "a logarithm of a weight")), means = Vector(file.Numbers((Int128)k * d, "a coordinate of a centre"), k, d);
        Tensor factors = Vector(file.Numbers((Int128)k * size, "an element of a factor of an inverse covariance"), k, (int)size);
        // ADBench's largest files hold one point that stands for all.
        bool replicated = n > 1 && file.Remaining == d + 2;
        Tensor points = replicated
            ? Vector(file.Numbers(d, "a coordinate of the replicated point"), 1, d).Expand(n, d).Contiguous()
            : Vector(file.Numbers((long)n * d, "a coordinate of a point"), n, d);
        double gamma = file.Number("gamma of the Wishart prior");
        if (gamma <= 0) throw file.ErrorHere($"expected a positive gamma of the Wishart prior, but found {gamma}");
        int degrees = file.Integer("m of the Wishart prior");
        file.End("the prior");
        return new GmmProblem(Path.GetFileNameWithoutExtension(path), alphas, means, factors, points, gamma, degrees);
    }

    /// <summary>The objective as a function of its parameters.</summary>
    public Tensor Objective(Tensor alphas, Tensor means, Tensor factors)
    {
        int n = points.Shape[0], d = means.Shape[1], k = alphas.Shape[0];
        Tensor logDiagonal = factors[.., ..d], diagonal = logDiagonal.Exp(), lower = factors[.., d..];
        Tensor sumOfLogs = logDiagonal.Sum(1);

        // Q(x - µ) for all points and Gaussians at once: [N, D]·[D, K·D] - [K·D].
        Tensor q = Tensor.Cat([diagonal, lower, Tensor.Zeros([k, 1], DType.Float64)], 1).IndexSelect(1, Layout).Reshape(k, d, d);
        Tensor shift = q.MatMul(means.Unsqueeze(2)).Reshape(k * d);
        Tensor whitened = points.Linear(q.Reshape(k * d, d), -shift);
        Tensor distances = whitened.Square().Reshape(n, k, d).Sum(2);

        Tensor likelihood = (alphas + sumOfLogs - (0.5 * distances)).LogSumExp(1).Sum() - (n * alphas.LogSumExp());
        Tensor prior = (0.5 * gamma * gamma * (diagonal.Square().Sum() + lower.Square().Sum())) - (degrees * sumOfLogs.Sum());
        return likelihood + prior + constant;
    }

    public override Tensor Objective(IReadOnlyList<Tensor> inputs) => Objective(inputs[0], inputs[1], inputs[2]);

    public override Tensor Derivative(IReadOnlyList<Tensor> inputs) => Gradient(Objective, inputs);

    public override Tensor At(Tensor point) => Objective(Cut(point, alphas, means, factors)).Reshape(1);

    public override double[] Column(double[] derivative, int element) => [derivative[element]];

    /// <summary>What does not depend on the parameters: powers of 2π, and the normaliser of the prior with its multivariate gamma function.</summary>
    private double Constant(double n, int d, double k)
    {
        int order = d + degrees + 1;
        double multigamma = Tensor.Of(0.5 * order, DType.Float64).Mvlgamma(d).Item();
        double normaliser = (order * d * (Math.Log(gamma) - (0.5 * Math.Log(2)))) - multigamma;
        return (-n * 0.5 * d * Math.Log(2 * Math.PI)) - (k * normaliser);
    }

    private static Tensor LowerTriangle(int d)
    {
        int zero = d * (d + 1) / 2, next = d;
        var layout = new long[d * d];
        Array.Fill(layout, zero);
        for (int column = 0; column < d; column++)
        {
            layout[(column * d) + column] = column;
            for (int row = column + 1; row < d; row++) layout[(row * d) + column] = next++;
        }
        return Tensor.FromArray(layout);
    }
}
