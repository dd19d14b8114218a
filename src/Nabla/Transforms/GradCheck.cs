using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Compares the derivatives of a function with central differences, element by element: reverse mode, forward mode, and
/// whether the same call gives the same again. Meant for tests of one's own functions and rules.
/// </summary>
/// <remarks>
/// Every floating-point input is checked and must be float64; integer inputs are passed on. (f(x + eps) − f(x − eps)) / 2eps
/// has an error of about eps²·f‴ + 10⁻¹⁶·f/eps: keep values near 1 and away from kinks.
/// </remarks>
public static partial class GradCheck
{
    /// <summary>Checks the derivatives of a function of one tensor.</summary>
    /// <param name="function">From one tensor to one tensor of any shape.</param>
    /// <param name="input">Where; float64.</param>
    /// <param name="eps">The step of the central difference.</param>
    /// <param name="atol">A difference up to atol + rtol · |central difference| is accepted.</param>
    /// <param name="rtol">See <paramref name="atol"/>.</param>
    /// <param name="checkForward">Whether forward mode is checked too; pass false for functions that use a <see cref="Function"/>.</param>
    /// <exception cref="DTypeException">A floating-point input or output is not float64, or no input is floating point.</exception>
    public static GradCheckReport Check(Func<Tensor, Tensor> function, Tensor input, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        Check(xs => [function(xs[0])], [input], eps, atol, rtol, checkForward);

    /// <summary>Checks the derivatives of a function of several tensors.</summary>
    /// <inheritdoc cref="Check(Func{Tensor, Tensor}, Tensor, double, double, double, bool)"/>
    /// <param name="function">From a list of tensors to one tensor of any shape.</param>
    /// <param name="inputs">Where; float64.</param>
    /// <param name="eps">The step of the central difference.</param>
    /// <param name="atol">A difference up to atol + rtol · |central difference| is accepted.</param>
    /// <param name="rtol">See <paramref name="atol"/>.</param>
    /// <param name="checkForward">Whether forward mode is checked too; pass false for functions that use a <see cref="Function"/>.</param>
    [OverloadResolutionPriority(1)]
    public static GradCheckReport Check(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        Check(xs => [function(xs)], inputs, eps, atol, rtol, checkForward);

    /// <summary>Checks the derivatives of a function of several tensors with several outputs.</summary>
    /// <inheritdoc cref="Check(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, double, double, double, bool)"/>
    [OverloadResolutionPriority(2)]
    public static GradCheckReport Check(
        Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        Check(function, inputs, new GradCheckOptions { Eps = eps, Atol = atol, Rtol = rtol, CheckForward = checkForward });

    /// <summary>As <see cref="Check(Func{Tensor, Tensor}, Tensor, double, double, double, bool)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A derivative is wrong; the text names the element, both values and the likely cause.</exception>
    public static void Assert(Func<Tensor, Tensor> function, Tensor input, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        Throw(Check(function, input, eps, atol, rtol, checkForward));

    /// <summary>As <see cref="Check(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, double, double, double, bool)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A derivative is wrong; the text names the element, both values and the likely cause.</exception>
    [OverloadResolutionPriority(1)]
    public static void Assert(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        Throw(Check(function, inputs, eps, atol, rtol, checkForward));

    /// <summary>As <see cref="Check(Func{IReadOnlyList{Tensor}, Tensor[]}, IReadOnlyList{Tensor}, double, double, double, bool)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A derivative is wrong; the text names the element, both values and the likely cause.</exception>
    [OverloadResolutionPriority(2)]
    public static void Assert(
        Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        Throw(Check(function, inputs, eps, atol, rtol, checkForward));

    internal static void Throw(GradCheckReport report)
    {
        if (!report.Passed) throw new GradCheckException(report);
    }
}

/// <summary>
/// Checks second derivatives: <see cref="GradCheck"/> of the gradient that backward computes, with respect to the inputs and
/// to the gradients of the outputs.
/// </summary>
public static partial class GradGradCheck
{
    /// <summary>Checks the second derivatives of a function of one tensor.</summary>
    /// <inheritdoc cref="GradCheck.Check(Func{Tensor, Tensor}, Tensor, double, double, double, bool)"/>
    public static GradCheckReport Check(Func<Tensor, Tensor> function, Tensor input, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        Check(xs => [function(xs[0])], [input], eps, atol, rtol, checkForward);

    /// <summary>Checks the second derivatives of a function of several tensors.</summary>
    /// <inheritdoc cref="GradCheck.Check(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, double, double, double, bool)"/>
    [OverloadResolutionPriority(1)]
    public static GradCheckReport Check(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        Check(xs => [function(xs)], inputs, eps, atol, rtol, checkForward);

    /// <summary>Checks the second derivatives of a function of several tensors with several outputs.</summary>
    /// <inheritdoc cref="GradCheck.Check(Func{IReadOnlyList{Tensor}, Tensor[]}, IReadOnlyList{Tensor}, double, double, double, bool)"/>
    [OverloadResolutionPriority(2)]
    public static GradCheckReport Check(
        Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        Check(function, inputs, new GradCheckOptions { Eps = eps, Atol = atol, Rtol = rtol, CheckForward = checkForward });

    /// <summary>As <see cref="Check(Func{Tensor, Tensor}, Tensor, double, double, double, bool)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A second derivative is wrong; the text names the element, both values and the likely cause.</exception>
    public static void Assert(Func<Tensor, Tensor> function, Tensor input, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        GradCheck.Throw(Check(function, input, eps, atol, rtol, checkForward));

    /// <summary>As <see cref="Check(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, double, double, double, bool)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A second derivative is wrong; the text names the element, both values and the likely cause.</exception>
    [OverloadResolutionPriority(1)]
    public static void Assert(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        GradCheck.Throw(Check(function, inputs, eps, atol, rtol, checkForward));

    /// <summary>As <see cref="Check(Func{IReadOnlyList{Tensor}, Tensor[]}, IReadOnlyList{Tensor}, double, double, double, bool)"/>, but throws if the check fails.</summary>
    /// <exception cref="GradCheckException">A second derivative is wrong; the text names the element, both values and the likely cause.</exception>
    [OverloadResolutionPriority(2)]
    public static void Assert(
        Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> inputs, double eps = 1e-6, double atol = 1e-5, double rtol = 1e-3, bool checkForward = true) =>
        GradCheck.Throw(Check(function, inputs, eps, atol, rtol, checkForward));

    /// <summary>A gradient for an output without special values: all different, none 0 or 1.</summary>
    private static Tensor Cotangent(Tensor output, int number)
    {
        var values = new double[output.Numel];
        for (int i = 0; i < values.Length; i++) values[i] = 1.5 + Math.Sin(1 + i + (7 * number));
        return Tensor.FromSpan<double>(values, output.Shape).To(output.DType);
    }

    /// <summary>(inputs, gradients of the outputs) ↦ gradients of the floating-point inputs.</summary>
    private static Tensor[] Gradients(Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> all, int inputCount)
    {
        var inputs = new Tensor[inputCount];
        var floating = new List<Tensor>();
        for (int i = 0; i < inputCount; i++)
        {
            inputs[i] = all[i];
            if (all[i].DType.IsFloatingPoint()) floating.Add(all[i]);
        }
        bool record = Differentiation.Records(null, all);
        using IDisposable scope = Differentiation.Enter();
        Tensor[] variables = Differentiation.Variables("GradGradCheck", floating, connected: record);
        for (int i = 0, at = 0; i < inputCount; i++)
            if (inputs[i].DType.IsFloatingPoint()) inputs[i] = variables[at++];
        Tensor[] outputs = Array.FindAll(Differentiation.CallMany("GradGradCheck", function, inputs), output => output.DType.IsFloatingPoint());
        Tensor?[] gradients = Differentiation.Pull(outputs, variables, [.. all.Skip(inputCount)], retainGraph: false, record, "GradGradCheck");
        return Differentiation.Filled(gradients, variables);
    }
}
