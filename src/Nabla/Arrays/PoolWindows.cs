namespace Nabla;

/// <summary>The windows of a pooling layer over an image.</summary>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="Kernel">The size of a window.</param>
/// <param name="Stride">From one window to the next.</param>
/// <param name="Padding">How far windows reach beyond the image.</param>
/// <param name="Dilation">From one element of a window to the next.</param>
/// <param name="CeilMode">Whether a last window counts that is not whole, if it begins inside.</param>
internal sealed record PoolWindows(int Height, int Width, Pair Kernel, Pair Stride, Pair Padding, Pair Dilation, bool CeilMode)
{
    /// <summary>Rows of windows.</summary>
    public int OutHeight { get; } = Count(Height, Kernel.Height, Stride.Height, Padding.Height, Dilation.Height, CeilMode);

    /// <summary>Columns of windows.</summary>
    public int OutWidth { get; } = Count(Width, Kernel.Width, Stride.Width, Padding.Width, Dilation.Width, CeilMode);

    /// <summary>How far the last windows reach beyond the image and its frame.</summary>
    public Pair Beyond => (
        Excess(Height, OutHeight, Kernel.Height, Stride.Height, Padding.Height, Dilation.Height),
        Excess(Width, OutWidth, Kernel.Width, Stride.Width, Padding.Width, Dilation.Width));

    private static int Excess(int length, int count, int kernel, int stride, int padding, int dilation) =>
        checked((int)Math.Max(0, ((count - 1L) * stride) + (dilation * (kernel - 1L)) + 1 - length - (2L * padding)));

    private static int Count(int length, int kernel, int stride, int padding, int dilation, bool ceil)
    {
        long room = length + (2L * padding) - (dilation * (kernel - 1L)) - 1;
        long count = ((room + (ceil ? stride - 1 : 0)) / stride) + 1;
        return (int)(ceil && (count - 1) * stride >= length + padding ? count - 1 : count);
    }
}
