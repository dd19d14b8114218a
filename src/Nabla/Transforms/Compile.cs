namespace Nabla;

/// <summary>Functions made into programs.</summary>
public static partial class Functional
{
    /// <summary>
    /// The function as a program: it is run once for each signature of its argument (shapes, types, constants) to see what it
    /// computes, and from then on a program made of that is run: operations fused into loops, equal ones done once, results without
    /// use left out, memory planned ahead.
    /// </summary>
    /// <typeparam name="T">A tensor, or a tuple, array, list, dictionary or record of tensors.</typeparam>
    /// <typeparam name="TResult">A tensor or a structure of tensors; its other members are those of the first call with the signature.</typeparam>
    /// <param name="function">
    /// Any function made of tensor operations; it may differentiate inside. Tensors that it captures are read anew at every call, C#
    /// values are those of the first call with a signature. It must not read numbers of tensors (an <c>if</c> on a value, <c>Item</c>),
    /// nor change anything outside.
    /// </param>
    /// <param name="options">How it is compiled.</param>
    public static CompiledFunction<T, TResult> Compile<T, TResult>(Func<T, TResult> function, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledFunction<T, TResult>(function, options ?? new CompileOptions());
    }

    /// <summary>A function of two arguments as a program.</summary>
    /// <inheritdoc cref="Compile{T, TResult}(Func{T, TResult}, CompileOptions)"/>
    /// <typeparam name="T1">The first argument: a tensor or a structure of tensors.</typeparam>
    /// <typeparam name="T2">The second argument.</typeparam>
    /// <typeparam name="TResult">A tensor or a structure of tensors; its other members are those of the first call with the signature.</typeparam>
    public static CompiledFunction<T1, T2, TResult> Compile<T1, T2, TResult>(Func<T1, T2, TResult> function, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledFunction<T1, T2, TResult>(function, options ?? new CompileOptions());
    }

    /// <summary>A function of three arguments as a program; a function of more takes a tuple.</summary>
    /// <inheritdoc cref="Compile{T, TResult}(Func{T, TResult}, CompileOptions)"/>
    /// <typeparam name="T1">The first argument: a tensor or a structure of tensors.</typeparam>
    /// <typeparam name="T2">The second argument.</typeparam>
    /// <typeparam name="T3">The third argument.</typeparam>
    /// <typeparam name="TResult">A tensor or a structure of tensors; its other members are those of the first call with the signature.</typeparam>
    public static CompiledFunction<T1, T2, T3, TResult> Compile<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> function, CompileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new CompiledFunction<T1, T2, T3, TResult>(function, options ?? new CompileOptions());
    }

    // ---- derivatives --------------------------------------------------------------------------------------------------

    /// <summary>The value of a compiled function and its gradient as one program.</summary>
    /// <param name="function">From a tensor or structure to one element.</param>
    public static CompiledFunction<T, (Tensor Value, T Gradient)> ValueAndGrad<T>(this CompiledFunction<T, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        Func<T, Tensor> original = function.Original;
        return Compile((T at) => ValueAndGrad(original, at), function.Options);
    }

    /// <summary>The value of a compiled function of two arguments and its gradients as one program.</summary>
    /// <param name="function">From tensors or structures to one element.</param>
    public static CompiledFunction<T1, T2, (Tensor Value, T1 First, T2 Second)> ValueAndGrad<T1, T2>(this CompiledFunction<T1, T2, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        Func<T1, T2, Tensor> original = function.Original;
        return Compile(
            (T1 first, T2 second) =>
            {
                (Tensor value, (T1 First, T2 Second) gradient) = ValueAndGrad<(T1, T2)>(at => original(at.Item1, at.Item2), (first, second));
                return (value, gradient.First, gradient.Second);
            },
            function.Options);
    }

    /// <summary>The gradient of a compiled function as a program.</summary>
    /// <param name="function">From a tensor or structure to one element.</param>
    public static CompiledFunction<T, T> Gradient<T>(this CompiledFunction<T, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        Func<T, Tensor> original = function.Original;
        return Compile((T at) => Grad(original, at), function.Options);
    }

    /// <summary>The Jacobian of a compiled function as a program.</summary>
    /// <param name="function">From one tensor to another.</param>
    /// <param name="mode">Column by column or row by row; by shape if left out.</param>
    public static CompiledFunction<Tensor, Tensor> Jacobian(this CompiledFunction<Tensor, Tensor> function, JacobianMode mode = JacobianMode.Auto)
    {
        ArgumentNullException.ThrowIfNull(function);
        Func<Tensor, Tensor> original = function.Original;
        return Compile((Tensor x) => Jacobian(original, x, mode), function.Options);
    }

    /// <summary>The sparse Jacobian of a compiled function as a program: few products, of which one loop or one batched sweep makes the entries.</summary>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="pattern">Which elements may differ from zero; by default detected, at the first call with a shape or type, by <see cref="SparsityPattern.Detect"/>.</param>
    /// <param name="mode">By columns or by rows; by default what needs fewer products.</param>
    public static CompiledFunction<Tensor, SparseMatrix> SparseJacobian(
        this CompiledFunction<Tensor, Tensor> function, SparsityPattern? pattern = null, JacobianMode mode = JacobianMode.Auto)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (pattern is not null) return function.SparseJacobian(JacobianCompression.Of(pattern, mode));
        Func<Tensor, Tensor> original = function.Original;
        return Compile((Tensor x) => SparseJacobian(original, x, JacobianCompression.Of(Unrecorded(x, at => SparsityPattern.Detect(original, at)), mode)), function.Options);
    }

    /// <summary>The sparse Jacobian of a compiled function by a compression that was made before.</summary>
    /// <inheritdoc cref="SparseJacobian(CompiledFunction{Tensor, Tensor}, SparsityPattern, JacobianMode)"/>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="compression">Of the pattern of the Jacobian.</param>
    public static CompiledFunction<Tensor, SparseMatrix> SparseJacobian(this CompiledFunction<Tensor, Tensor> function, JacobianCompression compression)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(compression);
        Func<Tensor, Tensor> original = function.Original;
        return Compile((Tensor x) => SparseJacobian(original, x, compression), function.Options);
    }

    /// <summary>The sparse Hessian of a compiled function as a program.</summary>
    /// <param name="function">From one tensor to one element.</param>
    /// <param name="pattern">
    /// Which elements may differ from zero: symmetric, with the diagonal; by default detected, at the first call with a shape or type, by
    /// <see cref="SparsityPattern.DetectHessian"/>.
    /// </param>
    public static CompiledFunction<Tensor, SparseMatrix> SparseHessian(this CompiledFunction<Tensor, Tensor> function, SparsityPattern? pattern = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (pattern is not null) return function.SparseHessian(JacobianCompression.OfHessian(pattern));
        Func<Tensor, Tensor> original = function.Original;
        return Compile((Tensor x) => SparseHessian(original, x, JacobianCompression.OfHessian(Unrecorded(x, at => SparsityPattern.DetectHessian(original, at)))), function.Options);
    }

    /// <summary>The sparse Hessian of a compiled function by a compression that was made before.</summary>
    /// <param name="function">From one tensor to one element.</param>
    /// <param name="compression">Of the pattern of the Hessian, by <see cref="JacobianCompression.OfHessian"/>.</param>
    public static CompiledFunction<Tensor, SparseMatrix> SparseHessian(this CompiledFunction<Tensor, Tensor> function, JacobianCompression compression)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(compression);
        Func<Tensor, Tensor> original = function.Original;
        return Compile((Tensor x) => SparseHessian(original, x, compression), function.Options);
    }

    /// <summary>What is found out about a function beside its recording: it may read numbers.</summary>
    private static TFound Unrecorded<TFound>(Tensor x, Func<Tensor, TFound> find)
    {
        Recorder? recorder = AllocationScope.Pause<Recorder>();
        try
        {
            return find(x.Detach());
        }
        finally
        {
            AllocationScope.Resume(recorder);
        }
    }

    /// <summary>The Hessian of a compiled function as a program.</summary>
    /// <param name="function">From one tensor to one element.</param>
    public static CompiledFunction<Tensor, Tensor> Hessian(this CompiledFunction<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        Func<Tensor, Tensor> original = function.Original;
        return Compile((Tensor x) => Hessian(original, x), function.Options);
    }
}
