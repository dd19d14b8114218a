namespace Nabla.Nn;

/// <summary>An affine map of the last axis: y = x Wᵀ + b.</summary>
public sealed class Linear : Module
{
    /// <summary>Makes a layer with random weights.</summary>
    /// <param name="inFeatures">The length of the input's last axis.</param>
    /// <param name="outFeatures">The length of the output's last axis.</param>
    /// <param name="bias">Whether b is there.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <remarks>Weights and bias are uniform in ±1/√inFeatures, as PyTorch initialises them.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    /// <exception cref="DTypeException">The type is not floating point.</exception>
    public Linear(int inFeatures, int outFeatures, bool bias = true, DType dtype = DType.Float32, Generator? generator = null)
    {
        if (inFeatures < 0) throw NnErrors.Negative(nameof(Linear), nameof(inFeatures), inFeatures);
        if (outFeatures < 0) throw NnErrors.Negative(nameof(Linear), nameof(outFeatures), outFeatures);
        InFeatures = inFeatures;
        OutFeatures = outFeatures;
        double bound = inFeatures > 0 ? 1 / Math.Sqrt(inFeatures) : 0;
        Weight = Register("weight", Init.Uniform(Tensor.Zeros([outFeatures, inFeatures], dtype), -bound, bound, generator));
        if (bias) Bias = Register("bias", Init.Uniform(Tensor.Zeros([outFeatures], dtype), -bound, bound, generator));
    }

    /// <summary>The length of the input's last axis.</summary>
    public int InFeatures { get; }

    /// <summary>The length of the output's last axis.</summary>
    public int OutFeatures { get; }

    /// <summary>W, [outFeatures, inFeatures].</summary>
    public Tensor Weight { get; }

    /// <summary>b, [outFeatures]; null if the layer has none.</summary>
    public Tensor? Bias { get; }

    /// <summary>x Wᵀ + b.</summary>
    /// <param name="x">[…, inFeatures].</param>
    /// <returns>[…, outFeatures].</returns>
    /// <exception cref="ShapeException">The last axis of x has another length than inFeatures.</exception>
    /// <exception cref="DTypeException">x has another type than the weights.</exception>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank == 0 || x.Dims[^1] != InFeatures) throw NnErrors.Features(x, InFeatures);
        if (x.DType != Weight.DType) throw NnErrors.LayerDType("Linear", x, Weight);
        return x.Linear(Weight, Bias);
    }
}
