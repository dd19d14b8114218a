using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla;

/// <summary>The register widths the matrix product is written for.</summary>
internal enum TileWidth
{
    /// <summary>16-byte registers: tiles of 6 rows and two registers.</summary>
    Bits128,

    /// <summary>32-byte registers: tiles of 6 rows and two registers.</summary>
    Bits256,

    /// <summary>64-byte registers: tiles of 12 rows and two registers.</summary>
    Bits512,
}

/// <summary>
/// The innermost step of the matrix product: one tile of C, held in registers while a strip of A passes by a strip of B.
/// </summary>
/// <remarks>
/// A tile is 6 rows by two registers (12 sums, 2 registers for B and 1 for the broadcast A fill 15 of 16), or 12 rows
/// where there are 32 registers of 64 bytes. A is read through one pointer a row and a common offset, so a packed strip and
/// a matrix in place cost the same. Rows past the edge read the last row again and are not stored. Every element of C is
/// summed in the order of k, whatever the width, so all widths give the same numbers where there is a fused multiply-add.
/// The tiles are optimised at their first call: their unoptimised form is a hundred times slower.
/// </remarks>
internal static unsafe class MatrixTile
{
    /// <summary>The widest registers of this machine.</summary>
    public static TileWidth Hardware =>
        Vector512.IsHardwareAccelerated ? TileWidth.Bits512 : Vector256.IsHardwareAccelerated ? TileWidth.Bits256 : TileWidth.Bits128;

    /// <summary>Rows of C a tile holds.</summary>
    public static int Rows(TileWidth width) => width == TileWidth.Bits512 ? 12 : 6;

    /// <summary>Columns of C a tile holds.</summary>
    public static int Columns<T>(TileWidth width)
        where T : unmanaged
        => width switch
        {
            TileWidth.Bits512 => 2 * Vector512<T>.Count,
            TileWidth.Bits256 => 2 * Vector256<T>.Count,
            _ => 2 * Vector128<T>.Count,
        };

    /// <summary>C = A·B, or C += A·B, for a tile of <paramref name="rows"/> rows and all columns of a strip; B's rows are contiguous.</summary>
    public static void Multiply<T>(TileWidth width, nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, int rows, bool accumulate)
        where T : unmanaged
    {
        switch (width)
        {
            case TileWidth.Bits512:
                Tile512(k, a, aRow, aCol, b, bRow, c, cRow, rows, accumulate);
                break;
            case TileWidth.Bits256:
                Tile256(k, a, aRow, aCol, b, bRow, c, cRow, rows, accumulate);
                break;
            default:
                Tile128(k, a, aRow, aCol, b, bRow, c, cRow, rows, accumulate);
                break;
        }
    }

    /// <summary>The same for a tile cut by C's right edge: computed whole beside C, then its first <paramref name="columns"/> columns are stored.</summary>
    [SkipLocalsInit]
    public static void MultiplyAtEdge<T>(TileWidth width, nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, int rows, int columns, bool accumulate)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        byte* room = stackalloc byte[12 * 2 * 64];
        T* tile = (T*)room;
        int stride = Columns<T>(width);
        Multiply(width, k, a, aRow, aCol, b, bRow, tile, stride, rows, accumulate: false);
        for (int i = 0; i < rows; i++)
        {
            T* from = tile + i * stride;
            T* to = c + i * cRow;
            if (accumulate)
                for (int j = 0; j < columns; j++) to[j] += from[j];
            else
                for (int j = 0; j < columns; j++) to[j] = from[j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile128<T>(nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, int rows, bool accumulate)
        where T : unmanaged
    {
        int lanes = Vector128<T>.Count;
        T* a0 = a;
        T* a1 = a0 + (rows > 1 ? aRow : 0);
        T* a2 = a1 + (rows > 2 ? aRow : 0);
        T* a3 = a2 + (rows > 3 ? aRow : 0);
        T* a4 = a3 + (rows > 4 ? aRow : 0);
        T* a5 = a4 + (rows > 5 ? aRow : 0);
        Vector128<T> s0 = Vector128<T>.Zero, t0 = Vector128<T>.Zero;
        Vector128<T> s1 = Vector128<T>.Zero, t1 = Vector128<T>.Zero;
        Vector128<T> s2 = Vector128<T>.Zero, t2 = Vector128<T>.Zero;
        Vector128<T> s3 = Vector128<T>.Zero, t3 = Vector128<T>.Zero;
        Vector128<T> s4 = Vector128<T>.Zero, t4 = Vector128<T>.Zero;
        Vector128<T> s5 = Vector128<T>.Zero, t5 = Vector128<T>.Zero;
        nint at = 0;
        for (nint p = k; p > 0; p--)
        {
            Vector128<T> u = Vector128.Load(b);
            Vector128<T> v = Vector128.Load(b + lanes);
            Vector128<T> x0 = Vector128.Create(a0[at]);
            s0 = MultiplyAdd(x0, u, s0);
            t0 = MultiplyAdd(x0, v, t0);
            Vector128<T> x1 = Vector128.Create(a1[at]);
            s1 = MultiplyAdd(x1, u, s1);
            t1 = MultiplyAdd(x1, v, t1);
            Vector128<T> x2 = Vector128.Create(a2[at]);
            s2 = MultiplyAdd(x2, u, s2);
            t2 = MultiplyAdd(x2, v, t2);
            Vector128<T> x3 = Vector128.Create(a3[at]);
            s3 = MultiplyAdd(x3, u, s3);
            t3 = MultiplyAdd(x3, v, t3);
            Vector128<T> x4 = Vector128.Create(a4[at]);
            s4 = MultiplyAdd(x4, u, s4);
            t4 = MultiplyAdd(x4, v, t4);
            Vector128<T> x5 = Vector128.Create(a5[at]);
            s5 = MultiplyAdd(x5, u, s5);
            t5 = MultiplyAdd(x5, v, t5);
            at += aCol;
            b += bRow;
        }

        Store128(c, s0, t0, accumulate);
        if (rows > 1) Store128(c + 1 * cRow, s1, t1, accumulate);
        if (rows > 2) Store128(c + 2 * cRow, s2, t2, accumulate);
        if (rows > 3) Store128(c + 3 * cRow, s3, t3, accumulate);
        if (rows > 4) Store128(c + 4 * cRow, s4, t4, accumulate);
        if (rows > 5) Store128(c + 5 * cRow, s5, t5, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store128<T>(T* c, Vector128<T> s, Vector128<T> t, bool accumulate)
        where T : unmanaged
    {
        T* right = c + Vector128<T>.Count;
        if (accumulate)
        {
            s += Vector128.Load(c);
            t += Vector128.Load(right);
        }

        s.Store(c);
        t.Store(right);
    }
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile256<T>(nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, int rows, bool accumulate)
        where T : unmanaged
    {
        int lanes = Vector256<T>.Count;
        T* a0 = a;
        T* a1 = a0 + (rows > 1 ? aRow : 0);
        T* a2 = a1 + (rows > 2 ? aRow : 0);
        T* a3 = a2 + (rows > 3 ? aRow : 0);
        T* a4 = a3 + (rows > 4 ? aRow : 0);
        T* a5 = a4 + (rows > 5 ? aRow : 0);
        Vector256<T> s0 = Vector256<T>.Zero, t0 = Vector256<T>.Zero;
        Vector256<T> s1 = Vector256<T>.Zero, t1 = Vector256<T>.Zero;
        Vector256<T> s2 = Vector256<T>.Zero, t2 = Vector256<T>.Zero;
        Vector256<T> s3 = Vector256<T>.Zero, t3 = Vector256<T>.Zero;
        Vector256<T> s4 = Vector256<T>.Zero, t4 = Vector256<T>.Zero;
        Vector256<T> s5 = Vector256<T>.Zero, t5 = Vector256<T>.Zero;
        nint at = 0;
        for (nint p = k; p > 0; p--)
        {
            Vector256<T> u = Vector256.Load(b);
            Vector256<T> v = Vector256.Load(b + lanes);
            Vector256<T> x0 = Vector256.Create(a0[at]);
            s0 = MultiplyAdd(x0, u, s0);
            t0 = MultiplyAdd(x0, v, t0);
            Vector256<T> x1 = Vector256.Create(a1[at]);
            s1 = MultiplyAdd(x1, u, s1);
            t1 = MultiplyAdd(x1, v, t1);
            Vector256<T> x2 = Vector256.Create(a2[at]);
            s2 = MultiplyAdd(x2, u, s2);
            t2 = MultiplyAdd(x2, v, t2);
            Vector256<T> x3 = Vector256.Create(a3[at]);
            s3 = MultiplyAdd(x3, u, s3);
            t3 = MultiplyAdd(x3, v, t3);
            Vector256<T> x4 = Vector256.Create(a4[at]);
            s4 = MultiplyAdd(x4, u, s4);
            t4 = MultiplyAdd(x4, v, t4);
            Vector256<T> x5 = Vector256.Create(a5[at]);
            s5 = MultiplyAdd(x5, u, s5);
            t5 = MultiplyAdd(x5, v, t5);
            at += aCol;
            b += bRow;
        }

        Store256(c, s0, t0, accumulate);
        if (rows > 1) Store256(c + 1 * cRow, s1, t1, accumulate);
        if (rows > 2) Store256(c + 2 * cRow, s2, t2, accumulate);
        if (rows > 3) Store256(c + 3 * cRow, s3, t3, accumulate);
        if (rows > 4) Store256(c + 4 * cRow, s4, t4, accumulate);
        if (rows > 5) Store256(c + 5 * cRow, s5, t5, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store256<T>(T* c, Vector256<T> s, Vector256<T> t, bool accumulate)
        where T : unmanaged
    {
        T* right = c + Vector256<T>.Count;
        if (accumulate)
        {
            s += Vector256.Load(c);
            t += Vector256.Load(right);
        }

        s.Store(c);
        t.Store(right);
    }
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile512<T>(nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, int rows, bool accumulate)
        where T : unmanaged
    {
        int lanes = Vector512<T>.Count;
        T* a0 = a;
        T* a1 = a0 + (rows > 1 ? aRow : 0);
        T* a2 = a1 + (rows > 2 ? aRow : 0);
        T* a3 = a2 + (rows > 3 ? aRow : 0);
        T* a4 = a3 + (rows > 4 ? aRow : 0);
        T* a5 = a4 + (rows > 5 ? aRow : 0);
        T* a6 = a5 + (rows > 6 ? aRow : 0);
        T* a7 = a6 + (rows > 7 ? aRow : 0);
        T* a8 = a7 + (rows > 8 ? aRow : 0);
        T* a9 = a8 + (rows > 9 ? aRow : 0);
        T* a10 = a9 + (rows > 10 ? aRow : 0);
        T* a11 = a10 + (rows > 11 ? aRow : 0);
        Vector512<T> s0 = Vector512<T>.Zero, t0 = Vector512<T>.Zero;
        Vector512<T> s1 = Vector512<T>.Zero, t1 = Vector512<T>.Zero;
        Vector512<T> s2 = Vector512<T>.Zero, t2 = Vector512<T>.Zero;
        Vector512<T> s3 = Vector512<T>.Zero, t3 = Vector512<T>.Zero;
        Vector512<T> s4 = Vector512<T>.Zero, t4 = Vector512<T>.Zero;
        Vector512<T> s5 = Vector512<T>.Zero, t5 = Vector512<T>.Zero;
        Vector512<T> s6 = Vector512<T>.Zero, t6 = Vector512<T>.Zero;
        Vector512<T> s7 = Vector512<T>.Zero, t7 = Vector512<T>.Zero;
        Vector512<T> s8 = Vector512<T>.Zero, t8 = Vector512<T>.Zero;
        Vector512<T> s9 = Vector512<T>.Zero, t9 = Vector512<T>.Zero;
        Vector512<T> s10 = Vector512<T>.Zero, t10 = Vector512<T>.Zero;
        Vector512<T> s11 = Vector512<T>.Zero, t11 = Vector512<T>.Zero;
        nint at = 0;
        for (nint p = k; p > 0; p--)
        {
            Vector512<T> u = Vector512.Load(b);
            Vector512<T> v = Vector512.Load(b + lanes);
            Vector512<T> x0 = Vector512.Create(a0[at]);
            s0 = MultiplyAdd(x0, u, s0);
            t0 = MultiplyAdd(x0, v, t0);
            Vector512<T> x1 = Vector512.Create(a1[at]);
            s1 = MultiplyAdd(x1, u, s1);
            t1 = MultiplyAdd(x1, v, t1);
            Vector512<T> x2 = Vector512.Create(a2[at]);
            s2 = MultiplyAdd(x2, u, s2);
            t2 = MultiplyAdd(x2, v, t2);
            Vector512<T> x3 = Vector512.Create(a3[at]);
            s3 = MultiplyAdd(x3, u, s3);
            t3 = MultiplyAdd(x3, v, t3);
            Vector512<T> x4 = Vector512.Create(a4[at]);
            s4 = MultiplyAdd(x4, u, s4);
            t4 = MultiplyAdd(x4, v, t4);
            Vector512<T> x5 = Vector512.Create(a5[at]);
            s5 = MultiplyAdd(x5, u, s5);
            t5 = MultiplyAdd(x5, v, t5);
            Vector512<T> x6 = Vector512.Create(a6[at]);
            s6 = MultiplyAdd(x6, u, s6);
            t6 = MultiplyAdd(x6, v, t6);
            Vector512<T> x7 = Vector512.Create(a7[at]);
            s7 = MultiplyAdd(x7, u, s7);
            t7 = MultiplyAdd(x7, v, t7);
            Vector512<T> x8 = Vector512.Create(a8[at]);
            s8 = MultiplyAdd(x8, u, s8);
            t8 = MultiplyAdd(x8, v, t8);
            Vector512<T> x9 = Vector512.Create(a9[at]);
            s9 = MultiplyAdd(x9, u, s9);
            t9 = MultiplyAdd(x9, v, t9);
            Vector512<T> x10 = Vector512.Create(a10[at]);
            s10 = MultiplyAdd(x10, u, s10);
            t10 = MultiplyAdd(x10, v, t10);
            Vector512<T> x11 = Vector512.Create(a11[at]);
            s11 = MultiplyAdd(x11, u, s11);
            t11 = MultiplyAdd(x11, v, t11);
            at += aCol;
            b += bRow;
        }

        Store512(c, s0, t0, accumulate);
        if (rows > 1) Store512(c + 1 * cRow, s1, t1, accumulate);
        if (rows > 2) Store512(c + 2 * cRow, s2, t2, accumulate);
        if (rows > 3) Store512(c + 3 * cRow, s3, t3, accumulate);
        if (rows > 4) Store512(c + 4 * cRow, s4, t4, accumulate);
        if (rows > 5) Store512(c + 5 * cRow, s5, t5, accumulate);
        if (rows > 6) Store512(c + 6 * cRow, s6, t6, accumulate);
        if (rows > 7) Store512(c + 7 * cRow, s7, t7, accumulate);
        if (rows > 8) Store512(c + 8 * cRow, s8, t8, accumulate);
        if (rows > 9) Store512(c + 9 * cRow, s9, t9, accumulate);
        if (rows > 10) Store512(c + 10 * cRow, s10, t10, accumulate);
        if (rows > 11) Store512(c + 11 * cRow, s11, t11, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store512<T>(T* c, Vector512<T> s, Vector512<T> t, bool accumulate)
        where T : unmanaged
    {
        T* right = c + Vector512<T>.Count;
        if (accumulate)
        {
            s += Vector512.Load(c);
            t += Vector512.Load(right);
        }

        s.Store(c);
        t.Store(right);
    }
    // The widths' own multiply-add: fused where the hardware has it. T is float or double; the test folds away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> MultiplyAdd<T>(Vector128<T> x, Vector128<T> y, Vector128<T> z) =>
        typeof(T) == typeof(float)
            ? Vector128.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector128.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> MultiplyAdd<T>(Vector256<T> x, Vector256<T> y, Vector256<T> z) =>
        typeof(T) == typeof(float)
            ? Vector256.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector256.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> MultiplyAdd<T>(Vector512<T> x, Vector512<T> y, Vector512<T> z) =>
        typeof(T) == typeof(float)
            ? Vector512.MultiplyAddEstimate(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector512.MultiplyAddEstimate(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();
}
