namespace Nabla;

/// <summary>
/// The fast gradient check: instead of whole Jacobians J, the numbers vᵀJu for one random direction u of each input and one v
/// of each output. Their entries are positive and the directions have length 1, so that the tolerance of one element times
/// ΣuⱼΣvₑ is that of the sum.
/// </summary>
internal sealed class DirectionalComparison
{
    private readonly double[][] inputDirections, outputDirections;
    private readonly GradCheckOptions options;

    public DirectionalComparison(Tensor[] inputs, Tensor[] outputs, GradCheckOptions options)
    {
        this.options = options;
        var generator = new Generator(options.Seed);
        inputDirections = Array.ConvertAll(inputs, x => Direction(x.Numel, generator));
        outputDirections = Array.ConvertAll(outputs, y => Direction(y.Numel, generator));
    }

    public double[] InputDirection(int input) => inputDirections[input];

    public Tensor InputDirection(int input, Tensor like) => Tensor.FromSpan<double>(inputDirections[input], like.Shape);

    public Tensor OutputDirection(int output, Tensor like) => Tensor.FromSpan<double>(outputDirections[output], like.Shape);

    /// <summary>Σ of a vector over the elements of an output times its direction.</summary>
    public double OverOutput(int output, double[] values) => Dot(outputDirections[output], values);

    /// <summary>Σ of a vector over the elements of an input times its direction.</summary>
    public double OverInput(int input, double[] values) => Dot(inputDirections[input], values);

    /// <summary>The difference of two numbers vᵀJu that is accepted.</summary>
    public double Allowed(int output, int input, double numeric) =>
        (options.Atol * inputDirections[input].Sum() * outputDirections[output].Sum()) + (options.Rtol * Math.Abs(numeric));

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static double[] Direction(int length, Generator generator)
    {
        double[] direction = Tensor.Rand([length], DType.Float64, generator: generator).ToArray<double>();
        double norm = Math.Sqrt(Dot(direction, direction));
        for (int i = 0; i < length; i++) direction[i] = norm > 0 ? direction[i] / norm : 1;
        return direction;
    }
}
