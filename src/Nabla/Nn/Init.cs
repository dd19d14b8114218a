namespace Nabla.Nn;

/// <summary>The function that follows a layer: decides by how much its weights are scaled.</summary>
public enum Nonlinearity
{
    /// <summary>None; gain 1.</summary>
    Linear,

    /// <summary>Sigmoid; gain 1.</summary>
    Sigmoid,

    /// <summary>Tanh; gain 5/3.</summary>
    Tanh,

    /// <summary>Relu; gain √2.</summary>
    Relu,

    /// <summary>Leaky relu of slope a; gain √(2 / (1 + a²)).</summary>
    LeakyRelu,

    /// <summary>Selu; gain 3/4.</summary>
    Selu,
}

/// <summary>What Kaiming initialisation preserves.</summary>
public enum FanMode
{
    /// <summary>The variance of the values on the way forward.</summary>
    FanIn,

    /// <summary>The variance of the gradients on the way back.</summary>
    FanOut,
}

/// <summary>
/// Fills tensors in place, without recording, and returns them. A weight is [out, in, …]: what follows the second axis
/// multiplies both fans.
/// </summary>
public static class Init
{
    /// <summary>0 everywhere.</summary>
    public static Tensor Zeros(Tensor x) => Constant(x, 0);

    /// <summary>1 everywhere.</summary>
    public static Tensor Ones(Tensor x) => Constant(x, 1);

    /// <summary>One value everywhere.</summary>
    public static Tensor Constant(Tensor x, double value)
    {
        ArgumentNullException.ThrowIfNull(x);
        using IDisposable scope = Autograd.NoGrad();
        return x.FillInPlace(value);
    }

    /// <summary>Uniform numbers of [low, high).</summary>
    /// <param name="x">What is filled.</param>
    /// <param name="low">The smallest possible value.</param>
    /// <param name="high">Above the largest possible value.</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <exception cref="DTypeException">The tensor holds integers.</exception>
    public static Tensor Uniform(Tensor x, double low = 0, double high = 1, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        using IDisposable scope = Autograd.NoGrad();
        return x.CopyInPlace((Tensor.RandLike(x, generator: generator) * (high - low)) + low);
    }

    /// <summary>Normal numbers.</summary>
    /// <param name="x">What is filled.</param>
    /// <param name="mean">The mean.</param>
    /// <param name="std">The standard deviation.</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <exception cref="DTypeException">The tensor holds integers.</exception>
    public static Tensor Normal(Tensor x, double mean = 0, double std = 1, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        using IDisposable scope = Autograd.NoGrad();
        return x.CopyInPlace((Tensor.RandNLike(x, generator: generator) * std) + mean);
    }

    /// <summary>Uniform in ±gain √(6 / (fanIn + fanOut)) (Glorot and Bengio 2010).</summary>
    /// <param name="x">What is filled, [out, in, …].</param>
    /// <param name="gain">See <see cref="Gain"/>.</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <exception cref="ShapeException">The tensor has fewer than two axes.</exception>
    public static Tensor XavierUniform(Tensor x, double gain = 1, Generator? generator = null)
    {
        (int fanIn, int fanOut) = Fans(nameof(XavierUniform), x);
        double bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
        return Uniform(x, -bound, bound, generator);
    }

    /// <summary>Normal of deviation gain √(2 / (fanIn + fanOut)) (Glorot and Bengio 2010).</summary>
    /// <inheritdoc cref="XavierUniform"/>
    public static Tensor XavierNormal(Tensor x, double gain = 1, Generator? generator = null)
    {
        (int fanIn, int fanOut) = Fans(nameof(XavierNormal), x);
        return Normal(x, 0, gain * Math.Sqrt(2.0 / (fanIn + fanOut)), generator);
    }

    /// <summary>Uniform in ±gain √(3 / fan) (He et al. 2015).</summary>
    /// <param name="x">What is filled, [out, in, …].</param>
    /// <param name="a">The slope of the leaky relu that follows.</param>
    /// <param name="mode">Which fan counts.</param>
    /// <param name="nonlinearity">What follows the layer.</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <exception cref="ShapeException">The tensor has fewer than two axes.</exception>
    public static Tensor KaimingUniform(
        Tensor x, double a = 0, FanMode mode = FanMode.FanIn, Nonlinearity nonlinearity = Nonlinearity.LeakyRelu, Generator? generator = null)
    {
        double bound = Math.Sqrt(3) * KaimingDeviation(nameof(KaimingUniform), x, a, mode, nonlinearity);
        return Uniform(x, -bound, bound, generator);
    }

    /// <summary>Normal of deviation gain / √fan (He et al. 2015).</summary>
    /// <inheritdoc cref="KaimingUniform"/>
    public static Tensor KaimingNormal(
        Tensor x, double a = 0, FanMode mode = FanMode.FanIn, Nonlinearity nonlinearity = Nonlinearity.LeakyRelu, Generator? generator = null) =>
        Normal(x, 0, KaimingDeviation(nameof(KaimingNormal), x, a, mode, nonlinearity), generator);

    /// <summary>By how much a nonlinearity wants the weights before it scaled.</summary>
    /// <param name="nonlinearity">What follows the layer.</param>
    /// <param name="a">The slope of a leaky relu.</param>
    public static double Gain(Nonlinearity nonlinearity, double a = 0.01) => nonlinearity switch
    {
        Nonlinearity.Tanh => 5.0 / 3,
        Nonlinearity.Relu => Math.Sqrt(2),
        Nonlinearity.LeakyRelu => Math.Sqrt(2 / (1 + (a * a))),
        Nonlinearity.Selu => 0.75,
        _ => 1,
    };

    private static double KaimingDeviation(string op, Tensor x, double a, FanMode mode, Nonlinearity nonlinearity)
    {
        (int fanIn, int fanOut) = Fans(op, x);
        return Gain(nonlinearity, a) / Math.Sqrt(mode == FanMode.FanIn ? fanIn : fanOut);
    }

    private static (int In, int Out) Fans(string op, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 2) throw NnErrors.Fans(op, x);
        int field = Shape.Product(x.Dims.AsSpan(2));
        return (Math.Max(1, x.Dims[1] * field), Math.Max(1, x.Dims[0] * field));
    }
}
