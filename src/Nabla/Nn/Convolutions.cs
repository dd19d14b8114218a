namespace Nabla.Nn;

/// <summary>Kernels that slide over sequences: see <see cref="Tensor.Conv1d"/>.</summary>
public sealed class Conv1d : Module
{
    private readonly Kernels kernels;

    /// <summary>Makes a layer with random kernels.</summary>
    /// <param name="inChannels">The channels of the input.</param>
    /// <param name="outChannels">The channels of the output: as many kernels.</param>
    /// <param name="kernelSize">The length of a kernel.</param>
    /// <param name="stride">From one window to the next.</param>
    /// <param name="padding">How far windows reach beyond the sequence on each side.</param>
    /// <param name="dilation">From one element of a window to the next.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <param name="bias">Whether a number is added to each output channel.</param>
    /// <param name="paddingMode">What stands beyond the sequence; zeros by default.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <remarks>Kernels and bias are uniform in ±1/√(inChannels/groups · kernelSize), as PyTorch initialises them.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A size, step or number of groups is not positive, or the padding is negative.</exception>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    /// <exception cref="DTypeException">The type is not floating point.</exception>
    public Conv1d(
        int inChannels, int outChannels, int kernelSize, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true,
        PadMode paddingMode = PadMode.Constant, DType dtype = DType.Float32, Generator? generator = null)
    {
        kernels = new Kernels(nameof(Conv1d), inChannels, outChannels, (1, kernelSize), (1, stride), (0, padding), (1, dilation), groups);
        PaddingMode = paddingMode;
        (Tensor weight, Tensor? offset) = kernels.Draw([outChannels, inChannels / groups, kernelSize], bias, dtype, generator);
        Weight = Register("weight", weight);
        if (offset is not null) Bias = Register("bias", offset);
    }

    /// <summary>The kernels, [outChannels, inChannels / groups, kernelSize].</summary>
    public Tensor Weight { get; }

    /// <summary>What is added to each output channel, [outChannels]; null if the layer adds nothing.</summary>
    public Tensor? Bias { get; }

    /// <summary>What stands beyond the sequence.</summary>
    public PadMode PaddingMode { get; }

    /// <summary>The convolution.</summary>
    /// <param name="x">[n, inChannels, l].</param>
    /// <returns>[n, outChannels, (l + 2·padding − dilation·(kernelSize − 1) − 1)/stride + 1].</returns>
    /// <exception cref="ShapeException">x has other axes or channels, or is shorter than a kernel.</exception>
    /// <exception cref="DTypeException">x has another type than the kernels.</exception>
    public override Tensor Forward(Tensor x)
    {
        kernels.Check(x, Weight, rank: 3);
        (int stride, int padding, int dilation) = (kernels.Stride.Width, kernels.Padding.Width, kernels.Dilation.Width);
        if (PaddingMode == PadMode.Constant || padding == 0) return x.Conv1d(Weight, Bias, stride, padding, dilation, kernels.Groups);
        return x.Pad([padding, padding], PaddingMode).Conv1d(Weight, Bias, stride, 0, dilation, kernels.Groups);
    }
}

/// <summary>Kernels that slide over images: see <see cref="Tensor.Conv2d"/>.</summary>
public sealed class Conv2d : Module
{
    private readonly Kernels kernels;

    /// <summary>Makes a layer with random kernels.</summary>
    /// <param name="inChannels">The channels of the input.</param>
    /// <param name="outChannels">The channels of the output: as many kernels.</param>
    /// <param name="kernelSize">The size of a kernel.</param>
    /// <param name="stride">From one window to the next; 1 if left out.</param>
    /// <param name="padding">How far windows reach beyond the image on each side; 0 if left out.</param>
    /// <param name="dilation">From one element of a window to the next; 1 if left out.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <param name="bias">Whether a number is added to each output channel.</param>
    /// <param name="paddingMode">What stands beyond the image; zeros by default.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <remarks>Kernels and bias are uniform in ±1/√(inChannels/groups · height · width), as PyTorch initialises them.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A size, step or number of groups is not positive, or a padding is negative.</exception>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    /// <exception cref="DTypeException">The type is not floating point.</exception>
    public Conv2d(
        int inChannels, int outChannels, Pair kernelSize, Pair? stride = null, Pair? padding = null, Pair? dilation = null, int groups = 1, bool bias = true,
        PadMode paddingMode = PadMode.Constant, DType dtype = DType.Float32, Generator? generator = null)
    {
        kernels = new Kernels(nameof(Conv2d), inChannels, outChannels, kernelSize, stride ?? 1, padding ?? 0, dilation ?? 1, groups);
        PaddingMode = paddingMode;
        (Tensor weight, Tensor? offset) = kernels.Draw([outChannels, inChannels / groups, kernelSize.Height, kernelSize.Width], bias, dtype, generator);
        Weight = Register("weight", weight);
        if (offset is not null) Bias = Register("bias", offset);
    }

    /// <summary>The kernels, [outChannels, inChannels / groups, height, width].</summary>
    public Tensor Weight { get; }

    /// <summary>What is added to each output channel, [outChannels]; null if the layer adds nothing.</summary>
    public Tensor? Bias { get; }

    /// <summary>What stands beyond the image.</summary>
    public PadMode PaddingMode { get; }

    /// <summary>The convolution.</summary>
    /// <param name="x">[n, inChannels, h, w].</param>
    /// <returns>[n, outChannels, (h + 2·padding − dilation·(height − 1) − 1)/stride + 1, …].</returns>
    /// <exception cref="ShapeException">x has other axes or channels, or is smaller than a kernel.</exception>
    /// <exception cref="DTypeException">x has another type than the kernels.</exception>
    public override Tensor Forward(Tensor x)
    {
        kernels.Check(x, Weight, rank: 4);
        Pair padding = kernels.Padding;
        if (PaddingMode == PadMode.Constant || padding == 0) return x.Conv2d(Weight, Bias, kernels.Stride, padding, kernels.Dilation, kernels.Groups);
        return x.Pad([padding.Width, padding.Width, padding.Height, padding.Height], PaddingMode).Conv2d(Weight, Bias, kernels.Stride, 0, kernels.Dilation, kernels.Groups);
    }
}

/// <summary>Kernels that are added to a larger image, each times an element of a smaller: see <see cref="Tensor.ConvTranspose2d"/>.</summary>
public sealed class ConvTranspose2d : Module
{
    private readonly Kernels kernels;

    /// <summary>Makes a layer with random kernels.</summary>
    /// <param name="inChannels">The channels of the input: as many kernels.</param>
    /// <param name="outChannels">The channels of the output.</param>
    /// <param name="kernelSize">The size of a kernel.</param>
    /// <param name="stride">From one window of the output to the next; 1 if left out.</param>
    /// <param name="padding">What is cut off the output on each side; 0 if left out.</param>
    /// <param name="outputPadding">Rows and columns more at the end; 0 if left out.</param>
    /// <param name="groups">Channels are cut into so many groups that do not see each other.</param>
    /// <param name="bias">Whether a number is added to each output channel.</param>
    /// <param name="dilation">From one element of a window to the next; 1 if left out.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <remarks>Kernels and bias are uniform in ±1/√(outChannels/groups · height · width), as PyTorch initialises them.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A size, step or number of groups is not positive, or a padding is negative.</exception>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    /// <exception cref="DTypeException">The type is not floating point.</exception>
    public ConvTranspose2d(
        int inChannels, int outChannels, Pair kernelSize, Pair? stride = null, Pair? padding = null, Pair? outputPadding = null, int groups = 1, bool bias = true,
        Pair? dilation = null, DType dtype = DType.Float32, Generator? generator = null)
    {
        kernels = new Kernels(nameof(ConvTranspose2d), inChannels, outChannels, kernelSize, stride ?? 1, padding ?? 0, dilation ?? 1, groups);
        OutputPadding = outputPadding ?? 0;
        (Tensor weight, Tensor? offset) = kernels.Draw([inChannels, outChannels / groups, kernelSize.Height, kernelSize.Width], bias, dtype, generator, outChannels);
        Weight = Register("weight", weight);
        if (offset is not null) Bias = Register("bias", offset);
    }

    /// <summary>The kernels, [inChannels, outChannels / groups, height, width].</summary>
    public Tensor Weight { get; }

    /// <summary>What is added to each output channel, [outChannels]; null if the layer adds nothing.</summary>
    public Tensor? Bias { get; }

    /// <summary>Rows and columns more at the end of the output.</summary>
    public Pair OutputPadding { get; }

    /// <summary>The transposed convolution.</summary>
    /// <param name="x">[n, inChannels, h, w].</param>
    /// <returns>[n, outChannels, (h − 1)·stride − 2·padding + dilation·(height − 1) + outputPadding + 1, …].</returns>
    /// <exception cref="ShapeException">x has other axes or channels, or nothing is left of the output.</exception>
    /// <exception cref="DTypeException">x has another type than the kernels.</exception>
    public override Tensor Forward(Tensor x)
    {
        kernels.Check(x, Weight, rank: 4);
        return x.ConvTranspose2d(Weight, Bias, kernels.Stride, kernels.Padding, OutputPadding, kernels.Groups, kernels.Dilation);
    }
}

/// <summary>What convolutional layers have in common: how the kernels move, and how they are drawn.</summary>
internal sealed class Kernels
{
    private readonly string layer;
    private readonly int inChannels;

    public Kernels(string layer, int inChannels, int outChannels, Pair size, Pair stride, Pair padding, Pair dilation, int groups)
    {
        Positive(nameof(inChannels), inChannels);
        Positive(nameof(outChannels), outChannels);
        Positive("kernelSize", Math.Min(size.Height, size.Width));
        Positive(nameof(stride), Math.Min(stride.Height, stride.Width));
        Positive(nameof(dilation), Math.Min(dilation.Height, dilation.Width));
        Positive(nameof(groups), groups);
        if (Math.Min(padding.Height, padding.Width) < 0) throw NnErrors.Negative(layer, nameof(padding), Math.Min(padding.Height, padding.Width));
        if (inChannels % groups != 0 || outChannels % groups != 0) throw NnErrors.Groups(layer, inChannels, outChannels, groups);
        (this.layer, this.inChannels, Stride, Padding, Dilation, Groups) = (layer, inChannels, stride, padding, dilation, groups);

        void Positive(string name, int value)
        {
            if (value < 1) throw NnErrors.NotPositive(layer, name, value);
        }
    }

    public Pair Stride { get; }

    public Pair Padding { get; }

    public Pair Dilation { get; }

    public int Groups { get; }

    /// <summary>Kernels and bias uniform in ±1/√fanIn; the first axis of <paramref name="shape"/> does not count to the fan.</summary>
    public (Tensor Weight, Tensor? Bias) Draw(int[] shape, bool bias, DType dtype, Generator? generator, int outChannels = 0)
    {
        double bound = 1 / Math.Sqrt(Shape.Product(shape.AsSpan(1)));
        Tensor weight = Init.Uniform(Tensor.Zeros(Shape.Create(shape), dtype), -bound, bound, generator);
        return (weight, bias ? Init.Uniform(Tensor.Zeros([outChannels > 0 ? outChannels : shape[0]], dtype), -bound, bound, generator) : null);
    }

    public void Check(Tensor x, Tensor weight, int rank)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != rank || x.Dims[1] != inChannels) throw NnErrors.Channels(layer, x, inChannels, rank);
        if (x.DType != weight.DType) throw NnErrors.LayerDType(layer, x, weight);
    }
}
