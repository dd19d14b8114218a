using System.Runtime.CompilerServices;
using System.Text;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// A function of one item as a loop over many: items are brought into tiles, as many as a vector has lanes are computed at once by
/// straight-line code, and the results are brought back. Large loops are split over threads.
/// </summary>
internal sealed unsafe class ItemLoop
{
    /// <summary>Of the first-level cache, for tiles.</summary>
    private const int TileBytes = 24 * 1024;

    private const int MostVectorsInTile = 8;

    /// <summary>Items of fewer operations in all are not worth another thread.</summary>
    private const long OperationsPerRange = 100_000;

    [ThreadStatic]
    private static byte[]? scratch;

    private readonly StraightCode? code;
    private readonly InterpretedLine? interpreted;
    private readonly ItemArray[] inputs;
    private readonly ItemArray[] outputs;
    private readonly int lanes;
    private readonly int elementSize;
    private readonly int tileItems;
    private readonly int steps;
    private readonly int roomBytes;

    /// <summary>An input or output of the loop.</summary>
    /// <param name="Numbers">The numbers of an item.</param>
    /// <param name="HasItems">Whether every item has its own; otherwise all read the same.</param>
    private readonly record struct ItemArray(int Numbers, bool HasItems);

    private ItemLoop(RecordedGraph graph, bool[] hasItems, ScalarGraph scalars, List<Instruction> code, double[] constants, int[] results, int bits)
    {
        steps = code.Count;
        bool single = scalars.Steps.IsSingle;
        elementSize = single ? sizeof(float) : sizeof(double);
        inputs = new ItemArray[graph.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = new ItemArray(graph.Inputs[i].Value.Numel, hasItems[i]);
        outputs = Array.ConvertAll(graph.Outputs, output => new ItemArray(output.Numel, true));
        var places = new NumberPlace[results.Length];
        for (int i = 0, at = 0; i < outputs.Length; i++)
            for (int j = 0; j < outputs[i].Numbers; j++) places[at++] = new NumberPlace(i, j);
        NumberPlace[] reads = Array.ConvertAll(scalars.Inputs, input => new NumberPlace(input.Input, input.Position, Shared: !hasItems[input.Input]));

        if (!RuntimeFeature.IsDynamicCodeSupported || InterpretedLine.IsWanted)
        {
            lanes = tileItems = 1;
            interpreted = new InterpretedLine(Program.Assemble(reads.Length, constants, code, reads.Length + code.Count, results), new StraightLayout(reads, places), single);
            return;
        }
        LaneCode lane = LaneCode.Vector(single, bits);
        lanes = lane.Lanes;
        int numbers = 0;
        foreach (ItemArray array in (ReadOnlySpan<ItemArray>)[.. inputs, .. outputs])
            if (array.HasItems) numbers += array.Numbers;
        int vectors = MostVectorsInTile;
        while (vectors > 1 && (long)numbers * vectors * lanes * elementSize > TileBytes) vectors /= 2;
        tileItems = Math.Max(vectors * lanes, 4);
        this.code = StraightCode.Of(code, constants, results, new StraightLayout(reads, places, tileItems), lane);
        roomBytes = (numbers * tileItems * elementSize) + this.code.FrameBytes + (2 * AlignedRoom.Alignment);
    }

    /// <summary>The loop for a function of one item; null, and why, if it does not suit.</summary>
    /// <param name="graph">The function of one item, without dead steps.</param>
    /// <param name="hasItems">For each input, what was captured included, whether it has items along a new first axis.</param>
    /// <param name="options">How it is compiled.</param>
    /// <param name="reason">Why there is no loop.</param>
    public static ItemLoop? TryBuild(RecordedGraph graph, bool[] hasItems, CompileOptions options, out string reason) =>
        TryBuild(graph, hasItems, options, VectorLaneCode.WidestBits, out reason);

    internal static ItemLoop? TryBuild(RecordedGraph graph, bool[] hasItems, CompileOptions options, int bits, out string reason)
    {
        int largest = options.Backend == CompileBackend.StraightLine ? StraightLineBackend.LargestOnRequest : StraightLineBackend.LargestFunction;
        if (ScalarGraph.Of(graph, largest, int.MaxValue, out reason) is not { } scalars) return null;
        var results = new int[scalars.Outputs.Length];
        (List<Instruction> code, double[] constants) = scalars.Steps.Needed(scalars.Outputs, results, options.Strict);
        if (code.Count <= largest) return new ItemLoop(graph, hasItems, scalars, code, constants, results, bits);
        reason = $"it has {code.Count} operations on single numbers, more than {largest} pay";
        return null;
    }

    /// <summary>Computes all items.</summary>
    /// <param name="items">How many there are.</param>
    /// <param name="given">Contiguous arrays, with the items along the first axis where they have any.</param>
    /// <param name="results">Contiguous arrays with the items along the first axis, which share no memory with the inputs.</param>
    public void Run(long items, ReadOnlySpan<Tensor> given, ReadOnlySpan<Tensor> results)
    {
        if (items > 0) PinnedArrays.Run(given, results, new Work(this, items));
    }

    public void Explain(StringBuilder text) => text.Append(code is null
        ? $"loop over items, interpreted: {steps} operations each\n"
        : $"loop over items in machine code: {steps} {(elementSize == sizeof(float) ? "float32" : "float64")} operations on {lanes} items at once, tiles of {tileItems} items\n");

    private readonly struct Work(ItemLoop loop, long items) : IPinnedWork
    {
        public void Run(byte** inputs, byte** outputs) =>
            WorkSplit.Run(items, Math.Max(loop.tileItems, OperationsPerRange / Math.Max(1, loop.steps)), loop.tileItems, new Range(loop, inputs, outputs));
    }

    private readonly struct Range(ItemLoop loop, byte** inputs, byte** outputs) : IRangeWork
    {
        private readonly nint inputs = (nint)inputs;
        private readonly nint outputs = (nint)outputs;

        public void Run(long from, long to)
        {
            if (loop.code is null) loop.Interpret((byte**)inputs, (byte**)outputs, from, to);
            else if (loop.elementSize == sizeof(float)) loop.Run<float>((byte**)inputs, (byte**)outputs, from, to);
            else loop.Run<double>((byte**)inputs, (byte**)outputs, from, to);
        }
    }

    private void Run<T>(byte** from, byte** to, long first, long end)
        where T : unmanaged
    {
        byte* room = AlignedRoom.In(ref scratch, roomBytes);
        byte** tiles = stackalloc byte*[inputs.Length + outputs.Length];
        byte** targets = tiles + inputs.Length;
        byte** reads = stackalloc byte*[inputs.Length + outputs.Length];
        byte** writes = reads + inputs.Length;
        byte* next = room;
        for (int i = 0; i < inputs.Length; i++) tiles[i] = Room(inputs[i]);
        for (int i = 0; i < outputs.Length; i++) targets[i] = Room(outputs[i]);
        byte* frame = AlignedRoom.Up(next);

        for (long item = first; item < end; item += tileItems)
        {
            int count = (int)Math.Min(tileItems, end - item), computed = (count + lanes - 1) / lanes * lanes;
            for (int i = 0; i < inputs.Length; i++)
            {
                ItemArray array = inputs[i];
                T* source = (T*)from[i] + (array.HasItems ? item * array.Numbers : 0);

                // One number an item lies as a tile does.
                bool direct = !array.HasItems || (array.Numbers == 1 && computed == count);
                reads[i] = direct ? (byte*)source : tiles[i];
                if (direct) continue;
                ItemTiles.Gather(source, array.Numbers, count, (T*)tiles[i], tileItems);
                if (computed > count) ItemTiles.Pad((T*)tiles[i], tileItems, array.Numbers, count, computed);
            }
            for (int i = 0; i < outputs.Length; i++)
                writes[i] = outputs[i].Numbers == 1 && computed == count ? (byte*)((T*)to[i] + item) : targets[i];
            code!.Run(reads, writes, frame, computed);
            for (int i = 0; i < outputs.Length; i++)
                if (writes[i] == targets[i]) ItemTiles.Scatter((T*)targets[i], tileItems, (T*)to[i] + (item * outputs[i].Numbers), outputs[i].Numbers, count);
        }

        byte* Room(ItemArray array)
        {
            byte* start = next;
            if (array.HasItems) next += (nint)array.Numbers * tileItems * sizeof(T);
            return start;
        }
    }

    private void Interpret(byte** from, byte** to, long first, long end)
    {
        byte** reads = stackalloc byte*[inputs.Length + outputs.Length];
        byte** writes = reads + inputs.Length;
        for (long item = first; item < end; item++)
        {
            for (int i = 0; i < inputs.Length; i++) reads[i] = from[i] + (inputs[i].HasItems ? item * inputs[i].Numbers * elementSize : 0);
            for (int i = 0; i < outputs.Length; i++) writes[i] = to[i] + (item * outputs[i].Numbers * elementSize);
            interpreted!.Run(reads, writes);
        }
    }
}
