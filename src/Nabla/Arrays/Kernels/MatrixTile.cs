using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Nabla;

/// <summary>
/// The innermost step of the matrix product: one tile of C, held in registers while a strip of A passes by a strip of B.
/// </summary>
/// <remarks>
/// A tile is 12, 8, 6 or 4 rows by two registers: 24 sums, two registers for B and one for the broadcast A fill 27 of 32, 12
/// sums 15 of 16. Narrow tiles have one register. A is read through a pointer for each three rows, with a stride and its
/// double as offsets, so that a packed strip and a matrix in place cost the same and all addresses stay in registers. Every
/// element of C is summed in the order of k, whatever the tile and the width, so all give the same numbers where there is a
/// fused multiply-add. What is added to the sums, C itself or a row that all rows of C share, is read as they are stored, from
/// add and a step of addRow for each row; null adds nothing. Tiles are optimised at their first call: their unoptimised form is a hundred times slower.
/// </remarks>
internal static unsafe class MatrixTile<R, V, T>
    where R : struct, IRegister<V, T>
    where V : unmanaged
    where T : unmanaged
{
    // With fewer steps there is no time for C to come from memory, and products of that size lie in the caches.
    private const int Deep = 128;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TwelveRows(nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, T* add, nint addRow)
    {
        nint aTwo = 2 * aRow;
        T* a3 = a + 3 * aRow, a6 = a3 + 3 * aRow, a9 = a6 + 3 * aRow;
        if (k >= Deep)
            for (int i = 0; i < 12; i++) Prefetch(c + i * cRow);
        bool adds = add != null;
        V s0 = default, t0 = default;
        V s1 = default, t1 = default;
        V s2 = default, t2 = default;
        V s3 = default, t3 = default;
        V s4 = default, t4 = default;
        V s5 = default, t5 = default;
        V s6 = default, t6 = default;
        V s7 = default, t7 = default;
        V s8 = default, t8 = default;
        V s9 = default, t9 = default;
        V s10 = default, t10 = default;
        V s11 = default, t11 = default;
        for (; k > 0; k--)
        {
            V u = R.Load(b), v = R.Load(b + R.Lanes);
            V x0 = R.Create(*a);
            s0 = R.MultiplyAdd(x0, u, s0);
            t0 = R.MultiplyAdd(x0, v, t0);
            V x1 = R.Create(a[aRow]);
            s1 = R.MultiplyAdd(x1, u, s1);
            t1 = R.MultiplyAdd(x1, v, t1);
            V x2 = R.Create(a[aTwo]);
            s2 = R.MultiplyAdd(x2, u, s2);
            t2 = R.MultiplyAdd(x2, v, t2);
            V x3 = R.Create(*a3);
            s3 = R.MultiplyAdd(x3, u, s3);
            t3 = R.MultiplyAdd(x3, v, t3);
            V x4 = R.Create(a3[aRow]);
            s4 = R.MultiplyAdd(x4, u, s4);
            t4 = R.MultiplyAdd(x4, v, t4);
            V x5 = R.Create(a3[aTwo]);
            s5 = R.MultiplyAdd(x5, u, s5);
            t5 = R.MultiplyAdd(x5, v, t5);
            V x6 = R.Create(*a6);
            s6 = R.MultiplyAdd(x6, u, s6);
            t6 = R.MultiplyAdd(x6, v, t6);
            V x7 = R.Create(a6[aRow]);
            s7 = R.MultiplyAdd(x7, u, s7);
            t7 = R.MultiplyAdd(x7, v, t7);
            V x8 = R.Create(a6[aTwo]);
            s8 = R.MultiplyAdd(x8, u, s8);
            t8 = R.MultiplyAdd(x8, v, t8);
            V x9 = R.Create(*a9);
            s9 = R.MultiplyAdd(x9, u, s9);
            t9 = R.MultiplyAdd(x9, v, t9);
            V x10 = R.Create(a9[aRow]);
            s10 = R.MultiplyAdd(x10, u, s10);
            t10 = R.MultiplyAdd(x10, v, t10);
            V x11 = R.Create(a9[aTwo]);
            s11 = R.MultiplyAdd(x11, u, s11);
            t11 = R.MultiplyAdd(x11, v, t11);
            a += aCol;
            a3 += aCol;
            a6 += aCol;
            a9 += aCol;
            b += bRow;
        }

        Store(c, s0, t0, adds, add);
        Store(c + cRow, s1, t1, adds, add + addRow);
        Store(c + 2 * cRow, s2, t2, adds, add + 2 * addRow);
        Store(c + 3 * cRow, s3, t3, adds, add + 3 * addRow);
        Store(c + 4 * cRow, s4, t4, adds, add + 4 * addRow);
        Store(c + 5 * cRow, s5, t5, adds, add + 5 * addRow);
        Store(c + 6 * cRow, s6, t6, adds, add + 6 * addRow);
        Store(c + 7 * cRow, s7, t7, adds, add + 7 * addRow);
        Store(c + 8 * cRow, s8, t8, adds, add + 8 * addRow);
        Store(c + 9 * cRow, s9, t9, adds, add + 9 * addRow);
        Store(c + 10 * cRow, s10, t10, adds, add + 10 * addRow);
        Store(c + 11 * cRow, s11, t11, adds, add + 11 * addRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void EightRows(nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, T* add, nint addRow)
    {
        nint aTwo = 2 * aRow;
        T* a3 = a + 3 * aRow, a6 = a3 + 3 * aRow;
        if (k >= Deep)
            for (int i = 0; i < 8; i++) Prefetch(c + i * cRow);
        bool adds = add != null;
        V s0 = default, t0 = default;
        V s1 = default, t1 = default;
        V s2 = default, t2 = default;
        V s3 = default, t3 = default;
        V s4 = default, t4 = default;
        V s5 = default, t5 = default;
        V s6 = default, t6 = default;
        V s7 = default, t7 = default;
        for (; k > 0; k--)
        {
            V u = R.Load(b), v = R.Load(b + R.Lanes);
            V x0 = R.Create(*a);
            s0 = R.MultiplyAdd(x0, u, s0);
            t0 = R.MultiplyAdd(x0, v, t0);
            V x1 = R.Create(a[aRow]);
            s1 = R.MultiplyAdd(x1, u, s1);
            t1 = R.MultiplyAdd(x1, v, t1);
            V x2 = R.Create(a[aTwo]);
            s2 = R.MultiplyAdd(x2, u, s2);
            t2 = R.MultiplyAdd(x2, v, t2);
            V x3 = R.Create(*a3);
            s3 = R.MultiplyAdd(x3, u, s3);
            t3 = R.MultiplyAdd(x3, v, t3);
            V x4 = R.Create(a3[aRow]);
            s4 = R.MultiplyAdd(x4, u, s4);
            t4 = R.MultiplyAdd(x4, v, t4);
            V x5 = R.Create(a3[aTwo]);
            s5 = R.MultiplyAdd(x5, u, s5);
            t5 = R.MultiplyAdd(x5, v, t5);
            V x6 = R.Create(*a6);
            s6 = R.MultiplyAdd(x6, u, s6);
            t6 = R.MultiplyAdd(x6, v, t6);
            V x7 = R.Create(a6[aRow]);
            s7 = R.MultiplyAdd(x7, u, s7);
            t7 = R.MultiplyAdd(x7, v, t7);
            a += aCol;
            a3 += aCol;
            a6 += aCol;
            b += bRow;
        }

        Store(c, s0, t0, adds, add);
        Store(c + cRow, s1, t1, adds, add + addRow);
        Store(c + 2 * cRow, s2, t2, adds, add + 2 * addRow);
        Store(c + 3 * cRow, s3, t3, adds, add + 3 * addRow);
        Store(c + 4 * cRow, s4, t4, adds, add + 4 * addRow);
        Store(c + 5 * cRow, s5, t5, adds, add + 5 * addRow);
        Store(c + 6 * cRow, s6, t6, adds, add + 6 * addRow);
        Store(c + 7 * cRow, s7, t7, adds, add + 7 * addRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SixRows(nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, T* add, nint addRow)
    {
        nint aTwo = 2 * aRow;
        T* a3 = a + 3 * aRow;
        if (k >= Deep)
            for (int i = 0; i < 6; i++) Prefetch(c + i * cRow);
        bool adds = add != null;
        V s0 = default, t0 = default;
        V s1 = default, t1 = default;
        V s2 = default, t2 = default;
        V s3 = default, t3 = default;
        V s4 = default, t4 = default;
        V s5 = default, t5 = default;
        for (; k > 0; k--)
        {
            V u = R.Load(b), v = R.Load(b + R.Lanes);
            V x0 = R.Create(*a);
            s0 = R.MultiplyAdd(x0, u, s0);
            t0 = R.MultiplyAdd(x0, v, t0);
            V x1 = R.Create(a[aRow]);
            s1 = R.MultiplyAdd(x1, u, s1);
            t1 = R.MultiplyAdd(x1, v, t1);
            V x2 = R.Create(a[aTwo]);
            s2 = R.MultiplyAdd(x2, u, s2);
            t2 = R.MultiplyAdd(x2, v, t2);
            V x3 = R.Create(*a3);
            s3 = R.MultiplyAdd(x3, u, s3);
            t3 = R.MultiplyAdd(x3, v, t3);
            V x4 = R.Create(a3[aRow]);
            s4 = R.MultiplyAdd(x4, u, s4);
            t4 = R.MultiplyAdd(x4, v, t4);
            V x5 = R.Create(a3[aTwo]);
            s5 = R.MultiplyAdd(x5, u, s5);
            t5 = R.MultiplyAdd(x5, v, t5);
            a += aCol;
            a3 += aCol;
            b += bRow;
        }

        Store(c, s0, t0, adds, add);
        Store(c + cRow, s1, t1, adds, add + addRow);
        Store(c + 2 * cRow, s2, t2, adds, add + 2 * addRow);
        Store(c + 3 * cRow, s3, t3, adds, add + 3 * addRow);
        Store(c + 4 * cRow, s4, t4, adds, add + 4 * addRow);
        Store(c + 5 * cRow, s5, t5, adds, add + 5 * addRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FourRows(nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, int rows, T* add, nint addRow)
    {
        T* a1 = a + (rows > 1 ? aRow : 0), a2 = a1 + (rows > 2 ? aRow : 0), a3 = a2 + (rows > 3 ? aRow : 0);
        bool adds = add != null;
        V s0 = default, t0 = default;
        V s1 = default, t1 = default;
        V s2 = default, t2 = default;
        V s3 = default, t3 = default;
        for (; k > 0; k--)
        {
            V u = R.Load(b), v = R.Load(b + R.Lanes);
            V x0 = R.Create(*a);
            s0 = R.MultiplyAdd(x0, u, s0);
            t0 = R.MultiplyAdd(x0, v, t0);
            V x1 = R.Create(*a1);
            s1 = R.MultiplyAdd(x1, u, s1);
            t1 = R.MultiplyAdd(x1, v, t1);
            V x2 = R.Create(*a2);
            s2 = R.MultiplyAdd(x2, u, s2);
            t2 = R.MultiplyAdd(x2, v, t2);
            V x3 = R.Create(*a3);
            s3 = R.MultiplyAdd(x3, u, s3);
            t3 = R.MultiplyAdd(x3, v, t3);
            a += aCol;
            a1 += aCol;
            a2 += aCol;
            a3 += aCol;
            b += bRow;
        }

        Store(c, s0, t0, adds, add);
        if (rows > 1) Store(c + cRow, s1, t1, adds, add + addRow);
        if (rows > 2) Store(c + 2 * cRow, s2, t2, adds, add + 2 * addRow);
        if (rows > 3) Store(c + 3 * cRow, s3, t3, adds, add + 3 * addRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* c, V s, V t, bool adds, T* add)
    {
        if (adds)
        {
            s = R.Add(s, R.Load(add));
            t = R.Add(t, R.Load(add + R.Lanes));
        }

        R.Store(c, s);
        R.Store(c + R.Lanes, t);
    }

    // The tile of C is wanted when the sums are done: by then it has come from memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(T* c)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + 2 * R.Lanes - 1);
        }
    }
}
