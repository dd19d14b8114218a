using System.Text;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// A program over strided arrays, prepared once and run as often as one likes: the elementwise part of an operation or of a fused
/// chain, with folds at its end.
/// </summary>
/// <remarks>
/// Axes that step alike in all operands are one axis. What is left is [outer …, rows, inner]; it is done in units of at most 64 rows
/// by 4,096 elements, each with one call of a <see cref="LoopKernel"/> over memory where it lies. Inputs that lie otherwise (another
/// type, a step along the inner axis) are gathered a few rows at a time. If the inner axis is short and the outputs allow, it is read
/// as one with those before it, and what is broadcast or strided along them is gathered. <see cref="LoopOrder"/> decides both that and
/// which axis is the rows.
/// <para>
/// Folds: along the inner axis each unit of a row has <see cref="LoopFolds.Bytes"/> of partial results, which are joined to one
/// number; along the rows up to 64 are added up one after the other; the results of units are then joined in pairs. Only where several
/// outputs are folded over different axes may there be one whose rows are kept while an axis further out is folded; its results are
/// added one after the other. So the order depends on the shapes alone.
/// </para>
/// </remarks>
internal sealed unsafe partial class LoopNest
{
    private const int UnitRows = 64;
    private const int UnitLength = 4096;

    /// <summary>Fewer steps than this are not worth another thread.</summary>
    private const long GrainWork = 1 << 16;

    private readonly Program program;
    private readonly DType compute;
    private readonly LoopKernel kernel;
    private readonly Operand[] inputs;
    private readonly Operand[] outputs;
    private readonly LoopSink[] sinks;
    private readonly LoopFold?[] folds;
    private readonly nint[] outer;
    private readonly nint outerCount;
    private readonly nint rows;
    private readonly nint inner;
    private readonly nint groups;
    private readonly nint blocks;
    private readonly bool gathers;
    private readonly bool ordered;
    private readonly bool empty;
    private readonly int elementSize;

    private LoopNest(Program program, DType compute, nint[] dims, int line, LoopOperand[] inputs, LoopResult[] outputs)
    {
        (this.program, this.compute) = (program, compute);
        elementSize = compute.Size();
        foreach (nint dim in dims) empty |= dim == 0;
        inner = 1;
        foreach (nint dim in dims.AsSpan(dims.Length - line)) inner *= dim;
        nint[] others = dims[..^line];
        rows = others.Length < 1 ? 1 : others[^1];
        outer = others.Length < 2 ? [] : others[..^1];
        outerCount = 1;
        foreach (nint dim in outer) outerCount *= dim;

        var uniform = new bool[inputs.Length];
        this.inputs = new Operand[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            Operand input = new(inputs[i].Type, inputs[i].Strides, dims, line);
            uniform[i] = input.Inner == 0 && input.Reader is null;
            input.IsDirect = input.Reader is null && input.Type == compute && (input.Inner == 1 || uniform[i] || inner == 1);
            this.inputs[i] = input;
            gathers |= !input.IsDirect;
        }
        groups = (rows + UnitRows - 1) / UnitRows;
        blocks = (inner + UnitLength - 1) / UnitLength;

        sinks = new LoopSink[outputs.Length];
        folds = new LoopFold?[outputs.Length];
        this.outputs = new Operand[outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            Operand output = new(outputs[i].Type, outputs[i].Strides, dims, line);
            folds[i] = outputs[i].Fold;
            sinks[i] = outputs[i].Fold is not { } fold ? LoopSink.Store : output.Inner == 0 ? LoopSink.Row(fold) : LoopSink.Column(fold);
            output.IsDirect = sinks[i].Kind == LoopSinkKind.Row || (output.Type == compute && (output.Inner == 1 || inner == 1));
            gathers |= !output.IsDirect;

            // Rows that are kept while an axis further out is folded: results meet in memory, in order.
            output.Meets = sinks[i].Kind == LoopSinkKind.Column && output.Row != 0 && LoopAxes.AnyZero(output.Outer, outer);
            ordered |= output.Meets;
            output.HasParts = sinks[i].Kind == LoopSinkKind.Row
                || (sinks[i].Kind == LoopSinkKind.Column && output.Row == 0 && (groups > 1 || LoopAxes.AnyZero(output.Outer, outer)));
            this.outputs[i] = output;
        }
        kernel = compute switch
        {
            DType.Float32 => LoopKernel.Of<float>(program, uniform, sinks),
            DType.Float64 => LoopKernel.Of<double>(program, uniform, sinks),
            _ => LoopKernel.Of<long>(program, uniform, sinks),
        };
    }

    /// <summary>Prepares a nest.</summary>
    /// <param name="program">What to compute for each element.</param>
    /// <param name="compute">The type of the arithmetic: float32, float64 or int64.</param>
    /// <param name="dims">The loop axes, outermost first.</param>
    /// <param name="inputs">The inputs, in the program's order.</param>
    /// <param name="outputs">The outputs, in the program's order. What is not folded has a place for each element.</param>
    /// <exception cref="ArgumentException">Numbers of operands or strides that do not fit.</exception>
    public static LoopNest Of(Program program, DType compute, ReadOnlySpan<int> dims, ReadOnlySpan<LoopOperand> inputs, ReadOnlySpan<LoopResult> outputs)
    {
        Check(program, compute, dims, inputs, outputs);
        var strides = new nint[inputs.Length + outputs.Length][];
        for (int i = 0; i < inputs.Length; i++) strides[i] = inputs[i].Strides;
        for (int i = 0; i < outputs.Length; i++) strides[inputs.Length + i] = outputs[i].Strides;
        nint[] axes = LoopAxes.Merge(dims, strides);
        LoopResult[] to = outputs.ToArray();
        int line = LoopOrder.Choose(axes, strides, inputs.Length, to);
        var from = new LoopOperand[inputs.Length];
        for (int i = 0; i < from.Length; i++) from[i] = inputs[i] with { Strides = strides[i] };
        for (int i = 0; i < to.Length; i++) to[i] = to[i] with { Strides = strides[inputs.Length + i] };
        return new LoopNest(program, compute, axes, line, from, to);
    }

    /// <summary>Makes machine code now, where that is possible; otherwise it is made when enough work was done.</summary>
    public bool CompileNow() => kernel.CompileNow();

    /// <summary>What the loops are, which operands are read where they lie, and who runs them.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        text.Append($"{compute.Word()} loop [{string.Join(", ", outer.Append(rows).Append(inner).SkipWhile(static n => n == 1).DefaultIfEmpty(1))}], {program.Instructions.Length} step(s), ");
        text.Append(kernel.IsCode ? "machine code" : "tiles");
        for (int i = 0; i < inputs.Length; i++)
            text.Append(i == 0 ? "; inputs: " : ", ").Append(!inputs[i].IsDirect ? "gathered" : inputs[i].Inner == 0 ? "one number a row" : "direct");
        for (int i = 0; i < outputs.Length; i++)
            text.Append(i == 0 ? "; outputs: " : ", ").Append(folds[i] is { } fold ? $"{fold} along {(sinks[i].Kind == LoopSinkKind.Row ? "rows" : "columns")}" : outputs[i].IsDirect ? "stored" : "scattered");
        return text.ToString();
    }

    private static void Check(Program program, DType compute, ReadOnlySpan<int> dims, ReadOnlySpan<LoopOperand> inputs, ReadOnlySpan<LoopResult> outputs)
    {
        if (compute is not (DType.Float32 or DType.Float64 or DType.Int64))
            throw new ArgumentException($"LoopNest: cannot compute in {compute.Word()}. Use float32, float64 or int64.");
        if (inputs.Length != program.InputCount || outputs.Length != program.Outputs.Length)
            throw new ArgumentException($"LoopNest: got {inputs.Length} input(s) and {outputs.Length} output(s) for a program of {program.InputCount} and {program.Outputs.Length}.");
        foreach (LoopOperand input in inputs)
            if (input.Strides.Length != dims.Length) throw new ArgumentException($"LoopNest: an input has {input.Strides.Length} stride(s) for {dims.Length} axes.");
        foreach (LoopResult output in outputs)
        {
            if (output.Strides.Length != dims.Length) throw new ArgumentException($"LoopNest: an output has {output.Strides.Length} stride(s) for {dims.Length} axes.");
            if (output.Fold is not null && output.Type != compute)
                throw new ArgumentException($"LoopNest: a fold of {compute.Word()} gives {compute.Word()}, not {output.Type.Word()}. Convert its result.");
        }
    }

    /// <summary>An operand along the axes of the nest: those further out, the rows, and the inner axis, which may be several read as one.</summary>
    private sealed class Operand
    {
        public readonly DType Type;
        public readonly int Size;

        /// <summary>Reads the inner axis where it is several along which the operand does not step evenly.</summary>
        public readonly StridedReader? Reader;

        /// <summary>The step along the inner axis, if there is no reader.</summary>
        public readonly nint Inner;

        /// <summary>The step from row to row.</summary>
        public readonly nint Row;

        /// <summary>Whether the kernel reads or writes it where it lies.</summary>
        public bool IsDirect;

        /// <summary>Whether results of units are kept apart, to be joined at the end.</summary>
        public bool HasParts;

        /// <summary>Whether results of units are added up in its memory.</summary>
        public bool Meets;

        private readonly nint[] outer;

        public Operand(DType type, nint[] strides, nint[] dims, int line)
        {
            (Type, Size) = (type, type.Size());
            nint[] steps = strides[^line..], lengths = dims[^line..], others = strides[..^line];
            if (line > 1 && !LoopAxes.IsEven(steps, lengths)) Reader = new StridedReader(type, lengths, steps);
            Inner = Reader is not null ? 1 : line == 1 ? steps[0] : LoopAxes.AllZero(steps, lengths) ? 0 : 1;
            Row = others.Length < 1 ? 0 : others[^1];
            outer = others.Length < 2 ? [] : others[..^1];
        }

        /// <summary>The steps along the axes further out.</summary>
        public ReadOnlySpan<nint> Outer => outer;

        /// <summary>Where it is at an index of the axes further out, in elements.</summary>
        public nint Place(nint at, nint[] dims)
        {
            if (dims.Length == 1) return at * outer[0];
            nint place = 0;
            for (int axis = dims.Length - 1; axis >= 0; axis--)
            {
                place += at % dims[axis] * outer[axis];
                at /= dims[axis];
            }
            return place;
        }
    }
}
