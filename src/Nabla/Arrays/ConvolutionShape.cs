namespace Nabla;

/// <summary>The sizes of a convolution, whichever of its three arrays is computed from the other two.</summary>
/// <param name="Items">Images in the batch.</param>
/// <param name="Channels">Channels of an image.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="OutChannels">Kernels, channels of a result.</param>
/// <param name="Kernel">The size of a kernel.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Padding">How far windows reach beyond the image.</param>
/// <param name="Dilation">From one element of a window to the next.</param>
/// <param name="Groups">Into how many groups the channels of images and results are cut.</param>
internal sealed record ConvolutionShape(
    int Items, int Channels, int Height, int Width, int OutChannels, Pair Kernel, Pair Stride, Pair Padding, Pair Dilation, int Groups)
{
    /// <summary>Rows of a result; a transposed convolution may take fewer than there are windows.</summary>
    public int OutHeight { get; init; } = Windows(Height, Kernel.Height, Stride.Height, Padding.Height, Dilation.Height);

    /// <summary>Columns of a result.</summary>
    public int OutWidth { get; init; } = Windows(Width, Kernel.Width, Stride.Width, Padding.Width, Dilation.Width);

    /// <summary>The channels of an image that a kernel sees.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>The kernels that see them.</summary>
    public int GroupOutputs => OutChannels / Groups;

    /// <summary>The elements of a kernel.</summary>
    public int Taps => GroupChannels * Kernel.Height * Kernel.Width;

    public int[] ImageDims => [Items, Channels, Height, Width];

    public int[] WeightDims => [OutChannels, GroupChannels, Kernel.Height, Kernel.Width];

    public int[] ResultDims => [Items, OutChannels, OutHeight, OutWidth];

    /// <summary>The multiplications of any of the three products.</summary>
    public long Multiplications => (long)Items * OutChannels * OutHeight * OutWidth * Taps;

    /// <summary>Images and kernels of as many batches side by side, which do not see each other: they become groups.</summary>
    public ConvolutionShape SideBySide(int batches) => this with { Channels = batches * Channels, OutChannels = batches * OutChannels, Groups = batches * Groups };

    private static int Windows(int length, int kernel, int stride, int padding, int dilation) => ((length + (2 * padding) - (dilation * (kernel - 1)) - 1) / stride) + 1;
}
