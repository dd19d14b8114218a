using static Nabla.Symbolics.MatrixScalar;

namespace Nabla.Symbolics.Tests.Matrices;

public sealed class MatrixCalculusTests
{
    private static readonly Expr N = Expr.Symbol("n");
    private static readonly MatrixSymbol A = MatrixExpr.Symbol("A", N, N);
    private static readonly MatrixSymbol B = MatrixExpr.Symbol("B", N, N);
    private static readonly MatrixSymbol X = MatrixExpr.Symbol("X", N, N);
    private static readonly MatrixSymbol S = MatrixExpr.Symbol("S", N, N, MatrixProperties.Symmetric);
    private static readonly MatrixSymbol P = MatrixExpr.Symbol("P", N, N, MatrixProperties.PositiveDefinite);
    private static readonly MatrixSymbol Q = MatrixExpr.Symbol("Q", N, N, MatrixProperties.Orthogonal);
    private static readonly MatrixSymbol D = MatrixExpr.Vector("d", N);
    private static readonly MatrixSymbol Y = MatrixExpr.Vector("y", N);

    [Fact]
    public void Construction_applies_the_rules_that_always_hold()
    {
        Assert.Same(B.Transpose() * A.Transpose(), (A * B).Transpose());
        Assert.Same(B.Inverse() * A.Inverse(), (A * B).Inverse());
        Assert.Same(A.Transpose().Inverse(), A.Inverse().Transpose());
        Assert.Same(S.Inverse(), S.Inverse().Transpose());
        Assert.Same(A, A.Inverse().Inverse());
        Assert.Same(A, A.Transpose().Transpose());
        Assert.Same(MatrixExpr.Identity(N), A * A.Inverse());
        Assert.Same(B, A.Inverse() * A * B);
        Assert.Same(MatrixExpr.Identity(N), Q.Transpose() * Q);
        Assert.Same(Q.Transpose(), Q.Inverse());
        Assert.Same(A + B, B + A);
        Assert.Same(2 * A, A + A);
        Assert.Same(MatrixExpr.Zero(N, N), A - A);
        Assert.Same(6 * A * B, (2 * A) * (3 * B));
        Assert.True((A.Transpose() * S * A).IsSymmetric);
        Assert.False((A * S).IsSymmetric);
        Assert.Same(A * A * A, A.Power(3));
        Assert.Same(A.Inverse() * A.Inverse(), A.Power(-2));
        Assert.Same(B, (A.Transpose() * A).Inverse() * A.Transpose() * A * B);
    }

    [Fact]
    public void What_is_one_by_one_in_a_product_is_a_scalar()
    {
        Assert.Equal(S.QuadraticForm(D) * D, D * (D.Transpose() * S * D).ToScalar());
        Assert.Same(S.QuadraticForm(D) * D, D * D.Transpose() * S * D);
        Assert.Equal((D.Transpose() * A * Y).ToScalar(), (Y.Transpose() * A.Transpose() * D).ToScalar());
        Assert.Equal(Inner(D, Y), Trace(D * Y.Transpose()));
        Assert.Equal("d^T*S^-1*d", (D.Transpose() * S.Inverse() * D).ToScalar().ToString().Trim('(', ')'));
    }

    [Fact]
    public void Scalars_of_products_are_written_with_those_of_the_parts()
    {
        Assert.Equal(Det(A) * Det(B), Det(A * B));
        Assert.Equal(1 / Det(A), Det(A.Inverse()));
        Assert.Equal(Pow(2, N) * Det(A), Det(2 * A));
        Assert.Equal(-LogDet(A), LogDet(A.Inverse().Transpose()));
        Assert.Equal(Trace(A * B * X), Trace(X * A * B));
        Assert.Equal(Trace(A * B), Trace(A.Transpose() * B.Transpose()));
        Assert.Equal(Trace(A) + (3 * Trace(B)), Trace(A.Transpose() + (3 * B)));
        Assert.Equal((MatrixScalar)N, Trace(MatrixExpr.Identity(N)));
    }

    [Fact]
    public void Formulas_print_as_they_are_written()
    {
        Assert.Equal("2*A*B^T + S^-1", ((2 * A * B.Transpose()) + S.Inverse()).ToString());
        Assert.Equal("A^-T*(A + I)", (A.Inverse().Transpose() * (A + MatrixExpr.Identity(N))).ToString());
        Assert.Equal("A^3 - B", (A.Power(3) - B).ToString());
        Assert.Equal("(A + B)^-1", (A + B).Inverse().ToString());
        Assert.Equal("log(det(S)) + tr(A*B)", (LogDet(S) + Trace(A * B)).ToString());
        Assert.Equal("exp(-(d^T*S^-1*d)/2)", Exp(-S.Inverse().QuadraticForm(D) / 2).ToString());
    }

    [Fact]
    public void Formulas_are_written_as_latex_and_mathml()
    {
        Assert.Equal(@"S^{-1}", LogDet(S).Gradient(S).Value.ToLatex());
        Assert.Equal(@"-A^{-T}B^{T}A^{-T}", Trace(A.Inverse() * B).Gradient(A).Value.ToLatex().Replace(@"\,", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        Assert.Contains("<msup><mi>S</mi>", LogDet(S).Gradient(S).Value.ToMathML(), StringComparison.Ordinal);
        var density = Exp(-S.Inverse().QuadraticForm(D) / 2);
        Assert.Contains("S^{-1}", density.ToLatex(), StringComparison.Ordinal);
        Assert.Contains("d^{T}", density.Gradient(S).Value.ToLatex(), StringComparison.Ordinal);
        Assert.Contains("<msup>", density.ToMathML(), StringComparison.Ordinal);
        Assert.StartsWith("\\begin{pmatrix} ", A.ToMatrix((N, 2)).ToLatex(), StringComparison.Ordinal);
        Assert.Contains("<mtable><mtr><mtd>", A.ToMatrix((N, 2)).ToMathML(), StringComparison.Ordinal);
    }

    [Fact]
    public void Textbook_gradients_come_out_as_in_the_textbook()
    {
        Says("A^-T", LogDet(A), A);
        Says("S^-1 (per entry)", LogDet(S), S);
        Says("adj(A^T)", Det(A), A);
        Says("det(P)*P^-1 (per entry)", Det(P), P);
        Says("A^T*B^T", Trace(A * X * B), X);
        Says("(A + A^T)*y", A.QuadraticForm(Y), Y);
        Says("y*y^T", A.QuadraticForm(Y), A);
        Says("-A^-T*B^T*A^-T", Trace(A.Inverse() * B), A);
        Says("-S^-1*d*d^T*S^-1 (per entry)", S.Inverse().QuadraticForm(D), S);
        Says("2*S^-1*d", S.Inverse().QuadraticForm(D), D);
        Says("exp(-(d^T*S^-1*d)/2)/2*S^-1*d*d^T*S^-1 (per entry)", Exp(-S.Inverse().QuadraticForm(D) / 2), S);
        Says("-exp(-(d^T*S^-1*d)/2)*S^-1*d", Exp(-S.Inverse().QuadraticForm(D) / 2), D);
        Says("0", Trace(B), A);
    }

    [Fact]
    public void The_convention_for_symmetric_matrices_is_named_in_the_result()
    {
        var perEntry = LogDet(S).Gradient(S);
        Assert.Equal(SymmetryConvention.PerEntry, perEntry.Convention);
        Assert.True(perEntry.ConventionsDiffer);
        var free = perEntry.To(SymmetryConvention.PerFreeParameter);
        Assert.Equal("2*S^-1 - diag(S^-1) (per free parameter)", free.ToString());
        Assert.Same(perEntry.Value, free.To(SymmetryConvention.PerEntry).Value);
        Assert.False(LogDet(A).Gradient(A).ConventionsDiffer);

        // log(ac - b²): the free parameter b has -2b/det, each of its two places half of it.
        var entries = S.ToMatrix((N, 2));
        var scalar = LogDet(S).ToExpr((N, 2));
        var values = NumericMatrix.RandomValues(new Random(2), entries);
        var direct = scalar.Diff(Expr.Symbol("S12")).Evaluate(values);
        Assert.Equal(direct, free.Value.ToMatrix((N, 2))[0, 1].Evaluate(values), 1e-12);
        Assert.Equal(direct / 2, perEntry.Value.ToMatrix((N, 2))[0, 1].Evaluate(values), 1e-12);
        var fromEntries = entries.Gradient(scalar);
        Assert.Equal(SymmetryConvention.PerEntry, fromEntries.Convention);
        Assert.Equal(direct / 2, fromEntries.Value[1, 0].Evaluate(values), 1e-12);
        Assert.Equal(direct, fromEntries.To(SymmetryConvention.PerFreeParameter).Value[1, 0].Evaluate(values), 1e-12);
        Assert.Equal(direct, fromEntries.FreeParameters[1].Evaluate(values), 1e-12);
        Assert.EndsWith("(per entry)", fromEntries.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_derivative_of_a_determinant_holds_where_the_matrix_is_singular()
    {
        var gradient = Det(A).Gradient(A).Value.ToMatrix((N, 3));
        var values = new Dictionary<Symbol, double>();
        foreach (var symbol in A.ToMatrix((N, 3)).FreeParameters) values[symbol] = symbol.Name is "A11" or "A22" ? 1 : 0;
        Assert.Equal(new double[,] { { 0, 0, 0 }, { 0, 0, 0 }, { 0, 0, 1 } }, gradient.Evaluate(values));
    }

    [Fact]
    public void Differentials_and_second_derivatives_come_out_as_in_the_textbook()
    {
        var dA = MatrixExpr.Symbol("dA", N, N);
        Assert.Equal("-A^-1*dA*A^-1", A.Inverse().Differential(A, dA).ToString());
        Assert.Equal("tr(A^-1*dA)", LogDet(A).Differential(A, dA).ToString());
        Assert.Equal("-tr(A^-1*dA*A^-1*dA)", LogDet(A).Differential(A, dA).Differential(A, dA).ToString());
        Assert.Equal("A + A^T", A.QuadraticForm(Y).Hessian(Y).ToString());
        Assert.Equal("A", (A * Y).Jacobian(Y).ToString());
        Assert.Equal("I", Y.Jacobian(Y).ToString());
    }

    [Fact]
    public void The_hessian_of_the_density_agrees_with_second_derivatives_of_its_entries()
    {
        var density = Exp(-S.Inverse().QuadraticForm(D) / 2) + (Norm(D) * Inner(D, Y)) + Pow(Inner(D, D), 2);
        var hessian = density.Hessian(D).ToMatrix((N, 3));
        var entries = D.ToMatrix((N, 3));
        var scalar = density.ToExpr((N, 3));
        var values = NumericMatrix.RandomValues(new Random(8), entries, S.ToMatrix((N, 3)), Y.ToMatrix((N, 3)));
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                var expected = scalar.Diff((Symbol)entries[i]).Diff((Symbol)entries[j]).Evaluate(values);
                NumericMatrix.Near(expected, hessian[i, j].Evaluate(values), 1e-11, $"({i}, {j})");
            }
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_errors_that_name_both()
    {
        var wide = MatrixExpr.Symbol("W", 2, 3);
        Says("MatrixExpr *: inner sizes differ: W is [2, 3] and W is [2, 3]", () => wide * wide);
        Says("MatrixExpr +: sizes differ: W is [2, 3] and A is [n, n]", () => wide + A);
        Says("not square", () => wide.Inverse());
        Says("not square", () => Det(wide));
        Says("not square", () => Trace(wide));
        Says("not 1 × 1", () => wide.ToScalar());
        Says("needs a square matrix", () => MatrixExpr.Symbol("V", 2, 3, MatrixProperties.Symmetric));
        Says("cannot have 0 rows", () => MatrixExpr.Symbol("V", 0, 3));
        Says("the size n has no value", () => A.ToMatrix());
        Says("is no size", () => A.ToMatrix((N, 0)));
        Says("orthogonal", () => Trace(Q).Gradient(Q));
        Says("not a column vector", () => A.Jacobian(Y));
        Assert.Contains("the matrix is zero", Assert.Throws<InvalidOperationException>(() => (A - A).Inverse()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shared_parts_are_walked_once_and_nesting_is_limited_with_a_clear_error()
    {
        MatrixExpr shared = A;
        for (var i = 0; i < 60; i++) shared = (shared * B * shared) + X;
        Assert.False(Trace(shared).Gradient(X).Value.IsZero);
        Assert.InRange(shared.ToString().Length, 100_000, 100_001);
        MatrixExpr deep = A;
        var error = Assert.Throws<InvalidOperationException>(() =>
        {
            for (var i = 0; i < 100_000; i++) deep = (deep + B).Inverse();
        });
        Assert.Contains("nested deeper", error.Message, StringComparison.Ordinal);
        deep = A;
        for (var i = 0; i < 300; i++) deep = (deep + B).Inverse();
        Assert.False(Trace(deep).Differential(A, X).IsZero);
        Assert.False(Trace(deep).Gradient(A).Value.IsZero);
    }

    private static void Says(string expected, MatrixScalar f, MatrixSymbol x) => Assert.Equal(expected, f.Gradient(x).ToString());

    private static void Says(string text, Func<object> action) =>
        Assert.Contains(text, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
