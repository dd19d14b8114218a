using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// A long program as loops one after the other over tiles: what one leaves to another passes through memory in the first-level
/// cache. Each loop is short enough for the runtime's compiler, whose time and results get worse with length, and for the
/// processor, which then works on several vectors at a time. Steps without a vector body are loops of their own, in tiles.
/// </summary>
internal sealed unsafe class LoopPieces<T>
    where T : unmanaged
{
    /// <summary>The vector operations of a piece.</summary>
    private const int PieceWeight = 150;

    /// <summary>Beyond this the time to make code outweighs what it saves.</summary>
    private const int MostPieces = 400;

    private const int TileBytes = 1 << 15;

    [ThreadStatic]
    private static byte[]? scratch;

    private readonly Program program;
    private readonly bool[] uniform;
    private readonly LoopSink[] sinks;
    private readonly Piece[] pieces;
    private readonly int buffers;
    private readonly int tile;

    private LoopPieces(Program program, bool[] uniform, LoopSink[] sinks, ProgramPiece[] cut)
    {
        (this.program, this.uniform, this.sinks) = (program, uniform, sinks);
        var buffer = new Dictionary<int, int>();
        var made = new List<Piece>();

        // An output may lie over an input that a later piece reads: what is stored before the last piece waits in a buffer. So does
        // all, if an output is an input itself; then one loop at the end reads both before it writes.
        bool allLate = program.Outputs.Any(output => output < program.FirstTemporary);
        var late = new List<int>();
        for (int i = 0; i < cut.Length; i++) made.Add(Compute(cut[i], buffer, late, allLate || i < cut.Length - 1));
        for (int i = 0; i < program.Outputs.Length; i++)
            if (program.Outputs[i] < program.FirstTemporary) late.Add(i);
        if (late.Count > 0) made.Add(Copy(late, buffer));
        pieces = [.. made];
        buffers = buffer.Count;
        int lanes = LoopFolds.Lanes<T>();
        tile = Math.Clamp(TileBytes / sizeof(T) / Math.Max(1, buffers) / lanes * lanes, 2 * lanes, 16 * lanes);
    }

    /// <summary>The pieces of a program, or null if it is short and can be one piece; or too long, or nothing of it can be code.</summary>
    public static LoopPieces<T>? Of(Program program, bool[] uniform, LoopSink[] sinks)
    {
        var ends = new List<int>();
        int weight = 0;
        bool last = true;
        for (int i = 0; i < program.Instructions.Length; i++)
        {
            int own = LaneTrace.Weight<T>(program.Instructions[i].Primitive);
            bool code = own >= 0;
            if (i > 0 && (code != last || (code && weight + own > PieceWeight)))
            {
                ends.Add(i);
                weight = 0;
            }
            weight += Math.Max(0, own);
            last = code;
        }
        if (ends.Count == 0 || ends.Count >= MostPieces) return null;
        ends.Add(program.Instructions.Length);
        return new LoopPieces<T>(program, uniform, sinks, ProgramPiece.Cut(program, CollectionsMarshal.AsSpan(ends)));
    }

    /// <summary>Runs over the rows.</summary>
    public void Run(LoopCall* call)
    {
        T* memory = (T*)AlignedRoom.In(ref scratch, ((buffers * tile) + 1) * sizeof(T));
        for (nint row = 0; row < call->Rows; row++)
        {
            nint done = 0;
            do
            {
                nint length = Math.Min(tile, call->Length - done);
                foreach (Piece piece in pieces) piece.Run(this, call, memory, row, done, length);
                done += length;
            }
            while (done < call->Length);
        }
    }

    /// <summary>A piece that computes. Its outputs are the buffers that others read, and the outputs of the whole that may be written.</summary>
    private Piece Compute(ProgramPiece piece, Dictionary<int, int> buffer, List<int> late, bool storeLate)
    {
        int[] from = [.. piece.Sources.Select(source => source < program.InputCount ? source : -1 - buffer[source])];
        var to = new List<int>();
        var values = new List<int>();
        var kinds = new List<LoopSink>();
        for (int i = 0; i < piece.Targets.Length; i++)
        {
            int register = piece.Targets[i];
            bool buffered = piece.ReadLater[i];
            for (int output = 0; output < program.Outputs.Length; output++)
            {
                if (program.Outputs[output] != register || !piece.IsResult[i]) continue;
                if (storeLate && sinks[output].Kind == LoopSinkKind.Store)
                {
                    buffered = true;
                    late.Add(output);
                    continue;
                }
                to.Add(output);
                values.Add(piece.Program.Outputs[i]);
                kinds.Add(sinks[output]);
            }
            if (!buffered) continue;
            if (!buffer.TryGetValue(register, out int place)) buffer[register] = place = buffer.Count;
            to.Add(-1 - place);
            values.Add(piece.Program.Outputs[i]);
            kinds.Add(LoopSink.Store);
        }
        return new Piece(piece.Program.With([.. values]), from, [.. to], Uniform(from), kinds);
    }

    /// <summary>A piece that moves outputs that are there already to where they belong.</summary>
    private Piece Copy(List<int> late, Dictionary<int, int> buffer)
    {
        var from = new List<int>();
        var constants = new List<double>();
        var values = new List<int>();
        foreach (int output in late)
        {
            int register = program.Outputs[output];
            if (register >= program.InputCount && register < program.FirstTemporary)
            {
                values.Add(-1 - constants.Count);
                constants.Add(program.Constants[register - program.InputCount]);
            }
            else
            {
                values.Add(from.Count);
                from.Add(register < program.InputCount ? register : -1 - buffer[register]);
            }
        }
        int[] outputs = [.. values.Select(value => value < 0 ? from.Count - 1 - value : value)];
        var copy = Program.OfSteps(from.Count, [.. constants], [], outputs, from.Count + constants.Count);
        return new Piece(copy, [.. from], [.. late], Uniform([.. from]), [.. late.Select(output => sinks[output])]);
    }

    private bool[] Uniform(int[] from) => [.. from.Select(source => source >= 0 && uniform[source])];

    /// <summary>One loop, and where its operands are: inputs and outputs of the whole, or (from -1 downwards) buffers.</summary>
    private sealed class Piece
    {
        private readonly LoopKernel kernel;
        private readonly int[] from;
        private readonly int[] to;

        public Piece(Program program, int[] from, int[] to, bool[] uniform, List<LoopSink> sinks)
        {
            (this.from, this.to) = (from, to);
            kernel = LoopKernel.Of<T>(program, uniform, CollectionsMarshal.AsSpan(sinks));
            kernel.CompileNow();
        }

        public void Run(LoopPieces<T> whole, LoopCall* call, T* memory, nint row, nint done, nint length)
        {
            byte** inputs = stackalloc byte*[from.Length + 1];
            byte** outputs = stackalloc byte*[to.Length + 1];
            nint* steps = stackalloc nint[Math.Max(from.Length, to.Length) + 1];
            for (int i = 0; i < from.Length; i++)
            {
                int at = from[i];
                inputs[i] = at < 0 ? (byte*)(memory + ((-1 - at) * whole.tile))
                    : call->Inputs[at] + (row * call->InputSteps[at]) + (whole.uniform[at] ? 0 : done * sizeof(T));
                steps[i] = 0;
            }
            for (int i = 0; i < to.Length; i++)
            {
                int at = to[i];
                outputs[i] = at < 0 ? (byte*)(memory + ((-1 - at) * whole.tile))
                    : call->Outputs[at] + (row * call->OutputSteps[at]) + (whole.sinks[at].Kind == LoopSinkKind.Row ? 0 : done * sizeof(T));
                steps[i] = 0;
            }
            var part = new LoopCall
            {
                Inputs = inputs,
                InputSteps = steps,
                Outputs = outputs,
                OutputSteps = steps,
                Length = length,
                Rows = 1,
                Continues = done > 0 ? 1 : call->Continues,
            };
            kernel.Run(&part);
        }
    }
}
