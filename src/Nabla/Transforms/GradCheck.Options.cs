using System.Runtime.CompilerServices;

namespace Nabla;

public static partial class GradCheck
{
    /// <summary>Checks the derivatives of a function of one tensor, as the options say.</summary>
    /// <param name="function">From one tensor to one tensor of any shape.</param>
    /// <param name="input">Where; float64.</param>
    /// <param name="options">What is checked.</param>
    /// <exception cref="DTypeException">A floating-point input or output is not float64, or no input is floating point.</exception>
    public static GradCheckReport Check(Func<Tensor, Tensor> function, Tensor input, GradCheckOptions options)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Check(xs => new[] { function(xs[0]) }, [input], options);
    }

    /// <summary>Checks the derivatives of a function of several tensors, as the options say.</summary>
    /// <inheritdoc cref="Check(Func{Tensor, Tensor}, Tensor, GradCheckOptions)"/>
    /// <param name="function">From a list of tensors to one tensor of any shape.</param>
    /// <param name="inputs">Where; float64.</param>
    /// <param name="options">What is checked.</param>
    [OverloadResolutionPriority(1)]
    public static GradCheckReport Check(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, GradCheckOptions options)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Check(xs => new[] { function(xs) }, inputs, options);
    }

    /// <summary>Checks the derivatives of a function of several tensors with several outputs, as the options say.</summary>
    /// <inheritdoc cref="Check(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, GradCheckOptions)"/>
    [OverloadResolutionPriority(2)]
    public static GradCheckReport Check(Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> inputs, GradCheckOptions options)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        return new DerivativeComparison("GradCheck", function, inputs, options).Run();
    }

    /// <summary>As <see cref="Check(Func{Tensor, Tensor}, Tensor, GradCheckOptions)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A derivative is wrong; the text names the element, both values and the likely cause.</exception>
    public static void Assert(Func<Tensor, Tensor> function, Tensor input, GradCheckOptions options) => Throw(Check(function, input, options));

    /// <summary>As <see cref="Check(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, GradCheckOptions)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A derivative is wrong; the text names the element, both values and the likely cause.</exception>
    [OverloadResolutionPriority(1)]
    public static void Assert(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, GradCheckOptions options) =>
        Throw(Check(function, inputs, options));

    /// <summary>As <see cref="Check(Func{IReadOnlyList{Tensor}, Tensor[]}, IReadOnlyList{Tensor}, GradCheckOptions)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A derivative is wrong; the text names the element, both values and the likely cause.</exception>
    [OverloadResolutionPriority(2)]
    public static void Assert(Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> inputs, GradCheckOptions options) =>
        Throw(Check(function, inputs, options));
}

public static partial class GradGradCheck
{
    /// <summary>Checks the second derivatives of a function of one tensor, as the options say.</summary>
    /// <inheritdoc cref="GradCheck.Check(Func{Tensor, Tensor}, Tensor, GradCheckOptions)"/>
    public static GradCheckReport Check(Func<Tensor, Tensor> function, Tensor input, GradCheckOptions options)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Check(xs => new[] { function(xs[0]) }, [input], options);
    }

    /// <summary>Checks the second derivatives of a function of several tensors, as the options say.</summary>
    /// <inheritdoc cref="GradCheck.Check(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, GradCheckOptions)"/>
    [OverloadResolutionPriority(1)]
    public static GradCheckReport Check(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, GradCheckOptions options)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Check(xs => new[] { function(xs) }, inputs, options);
    }

    /// <summary>Checks the second derivatives of a function of several tensors with several outputs, as the options say.</summary>
    /// <inheritdoc cref="GradCheck.Check(Func{IReadOnlyList{Tensor}, Tensor[]}, IReadOnlyList{Tensor}, GradCheckOptions)"/>
    [OverloadResolutionPriority(2)]
    public static GradCheckReport Check(Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> inputs, GradCheckOptions options)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        Tensor[] outputs = Differentiation.CallMany("GradGradCheck", function, inputs);
        var all = new List<Tensor>(inputs);
        for (int k = 0; k < outputs.Length; k++)
            if (outputs[k].DType.IsFloatingPoint()) all.Add(Cotangent(outputs[k], k));
        return new DerivativeComparison("GradGradCheck", xs => Gradients(function, xs, inputs.Count), all, options).Run();
    }

    /// <summary>As <see cref="Check(Func{Tensor, Tensor}, Tensor, GradCheckOptions)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A second derivative is wrong; the text names the element, both values and the likely cause.</exception>
    public static void Assert(Func<Tensor, Tensor> function, Tensor input, GradCheckOptions options) => GradCheck.Throw(Check(function, input, options));

    /// <summary>As <see cref="Check(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, GradCheckOptions)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A second derivative is wrong; the text names the element, both values and the likely cause.</exception>
    [OverloadResolutionPriority(1)]
    public static void Assert(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, GradCheckOptions options) =>
        GradCheck.Throw(Check(function, inputs, options));

    /// <summary>As <see cref="Check(Func{IReadOnlyList{Tensor}, Tensor[]}, IReadOnlyList{Tensor}, GradCheckOptions)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A second derivative is wrong; the text names the element, both values and the likely cause.</exception>
    [OverloadResolutionPriority(2)]
    public static void Assert(Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> inputs, GradCheckOptions options) =>
        GradCheck.Throw(Check(function, inputs, options));
}
