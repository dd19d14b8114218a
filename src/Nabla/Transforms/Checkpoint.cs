namespace Nabla;

public static partial class Functional
{
    // ---- recomputation ------------------------------------------------------------------------------------------------

    /// <summary>
    /// The value of a function, of which backward keeps only the arguments: what lies between is computed again when its
    /// gradients are wanted. Memory for time, as <c>torch.utils.checkpoint</c> without reentrance.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Gradients go to the arguments and to whatever the function captures. All transforms pass, in any nesting, and so do higher
    /// derivatives. Forward the function is recorded as usual and its record thrown away at once, so that what it captures is
    /// known; the most memory at a time is that of one call.
    /// </para>
    /// <para>
    /// The second run must do what the first did. The generators that the function drew from, <see cref="Generator.Default"/> and
    /// the user's, are put back for it to where they were, and go on afterwards as if it had not been. What the function captures
    /// must not change before backward: of arguments and leaves that is noticed, of constants and results it is not.
    /// </para>
    /// </remarks>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="x">The argument.</param>
    /// <exception cref="AutogradException">The function returned null or changed its argument in place. During backward: the argument or a captured leaf was changed meanwhile.</exception>
    /// <exception cref="ShapeException">During backward: the function returned another shape or number of results than before.</exception>
    public static Tensor Checkpoint(Func<Tensor, Tensor> function, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Checkpoint(xs => [function(xs[0])], [x])[0];
    }

    /// <summary>The value of a function of two tensors, of which backward keeps only the arguments.</summary>
    /// <inheritdoc cref="Checkpoint(Func{Tensor, Tensor}, Tensor)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    public static Tensor Checkpoint(Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Checkpoint(xs => [function(xs[0], xs[1])], [x, y])[0];
    }

    /// <summary>The values of a function of any number of tensors, of which backward keeps only the arguments.</summary>
    /// <inheritdoc cref="Checkpoint(Func{Tensor, Tensor}, Tensor)"/>
    /// <param name="function">From a list of tensors to a list of tensors.</param>
    /// <param name="inputs">The arguments.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static Tensor[] Checkpoint(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        return new CheckpointedCall(function, [.. inputs]).Run();
    }
}
