using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Moves small blocks of [rows, columns] between any layout and type and contiguous buffers. Where neighbours in memory are
/// neighbours along the rows, a column is read down, so that a cache line is used whole.
/// </summary>
internal static unsafe class StridedGather
{
    /// <summary>Copies a block to a buffer, converted to its type.</summary>
    public static void Read<T>(DType type, byte* source, nint row, nint column, nint rows, nint columns, T* target)
        where T : unmanaged
    {
        switch (type)
        {
            case DType.Float32: Copy((float*)source, row, column, target, columns, 1, rows, columns); break;
            case DType.Float64: Copy((double*)source, row, column, target, columns, 1, rows, columns); break;
            case DType.Int64: Copy((long*)source, row, column, target, columns, 1, rows, columns); break;
            case DType.Int32: Copy((int*)source, row, column, target, columns, 1, rows, columns); break;
            default:
                if (typeof(T) == typeof(float) && column == 1)
                    for (nint r = 0; r < rows; r++) TruthValues.Widen(source + (r * row), (float*)target + (r * columns), (int)columns);
                else Copy<byte, T>(source, row, column, target, columns, 1, rows, columns);
                break;
        }
    }

    /// <summary>Copies a buffer to a block, converted to the block's type.</summary>
    public static void Write<T>(T* source, DType type, byte* target, nint row, nint column, nint rows, nint columns)
        where T : unmanaged
    {
        switch (type)
        {
            case DType.Float32: Copy(source, columns, 1, (float*)target, row, column, rows, columns); break;
            case DType.Float64: Copy(source, columns, 1, (double*)target, row, column, rows, columns); break;
            case DType.Int64: Copy(source, columns, 1, (long*)target, row, column, rows, columns); break;
            case DType.Int32: Copy(source, columns, 1, (int*)target, row, column, rows, columns); break;
            case DType.UInt8: Copy(source, columns, 1, target, row, column, rows, columns); break;
            default:
                for (nint r = 0; r < rows; r++)
                {
                    if (column == 1) TruthValues.Narrow(source + (r * columns), target + (r * row), (int)columns);
                    else for (nint c = 0; c < columns; c++) TruthValues.Narrow(source + (r * columns) + c, target + (r * row) + (c * column), 1);
                }
                break;
        }
    }

    /// <summary>Fills a block with one number.</summary>
    public static void Fill<T>(byte* target, nint row, nint column, nint rows, nint columns, T value)
        where T : unmanaged
    {
        for (nint r = 0; r < rows; r++)
            for (nint c = 0; c < columns; c++) ((T*)target)[(r * row) + (c * column)] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<TSource, TTarget>(TSource* source, nint row, nint column, TTarget* target, nint targetRow, nint targetColumn, nint rows, nint columns)
        where TSource : unmanaged
        where TTarget : unmanaged
    {
        if (typeof(TSource) == typeof(TTarget) && column == 1 && targetColumn == 1)
        {
            for (nint r = 0; r < rows; r++) Buffer.MemoryCopy(source + (r * row), target + (r * targetRow), columns * sizeof(TTarget), columns * sizeof(TTarget));
        }
        else if (rows > 1 && nint.Abs(row) < nint.Abs(column))
        {
            for (nint c = 0; c < columns; c++)
                for (nint r = 0; r < rows; r++) target[(r * targetRow) + (c * targetColumn)] = Cast.To<TSource, TTarget>(source[(r * row) + (c * column)]);
        }
        else
        {
            for (nint r = 0; r < rows; r++)
                for (nint c = 0; c < columns; c++) target[(r * targetRow) + (c * targetColumn)] = Cast.To<TSource, TTarget>(source[(r * row) + (c * column)]);
        }
    }
}
