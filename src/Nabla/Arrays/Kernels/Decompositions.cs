using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Nabla;

/// <summary>Factors of one row-major matrix in double precision, from MathNet.Numerics (Cholesky is short enough to be ours).</summary>
internal static class Decompositions
{
    /// <summary>A = QR with q columns in Q.</summary>
    public static void Qr(ReadOnlySpan<double> a, int m, int n, int columns, Span<double> q, Span<double> r)
    {
        QR<double> factors = Read(a, m, n, transposed: false).QR(columns == Math.Min(m, n) && m >= n ? QRMethod.Thin : QRMethod.Full);
        Write(factors.Q, m, columns, q);
        Write(factors.R, columns, n, r);
        for (int i = 0; i < columns; i++) r.Slice(i * n, Math.Min(i, n)).Clear();
    }

    /// <summary>A = V diag(w) Vᵀ with ascending w; reads the lower triangle.</summary>
    public static void Eigh(ReadOnlySpan<double> a, int n, Span<double> w, Span<double> v)
    {
        Matrix<double> symmetric = Read(a, n, n, transposed: false);
        for (int i = 0; i < n; i++)
            for (int j = i + 1; j < n; j++) symmetric[i, j] = symmetric[j, i];
        Evd<double> factors = symmetric.Evd(Symmetricity.Symmetric);
        var order = new int[n];
        var values = new double[n];
        for (int i = 0; i < n; i++) (order[i], values[i]) = (i, factors.EigenValues[i].Real);
        Array.Sort(values, order);
        values.CopyTo(w);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) v[(i * n) + j] = factors.EigenVectors[i, order[j]];
    }

    /// <summary>A = U diag(s) Vᵀ with descending s.</summary>
    /// <param name="a">[m, n].</param>
    /// <param name="m">Rows.</param>
    /// <param name="n">Columns.</param>
    /// <param name="u">[m, left].</param>
    /// <param name="left">How many columns of U are wanted.</param>
    /// <param name="s">min(m, n) numbers.</param>
    /// <param name="vh">Vᵀ, [right, n].</param>
    /// <param name="right">How many rows of Vᵀ are wanted.</param>
    public static void Svd(ReadOnlySpan<double> a, int m, int n, Span<double> u, int left, Span<double> s, Span<double> vh, int right)
    {
        // The algorithm is at home with at least as many rows as columns.
        bool wide = m < n;
        Svd<double> factors = Read(a, m, n, transposed: wide).Svd(computeVectors: true);
        for (int i = 0; i < s.Length; i++) s[i] = factors.S[i];
        Write(wide ? factors.VT.Transpose() : factors.U, m, left, u);
        Write(wide ? factors.U.Transpose() : factors.VT, right, n, vh);
    }

    /// <summary>A = LLᵀ; reads the lower triangle.</summary>
    /// <returns>0, or the order of the first leading minor that is not positive.</returns>
    public static int Cholesky(ReadOnlySpan<double> a, int n, Span<double> l)
    {
        for (int i = 0; i < n; i++)
        {
            Span<double> row = l.Slice(i * n, n);
            row.Clear();
            for (int j = 0; j <= i; j++)
            {
                double sum = a[(i * n) + j];
                ReadOnlySpan<double> other = l.Slice(j * n, j);
                for (int k = 0; k < other.Length; k++) sum -= row[k] * other[k];
                if (j < i)
                {
                    row[j] = sum / l[(j * n) + j];
                    continue;
                }
                if (!(sum > 0)) return i + 1;
                row[i] = Math.Sqrt(sum);
            }
        }
        return 0;
    }

    private static Matrix<double> Read(ReadOnlySpan<double> a, int m, int n, bool transposed)
    {
        // MathNet stores columns, so a row-major matrix is its transpose as it stands.
        var columns = new double[m * n];
        if (transposed)
        {
            a.CopyTo(columns);
            return Matrix<double>.Build.Dense(n, m, columns);
        }
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++) columns[(j * m) + i] = a[(i * n) + j];
        return Matrix<double>.Build.Dense(m, n, columns);
    }

    private static void Write(Matrix<double> from, int rows, int columns, Span<double> to)
    {
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) to[(i * columns) + j] = from[i, j];
    }
}
