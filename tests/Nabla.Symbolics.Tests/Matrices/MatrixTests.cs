using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests.Matrices;

public sealed class MatrixTests
{
    private static readonly Symbol A = Expr.Symbol("a");
    private static readonly Symbol B = Expr.Symbol("b");
    private static readonly Symbol C = Expr.Symbol("c");
    private static readonly Symbol D = Expr.Symbol("d");
    private static readonly Matrix Square = Matrix.FromRows([A, B], [C, D]);

    [Fact]
    public void A_symmetric_matrix_shares_its_entries_across_the_diagonal_and_lists_its_free_parameters()
    {
        var S = Matrix.Symmetric("S", 3);
        Assert.Equal("[[S11, S12, S13], [S12, S22, S23], [S13, S23, S33]]", S.ToString());
        Assert.Equal(["S11", "S12", "S13", "S22", "S23", "S33"], S.FreeParameters.Select(symbol => symbol.Name));
        Assert.True(S.IsSymmetric);
        Assert.False(Matrix.Symbols("A", 3, 3).IsSymmetric);
        Assert.Equal(9, Matrix.Symbols("A", 3, 3).FreeParameters.Count);
    }

    [Fact]
    public void Names_of_large_matrices_are_not_ambiguous()
    {
        var M = Matrix.Symbols("M", 11, 11);
        Assert.Equal(121, M.FreeSymbols.Count);
        Assert.Same(Expr.Symbol("M1_11"), M[0, 10]);
        Assert.Same(Expr.Symbol("M11_1"), M[10, 0]);
    }

    [Fact]
    public void Sums_products_and_transposes_are_those_of_the_textbook()
    {
        var x = Matrix.Vector("x", 2);
        Assert.Equal("[[a*x1 + b*x2], [c*x1 + d*x2]]", (Square * x).ToString());
        Assert.Equal(Matrix.FromRows([A, C], [B, D]), Square.Transpose());
        Assert.Equal(Matrix.FromRows([2 * A, B + C], [B + C, 2 * D]), Square + Square.Transpose());
        Assert.Equal(Matrix.Zeros(2, 2), Square - Square);
        Assert.Equal(Matrix.FromRows([3 * A, 3 * B], [3 * C, 3 * D]), 3 * Square);
        Assert.Equal(Matrix.FromRows([A / 2, B / 2], [C / 2, D / 2]), Square / 2);
        Assert.Equal(Square, Square * Matrix.Identity(2));
        Assert.Same(A + D, Square.Trace());
        Assert.Same(A * D - B * C, Square.Determinant());
        Assert.Equal(Square * (Square * Square), Square.Power(3));
        Assert.Equal(Matrix.Identity(2), Square.Power(0));
    }

    [Fact]
    public void Vectors_have_dot_outer_cross_and_kronecker_products_and_a_norm()
    {
        var (x, y) = (Matrix.Vector("x", 3), Matrix.Vector("y", 3));
        Expr X(int i) => x[i];
        Assert.Same((X(0) * y[0]) + (X(1) * y[1]) + (X(2) * y[2]), x.Dot(y));
        Assert.Same(x.Dot(y), x.Transpose().Dot(y));
        Assert.Equal("[[x1*y1, x1*y2, x1*y3], [x2*y1, x2*y2, x2*y3], [x3*y1, x3*y2, x3*y3]]", x.Outer(y).ToString());
        Assert.Same(Sqrt((X(0) * X(0)) + (X(1) * X(1)) + (X(2) * X(2))), x.Norm());
        Assert.Equal(Matrix.Vector((X(1) * y[2]) - (X(2) * y[1]), (X(2) * y[0]) - (X(0) * y[2]), (X(0) * y[1]) - (X(1) * y[0])), x.Cross(y));
        Assert.Equal(Matrix.FromRows([A, 0, B, 0], [0, A, 0, B], [C, 0, D, 0], [0, C, 0, D]), Square.Kronecker(Matrix.Identity(2)));
        Assert.Equal(Matrix.Vector(A, C, B, D), Square.Vec());
    }

    [Fact]
    public void The_cross_product_is_orthogonal_to_both_factors()
    {
        var (x, y) = (Matrix.Vector("x", 3), Matrix.Vector("y", 3));
        var values = NumericMatrix.RandomValues(new Random(1), x, y);
        var cross = x.Cross(y);
        NumericMatrix.Near(0, cross.Dot(x).Evaluate(values), 1e-14);
        NumericMatrix.Near(0, cross.Dot(y).Evaluate(values), 1e-14);
        NumericMatrix.Near(1, Matrix.Vector(1, 0, 0).Cross(Matrix.Vector(0, 1, 0))[2].Evaluate(values), 1e-14);
    }

    [Fact]
    public void Slices_rows_columns_and_maps_give_new_matrices()
    {
        var M = Matrix.Symbols("M", 3, 4);
        Assert.Equal("[[M12, M13], [M22, M23]]", M[..2, 1..3].ToString());
        Assert.Equal("[[M34]]", M[^1.., ^1..].ToString());
        Assert.Equal(M[1..2, ..], M.Row(1));
        Assert.Equal(M[.., 2..3], M.Column(2));
        Assert.Same(Sin(M[2, 0]), M.Map(Sin)[2, 0]);
        Assert.Equal(Matrix.FromRows([1, 0], [0, 0]), Square.Diff(A));
        Assert.Equal(Matrix.FromRows([2, B], [C, D]), Square.Subs(new Dictionary<Expr, Expr> { [A] = 2 }));
        Assert.Equal(Matrix.FromRows([1, 2], [3, 4]), Square.Subs(Square, Matrix.FromRows([1, 2], [3, 4])));
        Assert.Same(A, Matrix.From(Square.ToArray())[0, 0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Determinants_inverses_and_solutions_agree_with_numeric_elimination(int n)
    {
        var random = new Random(n);
        var b = Matrix.Symbols("b", n, 2);
        foreach (var A in new[] { Matrix.Symbols("A", n, n), Matrix.Symmetric("S", n), Matrix.PositiveDefinite("P", n) })
        {
            var values = NumericMatrix.RandomValues(random, A, b);
            var numeric = A.Evaluate(values);
            NumericMatrix.Near(NumericMatrix.Determinant(numeric), A.Determinant().Evaluate(values), 1e-11, "determinant");
            var inverse = A.Inverse();
            NumericMatrix.Same(NumericMatrix.Identity(n), NumericMatrix.Multiply(numeric, inverse.Evaluate(values)), 1e-10, "A A^-1");
            NumericMatrix.Same(b.Evaluate(values), NumericMatrix.Multiply(numeric, A.Solve(b).Evaluate(values)), 1e-10, "A x");
            NumericMatrix.Same(A.Solve(b).Evaluate(values), (inverse * b).Evaluate(values), 1e-10, "A^-1 b");
            NumericMatrix.Same(b.Transpose().Evaluate(values), NumericMatrix.Multiply((b.Transpose() * inverse).Evaluate(values), numeric), 1e-10, "b A^-1");
            Assert.Equal(A.IsSymmetric, inverse.IsSymmetric);
            Assert.Equal(A, inverse.Inverse());
            Assert.Equal(Matrix.Identity(n), inverse * A);
            if (n > 6) continue;
            var determinant = NumericMatrix.Determinant(numeric);
            var adjugate = A.Adjugate().Evaluate(values);
            var expected = NumericMatrix.Identity(n);
            for (var i = 0; i < n; i++) expected[i, i] = determinant;
            NumericMatrix.Same(expected, NumericMatrix.Multiply(numeric, adjugate), 1e-9, "A adj A");
            NumericMatrix.Near(adjugate[n - 1, 0], A.Cofactor(0, n - 1).Evaluate(values), 1e-10, "cofactor");
        }
    }

    [Fact]
    public void The_determinant_of_an_expanded_matrix_has_no_divisions_and_holds_where_pivots_vanish()
    {
        var M = Matrix.Symbols("M", 5, 5);
        var values = NumericMatrix.RandomValues(new Random(7), M);
        for (var i = 0; i < 4; i++) values[Expr.Symbol($"M{i + 1}{i + 1}")] = 0;
        NumericMatrix.Near(NumericMatrix.Determinant(M.Evaluate(values)), M.Determinant().Evaluate(values), 1e-12);
        var S = Matrix.Symmetric("S", 3);
        var swap = new Dictionary<Symbol, double>();
        foreach (var symbol in S.FreeParameters) swap[symbol] = symbol.Name is "S12" or "S33" ? 1 : 0;
        Assert.Equal(new double[,] { { 0, 1, 0 }, { 1, 0, 0 }, { 0, 0, 1 } }, S.Inverse().Evaluate(swap));
    }

    [Fact]
    public void Exact_numbers_stay_exact()
    {
        // The Hilbert matrix: its inverse is integral, its determinant 1/266716800000 (5 × 5).
        var hilbert = Matrix.Create(5, 5, (i, j) => new Rational(1, i + j + 1));
        Assert.Same((Expr)new Rational(1, 266716800000), hilbert.Determinant());
        var inverse = hilbert.Inverse();
        Assert.Same((Expr)25, inverse[0, 0]);
        Assert.Same((Expr)(-300), inverse[0, 1]);
        Assert.Same((Expr)44100, inverse[4, 4]);
        Assert.Equal(Matrix.Identity(5), hilbert * Matrix.Create(5, 5, (i, j) => inverse[i, j]));
        var x = Matrix.Vector("x", 5);
        Assert.Same((Expr)(-2), Matrix.FromRows([1, 2], [3, 4]).Determinant());
        Assert.Same((Expr)0, Matrix.FromRows([1, 2, 3], [4, 5, 6], [7, 8, 9]).Determinant());
        Assert.Same((Expr)(-1), Matrix.FromRows([0, 1], [1, 0]).Determinant());
    }

    [Fact]
    public void A_large_matrix_is_solved_without_expanding()
    {
        var M = Matrix.Symbols("M", 12, 12);
        var b = Matrix.Vector("b", 12);
        var values = NumericMatrix.RandomValues(new Random(3), M, b);
        var x = M.Solve(b);
        NumericMatrix.Same(b.Evaluate(values), NumericMatrix.Multiply(M.Evaluate(values), x.Evaluate(values)), 1e-9);
        Assert.InRange(Traversal.PostOrder(x.Entries).Count, 100, 4000);
    }

    [Fact]
    public void Rows_are_exchanged_where_a_pivot_is_zero_whatever_the_symbols_are()
    {
        var M = Matrix.Create(6, 6, (i, j) => j == (i + 1) % 6 ? A + i : i == j && i == 5 ? B : 0);
        var values = new Dictionary<Symbol, double> { [A] = 1.5, [B] = 0.25 };
        NumericMatrix.Near(NumericMatrix.Determinant(M.Evaluate(values)), M.Determinant().Evaluate(values), 1e-12);
        NumericMatrix.Same(NumericMatrix.Identity(6), NumericMatrix.Multiply(M.Evaluate(values), M.Inverse().Evaluate(values)), 1e-12);
    }

    [Fact]
    public void A_congruence_with_a_symmetric_matrix_is_symmetric()
    {
        var (R, S) = (Matrix.Symbols("R", 2, 3), Matrix.Symmetric("S", 3));
        var projected = R * S * R.Transpose();
        Assert.True(projected.IsSymmetric);
        Assert.True((R * R.Transpose()).IsSymmetric);
        var values = NumericMatrix.RandomValues(new Random(5), R, S);
        var expected = NumericMatrix.Multiply(NumericMatrix.Multiply(R.Evaluate(values), S.Evaluate(values)), R.Transpose().Evaluate(values));
        NumericMatrix.Same(expected, projected.Evaluate(values), 1e-13);
    }

    [Fact]
    public void Scalars_move_out_of_products_without_changing_them()
    {
        var (S, x, y) = (Matrix.Symmetric("S", 2), Matrix.Vector("x", 2), Matrix.Vector("y", 2));
        var values = NumericMatrix.RandomValues(new Random(9), S, x, y);
        var expected = (x.Transpose() * S.Inverse() * y).ToScalar().Evaluate(values);
        NumericMatrix.Near(-0.5 * expected, (-0.5 * x.Transpose() * S.Inverse() * y).ToScalar().Evaluate(values), 1e-13);
        NumericMatrix.Near(-expected, x.Dot(-(S.Inverse() * y)).Evaluate(values), 1e-13);
        NumericMatrix.Near(-expected, (-x).Dot(S.Solve(y)).Evaluate(values), 1e-13);
        NumericMatrix.Near(3 * expected, x.Dot(S.Solve(3 * y)).Evaluate(values), 1e-13);
        NumericMatrix.Near(expected / 3, x.Dot((3 * S).Solve(y)).Evaluate(values), 1e-13);
        NumericMatrix.Near(expected, (x.Transpose() * (S.Inverse() * y)).ToScalar().Evaluate(values), 1e-13);
        NumericMatrix.Near(expected, y.Transpose().Dot(x.Transpose() * S.Inverse()).Evaluate(values), 1e-13);
    }
}
