using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// What a function did, as operations on plain arrays: autograd, forward mode and batching have been resolved into the operations
/// that they performed. Values never change; an in-place operation makes another value, and a view is a way to read one.
/// </summary>
internal sealed record RecordedGraph
{
    /// <summary>The arguments, then the tensors that the function captured.</summary>
    public required RecordedInput[] Inputs { get; init; }

    /// <summary>How many of the inputs are arguments.</summary>
    public required int ArgumentCount { get; init; }

    /// <summary>What is done, in order.</summary>
    public required RecordedStep[] Steps { get; init; }

    /// <summary>What the function returned.</summary>
    public required RecordedOperand[] Outputs { get; init; }

    /// <summary>The same function without the steps on which neither a result nor an effect depends.</summary>
    public RecordedGraph WithoutDeadSteps()
    {
        var live = new HashSet<RecordedValue>();
        foreach (RecordedOperand output in Outputs) live.Add(output.Value);
        var kept = new List<RecordedStep>(Steps.Length);
        for (int i = Steps.Length - 1; i >= 0; i--)
        {
            RecordedStep step = Steps[i];
            bool needed = step.HasEffect;
            foreach (RecordedValue output in step.Outputs) needed |= live.Contains(output);
            if (!needed) continue;
            foreach (RecordedOperand input in step.Inputs) live.Add(input.Value);
            kept.Add(step);
        }
        kept.Reverse();
        return this with { Steps = [.. kept] };
    }
}

/// <summary>An input of a recorded function.</summary>
internal sealed class RecordedInput(RecordedValue value, Storage? storage)
{
    private readonly List<Tensor> handles = [];

    public RecordedValue Value => value;

    /// <summary>The memory of a captured tensor, read as it is when the function is called; null for an argument.</summary>
    public Storage? Storage => storage;

    /// <summary>The captured tensors in that memory: the very handles that the function used, not those that it made of them.</summary>
    public ReadOnlySpan<Tensor> Handles => CollectionsMarshal.AsSpan(handles);

    /// <summary>Notes a captured tensor.</summary>
    public void Add(Tensor handle)
    {
        if (!handles.Contains(handle)) handles.Add(handle);
    }

    /// <summary>All that the memory of a captured tensor holds.</summary>
    public Tensor Whole() => new(new NdArray(storage!, value.Dims, NdArray.ContiguousStrides(value.Dims), 0, value.DType));
}

/// <summary>A dense block of numbers, in row-major order: what one storage holds between two changes.</summary>
internal sealed class RecordedValue(int id, int[] dims, DType dtype)
{
    public int Id => id;

    public int[] Dims => dims;

    public DType DType => dtype;

    public int Numel { get; } = Shape.Product(dims);

    /// <summary>The numbers, if they were made inside of the function from C# numbers alone: they never change.</summary>
    public NdArray? Constant { get; set; }

    /// <summary>Which input of the graph this is; -1 if it is computed or constant.</summary>
    public int Input { get; init; } = -1;

    /// <summary>The step that computes it.</summary>
    public RecordedStep? Step { get; init; }

    /// <summary>Which output of that step it is.</summary>
    public int Output { get; init; }

    public override string ToString() => $"v{id} {Shape.Text(dims)} {dtype.Word()}";
}

/// <summary>A value as an operation reads it: through a shape, strides and an offset, counted in elements of a type.</summary>
internal readonly record struct RecordedOperand(RecordedValue Value, int[] Dims, int[] Strides, int Offset, DType DType)
{
    public int Numel => Shape.Product(Dims);

    /// <summary>Whether all of the value is read in its own order, if perhaps in another shape.</summary>
    public bool IsWhole => Offset == 0 && DType == Value.DType && Numel == Value.Numel && new NdArray(null!, Dims, Strides, 0, DType).IsContiguous;

    /// <summary>All of a value in its own order.</summary>
    public static RecordedOperand Of(RecordedValue value) => new(value, value.Dims, NdArray.ContiguousStrides(value.Dims), 0, value.DType);

    /// <summary>The number, if every element is the same constant.</summary>
    public bool IsUniform(out double number)
    {
        number = 0;
        if (Value.Constant is not { } constant || DType.IsComplex()) return false;
        NdArray seen = constant.View(Dims, Strides, Offset);
        if (seen.DType != DType || seen.Numel == 0) return false;
        number = seen.GetDouble(Offset);
        if (!DType.IsFloatingPoint() && Math.Abs(number) > 1L << 52) return false;
        int distinct = 1;
        for (int axis = 0; axis < Dims.Length; axis++)
            if (Strides[axis] != 0) distinct *= Dims[axis];
        if (distinct == 1) return true;
        var step = new Odometer(seen);
        for (int i = seen.Numel; i > 0; i--, step.Advance())
            if (BitConverter.DoubleToInt64Bits(seen.GetDouble(step.Position)) != BitConverter.DoubleToInt64Bits(number)) return false;
        return true;
    }
}

/// <summary>Something that is computed from values.</summary>
internal abstract class RecordedStep(string name, RecordedOperand[] inputs)
{
    /// <summary>The operation's name.</summary>
    public string Name => name;

    public RecordedOperand[] Inputs => inputs;

    public RecordedValue[] Outputs { get; set; } = [];

    /// <summary>Whether it must happen at every call, wanted or not, and in the order in which it was recorded.</summary>
    public virtual bool HasEffect => false;
}

/// <summary>One scalar formula for every element of inputs that broadcast to a shape.</summary>
internal sealed class ElementwiseStep(ElementwiseOp op, RecordedOperand[] inputs, int[] dims, DType compute, DType result) : RecordedStep(op.Name, inputs)
{
    public ElementwiseOp Op => op;

    public int[] Dims => dims;

    /// <summary>The type of the arithmetic: float32, float64, or int64 for whole numbers.</summary>
    public DType Compute => compute;

    /// <summary>The type of the outputs.</summary>
    public DType Result => result;
}

/// <summary>Any other operation.</summary>
/// <param name="op">The operation.</param>
/// <param name="inputs">What it reads.</param>
/// <param name="results">Which of its results each output is: those that are views of inputs are none.</param>
/// <param name="dense">Whether each result fills a storage of its own from its beginning, in row-major order.</param>
internal sealed class OpStep(Op op, RecordedOperand[] inputs, int[] results, bool dense) : RecordedStep(op.Name, inputs)
{
    public Op Op => op;

    public int[] Results => results;

    public bool IsDense => dense;
}

/// <summary>A value with a region replaced by another one, converted to its type: an in-place operation.</summary>
internal sealed class WriteStep(RecordedOperand whole, RecordedOperand part, int[] strides, int offset) : RecordedStep("Write", [whole, part])
{
    /// <summary>The strides of the region, whose shape is that of the part.</summary>
    public int[] Strides => strides;

    public int Offset => offset;
}

/// <summary>Random numbers, drawn anew at every call.</summary>
internal sealed class DrawStep(string name, Func<Tensor> draw) : RecordedStep(name, [])
{
    public Func<Tensor> Draw => draw;

    public override bool HasEffect => true;
}
