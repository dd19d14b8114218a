namespace Nabla;

/// <summary>
/// exp(A) by scaling and squaring with the Padé approximant of degree 13 (Higham, "The scaling and squaring method for the
/// matrix exponential revisited", 2005).
/// </summary>
internal static unsafe class MatrixExponential
{
    // Up to this 1-norm the approximant is exact to double precision.
    private const double LargestNorm = 5.371920351148152;

    private static readonly double[] B =
    [
        64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
        33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
    ];

    /// <summary>The exponential of one row-major matrix.</summary>
    public static void Compute(ReadOnlySpan<double> matrix, int n, Span<double> result)
    {
        double norm = 0;
        for (int j = 0; j < n; j++)
        {
            double column = 0;
            for (int i = 0; i < n; i++) column += Math.Abs(matrix[(i * n) + j]);
            norm = column > norm || double.IsNaN(column) ? column : norm;
        }
        if (!double.IsFinite(norm))
        {
            result.Fill(double.NaN);
            return;
        }
        int squarings = norm > LargestNorm ? (int)Math.Ceiling(Math.Log2(norm / LargestNorm)) : 0;
        double[] a = matrix.ToArray();
        double scale = Math.ScaleB(1, -squarings);
        for (int i = 0; i < a.Length; i++) a[i] *= scale;

        double[] a2 = Product(a, a, n), a4 = Product(a2, a2, n), a6 = Product(a4, a2, n);
        double[] u = Product(a, Plus(Product(a6, Combination(a6, a4, a2, B[13], B[11], B[9], 0, n), n), Combination(a6, a4, a2, B[7], B[5], B[3], B[1], n)), n);
        double[] v = Plus(Product(a6, Combination(a6, a4, a2, B[12], B[10], B[8], 0, n), n), Combination(a6, a4, a2, B[6], B[4], B[2], B[0], n));
        var x = new double[a.Length];
        for (int i = 0; i < x.Length; i++) (x[i], v[i]) = (v[i] + u[i], v[i] - u[i]);
        var pivots = new int[n];
        fixed (double* factors = v, right = x)
        fixed (int* rows = pivots)
        {
            LuFactors.Factor(factors, n, rows, out _);
            LuFactors.Solve(factors, rows, n, right, n);
        }
        for (int i = 0; i < squarings; i++) x = Product(x, x, n);
        x.CopyTo(result);
    }

    private static double[] Product(double[] left, double[] right, int n)
    {
        var product = new double[left.Length];
        fixed (double* a = left, b = right, c = product)
            MatrixProduct.Multiply(n, n, n, a, n, 1, b, n, 1, c, n);
        return product;
    }

    private static double[] Combination(double[] a6, double[] a4, double[] a2, double c6, double c4, double c2, double c0, int n)
    {
        var sum = new double[a6.Length];
        for (int i = 0; i < sum.Length; i++) sum[i] = (c6 * a6[i]) + (c4 * a4[i]) + (c2 * a2[i]);
        for (int i = 0; i < n; i++) sum[(i * n) + i] += c0;
        return sum;
    }

    private static double[] Plus(double[] left, double[] right)
    {
        for (int i = 0; i < left.Length; i++) left[i] += right[i];
        return left;
    }
}
