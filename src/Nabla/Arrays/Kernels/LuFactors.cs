using System.Numerics;

namespace Nabla;

/// <summary>
/// PA = LU by Gaussian elimination with partial pivoting, row by row, in place: L without its unit diagonal below, U on and
/// above the diagonal.
/// </summary>
internal static unsafe class LuFactors
{
    /// <summary>Factors a row-major matrix in place.</summary>
    /// <param name="a">[n, n], overwritten.</param>
    /// <param name="n">The number of rows.</param>
    /// <param name="pivots">n numbers: the row that row i was exchanged with in step i.</param>
    /// <param name="sign">1 or −1: the determinant of P.</param>
    /// <returns>The first column without a pivot, −1 if the matrix is regular. The factors are complete in either case.</returns>
    public static int Factor(double* a, int n, int* pivots, out int sign)
    {
        sign = 1;
        int singular = -1;
        for (int k = 0; k < n; k++)
        {
            int pivot = k;
            double largest = Math.Abs(a[(k * n) + k]);
            for (int i = k + 1; i < n; i++)
            {
                double size = Math.Abs(a[(i * n) + k]);
                if (size > largest) (pivot, largest) = (i, size);
            }
            pivots[k] = pivot;
            if (largest == 0)
            {
                if (singular < 0) singular = k;
                continue;
            }
            double* top = a + (k * n);
            if (pivot != k)
            {
                sign = -sign;
                double* other = a + (pivot * n);
                for (int j = 0; j < n; j++) (top[j], other[j]) = (other[j], top[j]);
            }
            for (int i = k + 1; i < n; i++)
            {
                double* row = a + (i * n);
                if (row[k] == 0) continue;
                double factor = row[k] /= top[k];
                SubtractMultiple(factor, top + k + 1, row + k + 1, n - k - 1);
            }
        }
        return singular;
    }

    /// <summary>Solves AX = B in place, given the factors of A.</summary>
    /// <param name="lu">The factors.</param>
    /// <param name="pivots">The exchanged rows.</param>
    /// <param name="n">The number of rows.</param>
    /// <param name="b">[n, columns], overwritten by X.</param>
    /// <param name="columns">The number of right sides.</param>
    public static void Solve(double* lu, int* pivots, int n, double* b, int columns)
    {
        for (int k = 0; k < n; k++)
        {
            if (pivots[k] == k) continue;
            double* first = b + (k * columns);
            double* second = b + (pivots[k] * columns);
            for (int j = 0; j < columns; j++) (first[j], second[j]) = (second[j], first[j]);
        }
        SolveTriangular(lu, n, b, columns, upper: false, unit: true);
        SolveTriangular(lu, n, b, columns, upper: true, unit: false);
    }

    /// <summary>Solves TX = B in place, T being one triangle of a matrix; the other is not read.</summary>
    public static void SolveTriangular(double* t, int n, double* b, int columns, bool upper, bool unit)
    {
        for (int step = 0; step < n; step++)
        {
            int i = upper ? n - 1 - step : step;
            double* row = b + (i * columns);
            int from = upper ? i + 1 : 0, to = upper ? n : i;
            for (int k = from; k < to; k++)
                if (t[(i * n) + k] != 0) SubtractMultiple(t[(i * n) + k], b + (k * columns), row, columns);
            if (unit) continue;
            double pivot = t[(i * n) + i];
            for (int j = 0; j < columns; j++) row[j] /= pivot;
        }
    }

    /// <summary>y ← y − f·x.</summary>
    private static void SubtractMultiple(double f, double* x, double* y, int count)
    {
        int i = 0;
        var factor = new Vector<double>(f);
        for (; i <= count - Vector<double>.Count; i += Vector<double>.Count)
            (Vector.Load(y + i) - (factor * Vector.Load(x + i))).Store(y + i);
        for (; i < count; i++) y[i] -= f * x[i];
    }
}
