using System.Numerics;
using System.Runtime.Intrinsics;

namespace Nabla;

/// <summary>
/// Products of many small matrices, [m, k] · [k, n] with n no more than a register of 32 bytes holds: rotations and poses. A row of C
/// is one register, a sum of rows of B; the same operations in the same order as <see cref="MatrixProduct"/> does for a small one alone.
/// </summary>
internal static unsafe class NarrowProducts
{
    /// <summary>Beyond so many multiplications tiles are faster.</summary>
    private const int MostMultiplications = 128;

    /// <summary>Whether products of this type and size are for this kernel, where the columns of B lie <paramref name="bCol"/> elements apart.</summary>
    public static bool Takes(DType type, int m, int n, int k, int bCol) =>
        type is DType.Float32 or DType.Float64 && bCol == 1 && n > 1 && n <= Vector256<byte>.Count / type.Size() && k > 0 && m * n * k <= MostMultiplications;

    /// <summary>
    /// One product into contiguous memory, if whole registers may be read from B and written to C: what is written behind a row of C is
    /// overwritten by the next row or the next product.
    /// </summary>
    /// <param name="a">Holds A.</param>
    /// <param name="atA">Where A is in its storage.</param>
    /// <param name="b">Holds B.</param>
    /// <param name="atB">Where B is in its storage.</param>
    /// <param name="c">The results.</param>
    /// <param name="atC">Where this one belongs.</param>
    /// <param name="endC">The end of the results that are written one after the other.</param>
    /// <returns>False if nothing was done.</returns>
    public static bool TryMultiply(in NdArray a, int atA, in NdArray b, int atB, in NdArray c, int atC, int endC)
    {
        int m = a.Dims[^2], k = a.Dims[^1], n = b.Dims[^1], bRow = b.Strides[^2], size = c.DType.Size(), lanes = Vector256<byte>.Count / size;
        if (bRow < 0 || atB + ((k - 1) * bRow) + lanes > b.Storage.Bytes.Length / size || atC + ((m - 1) * n) + lanes > endC) return false;
        fixed (byte* x = a.Storage, y = b.Storage, z = c.Storage)
        {
            if (size == sizeof(float)) Multiply(m, n, k, (float*)x + atA, a.Strides[^2], a.Strides[^1], (float*)y + atB, bRow, (float*)z + c.Offset + atC);
            else Multiply(m, n, k, (double*)x + atA, a.Strides[^2], a.Strides[^1], (double*)y + atB, bRow, (double*)z + c.Offset + atC);
        }
        return true;
    }

    private static void Multiply<T>(int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c)
        where T : unmanaged, INumber<T>
    {
        if (k == 4) Four(m, n, a, aRow, aCol, b, bRow, c);
        else if (k == 3) Three(m, n, a, aRow, aCol, b, bRow, c);
        else Any(m, n, k, a, aRow, aCol, b, bRow, c);
    }

    private static void Four<T>(int m, int n, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c)
        where T : unmanaged, INumber<T>
    {
        Vector256<T> b0 = Vector256.Load(b), b1 = Vector256.Load(b + bRow), b2 = Vector256.Load(b + (2 * bRow)), b3 = Vector256.Load(b + (3 * bRow));
        for (; m > 0; m--, a += aRow, c += n)
        {
            Vector256<T> sum = Vector256.Create(*a) * b0;
            sum += Vector256.Create(a[aCol]) * b1;
            sum += Vector256.Create(a[2 * aCol]) * b2;
            sum += Vector256.Create(a[3 * aCol]) * b3;
            sum.Store(c);
        }
    }

    private static void Three<T>(int m, int n, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c)
        where T : unmanaged, INumber<T>
    {
        Vector256<T> b0 = Vector256.Load(b), b1 = Vector256.Load(b + bRow), b2 = Vector256.Load(b + (2 * bRow));
        for (; m > 0; m--, a += aRow, c += n)
        {
            Vector256<T> sum = Vector256.Create(*a) * b0;
            sum += Vector256.Create(a[aCol]) * b1;
            sum += Vector256.Create(a[2 * aCol]) * b2;
            sum.Store(c);
        }
    }

    private static void Any<T>(int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c)
        where T : unmanaged, INumber<T>
    {
        for (; m > 0; m--, a += aRow, c += n)
        {
            Vector256<T> sum = Vector256.Create(*a) * Vector256.Load(b);
            for (int p = 1; p < k; p++) sum += Vector256.Create(a[p * aCol]) * Vector256.Load(b + (p * bRow));
            sum.Store(c);
        }
    }
}
