namespace Nabla;

public static partial class Linalg
{
    /// <summary>The 2-norm of all elements, as of one vector.</summary>
    /// <param name="x">Any shape.</param>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    [Op(OpKind.Composite, Shapes = "any → []; with an order [n] → [], [m, n] → []", DTypes = "floating point", Kinks = "gradient 0 where the norm is 0")]
    public static Tensor Norm(Tensor x) => VectorNorm(x);

    /// <summary>The norm of a vector, or of a matrix, of an order: <see cref="VectorNorm"/> or <see cref="MatrixNorm(Tensor, double, bool)"/>.</summary>
    /// <param name="x">[n] or [m, n].</param>
    /// <param name="order">The order.</param>
    /// <exception cref="ShapeException">Neither a vector nor a matrix.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    public static Tensor Norm(Tensor x, double order)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Rank switch
        {
            1 => VectorNorm(x, order),
            2 => MatrixNorm(x, order),
            _ => throw new ShapeException($"Norm: an order is that of a vector or of a matrix, x is {x.Shape}. Use VectorNorm with axes, or MatrixNorm for batches."),
        };
    }

    /// <summary>(Σ|x|ᵖ)^(1/p) over axes; for p = ±∞ the largest or smallest |x|, for 0 the number of elements that are not 0.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="order">The order p.</param>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="keepAxis">Keep them with length 1.</param>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Composite, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point",
        Kinks = "gradient 0 where the norm is 0; p = ±∞: ties share evenly")]
    public static Tensor VectorNorm(Tensor x, double order = 2, Axes axis = default, bool keepAxis = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Norm(order, axis, keepAxis);
    }

    /// <summary>A norm of each matrix: <c>"fro"</c>, the root of the sum of squares, or <c>"nuc"</c>, the sum of the singular values.</summary>
    /// <param name="x">[…, m, n].</param>
    /// <param name="order">The name of the norm.</param>
    /// <param name="keepAxis">Keep the two axes with length 1.</param>
    /// <exception cref="ArgumentException">There is no norm of that name.</exception>
    /// <exception cref="ShapeException">Not matrices.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    [Op(OpKind.Composite, Shapes = "[…, m, n] → [] or […, 1, 1]", DTypes = "floating point", Kinks = "Frobenius: gradient 0 at 0; nuclear: a subgradient")]
    public static Tensor MatrixNorm(Tensor x, string order = "fro", bool keepAxis = false)
    {
        CheckMatrix("MatrixNorm", x);
        return order switch
        {
            "fro" => x.Norm(2, (-2, -1), keepAxis),
            "nuc" => Kept(Svdvals(x).Sum(^1), keepAxis),
            _ => throw new ArgumentException($"MatrixNorm: there is no norm \"{order}\". Use \"fro\", \"nuc\", or a number: 1, -1, 2, -2, ±∞.", nameof(order)),
        };
    }

    /// <summary>A norm of each matrix by number: ±1 the largest or smallest column sum of |x|, ±∞ of the row sums, ±2 the largest or smallest singular value.</summary>
    /// <param name="x">[…, m, n], without lengths 0.</param>
    /// <param name="order">1, −1, 2, −2, ∞ or −∞.</param>
    /// <param name="keepAxis">Keep the two axes with length 1.</param>
    /// <exception cref="ArgumentException">There is no norm of that order.</exception>
    /// <exception cref="ShapeException">Not matrices, or without elements.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    public static Tensor MatrixNorm(Tensor x, double order, bool keepAxis = false)
    {
        CheckMatrix("MatrixNorm", x);
        Tensor sizes = Math.Abs(order) switch
        {
            1 => x.Norm(1, ^2),
            2 => Svdvals(x),
            double.PositiveInfinity => x.Norm(1, ^1),
            _ => throw new ArgumentException($"MatrixNorm: there is no norm of order {order}. Use 1, -1, 2, -2, ±∞, \"fro\" or \"nuc\".", nameof(order)),
        };
        return Kept(order > 0 ? sizes.Amax(^1) : sizes.Amin(^1), keepAxis);
    }

    private static Tensor Kept(Tensor norm, bool keep) => keep ? norm.Unsqueeze(^1).Unsqueeze(^1) : norm;

    /// <summary>The condition number of each matrix: the largest singular value over the smallest, or ‖X‖·‖X⁻¹‖ in another norm.</summary>
    /// <param name="x">[…, m, n]; square for orders other than ±2.</param>
    /// <param name="order">As in <see cref="MatrixNorm(Tensor, double, bool)"/>.</param>
    /// <exception cref="ShapeException">Not matrices, or not square for an order other than ±2.</exception>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    /// <exception cref="LinalgException">Order other than ±2: a matrix is singular.</exception>
    [Op(OpKind.Composite, Shapes = "[…, m, n] → […]", DTypes = "floating point", Domain = "regular matrices (∞ otherwise)")]
    public static Tensor Cond(Tensor x, double order = 2)
    {
        if (Math.Abs(order) != 2) return MatrixNorm(CheckSquare("Cond", x), order) * MatrixNorm(Inv(x), order);
        Tensor s = Svdvals(CheckMatrix("Cond", x)), largest = s.Amax(^1), smallest = s.Amin(^1);
        return order > 0 ? largest / smallest : smallest / largest;
    }
}
