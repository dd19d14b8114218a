namespace Nabla.Nn;

/// <summary>A module without parameters: a function of one tensor.</summary>
/// <param name="function">The function, made of differentiable operations.</param>
public abstract class Activation(Func<Tensor, Tensor> function) : Module
{
    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x) => function(x);
}

/// <summary>Any function as a step of a <see cref="Sequential"/>.</summary>
/// <param name="function">The function, made of differentiable operations.</param>
public sealed class Lambda(Func<Tensor, Tensor> function) : Activation(function);

/// <summary>max(x, 0).</summary>
public sealed class Relu() : Activation(x => x.Relu());

/// <summary>x where positive, elsewhere a small multiple of it.</summary>
/// <param name="negativeSlope">The slope for x ≤ 0.</param>
public sealed class LeakyRelu(double negativeSlope = 0.01) : Activation(x => x.LeakyRelu(negativeSlope));

/// <summary>x where positive, elsewhere alpha (eˣ − 1).</summary>
/// <param name="alpha">Minus the limit at −∞.</param>
public sealed class Elu(double alpha = 1) : Activation(x => x.Elu(alpha));

/// <summary>x Φ(x), with Φ the normal distribution.</summary>
public sealed class Gelu() : Activation(x => x.Gelu());

/// <summary>x σ(x), also called swish.</summary>
public sealed class Silu() : Activation(x => x.Silu());

/// <summary>log(1 + eˣ).</summary>
public sealed class Softplus() : Activation(x => x.Softplus());

/// <summary>1 / (1 + e⁻ˣ).</summary>
public sealed class Sigmoid() : Activation(x => x.Sigmoid());

/// <summary>The hyperbolic tangent.</summary>
public sealed class Tanh() : Activation(x => x.Tanh());

/// <summary>eˣ / Σ eˣ along an axis.</summary>
/// <param name="axis">The axis whose elements sum to 1 afterwards.</param>
public sealed class Softmax(Axis axis) : Activation(x => x.Softmax(axis));

/// <summary>x − log Σ eˣ along an axis.</summary>
/// <param name="axis">The axis of the sum.</param>
public sealed class LogSoftmax(Axis axis) : Activation(x => x.LogSoftmax(axis));

/// <summary>Joins axes into one: [N, a, b] becomes [N, a·b].</summary>
/// <param name="startAxis">The first axis to join.</param>
public sealed class Flatten(int startAxis = 1) : Activation(x => x.Reshape([.. x.Dims[..Math.Min(startAxis, x.Rank)], Shape.Product(x.Dims.AsSpan(Math.Min(startAxis, x.Rank)))]));
