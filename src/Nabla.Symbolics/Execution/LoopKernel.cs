using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// A program as a loop over rows in memory, for one element type, one choice of which inputs are one number for a whole row, and one
/// of what becomes of the outputs. It is interpreted in tiles until it has done enough work to be worth machine code; results are the
/// same to the bit.
/// </summary>
internal abstract unsafe class LoopKernel
{
    /// <summary>
    /// Elements times steps after which code is made: some milliseconds of tiles, in which code, which takes about one to make, would
    /// have saved as much.
    /// </summary>
    private const long WorthCode = 1 << 24;

    /// <summary>To begin a step on a row takes the tiles about as long as so many elements.</summary>
    private const int StepStart = 128;

    private readonly bool[] uniform;
    private readonly LoopSink[] sinks;
    private readonly bool isOnePass;
    private readonly long stepsOfElement;
    private readonly Lock gate = new();
    private LoopRoutine? code;
    private bool cannot;
    private long work;

    private protected LoopKernel(Program program, bool[] uniform, LoopSink[] sinks)
    {
        (Program, this.uniform, this.sinks) = (program, uniform, sinks);
        cannot = !MachineCodeAllowed;

        isOnePass = program.Instructions.Length == 1 && program.Constants.Length == 0 && !uniform.Contains(true) && sinks is [{ Kind: LoopSinkKind.Store }];
        stepsOfElement = Math.Max(1, program.Instructions.Length);
    }

    /// <summary>What is computed.</summary>
    public Program Program { get; }

    /// <summary>Whether it runs as machine code by now.</summary>
    public bool IsCode => code is not null;

    /// <summary>Whether an input is one number for a row.</summary>
    public bool IsUniform(int input) => uniform[input];

    /// <summary>For each input, whether it is one number for a row.</summary>
    protected ReadOnlySpan<bool> Uniform => uniform;

    /// <summary>What becomes of each output.</summary>
    protected ReadOnlySpan<LoopSink> Sinks => sinks;

    /// <summary>Whether there is one step, from memory to memory.</summary>
    protected bool IsOnePass => isOnePass;

    private static bool MachineCodeAllowed =>
        RuntimeFeature.IsDynamicCodeSupported && !(AppContext.TryGetSwitch(CompiledFormula.InterpretSwitch, out bool interpret) && interpret);

    /// <summary>The kernel of a program; it is made once and kept with the program.</summary>
    public static LoopKernel Of<T>(Program program, ReadOnlySpan<bool> uniform, ReadOnlySpan<LoopSink> sinks)
        where T : unmanaged
    {
        foreach (LoopKernel known in program.Loops)
            if (known is LoopKernel<T> && known.Uniform.SequenceEqual(uniform) && known.Sinks.SequenceEqual(sinks)) return known;
        return program.AddLoop(new LoopKernel<T>(program, uniform.ToArray(), sinks.ToArray()));
    }

    /// <summary>Whether two kernels do the same.</summary>
    public bool IsSame(LoopKernel other) => GetType() == other.GetType() && Uniform.SequenceEqual(other.Uniform) && Sinks.SequenceEqual(other.Sinks);

    /// <summary>Runs over the rows.</summary>
    public void Run(LoopCall* call)
    {
        if (code is { } ready) ready(call);
        else RunCold(call);
    }

    /// <summary>Makes machine code now, if that is possible here and has not been done.</summary>
    public bool CompileNow()
    {
        if (cannot || code is not null) return code is not null;
        lock (gate)
        {
            if (cannot || code is not null) return code is not null;
            if (Write() is { } made) Volatile.Write(ref code, made);
            else cannot = true;
        }
        return code is not null;
    }

    /// <summary>
    /// For code that met numbers its straight way is not made for: does the next stretch of a row in tiles.
    /// </summary>
    /// <param name="kernel">The kernel whose code it is.</param>
    /// <param name="call">What it was called with.</param>
    /// <param name="rowsLeft">The rows left, this one included.</param>
    /// <param name="left">The elements left in this row.</param>
    /// <returns>The number of elements done.</returns>
    public static nint Rescue(LoopKernel kernel, LoopCall* call, nint rowsLeft, nint left)
    {
        // Up to four vectors are folded side by side: their places in the partial results must not wrap around between them.
        nint count = Math.Min(left, TileExecutor.TileSize / LoopFolds.Lanes<float>() * LoopFolds.Lanes<float>());
        kernel.Interpret(call, call->Rows - rowsLeft, call->Length - left, count);
        return count;
    }

    /// <summary>Does elements of a row in tiles; folds go on from what is there.</summary>
    protected abstract void Interpret(LoopCall* call, nint row, nint start, nint count);

    /// <summary>Starts the folds along a row.</summary>
    protected abstract void StartFolds(LoopCall* call, nint row);

    /// <summary>The code, or null if there can be none.</summary>
    protected abstract LoopRoutine? Write();

    private void RunCold(LoopCall* call)
    {
        if (!cannot)
        {
            long total = Interlocked.Add(ref work, (call->Length + StepStart) * call->Rows * stepsOfElement);
            if (total >= WorthCode && CompileNow())
            {
                code!(call);
                return;
            }
        }
        for (nint row = 0; row < call->Rows; row++)
        {
            if (call->Continues == 0) StartFolds(call, row);
            Interpret(call, row, 0, call->Length);
        }
    }
}

/// <summary>The kernel for an element type.</summary>
internal sealed unsafe class LoopKernel<T> : LoopKernel
    where T : unmanaged
{
    /// <summary>The memory that the registers of a tile may take: a good part of the second-level cache.</summary>
    private const int TileBytes = 1 << 18;

    [ThreadStatic]
    private static byte[]? scratch;

    public LoopKernel(Program program, bool[] uniform, LoopSink[] sinks)
        : base(program, uniform, sinks)
    {
    }

    /// <inheritdoc/>
    protected override LoopRoutine? Write() =>
        LoopPieces<T>.Of(Program, Uniform.ToArray(), Sinks.ToArray()) is { } pieces ? pieces.Run
        : LaneTrace.CanTrace<T>(Program) ? LoopWriter.Write<T>(this, Program, Uniform.ToArray(), Sinks.ToArray())
        : null;

    /// <inheritdoc/>
    protected override void StartFolds(LoopCall* call, nint row)
    {
        for (int i = 0; i < Sinks.Length; i++)
            if (Sinks[i].Kind == LoopSinkKind.Row) new Span<T>(Output(call, i, row), LoopFolds.Lanes<T>()).Fill(LoopFolds.Neutral<T>(Sinks[i].Fold));
    }

    /// <inheritdoc/>
    protected override void Interpret(LoopCall* call, nint row, nint start, nint count)
    {
        Program program = Program;
        if (IsOnePass && OutputsAreDirect(program))
        {
            Pass(call, row, start, (int)count);
            return;
        }
        int slots = program.RegisterCount;
        int lanes = LoopFolds.Lanes<T>();
        int room = Math.Max(lanes, Math.Min(TileExecutor.TileSize, TileBytes / sizeof(T) / Math.Max(1, slots)) / lanes * lanes);
        int tile = (int)Math.Min(count, room);

        // The partial results of folds are counted from the start of the row.
        if (start % lanes != 0) tile = Math.Min(tile, lanes);
        T* buffer = (T*)AlignedRoom.In(ref scratch, (slots * tile) * sizeof(T));
        T** registers = stackalloc T*[slots];
        for (int r = 0; r < slots; r++) registers[r] = buffer + (r * tile);
        TileExecutor.FillConstants(program, registers, tile);
        for (int i = 0; i < program.InputCount; i++)
            if (Uniform[i]) new Span<T>(registers[i], tile).Fill(*Input(call, i, row));
        bool direct = OutputsAreDirect(program);
        for (nint done = start; done < start + count;)
        {
            int length = (int)Math.Min(tile, start + count - done);
            if (done % lanes != 0) length = (int)Math.Min(length, lanes - (done % lanes));
            for (int i = 0; i < program.InputCount; i++)
                if (!Uniform[i]) registers[i] = Input(call, i, row) + done;
            for (int i = 0; direct && i < Sinks.Length; i++)
                if (Sinks[i].Kind == LoopSinkKind.Store) registers[program.Outputs[i]] = Output(call, i, row) + done;
            TileExecutor.Run(program, registers, length);
            for (int i = 0; i < Sinks.Length; i++) Sink(i, registers[program.Outputs[i]], Output(call, i, row), done, length, direct);
            done += length;
        }
    }

    /// <summary>A single step over the whole stretch.</summary>
    private void Pass(LoopCall* call, nint row, nint start, int count)
    {
        Program program = Program;
        T** registers = stackalloc T*[program.RegisterCount];
        for (int i = 0; i < program.InputCount; i++) registers[i] = Input(call, i, row) + start;
        registers[program.Outputs[0]] = Output(call, 0, row) + start;
        TileExecutor.Run(program, registers, count);
    }

    private void Sink(int index, T* values, T* target, nint done, int length, bool direct)
    {
        LoopSink sink = Sinks[index];
        switch (sink.Kind)
        {
            case LoopSinkKind.Store:
                if (!direct) new ReadOnlySpan<T>(values, length).CopyTo(new Span<T>(target + done, length));
                break;
            case LoopSinkKind.Column:
                LoopFolds.Into(sink.Fold, target + done, values, length);
                break;
            default:
                int lanes = LoopFolds.Lanes<T>(), first = (int)(done % lanes);
                for (int i = 0; i < length; i += lanes)
                    LoopFolds.Into(sink.Fold, target + first, values + i, Math.Min(lanes, length - i));
                break;
        }
    }

    /// <summary>
    /// Whether the last steps may write to the outputs themselves: each is a register of its own, and is not used further where it
    /// might be an input's memory.
    /// </summary>
    private bool OutputsAreDirect(Program program)
    {
        int[] outputs = program.Outputs;
        for (int i = 0; i < outputs.Length; i++)
        {
            if (Sinks[i].Kind != LoopSinkKind.Store) continue;
            if (outputs[i] < program.FirstTemporary || Array.IndexOf(outputs, outputs[i]) != i || Array.LastIndexOf(outputs, outputs[i]) != i) return false;
        }

        // An output may lie over an input, which must not be overwritten while steps still read it.
        return program.Instructions.Length == 1;
    }

    private static T* Input(LoopCall* call, int index, nint row) => (T*)(call->Inputs[index] + (row * call->InputSteps[index]));

    private static T* Output(LoopCall* call, int index, nint row) => (T*)(call->Outputs[index] + (row * call->OutputSteps[index]));
}
