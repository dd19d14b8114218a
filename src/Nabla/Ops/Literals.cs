using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>Builds tensors from collection expressions: <c>Tensor a = [[1, 2], [3, 4]];</c>.</summary>
public static class TensorLiteral
{
    /// <summary>Stacks the items along a new first axis; their types promote to a common one.</summary>
    /// <exception cref="ShapeException">The items differ in shape.</exception>
    public static Tensor Create(ReadOnlySpan<Tensor> items)
    {
        if (items.IsEmpty) return Tensor.Zeros([0]);
        foreach (Tensor item in items)
            if (item.Shape != items[0].Shape) throw ArrayErrors.Ragged("Tensor", items[0].Shape.ToString(), item.Shape.ToString());
        // C# numbers take the type of the tensors among the items; alone they are float32, complex64, or int64 if all are whole.
        DType common = ElementTypes.Result(items);
        bool numbersOnly = true;
        foreach (Tensor item in items) numbersOnly &= (item.Flags & TensorFlags.Number) != 0;
        if (numbersOnly && common == DType.Float64) common = DType.Float32;
        if (numbersOnly && common == DType.Complex128) common = DType.Complex64;
        var converted = new Tensor[items.Length];
        for (int i = 0; i < items.Length; i++) converted[i] = (items[i].Flags & TensorFlags.Number) != 0 ? items[i].To(common) : items[i];
        return Tensor.Stack(converted);
    }
}

[CollectionBuilder(typeof(TensorLiteral), nameof(TensorLiteral.Create))]
public sealed partial class Tensor : IEnumerable<Tensor>
{
    // ---- literals: torch.tensor -------------------------------------------------------------------------------------

    /// <summary>A vector; float32 unless told otherwise.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="requiresGrad">Whether operations on it are recorded.</param>
    /// <exception cref="DTypeException"><paramref name="requiresGrad"/> with a type that has no gradients.</exception>
    public static Tensor Of(ReadOnlySpan<double> values, DType dtype = DType.Float32, bool requiresGrad = false)
    {
        NdArray array = NdArray.Allocate(Shape.Lengths(values.Length), dtype);
        for (int i = 0; i < values.Length; i++) array.SetDouble(i, values[i]);
        return new Tensor(array).RequireGrad(requiresGrad);
    }

    /// <summary>A scalar; float32 unless told otherwise.</summary>
    /// <inheritdoc cref="Of(ReadOnlySpan{double}, DType, bool)"/>
    public static Tensor Of(double value, DType dtype = DType.Float32, bool requiresGrad = false) => Full([], value, dtype, requiresGrad);

    /// <summary>A matrix from its rows; float32 unless told otherwise.</summary>
    /// <exception cref="ShapeException">The rows differ in length.</exception>
    /// <inheritdoc cref="Of(ReadOnlySpan{double}, DType, bool)"/>
    public static Tensor Of(double[][] values, DType dtype = DType.Float32, bool requiresGrad = false)
    {
        int columns = values.Length == 0 ? 0 : values[0].Length;
        NdArray array = NdArray.Allocate(Shape.Lengths(values.Length, columns), dtype);
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i].Length != columns) throw ArrayErrors.Ragged("Tensor.Of", $"[{columns}]", $"[{values[i].Length}]");
            for (int j = 0; j < columns; j++) array.SetDouble((i * columns) + j, values[i][j]);
        }
        return new Tensor(array).RequireGrad(requiresGrad);
    }

    /// <summary>A tensor of three axes from its matrices; float32 unless told otherwise.</summary>
    /// <exception cref="ShapeException">The matrices differ in shape.</exception>
    /// <inheritdoc cref="Of(ReadOnlySpan{double}, DType, bool)"/>
    public static Tensor Of(double[][][] values, DType dtype = DType.Float32, bool requiresGrad = false)
    {
        var items = new Tensor[values.Length];
        for (int i = 0; i < items.Length; i++) items[i] = Of(values[i], dtype);
        return (items.Length == 0 ? Zeros([0, 0, 0], dtype) : TensorLiteral.Create(items)).RequireGrad(requiresGrad);
    }

    // ---- arrays: torch.from_numpy, but with memory of its own ---------------------------------------------------------

    /// <summary>A tensor with the elements, shape and type of a C# array: double[,] gives a float64 matrix.</summary>
    /// <param name="array">An array of any rank of float, double, long, int, byte, bool or Complex; it is copied.</param>
    /// <param name="dtype">Another element type than the array's.</param>
    /// <param name="requiresGrad">Whether operations on it are recorded.</param>
    /// <exception cref="DTypeException">The array's element type has no tensor counterpart.</exception>
    /// <exception cref="ShapeException">A jagged array whose rows differ in length.</exception>
    public static Tensor FromArray(Array array, DType? dtype = null, bool requiresGrad = false)
    {
        ArgumentNullException.ThrowIfNull(array);
        Tensor result = array switch
        {
            float[] or float[,] or float[,,] or float[,,,] => Copy<float>(array),
            double[] or double[,] or double[,,] or double[,,,] => Copy<double>(array),
            long[] or long[,] or long[,,] or long[,,,] => Copy<long>(array),
            int[] or int[,] or int[,,] or int[,,,] => Copy<int>(array),
            byte[] or byte[,] or byte[,,] or byte[,,,] => Copy<byte>(array),
            System.Numerics.Complex[] or System.Numerics.Complex[,] or System.Numerics.Complex[,,] or System.Numerics.Complex[,,,] => Copy<System.Numerics.Complex>(array),
            bool[] or bool[,] or bool[,,] or bool[,,,] => Copy<bool>(array),
            Array[] rows when rows.Length > 0 => TensorLiteral.Create(Array.ConvertAll(rows, row => FromArray(row))),
            _ => throw new DTypeException($"FromArray: {array.GetType().Name} has no tensor counterpart. Use arrays of float, double, long, int, byte, bool or Complex."),
        };
        return (dtype is { } other ? result.To(other) : result).RequireGrad(requiresGrad);
    }

    /// <summary>A tensor with the elements of a span, in row-major order.</summary>
    /// <param name="values">The elements; copied.</param>
    /// <param name="shape">The shape; a vector if left out.</param>
    /// <param name="requiresGrad">Whether operations on it are recorded.</param>
    /// <typeparam name="T">float, double, long, int, byte, bool or Complex.</typeparam>
    /// <exception cref="ShapeException">The number of elements is not that of the shape.</exception>
    /// <exception cref="DTypeException">The element type has no tensor counterpart.</exception>
    public static Tensor FromSpan<T>(ReadOnlySpan<T> values, Shape? shape = null, bool requiresGrad = false)
        where T : unmanaged
    {
        Shape dims = shape ?? values.Length;
        if (dims.Numel != values.Length) throw ArrayErrors.Count("FromSpan", values.Length, dims);
        NdArray array = NdArray.Allocate(dims.Dims, DTypeRules.Of<T>());
        values.CopyTo(array.Span<T>());
        return new Tensor(array).RequireGrad(requiresGrad);
    }

    // ---- numbers ----------------------------------------------------------------------------------------------------

    /// <summary>
    /// A C# number as a scalar tensor. Where it meets a tensor it takes that tensor's type, if that can hold it; in a
    /// collection expression it becomes float32, as in PyTorch; by itself it keeps all its digits as float64.
    /// </summary>
    public static implicit operator Tensor(double value) => Number(value);

    /// <summary>A C# number as a scalar tensor, as from a double.</summary>
    public static implicit operator Tensor(float value) => Number((double)value);

    /// <summary>A C# whole number as a scalar tensor: int64, or the type of the tensor that it meets.</summary>
    public static implicit operator Tensor(long value) => Number(value);

    /// <summary>A C# whole number as a scalar tensor: int64, or the type of the tensor that it meets.</summary>
    public static implicit operator Tensor(int value) => Number((long)value);

    /// <summary>A complex number as a scalar tensor: complex128, or the precision of the tensor that it meets.</summary>
    public static implicit operator Tensor(System.Numerics.Complex value)
    {
        NdArray array = NdArray.Allocate([], DType.Complex128);
        array.At<System.Numerics.Complex>(0) = value;
        return new Tensor(array) { Flags = TensorFlags.Number };
    }

    /// <summary>A bool scalar.</summary>
    public static implicit operator Tensor(bool value) => Full([], value ? 1 : 0, DType.Bool);

    /// <summary>A float32, float64, … vector or matrix with the elements of an array, in its type.</summary>
    public static implicit operator Tensor(Array array) => FromArray(array);

    /// <summary>A C# number in an expression: it takes the type of the tensor that it meets.</summary>
    internal static Tensor Number(double value)
    {
        NdArray array = NdArray.Allocate([], DType.Float64);
        array.At<double>(0) = value;
        return new Tensor(array) { Flags = TensorFlags.Number };
    }

    /// <summary>The subtensors along the first axis.</summary>
    /// <exception cref="ShapeException">The tensor is a scalar.</exception>
    public IEnumerator<Tensor> GetEnumerator()
    {
        if (Rank == 0) throw new ShapeException("GetEnumerator: a scalar has no axis to run along. Use Item().");
        return Items();

        IEnumerator<Tensor> Items()
        {
            for (int i = 0; i < Dims[0]; i++) yield return Select(0, i);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Tensor Copy<T>(Array array)
        where T : unmanaged
    {
        var dims = new int[array.Rank];
        for (int i = 0; i < dims.Length; i++) dims[i] = array.GetLength(i);
        NdArray result = NdArray.Allocate(dims, DTypeRules.Of<T>());
        if (array.Length > 0)
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length).CopyTo(result.Span<T>());
        return new Tensor(result);
    }
}
