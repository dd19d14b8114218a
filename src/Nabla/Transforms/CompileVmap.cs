namespace Nabla;

public static partial class Functional
{
    // ---- compiled for many items --------------------------------------------------------------------------------------

    /// <summary>
    /// <c>Vmap(f)</c> as a program. A small function becomes one loop of machine code over the items, which computes as many of them at
    /// once as a vector register holds; a larger one is compiled as <see cref="Compile{T, TResult}(Func{T, TResult}, CompileOptions)"/>
    /// does. The function may differentiate inside: <c>CompileVmap(x => Functional.Jacobian(f, x))</c> gives the Jacobian of each item.
    /// </summary>
    /// <param name="function">From one item to one tensor.</param>
    /// <param name="options">How it is compiled.</param>
    public static CompiledVmap CompileVmap(Func<Tensor, Tensor> function, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledVmap(xs => [function(xs[0])], default, options ?? new CompileOptions());
    }

    /// <summary><c>Vmap</c> of a function of two items as a program.</summary>
    /// <inheritdoc cref="CompileVmap(Func{Tensor, Tensor}, CompileOptions)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="inAxes">The axis of each argument along which the items lie; null where it is the same for all: <c>(0, null)</c>.</param>
    /// <param name="options">How it is compiled.</param>
    public static CompiledVmap CompileVmap(Func<Tensor, Tensor, Tensor> function, BatchAxes inAxes = default, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledVmap(xs => [function(xs[0], xs[1])], inAxes, options ?? new CompileOptions());
    }

    /// <summary><c>Vmap</c> of a function of any number of tensors, with any number of results, as a program.</summary>
    /// <inheritdoc cref="CompileVmap(Func{Tensor, Tensor}, CompileOptions)"/>
    /// <param name="function">From a list of tensors to a list of tensors.</param>
    /// <param name="inAxes">The axis of each argument along which the items lie; null where it is the same for all.</param>
    /// <param name="options">How it is compiled.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static CompiledVmap CompileVmap(
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, BatchAxes inAxes = default, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledVmap(function, inAxes, options ?? new CompileOptions());
    }
}
