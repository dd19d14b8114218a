using Nabla.Symbolics;

namespace Nabla;

/// <summary>A gradient that somebody derived by hand: a function of tensors, or formulas for the elements.</summary>
internal sealed class ClaimedGradient
{
    private readonly VerificationProblem problem;
    private readonly Func<IReadOnlyList<Tensor>, Tensor?, IReadOnlyList<Tensor>>? function;
    private readonly Program? program;

    public ClaimedGradient(VerificationProblem problem, Func<IReadOnlyList<Tensor>, Tensor?, IReadOnlyList<Tensor>> function) =>
        (this.problem, this.function) = (problem, function);

    public ClaimedGradient(VerificationProblem problem, Expr[] formulas, Symbol[] symbols)
    {
        this.problem = problem;
        Formulas = formulas;
        program = Program.Of(formulas, symbols);
    }

    /// <summary>The claim as formulas, one for each element; null if it is a function.</summary>
    public Expr[]? Formulas { get; }

    /// <summary>What is wrong with the shapes of the claim; empty if nothing.</summary>
    public string ShapeProblem { get; private set; } = "";

    /// <summary>The inputs for which another number of elements is claimed than they have.</summary>
    public HashSet<int> Incomparable { get; } = [];

    /// <summary>The claimed gradient at a point: [row][element]. What has another number of elements than its input is NaN.</summary>
    public double[][] At(double[] point)
    {
        if (program is not null) return [FormulaOfFunction.Evaluate(program, point)];
        double[][] rows = [.. problem.Cotangents.Select(_ => new double[problem.Count])];
        using IDisposable scope = Autograd.NoGrad();
        Tensor[] arguments = problem.InputsAt(point);
        Tensor? cotangent = problem.IsJacobian ? null : problem.Cotangents[0].Clone();
        IReadOnlyList<Tensor> claims = function!(arguments, cotangent) ?? throw VerificationErrors.NullResult(problem.Op);
        if (claims.Count != problem.Names.Length)
            throw VerificationErrors.ClaimCount(problem.Op, claims.Count, problem.Names.Length);
        ShapeProblem = "";
        for (int i = 0; i < claims.Count; i++)
        {
            Tensor claim = claims[i] ?? throw VerificationErrors.NullResult(problem.Op);
            int count = problem.Shapes[i].Numel;
            Shape wanted = problem.IsJacobian ? [.. problem.Value.Shape, .. problem.Shapes[i]] : problem.Shapes[i];
            if (claim.Shape != wanted)
                ShapeProblem += $"{(ShapeProblem.Length > 0 ? " " : "")}The claimed gradient for {problem.Names[i]} is {claim.Shape}, it must be {wanted}{(problem.IsJacobian ? ": the shape of the result followed by that of the input" : ", like the input")}.{(claim.Numel == rows.Length * count ? " Its numbers are compared in row-major order." : "")}";
            double[] numbers = VerificationProblem.Numbers(claim);
            if (numbers.Length != rows.Length * count) Incomparable.Add(i);
            for (int row = 0; row < rows.Length; row++)
            {
                for (int j = 0; j < count; j++)
                    rows[row][problem.Starts[i] + j] = numbers.Length == rows.Length * count ? numbers[(row * count) + j] : double.NaN;
            }
        }
        return rows;
    }
}
