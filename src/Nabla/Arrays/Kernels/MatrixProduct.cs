using System.Numerics;
using System.Runtime.Intrinsics;

namespace Nabla;

/// <summary>The register widths the matrix product is written for.</summary>
internal enum TileWidth
{
    /// <summary>16-byte registers.</summary>
    Bits128,

    /// <summary>32-byte registers.</summary>
    Bits256,

    /// <summary>64-byte registers.</summary>
    Bits512,
}

/// <summary>
/// C = A·B for matrices in memory, with any strides for A and B, so that a transpose is never copied by itself.
/// </summary>
/// <remarks>
/// The algorithm is Goto's (Goto and van de Geijn, "Anatomy of high-performance matrix multiplication", 2008). Columns are
/// taken in slabs and k in slices so that a slice of B fits the last cache, a block of A the second and a strip of B the
/// first; both are packed in the order the register tiles read them. Small products skip the packing, the smallest the tiles,
/// and products with one row or column go to <see cref="MatrixVector"/>. Zeros are multiplied like any other number, so NaN
/// and infinities come through.
/// </remarks>
internal static unsafe class MatrixProduct
{
    /// <summary>The widest registers of this machine.</summary>
    public static TileWidth Hardware =>
        Vector512.IsHardwareAccelerated ? TileWidth.Bits512 : Vector256.IsHardwareAccelerated ? TileWidth.Bits256 : TileWidth.Bits128;

    /// <summary>The multiplications that make it worth while to bring in another thread.</summary>
    public const long Grain = 1 << 20;

    // Below this many multiplications plain loops win over setting up tiles.
    private const int Tiny = 128;

    // Up to this many rows of A, dot products with the columns of B beat tiles, where those columns are contiguous.
    private const int FewRows = 16;

    /// <summary>C = A·B, or C += A·B.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A and rows of B; with 0 the product is all zeros.</param>
    /// <param name="a">A, [m, k].</param>
    /// <param name="aRow">Elements from one row of A to the next.</param>
    /// <param name="aCol">Elements from one column of A to the next.</param>
    /// <param name="b">B, [k, n].</param>
    /// <param name="bRow">Elements from one row of B to the next.</param>
    /// <param name="bCol">Elements from one column of B to the next.</param>
    /// <param name="c">C, [m, n], its rows contiguous; must not overlap A or B.</param>
    /// <param name="cRow">Elements from one row of C to the next.</param>
    /// <param name="accumulate">Whether the product is added to what C holds.</param>
    public static void Multiply<T>(int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, nint bCol, T* c, nint cRow, bool accumulate = false)
        where T : unmanaged, INumber<T> => MultiplyAdd(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, accumulate ? c : null, cRow);

    /// <summary>C = A·B + D. What is added costs no pass of its own: it is read as the sums are stored.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A and rows of B; with 0 the product is all zeros.</param>
    /// <param name="a">A, [m, k].</param>
    /// <param name="aRow">Elements from one row of A to the next.</param>
    /// <param name="aCol">Elements from one column of A to the next.</param>
    /// <param name="b">B, [k, n].</param>
    /// <param name="bRow">Elements from one row of B to the next.</param>
    /// <param name="bCol">Elements from one column of B to the next.</param>
    /// <param name="c">C, [m, n], its rows contiguous; must not overlap A or B.</param>
    /// <param name="cRow">Elements from one row of C to the next.</param>
    /// <param name="add">D, [m, n], its rows contiguous; may be C itself; null for zeros.</param>
    /// <param name="addRow">Elements from one row of D to the next; 0 if one row is added to all.</param>
    public static void MultiplyAdd<T>(int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, nint bCol, T* c, nint cRow, T* add, nint addRow)
        where T : unmanaged, INumber<T>
    {
        if (m == 0 || n == 0) return;
        if (k == 0)
        {
            for (int i = 0; i < m; i++)
            {
                var row = new Span<T>(c + i * cRow, n);
                if (add == null) row.Clear();
                else new Span<T>(add + i * addRow, n).CopyTo(row);
            }
        }
        else if ((long)m * n * k <= Tiny)
        {
            Small(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, add, addRow);
        }
        else if (n == 1)
        {
            MatrixVector.Multiply(Hardware, m, k, a, aRow, aCol, b, bRow, c, cRow, add, addRow);
        }
        else if (m == 1)
        {
            MatrixVector.Multiply(Hardware, n, k, b, bCol, bRow, a, aCol, c, 1, add, 1);
        }
        else if (m <= FewRows && bRow == 1 && aCol == 1)
        {
            // A few rows times a transposed matrix, as in a linear layer: packing B would cost more than the product.
            var work = new Dots<T>(m, k, a, aRow, b, bCol, c, cRow, add, addRow);
            WorkSplit.Run(n, Math.Max(16, Math.Max(MatrixVector.Grain, Grain / FewRows * m) / ((long)m * k)), 16, work);
        }
        else
        {
            Tiled(Hardware, m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, add, addRow);
        }
    }

    /// <summary>The product of int64 matrices; overflow wraps around.</summary>
    public static void MultiplyLong(int m, int n, int k, long* a, nint aRow, nint aCol, long* b, nint bRow, nint bCol, long* c, nint cRow, bool accumulate = false)
    {
        for (int i = 0; i < m; i++)
        {
            long* to = c + i * cRow;
            if (!accumulate) new Span<long>(to, n).Clear();
            for (int p = 0; p < k; p++)
            {
                long factor = a[i * aRow + p * aCol];
                long* row = b + p * bRow;
                if (bCol == 1)
                    for (int j = 0; j < n; j++) to[j] += factor * row[j];
                else
                    for (int j = 0; j < n; j++) to[j] += factor * row[j * bCol];
            }
        }
    }

    /// <summary>The product by tiles of a given register width; <see cref="MultiplyAdd"/> takes the hardware's.</summary>
    public static void Tiled<T>(TileWidth width, int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, nint bCol, T* c, nint cRow, T* add, nint addRow)
        where T : unmanaged, INumber<T>
    {
        switch (width)
        {
            case TileWidth.Bits512:
                TiledProduct<Register512<T>, Vector512<T>, T>.Multiply(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, add, addRow);
                break;
            case TileWidth.Bits256:
                TiledProduct<Register256<T>, Vector256<T>, T>.Multiply(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, add, addRow);
                break;
            default:
                TiledProduct<Register128<T>, Vector128<T>, T>.Multiply(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, add, addRow);
                break;
        }
    }

    private static void Small<T>(int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, nint bCol, T* c, nint cRow, T* add, nint addRow)
        where T : unmanaged, INumber<T>
    {
        if (add == null) addRow = 0;
        for (int i = 0; i < m; i++, a += aRow, c += cRow, add += addRow)
        {
            T* column = b;
            for (int j = 0; j < n; j++, column += bCol)
            {
                T* x = a;
                T* y = column;
                T sum = *x * *y;
                for (int p = 1; p < k; p++)
                {
                    x += aCol;
                    y += bRow;
                    sum += *x * *y;
                }

                c[j] = add == null ? sum : sum + add[j];
            }
        }
    }

    /// <summary>Some of the columns of a product of few rows and a transposed matrix.</summary>
    private readonly struct Dots<T>(int m, int k, T* a, nint aRow, T* b, nint bCol, T* c, nint cRow, T* add, nint addRow) : IRangeWork
        where T : unmanaged, INumber<T>
    {
        public void Run(long from, long to)
        {
            int columns = (int)(to - from);
            T* right = b + (nint)from * bCol, into = c + from, addend = add == null ? null : add + from;
            switch (Hardware)
            {
                case TileWidth.Bits512:
                    RowDots<Register512<T>, Vector512<T>, T>.Multiply(m, columns, k, a, aRow, right, bCol, into, cRow, 1, addend, addRow, 1);
                    break;
                case TileWidth.Bits256:
                    RowDots<Register256<T>, Vector256<T>, T>.Multiply(m, columns, k, a, aRow, right, bCol, into, cRow, 1, addend, addRow, 1);
                    break;
                default:
                    RowDots<Register128<T>, Vector128<T>, T>.Multiply(m, columns, k, a, aRow, right, bCol, into, cRow, 1, addend, addRow, 1);
                    break;
            }
        }
    }
}
