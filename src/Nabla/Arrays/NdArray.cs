using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Numbers in memory: a storage seen through a shape, strides and an offset, all counted in elements.
/// <code>
/// element [i, j]  is at  Offset + i·Strides[0] + j·Strides[1]
/// a view (slice, transpose, expand, …) is another NdArray on the same storage; an expanded axis has stride 0
/// </code>
/// </summary>
internal readonly struct NdArray
{
    public readonly Storage Storage;
    public readonly int[] Dims;
    public readonly int[] Strides;
    public readonly int Offset;
    public readonly DType DType;

    public NdArray(Storage storage, int[] dims, int[] strides, int offset, DType dtype)
    {
        Storage = storage;
        Dims = dims;
        Strides = strides;
        Offset = offset;
        DType = dtype;
    }

    public int Rank => Dims.Length;

    public int Numel => Shape.Product(Dims);

    /// <summary>Whether the elements lie one after the other in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            int expected = 1;
            for (int i = Dims.Length - 1; i >= 0; i--)
            {
                if (Dims[i] == 0) return true;
                if (Dims[i] == 1) continue;
                if (Strides[i] != expected) return false;
                expected *= Dims[i];
            }
            return true;
        }
    }

    /// <summary>A new contiguous array with any content. Shares <paramref name="dims"/>, which nobody may change.</summary>
    public static NdArray Allocate(int[] dims, DType dtype) =>
        new(AllocationScope.Current?.Lend(dims, dtype) ?? Storage.Allocate(Shape.Product(dims), dtype), dims, ContiguousStrides(dims), 0, dtype);

    /// <summary>A floating-point scalar.</summary>
    public static NdArray Scalar(double value, DType dtype)
    {
        Storage storage = Storage.AllocateScalar();
        if (dtype == DType.Float32) Unsafe.As<byte, float>(ref storage.Reference()) = (float)value;
        else Unsafe.As<byte, double>(ref storage.Reference()) = value;
        return new NdArray(storage, [], [], 0, dtype);
    }

    /// <summary>A new contiguous array of zeros.</summary>
    public static NdArray Zeros(int[] dims, DType dtype) =>
        new(Storage.AllocateZeroed(Shape.Product(dims), dtype), dims, ContiguousStrides(dims), 0, dtype);

    /// <summary>The strides of a row-major array.</summary>
    public static int[] ContiguousStrides(int[] dims)
    {
        if (dims.Length == 0) return [];
        if (dims.Length == 1) return UnitStride;
        if (dims.Length == 2) return Shape.Lengths(Math.Max(dims[1], 1), 1);
        var strides = new int[dims.Length];
        int stride = 1;
        for (int i = dims.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(dims[i], 1);
        }
        return strides;
    }

    private static readonly int[] UnitStride = [1];

    /// <summary>A complex array as one of real numbers: real and imaginary part along a new last axis.</summary>
    public NdArray AsParts()
    {
        int[] dims = [.. Dims, 2], strides = [.. Array.ConvertAll(Strides, stride => 2 * stride), 1];
        return new NdArray(Storage, dims, strides, 2 * Offset, DType.PartType());
    }

    /// <summary>One of the parts of a complex array: 0 the real, 1 the imaginary.</summary>
    public NdArray Part(int part) => new(Storage, Dims, Array.ConvertAll(Strides, stride => 2 * stride), (2 * Offset) + part, DType.PartType());

    /// <summary>Whether pairs along the last axis lie in memory as complex numbers do.</summary>
    public bool IsPairs
    {
        get
        {
            if (Strides[^1] != 1 || Offset % 2 != 0) return false;
            for (int axis = 0; axis < Rank - 1; axis++)
                if (Strides[axis] % 2 != 0) return false;
            return true;
        }
    }

    /// <summary>Pairs of real numbers along the last axis as complex numbers; the pairs must <see cref="IsPairs">lie right</see>.</summary>
    public NdArray AsComplex() =>
        new(Storage, Dims[..^1], Array.ConvertAll(Strides[..^1], stride => stride / 2), Offset / 2, DType.ComplexType());

    /// <summary>The same memory seen through another geometry.</summary>
    public NdArray View(int[] dims, int[] strides, int offset) => new(Storage, dims, strides, offset, DType);

    /// <summary>A reference to the element at a position of the storage.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At<T>(int position) where T : unmanaged =>
        ref Unsafe.Add(ref Unsafe.As<byte, T>(ref Storage.Reference()), position);

    /// <summary>The elements of a contiguous array.</summary>
    public unsafe Span<T> Span<T>() where T : unmanaged =>
        System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref At<T>(Offset), Numel);

    /// <summary>One element as a double, by position in the storage.</summary>
    public double GetDouble(int position) => DType switch
    {
        DType.Float32 => At<float>(position),
        DType.Float64 => At<double>(position),
        DType.Int64 => At<long>(position),
        DType.Int32 => At<int>(position),
        DType.UInt8 => At<byte>(position),
        DType.Bool => At<byte>(position) != 0 ? 1 : 0,
        _ => throw ArrayErrors.ComplexAsReal(DType, DType.Float64),
    };

    /// <summary>One element as a long (floating point is truncated), by position in the storage.</summary>
    public long GetInt64(int position) => DType switch
    {
        DType.Float32 => (long)At<float>(position),
        DType.Float64 => (long)At<double>(position),
        DType.Int64 => At<long>(position),
        DType.Int32 => At<int>(position),
        DType.UInt8 => At<byte>(position),
        DType.Bool => At<byte>(position) != 0 ? 1 : 0,
        _ => throw ArrayErrors.ComplexAsReal(DType, DType.Int64),
    };

    /// <summary>Writes one element from a double, by position in the storage.</summary>
    public void SetDouble(int position, double value)
    {
        switch (DType)
        {
            case DType.Float32: At<float>(position) = (float)value; break;
            case DType.Float64: At<double>(position) = value; break;
            case DType.Int64: At<long>(position) = (long)value; break;
            case DType.Int32: At<int>(position) = unchecked((int)(long)value); break;
            case DType.UInt8: At<byte>(position) = unchecked((byte)(long)value); break;
            case DType.Complex64: (At<float>(2 * position), At<float>((2 * position) + 1)) = ((float)value, 0); break;
            case DType.Complex128: (At<double>(2 * position), At<double>((2 * position) + 1)) = (value, 0); break;
            default: At<byte>(position) = value != 0 ? (byte)1 : (byte)0; break;
        }
    }

    /// <summary>Writes one element from a long, by position in the storage.</summary>
    public void SetInt64(int position, long value)
    {
        switch (DType)
        {
            case DType.Float32: At<float>(position) = value; break;
            case DType.Float64: At<double>(position) = value; break;
            case DType.Int64: At<long>(position) = value; break;
            case DType.Int32: At<int>(position) = unchecked((int)value); break;
            case DType.UInt8: At<byte>(position) = unchecked((byte)value); break;
            case DType.Complex64 or DType.Complex128: SetDouble(position, value); break;
            default: At<byte>(position) = value != 0 ? (byte)1 : (byte)0; break;
        }
    }

    /// <summary>The position in the storage of the element with the given row-major index.</summary>
    public int PositionOf(int linear)
    {
        int position = Offset;
        for (int i = Dims.Length - 1; i >= 0 && linear > 0; i--)
        {
            position += linear % Dims[i] * Strides[i];
            linear /= Dims[i];
        }
        return position;
    }
}

/// <summary>Steps through the positions of an array's elements in row-major order.</summary>
internal struct Odometer
{
    private readonly int[] dims;
    private readonly int[] strides;
    private readonly int[] index;

    public Odometer(in NdArray x)
    {
        dims = x.Dims;
        strides = x.Strides;
        index = new int[dims.Length];
        Position = x.Offset;
    }

    /// <summary>The position in the storage of the current element.</summary>
    public int Position { get; private set; }

    /// <summary>Goes to the next element; after the last it is at the first again.</summary>
    public void Advance()
    {
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            Position += strides[axis];
            if (++index[axis] < dims[axis]) return;
            Position -= dims[axis] * strides[axis];
            index[axis] = 0;
        }
    }
}
