namespace Nabla;

/// <summary>
/// A function as a program, made by <c>Functional.Compile</c>. May be called by several threads at once. Results can be
/// differentiated like those of the function itself: backward is a program too.
/// </summary>
public abstract class CompiledFunction
{
    private protected CompiledFunction() { }

    /// <summary>How it is compiled.</summary>
    public CompileOptions Options => Core.Options;

    /// <summary>For how many signatures of the arguments there is a program.</summary>
    public int SignatureCount => Core.Count;

    private protected abstract CompiledCore Core { get; }

    /// <summary>
    /// The programs that were made so far: for each signature the kernels with what they compute, the shapes and the memory.
    /// </summary>
    public string Explain() => Core.Explain();

    /// <summary>Forgets all programs; the next call runs the function again.</summary>
    public void Clear() => Core.Clear();
}

/// <summary>A function of one argument as a program. It converts to a delegate.</summary>
/// <typeparam name="T">A tensor or a structure of tensors.</typeparam>
/// <typeparam name="TResult">A tensor or a structure of tensors.</typeparam>
public sealed class CompiledFunction<T, TResult> : CompiledFunction
{
    private readonly CompiledCore<T, TResult> core;

    internal CompiledFunction(Func<T, TResult> function, CompileOptions options)
    {
        Original = function;
        core = new CompiledCore<T, TResult>(function, options);
    }

    private protected override CompiledCore Core => core;

    internal Func<T, TResult> Original { get; }

    /// <summary>The result for an argument.</summary>
    /// <exception cref="TraceException">On the first call with a signature: the function reads numbers of tensors, or changes something outside. The text names the line.</exception>
    /// <exception cref="ArgumentException">The argument holds no tensors, a null, or a member whose type is no structure.</exception>
    /// <exception cref="AutogradException">The function returned null.</exception>
    public TResult Call(T at) => core.Call(at);

    /// <summary>Writes the result for an argument into tensors of the caller's.</summary>
    /// <param name="at">The argument.</param>
    /// <param name="into">Of the result's form, shapes and types, in memory that the argument does not share; requires no gradient.</param>
    /// <exception cref="ShapeException">A tensor has another shape than the result.</exception>
    /// <exception cref="DTypeException">A tensor has another type than the result.</exception>
    /// <exception cref="ArgumentException">The form is another, or a tensor requires a gradient or shares memory with the argument.</exception>
    public void CallInto(T at, TResult into) => core.CallInto(at, into);

    /// <summary>This function as a delegate.</summary>
    public Func<T, TResult> ToFunc() => Call;

    /// <summary>The function as a delegate.</summary>
    public static implicit operator Func<T, TResult>(CompiledFunction<T, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.Call;
    }
}

/// <summary>A function of two arguments as a program. It converts to a delegate.</summary>
/// <typeparam name="T1">A tensor or a structure of tensors.</typeparam>
/// <typeparam name="T2">A tensor or a structure of tensors.</typeparam>
/// <typeparam name="TResult">A tensor or a structure of tensors.</typeparam>
public sealed class CompiledFunction<T1, T2, TResult> : CompiledFunction
{
    private readonly CompiledCore<(T1, T2), TResult> core;

    internal CompiledFunction(Func<T1, T2, TResult> function, CompileOptions options)
    {
        Original = function;
        core = new CompiledCore<(T1, T2), TResult>(at => function(at.Item1, at.Item2), options);
    }

    private protected override CompiledCore Core => core;

    internal Func<T1, T2, TResult> Original { get; }

    /// <summary>The result for two arguments.</summary>
    /// <inheritdoc cref="CompiledFunction{T, TResult}.Call(T)" path="/exception"/>
    public TResult Call(T1 first, T2 second) => core.Call((first, second));

    /// <summary>Writes the result for two arguments into tensors of the caller's.</summary>
    /// <inheritdoc cref="CompiledFunction{T, TResult}.CallInto(T, TResult)" path="/exception"/>
    public void CallInto(T1 first, T2 second, TResult into) => core.CallInto((first, second), into);

    /// <summary>This function as a delegate.</summary>
    public Func<T1, T2, TResult> ToFunc() => Call;

    /// <summary>The function as a delegate.</summary>
    public static implicit operator Func<T1, T2, TResult>(CompiledFunction<T1, T2, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.Call;
    }
}

/// <summary>A function of three arguments as a program. It converts to a delegate.</summary>
/// <typeparam name="T1">A tensor or a structure of tensors.</typeparam>
/// <typeparam name="T2">A tensor or a structure of tensors.</typeparam>
/// <typeparam name="T3">A tensor or a structure of tensors.</typeparam>
/// <typeparam name="TResult">A tensor or a structure of tensors.</typeparam>
public sealed class CompiledFunction<T1, T2, T3, TResult> : CompiledFunction
{
    private readonly CompiledCore<(T1, T2, T3), TResult> core;

    internal CompiledFunction(Func<T1, T2, T3, TResult> function, CompileOptions options) =>
        core = new CompiledCore<(T1, T2, T3), TResult>(at => function(at.Item1, at.Item2, at.Item3), options);

    private protected override CompiledCore Core => core;

    /// <summary>The result for three arguments.</summary>
    /// <inheritdoc cref="CompiledFunction{T, TResult}.Call(T)" path="/exception"/>
    public TResult Call(T1 first, T2 second, T3 third) => core.Call((first, second, third));

    /// <summary>Writes the result for three arguments into tensors of the caller's.</summary>
    /// <inheritdoc cref="CompiledFunction{T, TResult}.CallInto(T, TResult)" path="/exception"/>
    public void CallInto(T1 first, T2 second, T3 third, TResult into) => core.CallInto((first, second, third), into);

    /// <summary>This function as a delegate.</summary>
    public Func<T1, T2, T3, TResult> ToFunc() => Call;

    /// <summary>The function as a delegate.</summary>
    public static implicit operator Func<T1, T2, T3, TResult>(CompiledFunction<T1, T2, T3, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.Call;
    }
}
