using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla;

/// <summary>
/// Between items one after the other, each a row of numbers, and tiles, in which the same number of all items lies side by side.
/// <code>
/// items:  a0 b0 c0 | a1 b1 c1 | …        tile:  a0 a1 … | b0 b1 … | c0 c1 …
/// </code>
/// </summary>
internal static unsafe class ItemTiles
{
    private const int Block = 4;

    /// <summary>Copies items into a tile.</summary>
    /// <param name="items">The first item.</param>
    /// <param name="numbers">How many numbers an item has.</param>
    /// <param name="count">How many items there are.</param>
    /// <param name="tile">Where they go.</param>
    /// <param name="length">How many items the tile has room for.</param>
    public static void Gather<T>(T* items, int numbers, int count, T* tile, int length)
        where T : unmanaged => Transpose(items, numbers, tile, length, count, numbers);

    /// <summary>Copies a tile to items.</summary>
    /// <inheritdoc cref="Gather"/>
    public static void Scatter<T>(T* tile, int length, T* items, int numbers, int count)
        where T : unmanaged => Transpose(tile, length, items, numbers, numbers, count);

    /// <summary>Repeats the last item up to a number of items, so that vectors find numbers everywhere.</summary>
    public static void Pad<T>(T* tile, int length, int numbers, int count, int upTo)
        where T : unmanaged
    {
        for (int row = 0; row < numbers; row++, tile += length)
            for (int i = count; i < upTo; i++) tile[i] = tile[count - 1];
    }

    // to[j, i] = from[i, j]; optimised at once, for a few calls do all the work.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose<T>(T* from, int fromStride, T* to, int toStride, int rows, int columns)
        where T : unmanaged
    {
        int i = 0;
        if (sizeof(T) == sizeof(double) ? Avx.IsSupported : Sse.IsSupported)
        {
            for (; i <= rows - Block; i += Block)
            {
                int j = 0;
                for (; j <= columns - Block; j += Block)
                {
                    T* a = from + ((nint)i * fromStride) + j, b = to + ((nint)j * toStride) + i;
                    if (sizeof(T) == sizeof(double)) TransposeDoubles((double*)a, fromStride, (double*)b, toStride);
                    else TransposeFloats((float*)a, fromStride, (float*)b, toStride);
                }
                Each(i, i + Block, j);
            }
        }
        Each(i, rows, 0);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Each(int firstRow, int endRow, int firstColumn)
        {
            for (int j = firstColumn; j < columns; j++)
                for (int row = firstRow; row < endRow; row++) to[((nint)j * toStride) + row] = from[((nint)row * fromStride) + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeDoubles(double* from, nint fromStride, double* to, nint toStride)
    {
        Vector256<double> a = Vector256.Load(from), b = Vector256.Load(from + fromStride);
        Vector256<double> c = Vector256.Load(from + (2 * fromStride)), d = Vector256.Load(from + (3 * fromStride));
        Vector256<double> lowAb = Avx.UnpackLow(a, b), highAb = Avx.UnpackHigh(a, b), lowCd = Avx.UnpackLow(c, d), highCd = Avx.UnpackHigh(c, d);
        Avx.Permute2x128(lowAb, lowCd, 0x20).Store(to);
        Avx.Permute2x128(highAb, highCd, 0x20).Store(to + toStride);
        Avx.Permute2x128(lowAb, lowCd, 0x31).Store(to + (2 * toStride));
        Avx.Permute2x128(highAb, highCd, 0x31).Store(to + (3 * toStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeFloats(float* from, nint fromStride, float* to, nint toStride)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + fromStride);
        Vector128<float> c = Vector128.Load(from + (2 * fromStride)), d = Vector128.Load(from + (3 * fromStride));
        Vector128<float> lowAb = Sse.UnpackLow(a, b), highAb = Sse.UnpackHigh(a, b), lowCd = Sse.UnpackLow(c, d), highCd = Sse.UnpackHigh(c, d);
        Sse.MoveLowToHigh(lowAb, lowCd).Store(to);
        Sse.MoveHighToLow(lowCd, lowAb).Store(to + toStride);
        Sse.MoveLowToHigh(highAb, highCd).Store(to + (2 * toStride));
        Sse.MoveHighToLow(highCd, highAb).Store(to + (3 * toStride));
    }
}
