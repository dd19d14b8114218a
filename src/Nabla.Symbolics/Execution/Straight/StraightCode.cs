namespace Nabla.Symbolics;

/// <summary>Runs a piece of straight-line code.</summary>
/// <param name="inputs">The input arrays.</param>
/// <param name="outputs">The output arrays; none overlaps an input.</param>
/// <param name="frame">Memory for values that pass from piece to piece.</param>
/// <param name="items">How many items to compute; a multiple of the lanes. Not read by code for single numbers.</param>
internal unsafe delegate void StraightRoutine(byte** inputs, byte** outputs, byte* frame, nint items);

/// <summary>
/// Steps as machine code without a loop or a branch but those of choices: inputs are read where they lie, outputs are written where they
/// belong, and what is between stays in registers as far as the runtime can keep it there. Code of many steps is cut into pieces, since the
/// runtime's compiler slows down past about a thousand local variables; what one piece leaves to a later one passes through memory.
/// </summary>
/// <remarks>
/// With <see cref="LaneCode.Vector"/> each step computes as many items at once as a vector holds, and a piece loops over the items of a tile,
/// whose numbers lie item beside item.
/// </remarks>
internal sealed unsafe class StraightCode
{
    /// <summary>A variable for each step and each input read: the compiler tracks 1,024 of them.</summary>
    private const int LongestPiece = 400;

    private readonly StraightRoutine[] pieces;

    private StraightCode(StraightRoutine[] pieces, int frameBytes) => (this.pieces, FrameBytes) = (pieces, frameBytes);

    /// <summary>The bytes of memory that <see cref="Run"/> needs besides inputs and outputs.</summary>
    public int FrameBytes { get; }

    /// <summary>In how many pieces the code is cut.</summary>
    public int PieceCount => pieces.Length;

    public void Run(byte** inputs, byte** outputs, byte* frame, nint items)
    {
        foreach (StraightRoutine piece in pieces) piece(inputs, outputs, frame, items);
    }

    /// <summary>Compiles a program for float64, whose inputs lie in one array and whose outputs in another.</summary>
    public static StraightCode Of(Program program)
    {
        // The registers of a program are reused; here each step has a value of its own.
        var values = new int[program.RegisterCount];
        for (int i = 0; i < program.InputCount; i++) values[i] = i;
        for (int i = 0; i < program.Constants.Length; i++) values[program.InputCount + i] = -1 - i;
        var code = new List<Instruction>(program.Instructions.Length);
        foreach (Instruction step in program.Instructions)
        {
            int arity = step.Primitive.Arity, target = program.InputCount + code.Count;
            code.Add(step with { Target = target, A = values[step.A], B = arity > 1 ? values[step.B] : 0, C = arity > 2 ? values[step.C] : 0 });
            values[step.Target] = target;
        }
        int[] results = Array.ConvertAll(program.Outputs, register => values[register]);
        return Of(code, program.Constants, results, new StraightLayout(Places(program.InputCount), Places(results.Length)), LaneCode.Scalar(single: false));

        static NumberPlace[] Places(int count)
        {
            var places = new NumberPlace[count];
            for (int i = 0; i < count; i++) places[i] = new NumberPlace(0, i);
            return places;
        }
    }

    /// <summary>Compiles steps.</summary>
    /// <param name="code">The steps, each with a value of its own, numbered on from the inputs.</param>
    /// <param name="constants">The numbers -1, -2, … of the steps.</param>
    /// <param name="results">The values that are outputs.</param>
    /// <param name="layout">Where inputs and outputs lie.</param>
    /// <param name="lane">The instructions for the type of number.</param>
    public static StraightCode Of(List<Instruction> code, double[] constants, int[] results, StraightLayout layout, LaneCode lane)
    {
        int pieceCount = Math.Max(1, (code.Count + LongestPiece - 1) / LongestPiece), length = (code.Count + pieceCount - 1) / pieceCount;
        int inputs = layout.Inputs.Length;
        int[] slots = Slots(code, inputs, length, out int slotCount);
        var outputsOf = new Dictionary<int, List<int>>();
        for (int i = 0; i < results.Length; i++)
        {
            if (!outputsOf.TryGetValue(results[i], out List<int>? places)) outputsOf[results[i]] = places = [];
            places.Add(i);
        }
        var routines = new StraightRoutine[pieceCount];
        var parts = new StraightParts(code, constants, layout, lane, slots, outputsOf);
        for (int i = 0; i < pieceCount; i++) routines[i] = new StraightPiece(parts, i * length, Math.Min(code.Count, (i + 1) * length), isLast: i == pieceCount - 1).Write();
        return new StraightCode(routines, slotCount * lane.Size * layout.TileItems);
    }

    // A slot of the frame for each value that is read in a later piece than that which computes it, reused when its last reader has run.
    private static int[] Slots(List<Instruction> code, int inputs, int length, out int slotCount)
    {
        var lastPiece = new int[code.Count];
        for (int i = 0; i < code.Count; i++)
        {
            Instruction step = code[i];
            Touch(step.A, i);
            if (step.Primitive.Arity > 1) Touch(step.B, i);
            if (step.Primitive.Arity > 2) Touch(step.C, i);
        }
        var slots = new int[code.Count];
        var free = new Stack<int>();
        var ending = new Dictionary<int, List<int>>();
        slotCount = 0;
        for (int i = 0; i < code.Count; i++)
        {
            // What the pieces before this one were the last to read.
            if (i % length == 0 && ending.TryGetValue((i / length) - 1, out List<int>? ended)) foreach (int slot in ended) free.Push(slot);
            slots[i] = -1;
            if (lastPiece[i] <= i / length) continue;
            slots[i] = free.TryPop(out int reused) ? reused : slotCount++;
            if (!ending.TryGetValue(lastPiece[i], out List<int>? list)) ending[lastPiece[i]] = list = [];
            list.Add(slots[i]);
        }
        return slots;

        void Touch(int value, int at)
        {
            if (value >= inputs) lastPiece[value - inputs] = at / length;
        }
    }
}

/// <summary>What the pieces of straight-line code have in common.</summary>
/// <param name="Code">The steps.</param>
/// <param name="Constants">The numbers.</param>
/// <param name="Layout">Where inputs and outputs lie.</param>
/// <param name="Lane">The instructions for the type of number.</param>
/// <param name="Slots">For each step its slot in the frame, -1 where it needs none.</param>
/// <param name="OutputsOf">For each value that is an output, which ones.</param>
internal sealed record StraightParts(
    List<Instruction> Code, double[] Constants, StraightLayout Layout, LaneCode Lane, int[] Slots, Dictionary<int, List<int>> OutputsOf);
