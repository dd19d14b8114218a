namespace Nabla;

// Convolutions as PyTorch defines them (the kernel is not mirrored): the windows of the padded input, as columns of one matrix
// for each image and group, are multiplied by the kernels as rows of another. Windows are a view, so only the columns are copied.
public sealed partial class Tensor
{
    /// <summary>Slides kernels over the images of a batch: every result is the sum of products of a kernel and a window.</summary>
    /// <param name="weight">The kernels, [outChannels, inChannels / groups, height, width].</param>
    /// <param name="bias">Added to each output channel, [outChannels]; null for none.</param>
    /// <param name="stride">From one window to the next; 1 if left out.</param>
    /// <param name="padding">Zeros around the image on each side; 0 if left out.</param>
    /// <param name="dilation">From one element of a window to the next; 1 if left out.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other; inChannels groups make a depthwise convolution.</param>
    /// <exception cref="ShapeException">The ranks, the channels or the length of the bias do not fit, or the kernel is larger than the padded image.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A step, dilation or number of groups is not positive, or a padding is negative.</exception>
    [Op(OpKind.Composite, Shapes = "[n, c, h, w] * [o, c/groups, i, j] → [n, o, (h + 2·padding − dilation·(i − 1) − 1)/stride + 1, …]", DTypes = "equal; not bool")]
    public Tensor Conv2d(Tensor weight, Tensor? bias = null, Pair? stride = null, Pair? padding = null, Pair? dilation = null, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckConvolution("Conv2d", weight, bias, groups, rank: 4, "an image batch [n, c, h, w] and kernels [o, c/groups, i, j]");
        Tensor windows = ImageWindows("Conv2d", new(weight.Dims[2], weight.Dims[3]), stride ?? 1, padding ?? 0, dilation ?? 1, 0);

        // [n, c, oh, ow, i, j] becomes [n, groups, c/groups·i·j, oh·ow].
        int n = Dims[0], channels = weight.Dims[1], o = weight.Dims[0], height = windows.Dims[2], width = windows.Dims[3];
        int inner = channels * weight.Dims[2] * weight.Dims[3];
        Tensor columns = windows.Reshape(n, groups, channels, height, width, weight.Dims[2], weight.Dims[3]).Permute(0, 1, 2, 5, 6, 3, 4).Reshape(n, groups, inner, height * width);
        Tensor y = weight.Reshape(groups, o / groups, inner).MatMul(columns).Reshape(n, o, height, width);
        return bias is null ? y : y + bias.Reshape(o, 1, 1);
    }

    /// <summary>Slides kernels over the sequences of a batch.</summary>
    /// <param name="weight">The kernels, [outChannels, inChannels / groups, length].</param>
    /// <param name="bias">Added to each output channel, [outChannels]; null for none.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">From one element of a window to the next.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <inheritdoc cref="Conv2d" path="/exception"/>
    [Op(OpKind.Composite, Shapes = "[n, c, l] * [o, c/groups, i] → [n, o, (l + 2·padding − dilation·(i − 1) − 1)/stride + 1]", DTypes = "equal; not bool")]
    public Tensor Conv1d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckConvolution("Conv1d", weight, bias, groups, rank: 3, "a batch of sequences [n, c, l] and kernels [o, c/groups, i]");
        return Unsqueeze(2).Conv2d(weight.Unsqueeze(2), bias, (1, stride), (0, padding), (1, dilation), groups).Squeeze(2);
    }

    /// <summary>The windows of padded images: [n, c, h, w] → [n, c, oh, ow, i, j], a view of the padded images.</summary>
    private Tensor ImageWindows(string op, Pair size, Pair stride, Pair padding, Pair dilation, double outside)
    {
        if (Math.Min(size.Height, size.Width) < 1) throw OpErrors.WindowSetting(op, "kernel", size, 1);
        if (Math.Min(stride.Height, stride.Width) < 1) throw OpErrors.WindowSetting(op, nameof(stride), stride, 1);
        if (Math.Min(padding.Height, padding.Width) < 0) throw OpErrors.WindowSetting(op, nameof(padding), padding, 0);
        if (Math.Min(dilation.Height, dilation.Width) < 1) throw OpErrors.WindowSetting(op, nameof(dilation), dilation, 1);
        int high = (dilation.Height * (size.Height - 1)) + 1, wide = (dilation.Width * (size.Width - 1)) + 1;
        if (high > Dims[2] + (2 * padding.Height) || wide > Dims[3] + (2 * padding.Width)) throw OpErrors.WindowTooLarge(op, this, new(high, wide), padding);
        Tensor x = padding == 0 ? this : Pad([padding.Width, padding.Width, padding.Height, padding.Height], value: outside);
        Tensor windows = x.Unfold(2, high, stride.Height).Unfold(3, wide, stride.Width);
        return dilation == 1 ? windows : windows[.., .., .., .., TensorIndex.Slice(step: dilation.Height), TensorIndex.Slice(step: dilation.Width)];
    }

    private void CheckConvolution(string op, Tensor weight, Tensor? bias, int groups, int rank, string needed)
    {
        if (Rank != rank || weight.Rank != rank) throw OpErrors.ConvolutionShapes(op, $"needs {needed}", this, weight, "Unsqueeze an axis of length 1 for a batch of one.");
        if (groups < 1) throw OpErrors.NotPositive(op, nameof(groups), groups);
        if (Dims[1] != weight.Dims[1] * groups)
            throw OpErrors.ConvolutionShapes(op, $"the kernels of {groups} group(s) take {weight.Dims[1] * groups} channels, the input has {Dims[1]}", this, weight, "Check the layer before it, or the number of groups.");
        if (weight.Dims[0] % groups != 0)
            throw OpErrors.ConvolutionShapes(op, $"{weight.Dims[0]} output channels cannot be shared by {groups} groups", this, weight, "Use a multiple.");
        if (bias is not null && (bias.Rank != 1 || bias.Dims[0] != weight.Dims[0]))
            throw OpErrors.ConvolutionShapes(op, $"the bias is {bias.Shape}, the kernels give {weight.Dims[0]} channels", this, weight, $"Use a bias [{weight.Dims[0]}].");
        if (DType != weight.DType) throw OpErrors.ProductDTypes(op, this, weight);
    }
}
