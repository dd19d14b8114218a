using System.Numerics;

namespace Nabla;

/// <summary>The gradient of the kernels of a convolution: for each tap the sum over all places of gradient times image.</summary>
/// <remarks>
/// Images are laid out as in <see cref="TapPlan"/>, gradients with rows as far apart and zeros in between, so that the sum over
/// all places is one long dot product. A block of images, what fits the second cache, is laid out at a time; every tile then
/// sums over all of it. Blocks depend on the sizes alone, and tiles are disjoint, so the sums do not depend on how the work
/// is split.
/// </remarks>
internal sealed unsafe class KernelSums<R, V, T>
    where R : struct, IRegister<V, T>
    where V : unmanaged
    where T : unmanaged, INumber<T>
{
    private const int BlockBytes = 512 * 1024;

    private readonly TapPlan plan;
    private readonly ConvolutionShape shape;
    private readonly T* gradients;
    private readonly T* images;
    private readonly T* weights;
    private readonly nint* offsets;
    private readonly nint length;
    private readonly T* planes;
    private readonly T* spread;
    private readonly int inBlock;

    [ThreadStatic]
    private static byte[]? roomForOffsets;

    [ThreadStatic]
    private static byte[]? roomForPlanes;

    [ThreadStatic]
    private static byte[]? roomForGradients;

    private KernelSums(ConvolutionShape shape, TapPlan plan, T* gradients, T* images, T* weights)
    {
        (this.shape, this.plan) = (shape, plan);
        this.gradients = gradients;
        this.images = images;
        this.weights = weights;
        TapGrid grid = plan.Grids[0];
        length = (grid.Length(plan.PlaneWidth) + R.Lanes - 1) / R.Lanes * R.Lanes;
        inBlock = (int)Math.Clamp(BlockBytes / sizeof(T) / (PlanesStep + GradientStep), 1, shape.Items);
        offsets = (nint*)Symbolics.AlignedRoom.In(ref roomForOffsets, grid.Offsets.Length * sizeof(nint));
        grid.Offsets.CopyTo(new Span<nint>(offsets, grid.Offsets.Length));
        planes = (T*)Symbolics.AlignedRoom.In(ref roomForPlanes, inBlock * PlanesStep * sizeof(T));
        spread = (T*)Symbolics.AlignedRoom.In(ref roomForGradients, inBlock * GradientStep * sizeof(T));
    }

    // From one image of a block to the next.
    private nint PlanesStep => plan.PlanesSize + ConvolutionPlanes.Slack;

    private nint GradientStep => shape.GroupOutputs * length;

    private int ChannelTiles => (shape.GroupOutputs + KernelTile<R, V, T>.Channels - 1) / KernelTile<R, V, T>.Channels;

    private int TapTiles => (shape.Taps + KernelTile<R, V, T>.Taps - 1) / KernelTile<R, V, T>.Taps;

    public static void Run(ConvolutionShape shape, TapPlan plan, T* gradients, T* images, T* weights)
    {
        new Span<T>(weights, shape.OutChannels * shape.Taps).Clear();
        var sums = new KernelSums<R, V, T>(shape, plan, gradients, images, weights);
        int tiles = sums.ChannelTiles * sums.TapTiles;
        long fromOneImage = (long)shape.GroupOutputs * shape.Taps * sums.length;

        // An image that does not fit the cache is taken in stretches.
        nint stretch = Math.Max(16 * R.Lanes, BlockBytes / sizeof(T) / (plan.SourceChannels + shape.GroupOutputs) / R.Lanes * R.Lanes);
        for (int group = 0; group < shape.Groups; group++)
        {
            for (int first = 0; first < shape.Items; first += sums.inBlock)
            {
                int count = Math.Min(sums.inBlock, shape.Items - first);
                long grain = Math.Max(1, MatrixProduct.Grain / fromOneImage);
                WorkSplit.Run(count, grain, 1, new Layout(sums, group, first));
                for (nint place = 0; place < sums.length; place += stretch)
                {
                    nint places = Math.Min(stretch, sums.length - place);
                    long perTile = Math.Max(1, (long)KernelTile<R, V, T>.Channels * KernelTile<R, V, T>.Taps * places * count);
                    WorkSplit.Run(tiles, Math.Max(1, MatrixProduct.Grain / perTile), 1, new Tiles(sums, group, count, place, places));
                }
            }
        }
    }

    private void Lay(int group, int first, int index)
    {
        nint item = ((nint)first + index) * shape.Groups + group;
        ConvolutionPlanes.Fill(plan, images + (item * shape.GroupChannels * shape.Height * shape.Width), planes + (index * PlanesStep));
        ConvolutionPlanes.Spread(
            gradients + (item * shape.GroupOutputs * shape.OutHeight * shape.OutWidth), shape.GroupOutputs, shape.OutHeight, shape.OutWidth, plan.PlaneWidth,
            spread + (index * GradientStep), length);
    }

    private void Tile(int tile, int group, int count, nint place, nint places)
    {
        (int channelTile, int tapTile) = Math.DivRem(tile, TapTiles);
        int channel = channelTile * KernelTile<R, V, T>.Channels, tap = tapTile * KernelTile<R, V, T>.Taps;
        T* to = weights + ((((nint)group * shape.GroupOutputs) + channel) * shape.Taps) + tap;
        KernelTile<R, V, T>.Run(
            count, places, spread + (channel * length) + place, length, GradientStep, planes + place, PlanesStep, offsets + tap, to, shape.Taps,
            Math.Min(KernelTile<R, V, T>.Channels, shape.GroupOutputs - channel), Math.Min(KernelTile<R, V, T>.Taps, shape.Taps - tap));
    }

    private readonly struct Layout(KernelSums<R, V, T> sums, int group, int first) : IRangeWork
    {
        public void Run(long from, long to)
        {
            for (long index = from; index < to; index++) sums.Lay(group, first, (int)index);
        }
    }

    private readonly struct Tiles(KernelSums<R, V, T> sums, int group, int count, nint place, nint places) : IRangeWork
    {
        public void Run(long from, long to)
        {
            for (long tile = from; tile < to; tile++) sums.Tile((int)tile, group, count, place, places);
        }
    }
}
