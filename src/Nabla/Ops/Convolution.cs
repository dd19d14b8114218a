namespace Nabla;

// Convolutions as PyTorch defines them (the kernel is not mirrored), and their transposes.
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
    /// <exception cref="DTypeException">The types differ, or are bool.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A step, dilation or number of groups is not positive, or a padding is negative.</exception>
    [Op(OpKind.Bilinear, Shapes = "[n, c, h, w] * [o, c/groups, i, j] → [n, o, (h + 2·padding − dilation·(i − 1) − 1)/stride + 1, …]", DTypes = "equal; not bool")]
    public Tensor Conv2d(Tensor weight, Tensor? bias = null, Pair? stride = null, Pair? padding = null, Pair? dilation = null, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckConvolution("Conv2d", weight, bias, groups, rank: 4, "an image batch [n, c, h, w] and kernels [o, c/groups, i, j]");
        return Convolve("Conv2d", weight, bias, stride ?? 1, padding ?? 0, dilation ?? 1, groups);
    }

    /// <summary>Slides kernels over the sequences of a batch.</summary>
    /// <param name="weight">The kernels, [outChannels, inChannels / groups, length].</param>
    /// <param name="bias">Added to each output channel, [outChannels]; null for none.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">Zeros on each side.</param>
    /// <param name="dilation">From one element of a window to the next.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <inheritdoc cref="Conv2d" path="/exception"/>
    [Op(OpKind.Bilinear, Shapes = "[n, c, l] * [o, c/groups, i] → [n, o, (l + 2·padding − dilation·(i − 1) − 1)/stride + 1]", DTypes = "equal; not bool")]
    public Tensor Conv1d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    {
        ArgumentNullException.ThrowIfNull(weight);
        CheckConvolution("Conv1d", weight, bias, groups, rank: 3, "a batch of sequences [n, c, l] and kernels [o, c/groups, i]");
        return Unsqueeze(2).Convolve("Conv1d", weight.Unsqueeze(2), bias, (1, stride), (0, padding), (1, dilation), groups).Squeeze(2);
    }

    /// <summary>
    /// The transpose of <see cref="Conv2d"/>, also called deconvolution: every element of the images adds a kernel, times itself, to
    /// a window of the result.
    /// </summary>
    /// <param name="weight">The kernels, [inChannels, outChannels / groups, height, width].</param>
    /// <param name="bias">Added to each output channel, [outChannels]; null for none.</param>
    /// <param name="stride">From one window of the result to the next; 1 if left out.</param>
    /// <param name="padding">What is cut off the result on each side; 0 if left out.</param>
    /// <param name="outputPadding">Rows and columns more at the end, less than a step or the dilation: a stride leaves open how many there were.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <param name="dilation">From one element of a window to the next; 1 if left out.</param>
    /// <exception cref="ShapeException">The ranks, the channels or the length of the bias do not fit, or nothing is left of the result, or it is larger than a tensor can be.</exception>
    /// <exception cref="DTypeException">The types differ, or are bool.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A step, dilation or number of groups is not positive, a padding is negative, or the output's padding is too large.</exception>
    [Op(OpKind.Bilinear, Shapes = "[n, c, h, w] * [c, o/groups, i, j] → [n, o, (h − 1)·stride − 2·padding + dilation·(i − 1) + outputPadding + 1, …]", DTypes = "equal; not bool")]
    public Tensor ConvTranspose2d(Tensor weight, Tensor? bias = null, Pair? stride = null, Pair? padding = null, Pair? outputPadding = null, int groups = 1, Pair? dilation = null)
    {
        const string Op = "ConvTranspose2d";
        ArgumentNullException.ThrowIfNull(weight);
        if (Rank != 4 || weight.Rank != 4)
            throw OpErrors.ConvolutionShapes(Op, "needs an image batch [n, c, h, w] and kernels [c, o/groups, i, j]", this, weight, "Unsqueeze an axis of length 1 for a batch of one.");
        if (groups < 1) throw OpErrors.NotPositive(Op, nameof(groups), groups);
        if (Dims[1] != weight.Dims[0])
            throw OpErrors.ConvolutionShapes(Op, $"the kernels take {weight.Dims[0]} channels, the input has {Dims[1]}", this, weight, "Check the layer before it.");
        if (Dims[1] % groups != 0)
            throw OpErrors.ConvolutionShapes(Op, $"{Dims[1]} channels cannot be cut into {groups} groups", this, weight, "Use a divisor.");
        Pair step = stride ?? 1, frame = padding ?? 0, more = outputPadding ?? 0, apart = dilation ?? 1, kernel = (weight.Dims[2], weight.Dims[3]);
        CheckBias(Op, weight, bias, weight.Dims[1] * groups);
        CheckTypes(Op, weight, bias);
        CheckWindow(Op, kernel, step, frame, apart);
        if (Math.Min(more.Height, more.Width) < 0) throw OpErrors.WindowSetting(Op, nameof(outputPadding), more, 0);
        if (more.Height >= Math.Max(step.Height, apart.Height) || more.Width >= Math.Max(step.Width, apart.Width)) throw OpErrors.OutputPadding(Op, more, step, apart);
        int outChannels = weight.Dims[1] * groups;
        long height = ((Dims[2] - 1L) * step.Height) - (2L * frame.Height) + (apart.Height * (kernel.Height - 1L)) + more.Height + 1;
        long width = ((Dims[3] - 1L) * step.Width) - (2L * frame.Width) + (apart.Width * (kernel.Width - 1L)) + more.Width + 1;
        string size = $"the result would have {height} rows and {width} columns";
        if (Math.Min(height, width) < 1 || Math.Min(Dims[2], Dims[3]) < 1) throw OpErrors.ConvolutionShapes(Op, size, this, weight, "Use less padding, or larger images.");
        if ((double)height * width * Math.Max(1, Dims[0]) * Math.Max(1, outChannels) * DType.Size() > Array.MaxLength)
            throw OpErrors.ConvolutionShapes(Op, size + ", more than one tensor holds", this, weight, "Use smaller steps or images.");
        var shape = new ConvolutionShape(Dims[0], outChannels, (int)height, (int)width, Dims[1], kernel, step, frame, apart, groups) { OutHeight = Dims[2], OutWidth = Dims[3] };
        return new ImagesOp(Op, shape).Of(this, weight, bias);
    }

    private Tensor Convolve(string op, Tensor weight, Tensor? bias, Pair stride, Pair padding, Pair dilation, int groups)
    {
        Pair kernel = (weight.Dims[2], weight.Dims[3]);
        CheckWindow(op, kernel, stride, padding, dilation);
        CheckWindowFits(op, kernel, padding, dilation);
        return new ResultsOp(op, new ConvolutionShape(Dims[0], Dims[1], Dims[2], Dims[3], weight.Dims[0], kernel, stride, padding, dilation, groups)).Of(this, weight, bias);
    }

    /// <summary>The windows of padded images: [n, c, h, w] → [n, c, oh, ow, i, j], a view of the padded images.</summary>
    private Tensor ImageWindows(string op, Pair size, Pair stride, Pair padding, Pair dilation, double outside)
    {
        CheckWindow(op, size, stride, padding, dilation);
        Pair window = CheckWindowFits(op, size, padding, dilation);
        Tensor x = padding == 0 ? this : Pad([padding.Width, padding.Width, padding.Height, padding.Height], value: outside);
        Tensor windows = x.Unfold(2, window.Height, stride.Height).Unfold(3, window.Width, stride.Width);
        return dilation == 1 ? windows : windows[.., .., .., .., TensorIndex.Slice(step: dilation.Height), TensorIndex.Slice(step: dilation.Width)];
    }

    private static void CheckWindow(string op, Pair size, Pair stride, Pair padding, Pair dilation)
    {
        if (Math.Min(size.Height, size.Width) < 1) throw OpErrors.WindowSetting(op, "kernel", size, 1);
        if (Math.Min(stride.Height, stride.Width) < 1) throw OpErrors.WindowSetting(op, nameof(stride), stride, 1);
        if (Math.Min(padding.Height, padding.Width) < 0) throw OpErrors.WindowSetting(op, nameof(padding), padding, 0);
        if (Math.Min(dilation.Height, dilation.Width) < 1) throw OpErrors.WindowSetting(op, nameof(dilation), dilation, 1);
    }

    // How large a window is, which may reach beyond the padded images so far.
    private Pair CheckWindowFits(string op, Pair size, Pair padding, Pair dilation, Pair beyond = default)
    {
        long high = (dilation.Height * (size.Height - 1L)) + 1, wide = (dilation.Width * (size.Width - 1L)) + 1;
        long rows = Dims[2] + (2L * padding.Height), columns = Dims[3] + (2L * padding.Width);
        if (Math.Max(rows, columns) > Array.MaxLength) throw OpErrors.PaddedTooLarge(op, this, padding);
        if (high > rows + beyond.Height || wide > columns + beyond.Width) throw OpErrors.WindowTooLarge(op, this, high, wide, padding);
        return ((int)high, (int)wide);
    }

    private void CheckConvolution(string op, Tensor weight, Tensor? bias, int groups, int rank, string needed)
    {
        if (Rank != rank || weight.Rank != rank) throw OpErrors.ConvolutionShapes(op, $"needs {needed}", this, weight, "Unsqueeze an axis of length 1 for a batch of one.");
        if (groups < 1) throw OpErrors.NotPositive(op, nameof(groups), groups);
        if (Dims[1] != weight.Dims[1] * groups)
            throw OpErrors.ConvolutionShapes(op, $"the kernels of {groups} group(s) take {weight.Dims[1] * groups} channels, the input has {Dims[1]}", this, weight, "Check the layer before it, or the number of groups.");
        if (weight.Dims[0] % groups != 0)
            throw OpErrors.ConvolutionShapes(op, $"{weight.Dims[0]} output channels cannot be shared by {groups} groups", this, weight, "Use a multiple.");
        CheckBias(op, weight, bias, weight.Dims[0]);
        CheckTypes(op, weight, bias);
    }

    private void CheckBias(string op, Tensor weight, Tensor? bias, int channels)
    {
        if (bias is not null && (bias.Rank != 1 || bias.Dims[0] != channels))
            throw OpErrors.ConvolutionShapes(op, $"the bias is {bias.Shape}, the kernels give {channels} channels", this, weight, $"Use a bias [{channels}].");
    }

    private void CheckTypes(string op, Tensor weight, Tensor? bias)
    {
        if (DType != weight.DType) throw OpErrors.ConvolutionDTypes(op, this, "weight", weight);
        if (bias is not null && DType != bias.DType) throw OpErrors.ConvolutionDTypes(op, this, "bias", bias);
        if (DType == DType.Bool) throw OpErrors.ProductOfBools(op);
    }
}
