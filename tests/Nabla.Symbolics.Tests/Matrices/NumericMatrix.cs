namespace Nabla.Symbolics.Tests.Matrices;

/// <summary>Small matrices of doubles, written out plainly: what the formulas are compared with.</summary>
internal static class NumericMatrix
{
    public static double[,] Multiply(double[,] a, double[,] b)
    {
        var result = new double[a.GetLength(0), b.GetLength(1)];
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < b.GetLength(1); j++)
                for (var k = 0; k < b.GetLength(0); k++) result[i, j] += a[i, k] * b[k, j];
        return result;
    }

    public static double Determinant(double[,] a)
    {
        var n = a.GetLength(0);
        var m = (double[,])a.Clone();
        var determinant = 1.0;
        for (var k = 0; k < n; k++)
        {
            var pivot = k;
            for (var i = k + 1; i < n; i++) if (Math.Abs(m[i, k]) > Math.Abs(m[pivot, k])) pivot = i;
            if (m[pivot, k] == 0) return 0;
            if (pivot != k) determinant = -determinant;
            for (var j = 0; j < n; j++) (m[k, j], m[pivot, j]) = (m[pivot, j], m[k, j]);
            determinant *= m[k, k];
            for (var i = k + 1; i < n; i++)
            {
                var factor = m[i, k] / m[k, k];
                for (var j = k; j < n; j++) m[i, j] -= factor * m[k, j];
            }
        }

        return determinant;
    }

    public static void Same(double[,] expected, double[,] actual, double tolerance, string what = "")
    {
        Assert.Equal((expected.GetLength(0), expected.GetLength(1)), (actual.GetLength(0), actual.GetLength(1)));
        for (var i = 0; i < expected.GetLength(0); i++)
            for (var j = 0; j < expected.GetLength(1); j++) Near(expected[i, j], actual[i, j], tolerance, $"{what} entry ({i}, {j})");
    }

    public static void Near(double expected, double actual, double tolerance, string what = "") =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * (1 + Math.Abs(expected)), $"{what}: expected {expected:R}, got {actual:R}");

    public static double[,] Identity(int n)
    {
        var result = new double[n, n];
        for (var i = 0; i < n; i++) result[i, i] = 1;
        return result;
    }

    /// <summary>Random values of the symbols between -1 and 1; places on the diagonal of the matrices get 3 more, which makes them regular.</summary>
    public static Dictionary<Symbol, double> RandomValues(Random random, params ReadOnlySpan<Matrix> matrices)
    {
        var values = new Dictionary<Symbol, double>();
        foreach (var matrix in matrices)
        {
            foreach (var symbol in matrix.FreeSymbols) values.TryAdd(symbol, (2 * random.NextDouble()) - 1);
            if (!matrix.IsSquare || matrix.Rows == 1) continue;
            for (var i = 0; i < matrix.Rows; i++) if (matrix[i, i] is Symbol symbol) values[symbol] += 3;
        }

        return values;
    }
}
