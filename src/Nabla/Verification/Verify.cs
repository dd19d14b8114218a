using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Finds the derivatives of a function in ways that share nothing and sets them side by side: reverse mode, the formula of the
/// function differentiated symbolically, forward mode, central differences with an estimate of their error; and, if given, the
/// gradient that somebody derived by hand. Where that is wrong, the report says how.
/// </summary>
/// <remarks>
/// Everything is computed in float64, whatever the type of the inputs. The function must give the same result for the same
/// inputs, and is called some 30 to 150 times for each element. A claimed gradient is a C# function of the same inputs, or text.
/// In text the elements of an input x are <c>x[0]</c> or <c>x0</c>, those of a matrix <c>S[0, 1]</c> or <c>S01</c>; a list in
/// brackets has a formula for each element, and a single formula, in which x stands for the element, holds for all.
/// </remarks>
public static class Verify
{
    private const string GradientName = "Verify.Gradient", JacobianName = "Verify.Jacobian";

    // ---- one tensor ---------------------------------------------------------------------------------------------------

    /// <summary>Verifies the gradient of a function of one tensor.</summary>
    /// <param name="function">From one tensor to one element; or to more, with a cotangent in the options, or without a claim.</param>
    /// <param name="at">Where; floating point.</param>
    /// <param name="claimed">The gradient as derived by hand, of the shape of <paramref name="at"/>; null to compare the other ways only.</param>
    /// <param name="options">Names, tolerances, the cotangent; null for the defaults.</param>
    /// <exception cref="ShapeException">The function returns more or less than one element, a gradient is claimed, and there is no cotangent; or the cotangent has another shape.</exception>
    /// <exception cref="DTypeException">No input, or not the result, is floating point.</exception>
    /// <exception cref="ArgumentException">There is another number of claims, names or texts than of inputs.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The inputs have more elements than the options allow.</exception>
    /// <exception cref="FormatException">A claimed formula cannot be read.</exception>
    public static VerificationReport Gradient(Func<Tensor, Tensor> function, Tensor at, Func<Tensor, Tensor>? claimed = null, VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        return Run(xs => function(xs[0]), [at], InputNames.Of(function, 1), claimed is null ? null : (xs, _) => [claimed(xs[0])], takesCotangent: false, options);
    }

    /// <summary>Verifies a backward function: the gradient of the input from that of the result.</summary>
    /// <inheritdoc cref="Gradient(Func{Tensor, Tensor}, Tensor, Func{Tensor, Tensor}, VerificationOptions)"/>
    /// <param name="function">From one tensor to one tensor of any shape.</param>
    /// <param name="at">Where; floating point.</param>
    /// <param name="claimed">From the input and the gradient of the result (the cotangent) to the gradient of the input.</param>
    /// <param name="options">Names, tolerances, the cotangent; by default one without special values.</param>
    public static VerificationReport Gradient(Func<Tensor, Tensor> function, Tensor at, Func<Tensor, Tensor, Tensor> claimed, VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        ArgumentNullException.ThrowIfNull(claimed);
        return Run(xs => function(xs[0]), [at], InputNames.Of(function, 1), (xs, g) => [claimed(xs[0], g!)], takesCotangent: true, options);
    }

    /// <summary>Verifies a gradient given as text, such as <c>"-x*exp(-x^2/2)"</c> or <c>"[2*x[0], x[0] + x[1]]"</c>.</summary>
    /// <inheritdoc cref="Gradient(Func{Tensor, Tensor}, Tensor, Func{Tensor, Tensor}, VerificationOptions)"/>
    public static VerificationReport Gradient(Func<Tensor, Tensor> function, Tensor at, string claimed, VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        ArgumentNullException.ThrowIfNull(claimed);
        return RunText(xs => function(xs[0]), [at], InputNames.Of(function, 1), [claimed], options);
    }

    // ---- two and three tensors ----------------------------------------------------------------------------------------

    /// <summary>Verifies the gradients of a function of two tensors.</summary>
    /// <inheritdoc cref="Gradient(Func{Tensor, Tensor}, Tensor, Func{Tensor, Tensor}, VerificationOptions)"/>
    /// <param name="function">From two tensors to one element.</param>
    /// <param name="at">Where.</param>
    /// <param name="claimed">The gradients as derived by hand, each of the shape of its input.</param>
    /// <param name="options">Names, tolerances, the cotangent; null for the defaults.</param>
    public static VerificationReport Gradient(
        Func<Tensor, Tensor, Tensor> function, (Tensor X, Tensor Y) at, Func<Tensor, Tensor, (Tensor X, Tensor Y)>? claimed = null, VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Run(xs => function(xs[0], xs[1]), [at.X, at.Y], InputNames.Of(function, 2), claimed is null ? null : (xs, _) => List(claimed(xs[0], xs[1])), takesCotangent: false, options);
    }

    /// <summary>Verifies gradients given as text, one for each input.</summary>
    /// <inheritdoc cref="Gradient(Func{Tensor, Tensor, Tensor}, ValueTuple{Tensor, Tensor}, Func{Tensor, Tensor, ValueTuple{Tensor, Tensor}}, VerificationOptions)"/>
    public static VerificationReport Gradient(
        Func<Tensor, Tensor, Tensor> function, (Tensor X, Tensor Y) at, (string X, string Y) claimed, VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return RunText(xs => function(xs[0], xs[1]), [at.X, at.Y], InputNames.Of(function, 2), [claimed.X, claimed.Y], options);
    }

    /// <summary>Verifies the gradients of a function of three tensors.</summary>
    /// <inheritdoc cref="Gradient(Func{Tensor, Tensor, Tensor}, ValueTuple{Tensor, Tensor}, Func{Tensor, Tensor, ValueTuple{Tensor, Tensor}}, VerificationOptions)"/>
    /// <param name="function">From three tensors to one element.</param>
    /// <param name="at">Where.</param>
    /// <param name="claimed">The gradients as derived by hand, each of the shape of its input.</param>
    /// <param name="options">Names, tolerances, the cotangent; null for the defaults.</param>
    public static VerificationReport Gradient(
        Func<Tensor, Tensor, Tensor, Tensor> function, (Tensor X, Tensor Y, Tensor Z) at, Func<Tensor, Tensor, Tensor, (Tensor X, Tensor Y, Tensor Z)>? claimed = null,
        VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Run(xs => function(xs[0], xs[1], xs[2]), [at.X, at.Y, at.Z], InputNames.Of(function, 3), claimed is null ? null : (xs, _) => List(claimed(xs[0], xs[1], xs[2])), takesCotangent: false, options);
    }

    /// <summary>Verifies gradients given as text, one for each input.</summary>
    /// <inheritdoc cref="Gradient(Func{Tensor, Tensor, Tensor, Tensor}, ValueTuple{Tensor, Tensor, Tensor}, Func{Tensor, Tensor, Tensor, ValueTuple{Tensor, Tensor, Tensor}}, VerificationOptions)"/>
    public static VerificationReport Gradient(
        Func<Tensor, Tensor, Tensor, Tensor> function, (Tensor X, Tensor Y, Tensor Z) at, (string X, string Y, string Z) claimed, VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return RunText(xs => function(xs[0], xs[1], xs[2]), [at.X, at.Y, at.Z], InputNames.Of(function, 3), [claimed.X, claimed.Y, claimed.Z], options);
    }

    // ---- a list of tensors --------------------------------------------------------------------------------------------

    /// <summary>Verifies the gradients of a function of any number of tensors.</summary>
    /// <inheritdoc cref="Gradient(Func{Tensor, Tensor}, Tensor, Func{Tensor, Tensor}, VerificationOptions)"/>
    /// <param name="function">From a list of tensors to one element. Inputs that are not floating point are passed on.</param>
    /// <param name="at">Where.</param>
    /// <param name="claimed">A gradient for each floating-point input, of its shape.</param>
    /// <param name="options">Names, tolerances, the cotangent; null for the defaults.</param>
    [OverloadResolutionPriority(1)]
    public static VerificationReport Gradient(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>? claimed = null,
        VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        return Run(function, at, InputNames.Numbered(at.Count), claimed is null ? null : (xs, _) => claimed(xs), takesCotangent: false, options);
    }

    /// <summary>Verifies a backward function of several inputs.</summary>
    /// <inheritdoc cref="Gradient(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}, VerificationOptions)"/>
    /// <param name="function">From a list of tensors to one tensor of any shape.</param>
    /// <param name="at">Where.</param>
    /// <param name="claimed">From the inputs and the gradient of the result (the cotangent) to a gradient for each floating-point input.</param>
    /// <param name="options">Names, tolerances, the cotangent; by default one without special values.</param>
    [OverloadResolutionPriority(1)]
    public static VerificationReport Gradient(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, Func<IReadOnlyList<Tensor>, Tensor, IReadOnlyList<Tensor>> claimed,
        VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        ArgumentNullException.ThrowIfNull(claimed);
        return Run(function, at, InputNames.Numbered(at.Count), (xs, g) => claimed(xs, g!), takesCotangent: true, options);
    }

    /// <summary>Verifies gradients given as text, one for each floating-point input.</summary>
    /// <inheritdoc cref="Gradient(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}, VerificationOptions)"/>
    [OverloadResolutionPriority(1)]
    public static VerificationReport Gradient(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, IReadOnlyList<string> claimed, VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        ArgumentNullException.ThrowIfNull(claimed);
        return RunText(function, at, InputNames.Numbered(at.Count), claimed, options);
    }

    // ---- Jacobians ----------------------------------------------------------------------------------------------------

    /// <summary>Verifies all partial derivatives of a function of one tensor.</summary>
    /// <inheritdoc cref="Gradient(Func{Tensor, Tensor}, Tensor, Func{Tensor, Tensor}, VerificationOptions)"/>
    /// <param name="function">From one tensor to one tensor of any shape.</param>
    /// <param name="at">Where; floating point.</param>
    /// <param name="claimed">The Jacobian as derived by hand: the shape of the result followed by that of <paramref name="at"/>.</param>
    /// <param name="options">Names and tolerances; a cotangent has no meaning here.</param>
    public static VerificationReport Jacobian(Func<Tensor, Tensor> function, Tensor at, Func<Tensor, Tensor>? claimed = null, VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        return RunJacobian(xs => function(xs[0]), [at], InputNames.Of(function, 1), claimed is null ? null : (xs, _) => [claimed(xs[0])], options);
    }

    /// <summary>Verifies all partial derivatives of a function of any number of tensors.</summary>
    /// <inheritdoc cref="Jacobian(Func{Tensor, Tensor}, Tensor, Func{Tensor, Tensor}, VerificationOptions)"/>
    /// <param name="function">From a list of tensors to one tensor of any shape.</param>
    /// <param name="at">Where.</param>
    /// <param name="claimed">A Jacobian for each floating-point input.</param>
    /// <param name="options">Names and tolerances; a cotangent has no meaning here.</param>
    [OverloadResolutionPriority(1)]
    public static VerificationReport Jacobian(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>>? claimed = null,
        VerificationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        return RunJacobian(function, at, InputNames.Numbered(at.Count), claimed is null ? null : (xs, _) => claimed(xs), options);
    }

    // ---- the run ------------------------------------------------------------------------------------------------------

    private static VerificationReport Run(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, IReadOnlyList<string> names,
        Func<IReadOnlyList<Tensor>, Tensor?, IReadOnlyList<Tensor>>? claimed, bool takesCotangent, VerificationOptions? options)
    {
        options ??= new VerificationOptions();
        VerificationProblem problem = Problem(GradientName, function, at, names, options);
        bool mixes = options.Cotangent is null && problem.Value.Numel != 1 && (takesCotangent || claimed is null);
        problem.VerifyGradient(mixes ? VerificationProblem.MixedCotangent(problem.Value.Shape) : options.Cotangent);
        return VerificationRun.Of(problem, claimed is null ? null : new ClaimedGradient(problem, claimed), options);
    }

    private static VerificationReport RunText(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, IReadOnlyList<string> names, IReadOnlyList<string> claimed, VerificationOptions? options)
    {
        options ??= new VerificationOptions();
        VerificationProblem problem = Problem(GradientName, function, at, names, options);
        problem.VerifyGradient(options.Cotangent);
        return VerificationRun.Of(problem, new ClaimText(problem).Read(claimed), options);
    }

    private static VerificationReport RunJacobian(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, IReadOnlyList<string> names,
        Func<IReadOnlyList<Tensor>, Tensor?, IReadOnlyList<Tensor>>? claimed, VerificationOptions? options)
    {
        options ??= new VerificationOptions();
        VerificationProblem problem = Problem(JacobianName, function, at, names, options);
        problem.VerifyJacobian();
        return VerificationRun.Of(problem, claimed is null ? null : new ClaimedGradient(problem, claimed), options);
    }

    private static VerificationProblem Problem(
        string op, Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, IReadOnlyList<string> names, VerificationOptions options)
    {
        if (options.Names is { } given && given.Count != at.Count) throw VerificationErrors.NameCount(op, given.Count, at.Count);
        return new VerificationProblem(op, function, at, options.Names ?? names, options);
    }

    private static Tensor[] List((Tensor X, Tensor Y) pair) => [pair.X, pair.Y];

    private static Tensor[] List((Tensor X, Tensor Y, Tensor Z) triple) => [triple.X, triple.Y, triple.Z];
}
