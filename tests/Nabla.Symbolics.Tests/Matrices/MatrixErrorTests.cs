using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests.Matrices;

public sealed class MatrixErrorTests
{
    private static readonly Matrix Wide = Matrix.Symbols("A", 2, 3);
    private static readonly Matrix Square = Matrix.Symbols("B", 2, 2);

    [Fact]
    public void Shape_errors_name_the_operation_and_both_shapes()
    {
        Says("Matrix +: shapes do not fit: [2, 3] and [2, 2]", () => Wide + Square);
        Says("Matrix -: shapes do not fit", () => Wide - Square);
        Says("Matrix *: shapes do not fit: [2, 3] and [2, 2]", () => Wide * Square);
        Says("Inner: shapes do not fit", () => Wide.Inner(Square));
        Says("Solve: shapes do not fit: [2, 2] and [3, 2]", () => Square.Solve(Wide.Transpose()));
        Says("Dot: shapes do not fit: [2, 1] and [3, 1]", () => Matrix.Vector("x", 2).Dot(Matrix.Vector("y", 3)));
        Says("Cross: shapes do not fit", () => Matrix.Vector("x", 2).Cross(Matrix.Vector("y", 2)));
        Says("QuadraticForm: shapes do not fit", () => Square.QuadraticForm(Matrix.Vector("x", 3)));
        Says("not a vector", () => Square.Dot(Square));
        Says("not a vector", () => Square[0]);
        Says("not 1 × 1", () => Square.ToScalar());
    }

    [Fact]
    public void Operations_on_square_matrices_say_so()
    {
        Says("Determinant: the matrix is [2, 3], not square", () => Wide.Determinant());
        Says("Inverse: the matrix is [2, 3], not square", () => Wide.Inverse());
        Says("Trace: the matrix is [2, 3], not square", () => Wide.Trace());
        Says("Solve: the matrix is [2, 3], not square", () => Wide.Solve(Square));
        Says("Adjugate: the matrix is [2, 3], not square", () => Wide.Adjugate());
        Says("Cofactor: the matrix is [2, 3], not square", () => Wide.Cofactor(0, 0));
        Says("Power: the matrix is [2, 3], not square", () => Wide.Power(2));
        Says("AssumePositiveDefinite: the matrix [2, 2] is not symmetric", () => Square.AssumePositiveDefinite());
    }

    [Fact]
    public void Matrices_that_are_singular_whatever_the_symbols_are_have_no_inverse()
    {
        Expr x = Expr.Symbol("x");
        var u = Matrix.Vector("u", 6);
        foreach (var singular in new[]
        {
            Matrix.Zeros(2, 2), Matrix.FromRows([1, 2], [2, 4]), Matrix.FromRows([x, 2 * x], [Sin(x), 2 * Sin(x)]),
            Matrix.FromRows([x + 1, (x + 1) * (x - 1)], [1, x - 1]), u[..3, ..].Outer(u[3.., ..]), u.Outer(u),
            Matrix.FromRows([Pow(x + 1, 2), (x * x) + (2 * x) + 1], [1, 1]),
        })
        {
            Assert.Contains("singular", Assert.Throws<InvalidOperationException>(() => singular.Inverse()).Message, StringComparison.Ordinal);
            Assert.Contains("Solve", Assert.Throws<InvalidOperationException>(() => singular.Solve(Matrix.Identity(singular.Rows))).Message, StringComparison.Ordinal);
        }

        Assert.Same((Expr)0, u.Outer(u).Determinant());
    }

    [Fact]
    public void Sizes_and_places_that_do_not_exist_are_errors()
    {
        Says("at least one row", () => Matrix.Symbols("A", 0, 2));
        Says("at least one row", () => Matrix.Identity(-1));
        Says("no entries were given", () => Matrix.Vector());
        Says("no entries were given", () => Matrix.FromRows());
        Says("no entries were given", () => Matrix.Diagonal());
        Says("row 1 has 1 entries, row 0 has 2", () => Matrix.FromRows([1, 2], [3]));
        Says("entry 1 is null", () => Matrix.Vector(1, null!));
        Says("Indices count from 0", () => Square[2, 0]);
        Says("Indices count from 0", () => Matrix.Vector("x", 2)[2]);
        Says("Indices count from 0", () => Square[..3, ..]);
        Says("Indices count from 0", () => Square[1..1, ..]);
        Says("stands in several places", () => Matrix.Symmetric("S", 2).Subs(Matrix.Symmetric("S", 2), Square));
        Says("not a symbol", () => (2 * Square).Gradient(1));
        Assert.Throws<ArgumentNullException>(() => Square + null!);
    }

    private static void Says(string text, Func<object> action) =>
        Assert.Contains(text, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
}
