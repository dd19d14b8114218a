using System.Numerics;

namespace Nabla;

/// <summary>A convolution or its transpose by sums over taps: no matrix of windows is ever made.</summary>
/// <remarks>
/// For each image and group the planes are laid out, which are hardly larger than the image; then tiles of twelve channels and
/// two registers of places run over them, a stretch of rows at a time, and what they leave in the cache is copied to its place.
/// A sum is taken by one thread, tap after tap, so it does not depend on how the work is split.
/// </remarks>
internal sealed unsafe class TapSums<R, V, T>
    where R : struct, IRegister<V, T>
    where V : unmanaged
    where T : unmanaged, INumber<T>
{
    // A stretch of rows is about this long, so that the sums of a tile of channels stay in the first cache.
    private const int Stretch = 768;

    private readonly TapPlan plan;
    private readonly int items;
    private readonly int groups;
    private readonly T* source;
    private readonly T* bias;
    private readonly T* result;
    private readonly (int Channel, int Height)[] blocks;
    private readonly Piece[] pieces;
    private readonly T* panels;
    private readonly nint panelsOfGroup;
    private readonly nint* offsets;
    private readonly int sumsRow;

    [ThreadStatic]
    private static byte[]? roomForPanels;

    [ThreadStatic]
    private static byte[]? roomForOffsets;

    [ThreadStatic]
    private static byte[]? roomForPlanes;

    [ThreadStatic]
    private static byte[]? roomForSums;

    // Some rows of a grid.
    private readonly record struct Piece(TapGrid Grid, int FirstRow, int Rows, int Length, nint Panels, nint Offsets);

    private TapSums(TapPlan plan, int items, int groups, T* source, T* weights, T* bias, T* result)
    {
        (this.plan, this.items, this.groups) = (plan, items, groups);
        this.source = source;
        this.bias = bias;
        this.result = result;
        var heights = new List<(int, int)>();
        int padded = 0;
        for (int channel = 0, height; channel < plan.ResultChannels; channel += height, padded += height)
        {
            height = ConvolutionTile<R, V, T>.Height(plan.ResultChannels - channel);
            heights.Add((channel, height));
        }
        blocks = [.. heights];

        nint taps = 0;
        foreach (TapGrid grid in plan.Grids) taps += grid.Offsets.Length;
        panelsOfGroup = padded * taps;
        panels = (T*)Symbolics.AlignedRoom.In(ref roomForPanels, panelsOfGroup * groups * sizeof(T));
        offsets = (nint*)Symbolics.AlignedRoom.In(ref roomForOffsets, taps * sizeof(nint));
        pieces = Cut(padded);
        foreach (Piece piece in pieces) sumsRow = Math.Max(sumsRow, piece.Length);

        // Rows 4 KiB apart would fall into the same places of the cache.
        if (sumsRow * sizeof(T) % 1024 == 0) sumsRow += 2 * R.Lanes;
        for (int group = 0; group < groups; group++) Pack(weights + ((nint)group * plan.WeightsOfGroup), panels + (group * panelsOfGroup));
    }

    public static void Run(TapPlan plan, int items, int groups, T* source, T* weights, T* bias, T* result)
    {
        var sums = new TapSums<R, V, T>(plan, items, groups, source, weights, bias, result);
        long taps = 0;
        foreach (TapGrid grid in plan.Grids) taps += (long)grid.Length(plan.PlaneWidth) * grid.Offsets.Length;
        long ofGroup = Math.Max(1, taps * plan.ResultChannels), ofItem = ofGroup * groups;
        if (items >= 2 * Threads.Count || ofItem * items < 2 * MatrixProduct.Grain)
        {
            WorkSplit.Run(items, Math.Max(1, MatrixProduct.Grain / ofItem), 1, new OverItems(sums));
            return;
        }
        int units = sums.pieces.Length * sums.blocks.Length;
        for (int item = 0; item < items; item++)
        {
            for (int group = 0; group < groups; group++)
            {
                T* planes = sums.Planes(item, group);
                WorkSplit.Run(units, Math.Max(1, MatrixProduct.Grain * units / ofGroup), 1, new OverUnits(sums, planes, item, group));
            }
        }
    }

    private Piece[] Cut(int padded)
    {
        var all = new List<Piece>();
        nint panel = 0, offset = 0;
        foreach (TapGrid grid in plan.Grids)
        {
            grid.Offsets.CopyTo(new Span<nint>(offsets + offset, grid.Offsets.Length));
            int rows = Math.Max(1, Stretch / plan.PlaneWidth);
            for (int row = 0; row < grid.Rows; row += rows)
            {
                int count = Math.Min(rows, grid.Rows - row), length = ((count - 1) * plan.PlaneWidth) + grid.Columns;
                all.Add(new Piece(grid, row, count, (length + (2 * R.Lanes) - 1) / (2 * R.Lanes) * (2 * R.Lanes), panel, offset));
            }
            panel += (nint)padded * grid.Offsets.Length;
            offset += grid.Offsets.Length;
        }
        return [.. all];
    }

    // For each grid and block of channels: the weights of all channels for one tap after another, zeros for those that are not there.
    private void Pack(T* weights, T* to)
    {
        foreach (TapGrid grid in plan.Grids)
        {
            foreach ((int channel, int height) in blocks)
            {
                T* from = weights + ((nint)channel * plan.WeightStep);
                int there = Math.Min(height, plan.ResultChannels - channel);
                foreach (int weight in grid.Weights)
                {
                    for (int r = 0; r < there; r++) to[r] = from[((nint)r * plan.WeightStep) + weight];
                    for (int r = there; r < height; r++) to[r] = T.Zero;
                    to += height;
                }
            }
        }
    }

    private T* Planes(int item, int group)
    {
        nint size = (nint)plan.SourceChannels * plan.Source.Height * plan.Source.Width;
        T* planes = (T*)Symbolics.AlignedRoom.In(ref roomForPlanes, (nint)(plan.PlanesSize + ConvolutionPlanes.Slack) * sizeof(T));
        ConvolutionPlanes.Fill(plan, source + ((((nint)item * groups) + group) * size), planes);
        return planes;
    }

    private void Item(int item)
    {
        for (int group = 0; group < groups; group++)
        {
            T* planes = Planes(item, group);
            foreach (ref readonly Piece piece in pieces.AsSpan())
                for (int block = 0; block < blocks.Length; block++) Block(piece, block, planes, item, group);
        }
    }

    private void Block(in Piece piece, int block, T* planes, int item, int group)
    {
        (int channel, int height) = blocks[block];
        int taps = piece.Grid.Offsets.Length, there = Math.Min(height, plan.ResultChannels - channel);
        T* sums = (T*)Symbolics.AlignedRoom.In(ref roomForSums, (nint)12 * sumsRow * sizeof(T));
        nint panel = piece.Panels;
        for (int i = 0; i < block; i++) panel += (nint)blocks[i].Height * taps;
        T* weights = panels + (group * panelsOfGroup) + panel, from = planes + ((nint)piece.FirstRow * plan.PlaneWidth);
        for (int p = 0; p < piece.Length; p += 2 * R.Lanes)
            ConvolutionTile<R, V, T>.Run(height, taps, weights, from + p, offsets + piece.Offsets, sums + p, sumsRow);

        nint size = (nint)plan.Result.Height * plan.Result.Width, first = (nint)group * plan.ResultChannels + channel;
        T* to = result + ((((nint)item * groups * plan.ResultChannels) + first) * size);
        for (int r = 0; r < there; r++)
        {
            T added = bias == null ? T.Zero : bias[first + r];
            ConvolutionPlanes.Place<R, V, T>(piece.Grid, piece.FirstRow, piece.Rows, sums + ((nint)r * sumsRow), plan.PlaneWidth, added, to + (r * size), plan.Result.Width);
        }
    }

    private readonly struct OverItems(TapSums<R, V, T> sums) : IRangeWork
    {
        public void Run(long from, long to)
        {
            for (long item = from; item < to; item++) sums.Item((int)item);
        }
    }

    private readonly struct OverUnits(TapSums<R, V, T> sums, T* planes, int item, int group) : IRangeWork
    {
        public void Run(long from, long to)
        {
            for (long unit = from; unit < to; unit++)
            {
                (long piece, long block) = Math.DivRem(unit, sums.blocks.Length);
                sums.Block(sums.pieces[piece], (int)block, planes, item, group);
            }
        }
    }
}
