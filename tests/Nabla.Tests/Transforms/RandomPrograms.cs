using System.Globalization;
using System.Text;

namespace Nabla.Tests.Transforms;

/// <summary>One line of a random program: a call on values that came before.</summary>
/// <param name="Text">The call as a reader would write it.</param>
/// <param name="Operands">Which values it takes: inputs first, then the results of earlier steps.</param>
/// <param name="Call">The call.</param>
internal sealed record ProgramStep(string Text, int[] Operands, Func<Tensor[], Tensor> Call);

/// <summary>
/// A smooth function of tensors made of random operations, with inputs at which it is finite. The same number gives the same
/// program on every machine. Its text is for messages of tests.
/// </summary>
internal sealed class RandomProgram(int seed, Tensor[] inputs, ProgramStep[] steps, int[] results)
{
    /// <summary>The number it was made from.</summary>
    public int Seed => seed;

    /// <summary>The inputs, float64.</summary>
    public IReadOnlyList<Tensor> Inputs => inputs;

    /// <summary>The names of the operations, one for each step.</summary>
    public IEnumerable<string> Operations => steps.Select(step => step.Text[..step.Text.IndexOfAny(['(', ' '])]);

    /// <summary>The function: the last value of the program plus the means of those that nothing else used.</summary>
    public Tensor Run(IReadOnlyList<Tensor> at)
    {
        var values = new List<Tensor>(at);
        foreach (ProgramStep step in steps) values.Add(step.Call(Array.ConvertAll(step.Operands, i => values[i])));
        Tensor result = values[results[^1]];
        for (int i = 0; i < results.Length - 1; i++) result += values[results[i]].Mean();
        return result;
    }

    /// <summary>The function with one element: the results weighted, so that no symmetry hides an error.</summary>
    public Tensor Loss(IReadOnlyList<Tensor> at)
    {
        Tensor result = Run(at);
        return (result * Tensor.Linspace(0.5, 1.5, result.Numel, DType.Float64).Reshape(result.Shape)).Sum();
    }

    /// <summary>All inputs one after the other, as one vector.</summary>
    public Tensor Point => Tensor.Cat([.. inputs.Select(input => input.Reshape(-1))]);

    /// <summary>The loss as a function of <see cref="Point"/>.</summary>
    public Tensor LossAt(Tensor point)
    {
        var parts = new Tensor[inputs.Length];
        for (int i = 0, from = 0; i < parts.Length; from += inputs[i].Numel, i++) parts[i] = point.Narrow(0, from, inputs[i].Numel).Reshape(inputs[i].Shape);
        return Loss(parts);
    }

    /// <summary>A direction of the shape of each input.</summary>
    public Tensor[] Directions(ulong number)
    {
        var generator = new Generator(number);
        return Array.ConvertAll(inputs, input => Tensor.RandN(input.Shape, DType.Float64, generator: generator));
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"program {seed}:");
        for (int i = 0; i < inputs.Length; i++) text.Append(CultureInfo.InvariantCulture, $"\n  v{i} = input {inputs[i].Shape} {string.Join(", ", inputs[i].ToArray().Select(x => x.ToString("R", CultureInfo.InvariantCulture)))}");
        for (int i = 0; i < steps.Length; i++)
            text.Append(CultureInfo.InvariantCulture, $"\n  v{inputs.Length + i} = {steps[i].Text} of {string.Join(", ", steps[i].Operands.Select(k => $"v{k}"))}");
        return text.Append(CultureInfo.InvariantCulture, $"\n  result: {string.Join(", ", results.Select(k => $"v{k}"))}").ToString();
    }
}

/// <summary>
/// Makes programs for whatever must hold of every function: derivatives by every nesting, batches, compilation. They draw on
/// every row of the table of operations that has a derivative, on broadcasts, views, indexing, reductions and matrix products.
/// </summary>
internal static class RandomPrograms
{
    /// <summary>The program of a number.</summary>
    /// <param name="seed">Any number.</param>
    /// <param name="inPlace">Whether copies are changed in place through views on the way.</param>
    /// <param name="allows">Which operations of the table may occur, by name; all by default.</param>
    public static RandomProgram Make(int seed, bool inPlace = false, Func<string, bool>? allows = null)
    {
        var draft = new RandomProgramDraft(seed, allows ?? (_ => true));
        int wanted = 4 + draft.Next(6);

        // A step that leaves the range of well-behaved numbers is taken back; there is always one that does not.
        for (int tries = 0; draft.Moves < wanted && tries < 200; tries++) draft.Move(inPlace);
        return draft.Finish();
    }
}
