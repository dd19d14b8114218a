namespace Nabla.Symbolics.Tests.Matrices;

/// <summary>Random formulas of matrices: the gradient at matrix level against the derivative of the written-out entries, entry by entry.</summary>
public sealed class RandomMatrixFormulaTests
{
    private static readonly Expr N = Expr.Symbol("n");
    private static readonly MatrixSymbol A = MatrixExpr.Symbol("A", N, N);
    private static readonly MatrixSymbol B = MatrixExpr.Symbol("B", N, N);
    private static readonly MatrixSymbol S = MatrixExpr.Symbol("S", N, N, MatrixProperties.Symmetric);
    private static readonly MatrixSymbol P = MatrixExpr.Symbol("P", N, N, MatrixProperties.PositiveDefinite);
    private static readonly MatrixSymbol W = MatrixExpr.Symbol("W", N, 2);
    private static readonly MatrixSymbol X = MatrixExpr.Vector("x", N);
    private static readonly MatrixSymbol Y = MatrixExpr.Vector("y", N);
    private static readonly MatrixSymbol[] Symbols = [A, B, S, P, W, X, Y];

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    [InlineData(4, 3)]
    public void Gradients_and_differentials_agree_with_those_of_the_entries(int seed, int n)
    {
        var random = new Random(seed);
        var matrices = Array.ConvertAll(Symbols, symbol => symbol.ToMatrix((N, n)));
        var compared = 0;
        for (var trial = 0; trial < 75; trial++)
        {
            var f = RandomScalar(random, 2);
            var scalar = f.ToExpr((N, n));
            var values = NumericMatrix.RandomValues(random, matrices);
            for (var s = 0; s < Symbols.Length; s++)
            {
                var symbol = Symbols[s];
                if (!f.FreeSymbols.Contains(symbol)) continue;
                var change = MatrixExpr.Symbol($"d{symbol.Name}", symbol.Rows, symbol.Columns, symbol.Properties & MatrixProperties.Symmetric);
                var differential = f.Differential(symbol, change).ToExpr((N, n));
                var direction = change.ToMatrix((N, n));
                var all = new Dictionary<Symbol, double>(values);
                foreach (var entry in direction.FreeParameters) all[entry] = random.NextDouble() - 0.5;
                foreach (var convention in new[] { SymmetryConvention.PerEntry, SymmetryConvention.PerFreeParameter })
                {
                    var expected = matrices[s].Gradient(scalar, convention).Value.Evaluate(values);
                    var gradient = f.Gradient(symbol, convention);
                    Assert.Equal(convention, gradient.Convention);
                    var actual = gradient.Value.ToMatrix((N, n));
                    var scale = 0.0;
                    foreach (var entry in expected) scale = Math.Max(scale, Math.Abs(entry));
                    for (var i = 0; i < actual.Rows; i++)
                    {
                        for (var j = 0; j < actual.Columns; j++)
                        {
                            var value = actual[i, j].Evaluate(values);
                            Assert.True(Math.Abs(expected[i, j] - value) <= 1e-8 * (1 + scale),
                                $"{f} by {symbol} ({convention}), entry ({i}, {j}): entries give {expected[i, j]:R}, {gradient.Value} gives {value:R}");
                            compared++;
                        }
                    }

                    if (convention != SymmetryConvention.PerEntry) continue;
                    var inner = actual.Inner(direction).Evaluate(all);
                    NumericMatrix.Near(inner, differential.Evaluate(all), 1e-8 * (1 + scale), $"differential of {f} by {symbol}");
                }
            }
        }

        Assert.True(compared > 1000, $"only {compared} entries were compared");
    }

    private static MatrixScalar RandomScalar(Random random, int depth)
    {
        var f = random.Next(9) switch
        {
            0 => MatrixScalar.Trace(RandomSquare(random, depth)),
            1 => MatrixScalar.Det(RandomSquare(random, depth)),
            2 => MatrixScalar.LogDet(RandomRegular(random, depth)),
            3 => RandomSquare(random, depth).QuadraticForm(RandomVector(random, depth - 1)),
            4 => MatrixScalar.Exp(-RandomRegular(random, depth - 1).Inverse().QuadraticForm(RandomVector(random, 0)) / 2),
            5 => MatrixScalar.Norm(RandomSquare(random, depth) + (2 * MatrixExpr.Identity(N))),
            6 => MatrixScalar.Inner(RandomSquare(random, depth), RandomSquare(random, depth - 1)),
            7 => (RandomVector(random, depth).Transpose() * RandomRegular(random, depth - 1).Inverse() * RandomVector(random, depth)).ToScalar(),
            _ => MatrixScalar.Trace(W.Transpose() * RandomSquare(random, depth - 1) * W),
        };
        return depth > 0 && random.Next(3) == 0 ? random.Next(3) switch
        {
            0 => f.Map(x => Functions.Tanh(x / 10)) * RandomScalar(random, depth - 1),
            1 => f + RandomScalar(random, depth - 1),
            _ => f / (3 + MatrixScalar.Inner(X, X)),
        }
        : f;
    }

    private static MatrixExpr RandomSquare(Random random, int depth)
    {
        if (depth <= 0)
        {
            return random.Next(6) switch { 0 => A, 1 => B, 2 => S, 3 => P, 4 => X * Y.Transpose(), _ => W * W.Transpose() };
        }

        var a = RandomSquare(random, depth - 1);
        return random.Next(8) switch
        {
            0 => a + RandomSquare(random, depth - 1),
            1 => a - (RandomSquare(random, depth - 1) / 2),
            2 or 3 => a * RandomSquare(random, depth - 1),
            4 => a.Transpose(),
            5 => RandomRegular(random, depth - 1).Inverse(),
            6 => MatrixScalar.Inner(X, Y) * a,
            _ => a.DiagonalPart() + a,
        };
    }

    // a aᵀ + 3 is positive definite, whatever a is.
    private static MatrixExpr RandomRegular(Random random, int depth)
    {
        var a = depth <= 0 ? S : RandomSquare(random, depth - 1);
        var regular = (a * a.Transpose()) + (3 * MatrixExpr.Identity(N));
        if (depth <= 0 && random.Next(2) == 0) regular = P.Transpose();
        return regular;
    }

    private static MatrixExpr RandomVector(Random random, int depth) => depth <= 0
        ? (random.Next(3) switch { 0 => X, 1 => Y, _ => X - (2 * Y) })
        : (RandomSquare(random, depth - 1) * X) + Y;
}
