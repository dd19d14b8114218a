namespace Nabla;

// Images made smaller: the largest, or the mean, of each window.
public sealed partial class Tensor
{
    /// <summary>The largest element of each window of the images of a batch.</summary>
    /// <param name="kernel">The size of a window.</param>
    /// <param name="stride">From one window to the next; the size of a window if left out.</param>
    /// <param name="padding">How far windows reach beyond the image on each side, where nothing counts; at most half a window.</param>
    /// <param name="dilation">From one element of a window to the next; 1 if left out.</param>
    /// <exception cref="ShapeException">Not [n, c, h, w], or the window is larger than the padded image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size, step or dilation is not positive, or a padding negative or more than half a window.</exception>
    [Op(OpKind.Composite, Shapes = "[n, c, h, w] → [n, c, (h + 2·padding − dilation·(i − 1) − 1)/stride + 1, …]", DTypes = "floating point", Kinks = "ties: to the first of the window")]
    public Tensor MaxPool2d(Pair kernel, Pair? stride = null, Pair? padding = null, Pair? dilation = null)
    {
        Pair frame = CheckPool("MaxPool2d", kernel, padding ?? 0);
        Tensor windows = ImageWindows("MaxPool2d", kernel, stride ?? kernel, frame, dilation ?? 1, double.NegativeInfinity);
        return windows.Flatten(4, 5).Max(4).Values;
    }

    /// <summary>The mean of each window of the images of a batch.</summary>
    /// <param name="kernel">The size of a window.</param>
    /// <param name="stride">From one window to the next; the size of a window if left out.</param>
    /// <param name="padding">Zeros around the image on each side; at most half a window.</param>
    /// <param name="countPadding">Whether those zeros count as elements of the window.</param>
    /// <inheritdoc cref="MaxPool2d" path="/exception"/>
    [Op(OpKind.Composite, Shapes = "[n, c, h, w] → [n, c, (h + 2·padding − i)/stride + 1, …]", DTypes = "floating point")]
    public Tensor AvgPool2d(Pair kernel, Pair? stride = null, Pair? padding = null, bool countPadding = true)
    {
        Pair frame = CheckPool("AvgPool2d", kernel, padding ?? 0);
        Tensor sums = ImageWindows("AvgPool2d", kernel, stride ?? kernel, frame, 1, 0).Sum((4, 5));
        if (countPadding || frame == 0) return sums / (kernel.Height * kernel.Width);
        Tensor inside = Ones([1, 1, Dims[2], Dims[3]], DType).ImageWindows("AvgPool2d", kernel, stride ?? kernel, frame, 1, 0).Sum((4, 5));
        return sums / inside;
    }

    private Pair CheckPool(string op, Pair kernel, Pair padding)
    {
        if (Rank != 4) throw OpErrors.PoolRank(op, this);
        if (!DType.IsFloatingPoint()) throw OpErrors.PoolDType(op, this);
        if (2 * padding.Height > kernel.Height || 2 * padding.Width > kernel.Width) throw OpErrors.PoolPadding(op, kernel, padding);
        return padding;
    }
}
