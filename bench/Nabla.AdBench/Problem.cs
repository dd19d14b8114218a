using System.Globalization;

namespace Nabla.AdBench;

/// <summary>
/// A problem of ADBench, Microsoft's benchmark of automatic differentiation: a function and its gradient or Jacobian, float64.
/// </summary>
public abstract class Problem(string name)
{
    /// <summary>ADBench's tolerance, between the derivatives of two tools.</summary>
    public const double Tolerance = 1e-8;

    /// <summary>ADBench's tolerance beside finite differences, which are less exact.</summary>
    public const double DifferenceTolerance = 1e-6;

    /// <summary>The name of the file, or of what was generated.</summary>
    public string Name { get; } = name;

    /// <summary>gmm, ba, hand or lstm: ADBench's word.</summary>
    public abstract string Kind { get; }

    /// <summary>The kind and the sizes.</summary>
    public abstract string Title { get; }

    /// <summary>How many points, observations or characters it has.</summary>
    public abstract int Size { get; }

    /// <summary>The point: the tensors that the objective is differentiated by.</summary>
    public abstract IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>The value or values at a point.</summary>
    public abstract Tensor Objective(IReadOnlyList<Tensor> inputs);

    /// <summary>The gradient at a point, or what is not zero of the Jacobian.</summary>
    public abstract Tensor Derivative(IReadOnlyList<Tensor> inputs);

    /// <summary>The objective as a program; null where nothing is better than to compile it as a whole.</summary>
    public virtual Func<IReadOnlyList<Tensor>, Tensor>? CompiledObjective() => null;

    /// <summary>The derivative as a program; null where nothing is better than to compile it as a whole.</summary>
    public virtual Func<IReadOnlyList<Tensor>, Tensor>? CompiledDerivative() => null;

    /// <summary>The value or values at the given point, without a gradient.</summary>
    public Tensor Objective()
    {
        using (Autograd.NoGrad()) return Objective(Inputs);
    }

    /// <summary>The gradient at the given point, or what is not zero of the Jacobian.</summary>
    public Tensor Derivative() => Derivative(Inputs);

    /// <summary>
    /// The point as one vector, for finite differences. Where a Jacobian is sparse, several parameters that no value shares are moved
    /// together by one element.
    /// </summary>
    public abstract double[] Point { get; }

    /// <summary>The values at another point.</summary>
    public abstract Tensor At(Tensor point);

    /// <summary>The derivative of all values by one element of the point, taken from the result of <see cref="Derivative()"/>.</summary>
    public abstract double[] Column(double[] derivative, int element);

    /// <summary>Reads a file of any of the four kinds; which one is seen from its content.</summary>
    /// <exception cref="ProblemFormatException">The file is of no kind, or not as that kind asks.</exception>
    public static Problem Read(string path)
    {
        var file = new ProblemFile(path);
        if (file.Remaining == 0) throw new ProblemFormatException($"{path}, line 1: expected the sizes of a problem, but the file is empty.");
        int sizes = file.WordsOnFirstLine;
        if (sizes == 2) return HandProblem.Read(path);
        if (sizes != 3) throw new ProblemFormatException($"{path}, line 1: expected the sizes of a problem, two numbers for hand or three for gmm, ba and lstm, but found {sizes}.");
        int a = file.Integer("the first size", 1), b = file.Integer("the second size", 1), c = file.Integer("the third size", 1);
        int rest = file.Remaining;
        Int128 bundle = BundleProblem.NumberCount, lstm = LstmProblem.NumberCount(a, b, c), gmm = GmmProblem.NumberCount(a, b, c), gmmOnePoint = GmmProblem.NumberCount(a, b, 1);
        // What follows the sizes tells the kinds apart; where a few numbers fit several, or a damaged file none, a name may tell.
        List<string> fitting = [];
        if (rest == bundle) fitting.Add("BA");
        if (rest == lstm) fitting.Add("LSTM");
        if (rest == gmm || rest == gmmOnePoint) fitting.Add("GMM");
        string? named = KindByName(path);
        return (fitting.Count == 0 || (named is not null && fitting.Contains(named)) ? named : fitting[0]) switch
        {
            "BA" => BundleProblem.Read(path),
            "LSTM" => LstmProblem.Read(path),
            "GMM" => GmmProblem.Read(path),
            _ => throw new ProblemFormatException(string.Create(CultureInfo.InvariantCulture,
                $"{path}, line {file.Lines}: {rest} numbers follow the sizes {a} {b} {c}; expected {gmm} for gmm ({gmmOnePoint} with one replicated point), {bundle} for ba, or {lstm} for lstm.")),
        };
    }

    /// <summary>The kind that the name of a file begins with, or the name of its folder is.</summary>
    private static string? KindByName(string path)
    {
        string file = Path.GetFileName(path).ToUpperInvariant();
        foreach (string kind in (string[])["BA", "LSTM", "GMM"])
            if (file.StartsWith(kind, StringComparison.Ordinal)) return kind;
        return Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))?.ToUpperInvariant() switch
        {
            "BA" => "BA",
            "LSTM" => "LSTM",
            "GMM" or "1K" or "10K" or "2.5M" => "GMM",
            _ => null,
        };
    }

    /// <summary>All problem files below a folder, in the order of their names; the model of the hand is none.</summary>
    public static IEnumerable<string> Files(string folder) => Directory
        .EnumerateFiles(folder, "*.txt", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(Path.GetDirectoryName(path)) != HandModel.FolderName)
        .Order(StringComparer.Ordinal);

    /// <summary>The gradients by all inputs, one after the other.</summary>
    private protected static Tensor Gradient(Func<IReadOnlyList<Tensor>, Tensor> objective, IReadOnlyList<Tensor> inputs) =>
        Tensor.Cat(Array.ConvertAll(Functional.Grad(objective, inputs), gradient => gradient.Flatten()));

    private protected static Tensor Vector(double[] values, params ReadOnlySpan<int> shape)
    {
        Tensor vector = Tensor.FromArray(values, DType.Float64);
        return shape.Length == 0 ? vector : vector.Reshape(shape);
    }

    private protected static double[] Flat(params ReadOnlySpan<Tensor> tensors)
    {
        var all = new List<double>();
        foreach (Tensor tensor in tensors) all.AddRange(tensor.ToArray<double>());
        return [.. all];
    }

    /// <summary>Cuts a vector into tensors of the given shapes.</summary>
    private protected static Tensor[] Cut(Tensor vector, params ReadOnlySpan<Tensor> like)
    {
        var parts = new Tensor[like.Length];
        int start = 0;
        for (int i = 0; i < like.Length; i++)
        {
            parts[i] = vector.Narrow(0, start, like[i].Shape.Numel).Reshape(like[i].Shape);
            start += like[i].Shape.Numel;
        }
        return parts;
    }
}
