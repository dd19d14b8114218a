using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// A recorded function taken apart into operations on single numbers: for each element of each value the step that computes it. What only
/// moves elements leaves no step, and what a number makes trivial disappears.
/// </summary>
internal sealed class ScalarGraph
{
    private readonly Dictionary<RecordedValue, int[]> known = [];
    private readonly Dictionary<(int Input, int Position), int> inputs = [];
    private readonly StepFormulas formulas;
    private readonly DType compute;

    private ScalarGraph(RecordedGraph graph, DType compute)
    {
        this.compute = compute;
        NumberInputs(graph);
        formulas = new StepFormulas(new StepGraph(inputs.Count, compute == DType.Float32 ? Arithmetic.Single : Arithmetic.Double, Folding.SameFormulas));
    }

    /// <summary>The steps.</summary>
    public StepGraph Steps => formulas.Graph;

    /// <summary>Which element of which input of the recorded function each input of the steps is.</summary>
    public (int Input, int Position)[] Inputs { get; private set; } = [];

    /// <summary>The steps that compute the elements of the results, one result after the other.</summary>
    public int[] Outputs { get; private set; } = [];

    /// <summary>Takes a function apart.</summary>
    /// <param name="graph">The function.</param>
    /// <param name="largest">How many steps it may have.</param>
    /// <param name="widest">How many elements an operation may have.</param>
    /// <param name="reason">Why it was not, as the end of a sentence that begins with the function.</param>
    public static ScalarGraph? Of(RecordedGraph graph, int largest, int widest, out string reason)
    {
        if (Declined(graph, largest, widest, out DType compute) is { } declined)
        {
            reason = declined;
            return null;
        }
        var scalars = new ScalarGraph(graph, compute);
        foreach (RecordedStep step in graph.Steps)
        {
            try
            {
                if (scalars.Add(step) is { } refused)
                {
                    reason = refused;
                    return null;
                }
            }
            catch (TraceException error)
            {
                reason = $"{step.Name} has no formula for its elements: {error.Message}";
                return null;
            }
            if (scalars.Steps.Count <= 2 * largest) continue;
            reason = $"it has more than {2 * largest} operations on single numbers";
            return null;
        }
        var outputs = new List<int>();
        foreach (RecordedOperand output in graph.Outputs) outputs.AddRange(scalars.Elements(output, output.Dims, output.Strides, output.Offset));
        scalars.Outputs = [.. outputs];
        reason = "";
        return scalars;
    }

    // What can be said before anything is taken apart: most functions that do not suit are found here.
    private static string? Declined(RecordedGraph graph, int largest, int widest, out DType compute)
    {
        compute = DType.Float64;
        DType? type = null;
        long work = 0;
        foreach (RecordedStep step in graph.Steps)
        {
            if (step.HasEffect) return $"{step.Name} draws random numbers";
            foreach (RecordedValue value in step.Outputs)
            {
                work += value.Numel * (long)(step is ElementwiseStep elementwise ? elementwise.Op.Declared.Program.Instructions.Length : 1);
                if (value.Numel > widest) return $"{step.Name} has {value.Numel} elements, for which a loop is faster";
                if (Refused(value.DType) is { } refused) return $"{step.Name} {refused}";
            }
            foreach (RecordedOperand operand in step.Inputs)
            {
                if (operand.Value.Constant is null && Refused(operand.DType) is { } refused) return $"{step.Name} {refused}";
                if (IsGivenTruth(operand)) return $"{step.Name} reads truth values that are not computed here";
                if (Reinterpreted(operand) is { } seen) return $"{step.Name} {seen}";
            }
        }
        foreach (RecordedOperand output in graph.Outputs)
        {
            work += output.Numel;
            if (Refused(output.DType) is { } refused) return $"a result {refused}";
            if (Reinterpreted(output) is { } seen) return $"a result {seen}";
            if (IsGivenTruth(output)) return "a result is truth values that are not computed here";
            if (!output.DType.IsFloatingPoint()) return $"a result is {output.DType.Word()}";
        }
        if (type is null) return "it computes nothing of float32 or float64";
        compute = type.Value;
        return work > 4L * largest ? $"it has about {work} operations on single numbers, more than {largest} pay" : null;

        // They are bytes, and inputs are read as numbers.
        static bool IsGivenTruth(RecordedOperand operand) => operand.Value.Input >= 0 && operand.DType == DType.Bool;

        static string? Reinterpreted(RecordedOperand operand) =>
            operand.Value.DType.IsComplex() ? $"reads {operand.Value.DType.Word()}"
            : operand.Value.DType != operand.DType ? $"reads {operand.Value.DType.Word()} as {operand.DType.Word()}"
            : null;

        string? Refused(DType dtype)
        {
            if (dtype == DType.Bool) return null;
            if (dtype is not (DType.Float32 or DType.Float64)) return $"is {dtype.Word()}";
            if (type is { } other && other != dtype) return $"mixes {other.Word()} and {dtype.Word()}";
            type = dtype;
            return null;
        }
    }

    // ---- inputs -------------------------------------------------------------------------------------------------------

    // Only the elements that are read: what was captured is a whole storage.
    private void NumberInputs(RecordedGraph graph)
    {
        var places = new List<(int, int)>();
        foreach (RecordedStep step in graph.Steps)
            foreach (RecordedOperand operand in step.Inputs) Number(operand);
        foreach (RecordedOperand output in graph.Outputs) Number(output);
        Inputs = [.. places];

        void Number(RecordedOperand operand)
        {
            if (operand.Value.Input < 0) return;
            var at = new Odometer(new NdArray(null!, operand.Dims, operand.Strides, operand.Offset, operand.DType));
            for (int i = operand.Numel; i > 0; i--, at.Advance())
                if (inputs.TryAdd((operand.Value.Input, at.Position), places.Count)) places.Add((operand.Value.Input, at.Position));
        }
    }

    // ---- steps --------------------------------------------------------------------------------------------------------

    private string? Add(RecordedStep step)
    {
        switch (step)
        {
            case ElementwiseStep elementwise:
                return Add(elementwise);
            case WriteStep write:
                int[] written = [.. ElementsOf(write.Inputs[0].Value)];
                int[] part = Elements(write.Inputs[1]);
                var at = new Odometer(new NdArray(null!, write.Inputs[1].Dims, write.Strides, write.Offset, write.Outputs[0].DType));
                for (int i = 0; i < part.Length; i++, at.Advance()) written[at.Position] = part[i];
                known[write.Outputs[0]] = written;
                return null;
            case OpStep { Op.IsCopy: true } copy when copy.Outputs[0].DType == copy.Inputs[0].DType:
                known[copy.Outputs[0]] = Elements(copy.Inputs[0]);
                return null;
            case OpStep other:
                return Add(other);
            default:
                return $"{step.Name} is no operation on numbers";
        }
    }

    private string? Add(ElementwiseStep step)
    {
        // Whole numbers beside truth values: exact in floating point as long as they are small, which is not known.
        if (!step.Compute.IsFloatingPoint() && !Array.TrueForAll(step.Outputs, output => output.DType == DType.Bool)) return $"{step.Name} computes whole numbers";
        if (step.Compute.IsFloatingPoint() && step.Compute != compute) return $"{step.Name} computes in {step.Compute.Word()}";
        int count = Shape.Product(step.Dims);
        int[][] columns = Array.ConvertAll(step.Inputs, input => Elements(input, step.Dims, Broadcasting.Strides(new NdArray(null!, input.Dims, input.Strides, 0, input.DType), step.Dims), input.Offset));
        int[][] results = formulas.Apply(step.Op.Declared.Program, columns, count);
        for (int i = 0; i < results.Length; i++) known[step.Outputs[i]] = results[i];
        return null;
    }

    // By its rule for formulas, whose elements are the steps so far.
    private string? Add(OpStep step)
    {
        var operands = new Tensor[step.Inputs.Length];
        for (int i = 0; i < operands.Length; i++)
        {
            RecordedOperand input = step.Inputs[i];
            operands[i] = input.Value.Constant is { } constant
                ? new Tensor(constant.View(input.Dims, input.Strides, input.Offset))
                : SymbolicMode.Tensor(formulas, Elements(input), input.Dims, input.DType);
        }
        Tensor[] results = SymbolicMode.Evaluate(step.Op, operands);
        for (int i = 0; i < step.Outputs.Length; i++)
        {
            Tensor result = results[step.Results[i]];
            if (result.DType != step.Outputs[i].DType) return $"{step.Name} gives {result.DType.Word()} as a formula";
            known[step.Outputs[i]] = formulas.Values(result, result.Dims);
        }
        return null;
    }

    // ---- elements -----------------------------------------------------------------------------------------------------

    private int[] Elements(in RecordedOperand operand) => Elements(operand, operand.Dims, operand.Strides, operand.Offset);

    private int[] Elements(in RecordedOperand operand, int[] dims, int[] strides, int offset)
    {
        var elements = new int[Shape.Product(dims)];
        RecordedValue value = operand.Value;
        int[]? all = value.Input < 0 ? ElementsOf(value) : null;
        var at = new Odometer(new NdArray(null!, dims, strides, offset, operand.DType));
        for (int i = 0; i < elements.Length; i++, at.Advance()) elements[i] = all is null ? inputs[(value.Input, at.Position)] : all[at.Position];
        return elements;
    }

    private int[] ElementsOf(RecordedValue value)
    {
        if (known.TryGetValue(value, out int[]? elements)) return elements;
        elements = new int[value.Numel];
        for (int i = 0; i < elements.Length; i++)
            elements[i] = value.Input >= 0 ? inputs[(value.Input, i)] : Steps.Constant(value.Constant!.Value.GetDouble(i));
        return known[value] = elements;
    }
}
