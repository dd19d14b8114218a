namespace Nabla;

/// <summary>
/// All that the engine needs to know about tensors: how to add them, and how to bring one to a shape and type. The layer of
/// the operations hands it over once, so that nothing here names an operation.
/// </summary>
internal abstract class VectorSpace
{
    private static VectorSpace? current;

    public static VectorSpace Current => current ?? Load();

    public static bool Register(VectorSpace space)
    {
        current = space;
        return true;
    }

    private static VectorSpace Load()
    {
        // The operations register themselves when the tensor type is initialised, which a lone leaf has not done yet.
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(Tensor).TypeHandle);
        return current!;
    }

    /// <summary>a + b, recorded if recording is on.</summary>
    public abstract Tensor Add(Tensor a, Tensor b);

    /// <summary>Adds b to a in a's memory, which nobody else sees; not recorded.</summary>
    public abstract void AddInto(Tensor a, Tensor b);

    /// <summary>Sums over the axes along which <paramref name="dims"/> was broadcast to x's shape.</summary>
    public abstract Tensor SumTo(Tensor x, int[] dims);

    /// <summary>x in another type.</summary>
    public abstract Tensor Cast(Tensor x, DType dtype);

    /// <summary>A contiguous copy with memory of its own.</summary>
    public abstract Tensor Copy(Tensor x);

    /// <summary>A tensor of one value.</summary>
    public abstract Tensor Full(int[] dims, double value, DType dtype);

    /// <summary>x in another shape.</summary>
    public abstract Tensor Reshape(Tensor x, int[] dims);

    /// <summary>x as often as asked along a new axis, without copying.</summary>
    public abstract Tensor Repeat(Tensor x, int count, int axis = 0);

    /// <summary>Tensors of one shape and type along a new axis.</summary>
    public abstract Tensor Stack(Tensor[] tensors, int axis);

    /// <summary>The outputs of an operation whose kernel knows real numbers only, where an input is complex.</summary>
    /// <exception cref="DTypeException">The operation has no meaning for complex numbers.</exception>
    public abstract Tensor[] OnComplex(Op op, ReadOnlySpan<Tensor> inputs);

    /// <summary>Whether an element is NaN.</summary>
    public abstract bool HasNan(Tensor x);
}
