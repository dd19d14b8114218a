using System.Numerics;

namespace Nabla.Tests.Kernels;

public sealed unsafe class MatrixProductTests
{
    private static readonly (int M, int N, int K)[] Sizes =
    [
        (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, 4), (1, 7, 9), (7, 1, 9), (7, 9, 1), (8, 8, 8), (5, 17, 6), (6, 16, 33), (12, 32, 8), (13, 33, 31),
        (31, 65, 33), (65, 31, 129), (129, 129, 65), (3, 129, 129), (129, 2, 129), (1, 129, 129), (129, 1, 129), (1, 1, 1025), (200, 50, 300), (8, 2100, 5),
        (2, 33, 1030), (1, 1100, 4), (1100, 1, 5), (52, 300, 700), (1, 210, 1037),
    ];

    [Fact]
    public void Product_of_floats_is_the_sum_of_products_for_every_size_and_transpose() => EverySize<float>(2e-5);

    [Fact]
    public void Product_of_doubles_is_the_sum_of_products_for_every_size_and_transpose() => EverySize<double>(1e-13);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Tiles_of_every_register_width_give_the_same_product(int width)
    {
        foreach ((int m, int n, int k) in Sizes)
        {
            Check<float>((TileWidth)width, m, n, k, 0, false, 2e-5);
            Check<double>((TileWidth)width, m, n, k, 3, true, 1e-13);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Tiles_cut_by_the_lower_or_the_right_edge_store_what_exists_and_nothing_else(int width)
    {
        for (int m = 1; m <= 30; m++)
        {
            foreach (int n in (int[])[1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 49, 64, 67])
            {
                CheckEdge<float>((TileWidth)width, m, n, 3, m % 2 == 0, 1e-5);
                CheckEdge<double>((TileWidth)width, m, n, 3, n % 2 == 0, 1e-14);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Matrix_times_vector_of_every_register_width_takes_any_stride_and_adds_what_is_given(int width)
    {
        foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (1, 200), (200, 1), (3, 5), (5, 67), (8, 16), (67, 129), (130, 70), (1100, 9), (6, 1100), (500, 600)])
        {
            foreach ((int row, int column) in ((int, int)[])[(columns + 3, 1), (1, rows + 2), (2 * columns, 2), (-columns, 1)])
            {
                CheckVector<float>((TileWidth)width, rows, columns, row, column, 2e-5);
                CheckVector<double>((TileWidth)width, rows, columns, row, column, 1e-13);
            }
        }
    }

    [Fact]
    public void One_row_may_be_added_to_all_rows_of_every_size_and_transpose()
    {
        foreach ((int m, int n, int k) in (ReadOnlySpan<(int, int, int)>)[.. Sizes, (7, 70, 300), (3, 5, 0)])
        {
            for (int transposes = 0; transposes < 4; transposes++)
            {
                double[] a = Sample.Values<double>(m * k), b = Sample.Values<double>(k * n, 2), row = Sample.Values<double>(n, 3), c = new double[m * n], product = new double[m * n];
                (int aRow, int aColumn) = (transposes & 1) == 0 ? (k, 1) : (1, m);
                (int bRow, int bColumn) = (transposes & 2) == 0 ? (n, 1) : (1, k);
                fixed (double* pa = a, pb = b, pc = c, pd = row, pp = product)
                {
                    MatrixProduct.MultiplyAdd(m, n, k, pa, aRow, aColumn, pb, bRow, bColumn, pc, n, pd, 0);
                    MatrixProduct.Multiply(m, n, k, pa, aRow, aColumn, pb, bRow, bColumn, pp, n);
                }

                for (int i = 0; i < m * n; i++) product[i] += row[i % n];
                Sample.AssertClose(product, c, 1e-13, $"[{m}, {k}] times [{k}, {n}], transposes {transposes}");
            }
        }
    }

    [Fact]
    public void Strides_may_be_negative_or_zero_or_have_gaps()
    {
        const int m = 19, n = 21, k = 23;
        float[] a = Sample.Values<float>(4 * m * k), b = Sample.Values<float>(4 * n * k, 2), c = new float[m * (n + 3)];
        (int Start, int Row, int Column)[] layoutsOfA = [(m * k - 1, -k, -1), (0, 2 * k, 2), (0, 0, 1), (5, 1, 0), (k - 1, k, -1)];
        (int Start, int Row, int Column)[] layoutsOfB = [(k * n - 1, -n, -1), (1, 2, 2 * k), (0, 0, 1), (0, 1, 0), (n - 1, n, -1)];
        foreach (var (startA, rowA, columnA) in layoutsOfA)
        {
            foreach (var (startB, rowB, columnB) in layoutsOfB)
            {
                Array.Fill(c, 77);
                fixed (float* pa = a, pb = b, pc = c)
                    MatrixProduct.Multiply(m, n, k, pa + startA, rowA, columnA, pb + startB, rowB, columnB, pc, n + 3);
                for (int i = 0; i < m; i++)
                {
                    for (int j = 0; j < n; j++)
                    {
                        double sum = 0;
                        for (int p = 0; p < k; p++) sum += (double)a[startA + i * rowA + p * columnA] * b[startB + p * rowB + j * columnB];
                        Assert.Equal(sum, c[i * (n + 3) + j], 1e-4);
                    }

                    Assert.Equal([77f, 77f, 77f], c[(i * (n + 3) + n)..((i + 1) * (n + 3))]);
                }
            }
        }
    }

    [Fact]
    public void Without_a_common_axis_the_product_is_zero_and_adds_nothing()
    {
        float[] a = [1], c = [5, 6, 7, 8];
        fixed (float* pa = a, pc = c)
        {
            MatrixProduct.Multiply(2, 2, 0, pa, 0, 1, pa, 2, 1, pc, 2, accumulate: true);
            Assert.Equal([5, 6, 7, 8], c);
            MatrixProduct.Multiply(2, 2, 0, pa, 0, 1, pa, 2, 1, pc, 2);
            Assert.Equal([0, 0, 0, 0], c);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(40)]
    public void Zero_times_infinity_and_NaN_come_through(int n)
    {
        float[] a = new float[n * n], b = Sample.Values<float>(n * n), c = new float[n * n];
        b[n + 1] = float.PositiveInfinity;
        b[0] = float.NaN;
        Multiply(n, a, b, c);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) Assert.Equal(j <= 1 ? float.NaN : 0f, c[i * n + j]);
    }

    [Fact]
    public void Product_of_integers_wraps_around_and_takes_any_stride()
    {
        const int m = 5, n = 6, k = 7;
        long[] a = Sample.Values<long>(m * k), b = Sample.Values<long>(k * n, 2), c = new long[m * n];
        a[3] = long.MaxValue;
        foreach (bool transposed in new[] { false, true })
        {
            (int bRow, int bColumn) = transposed ? (1, k) : (n, 1);
            fixed (long* pa = a, pb = b, pc = c) MatrixProduct.MultiplyLong(m, n, k, pa, 1, m, pb, bRow, bColumn, pc, n);
            for (int i = 0; i < m; i++)
            {
                for (int j = 0; j < n; j++)
                {
                    long sum = 0;
                    for (int p = 0; p < k; p++) sum += a[i + p * m] * b[p * bRow + j * bColumn];
                    Assert.Equal(sum, c[i * n + j]);
                }
            }
        }
    }

    private static void Multiply(int n, float[] a, float[] b, float[] c)
    {
        fixed (float* pa = a, pb = b, pc = c) MatrixProduct.Multiply(n, n, n, pa, n, 1, pb, n, 1, pc, n);
    }

    private static void EverySize<T>(double tolerance)
        where T : unmanaged, INumber<T>
    {
        foreach ((int m, int n, int k) in Sizes)
            for (int transposes = 0; transposes < 4; transposes++)
                Check<T>(null, m, n, k, transposes, accumulate: transposes % 2 == 0, tolerance);
    }

    // C has room beside and below it that must stay as it was.
    private static void CheckEdge<T>(TileWidth width, int m, int n, int k, bool accumulate, double tolerance)
        where T : unmanaged, INumber<T>
    {
        int stride = n + 5;
        T[] a = Sample.Values<T>(m * k), b = Sample.Values<T>(k * n, 2), c = Sample.Values<T>((m + 1) * stride, 3);
        double[] expected = Array.ConvertAll(c, double.CreateTruncating);
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = accumulate ? expected[(i * stride) + j] : 0;
                for (int p = 0; p < k; p++) sum += double.CreateTruncating(a[(i * k) + p]) * double.CreateTruncating(b[(p * n) + j]);
                expected[(i * stride) + j] = sum;
            }
        }

        fixed (T* pa = a, pb = b, pc = c) MatrixProduct.Tiled(width, m, n, k, pa, k, 1, pb, n, 1, pc, stride, accumulate ? pc : null, stride);
        Sample.AssertClose(expected, c, tolerance, $"{width}: [{m}, {k}] times [{k}, {n}]");
    }

    private static void CheckVector<T>(TileWidth width, int rows, int columns, int row, int column, double tolerance)
        where T : unmanaged, INumber<T>
    {
        T[] matrix = Sample.Values<T>((Math.Abs(row) * rows) + (column * columns)), x = Sample.Values<T>(3 * columns, 2), y = Sample.Values<T>(2 * rows, 3);
        int start = row < 0 ? -row * (rows - 1) : 0;
        foreach (int step in (int[])[1, 3])
        {
            double[] expected = Array.ConvertAll(y, double.CreateTruncating);
            for (int i = 0; i < rows; i++)
                for (int p = 0; p < columns; p++)
                    expected[2 * i] += double.CreateTruncating(matrix[start + (i * row) + (p * column)]) * double.CreateTruncating(x[p * step]);
            fixed (T* pm = matrix, px = x, py = y) MatrixVector.Multiply(width, rows, columns, pm + start, row, column, px, step, py, 2, py, 2);
            Sample.AssertClose(expected, y, tolerance, $"{width}: [{rows}, {columns}], strides {row} and {column}, times a vector of stride {step}");
        }
    }

    // Bit 0 of transposes: A is stored [k, m]; bit 1: B is stored [n, k].
    private static void Check<T>(TileWidth? width, int m, int n, int k, int transposes, bool accumulate, double tolerance)
        where T : unmanaged, INumber<T>
    {
        T[] a = Sample.Values<T>(m * k), b = Sample.Values<T>(k * n, 2), c = Sample.Values<T>(m * n, 3);
        (int aRow, int aColumn) = (transposes & 1) == 0 ? (k, 1) : (1, m);
        (int bRow, int bColumn) = (transposes & 2) == 0 ? (n, 1) : (1, k);
        double[] expected = new double[m * n];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double sum = accumulate ? double.CreateTruncating(c[i * n + j]) : 0;
                for (int p = 0; p < k; p++) sum += double.CreateTruncating(a[i * aRow + p * aColumn]) * double.CreateTruncating(b[p * bRow + j * bColumn]);
                expected[i * n + j] = sum;
            }
        }

        fixed (T* pa = a, pb = b, pc = c)
        {
            if (width is { } given) MatrixProduct.Tiled(given, m, n, k, pa, aRow, aColumn, pb, bRow, bColumn, pc, n, accumulate ? pc : null, n);
            else MatrixProduct.Multiply(m, n, k, pa, aRow, aColumn, pb, bRow, bColumn, pc, n, accumulate);
        }

        Sample.AssertClose(expected, c, tolerance, $"[{m}, {k}] times [{k}, {n}], transposes {transposes}");
    }
}
