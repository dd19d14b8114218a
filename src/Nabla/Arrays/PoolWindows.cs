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
        Math.Max(0, ((OutHeight - 1) * Stride.Height) + (Dilation.Height * (Kernel.Height - 1)) + 1 - Height - (2 * Padding.Height)),
        Math.Max(0, ((OutWidth - 1) * Stride.Width) + (Dilation.Width * (Kernel.Width - 1)) + 1 - Width - (2 * Padding.Width)));

    private static int Count(int length, int kernel, int stride, int padding, int dilation, bool ceil)
    {
        int room = length + (2 * padding) - (dilation * (kernel - 1)) - 1;
        int count = ((room + (ceil ? stride - 1 : 0)) / stride) + 1;
        return ceil && (count - 1) * stride >= length + padding ? count - 1 : count;
    }
}
