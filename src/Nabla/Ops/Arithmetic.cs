using System.Collections.Concurrent;
using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Sums, products, quotients and powers of tensors, element by element, with broadcasting. Integer tensors stay integer
// except under division; a C# number takes the type of the tensor it meets.
public sealed partial class Tensor
{
    private static readonly bool SpaceIsRegistered = VectorSpace.Register(new TensorSpace());

    // ---- the four operations ------------------------------------------------------------------------------------------

    /// <summary>x + y.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <param name="alpha">A factor for <paramref name="other"/>.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Add(Tensor other, double alpha = 1) => alpha == 1 ? AddOp.Apply(this, other) : AddOp.Apply(this, other * alpha);

    /// <summary>x − y.</summary>
    /// <inheritdoc cref="Add"/>
    public Tensor Sub(Tensor other, double alpha = 1) => alpha == 1 ? SubOp.Apply(this, other) : SubOp.Apply(this, other * alpha);

    /// <summary>x · y.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Mul(Tensor other) => MulOp.Apply(this, other);

    /// <summary>x / y; floating point also for integers. Domain: y ≠ 0 (±∞ or NaN there).</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Div(Tensor other) => DivOp.Apply(this, other);

    /// <summary>−x.</summary>
    public Tensor Neg() => NegOp.Apply(this);

    /// <summary>x².</summary>
    public Tensor Square() => SquareOp.Apply(this);

    private static readonly ElementwiseOp AddOp = ElementwiseOp.Of("Add", (x, y) => x + y).OnComplex(ComplexParts.Each(x => x[0] + x[1]));
    private static readonly ElementwiseOp SubOp = ElementwiseOp.Of("Sub", (x, y) => x - y).OnComplex(ComplexParts.Each(x => x[0] - x[1])).RefusingBool("Use ^ for the difference of truth values, or convert with To(DType.Int64).");
    private static readonly ElementwiseOp MulOp = ElementwiseOp.Of("Mul", (x, y) => x * y).OnComplex(ComplexParts.Mul);
    private static readonly ElementwiseOp DivOp = ElementwiseOp.Of("Div", (x, y) => x / y).OnComplex(ComplexParts.Div);
    private static readonly ElementwiseOp NegOp = ElementwiseOp.Of("Neg", x => -x).OnComplex(ComplexParts.Each(x => -x[0])).RefusingBool("Use ! for the opposite truth value, or convert with To(DType.Int64).");
    private static readonly ElementwiseOp SquareOp = ElementwiseOp.Of("Square", x => F.Square(x)).OnComplex(ComplexParts.Square);

    // ---- powers -------------------------------------------------------------------------------------------------------

    /// <summary>x to the power y, element by element. Domain: x &gt; 0, or whole y.</summary>
    /// <param name="exponent">Broadcasts with this tensor.</param>
    /// <remarks>Kinks: ∂/∂x at x = 0, y = 0 is 0; ∂/∂y at x = 0, y ≥ 0 is 0; ∂/∂y for x &lt; 0 is NaN.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Pow(Tensor exponent) => PowOp.Apply(this, exponent);

    /// <summary>x to a constant power.</summary>
    /// <remarks>Kinks at x = 0: the derivative of x⁰ is 0, of √x ∞, of 1/x −∞.</remarks>
    public Tensor Pow(double exponent) => PowersOf.GetOrAdd(exponent, static n => ElementwiseOp.Of("Pow", x => F.Pow(x, n))).Apply(this);

    private static readonly ElementwiseOp PowOp = ElementwiseOp.Of("Pow", (x, y) => F.Pow(x, y), Domain.Positive, Domain.Real)
        .WithKinks("∂x x⁰ = 0 at 0; ∂y 0ʸ = 0 for y ≥ 0; ∂y NaN for x < 0");
    private static readonly ConcurrentDictionary<double, ElementwiseOp> PowersOf = new();

    // ---- operators ----------------------------------------------------------------------------------------------------

    /// <summary>x + y, element by element with broadcasting.</summary>
    public static Tensor operator +(Tensor x, Tensor y) => AddOp.Apply(x, y);

    /// <summary>x + y.</summary>
    public static Tensor operator +(Tensor x, double y) => AddOp.Apply(x, Number(y));

    /// <summary>x + y.</summary>
    public static Tensor operator +(double x, Tensor y) => AddOp.Apply(Number(x), y);

    /// <summary>x + y.</summary>
    public static Tensor operator +(Tensor x, long y) => AddOp.Apply(x, Number(y));

    /// <summary>x + y.</summary>
    public static Tensor operator +(long x, Tensor y) => AddOp.Apply(Number(x), y);

    /// <summary>x − y, element by element with broadcasting.</summary>
    public static Tensor operator -(Tensor x, Tensor y) => SubOp.Apply(x, y);

    /// <summary>x − y.</summary>
    public static Tensor operator -(Tensor x, double y) => SubOp.Apply(x, Number(y));

    /// <summary>x − y.</summary>
    public static Tensor operator -(double x, Tensor y) => SubOp.Apply(Number(x), y);

    /// <summary>x − y.</summary>
    public static Tensor operator -(Tensor x, long y) => SubOp.Apply(x, Number(y));

    /// <summary>x − y.</summary>
    public static Tensor operator -(long x, Tensor y) => SubOp.Apply(Number(x), y);

    /// <summary>x · y, element by element with broadcasting; <c>MatMul</c> is the matrix product.</summary>
    public static Tensor operator *(Tensor x, Tensor y) => MulOp.Apply(x, y);

    /// <summary>x · y.</summary>
    public static Tensor operator *(Tensor x, double y) => MulOp.Apply(x, Number(y));

    /// <summary>x · y.</summary>
    public static Tensor operator *(double x, Tensor y) => MulOp.Apply(Number(x), y);

    /// <summary>x · y.</summary>
    public static Tensor operator *(Tensor x, long y) => MulOp.Apply(x, Number(y));

    /// <summary>x · y.</summary>
    public static Tensor operator *(long x, Tensor y) => MulOp.Apply(Number(x), y);

    /// <summary>x / y, element by element with broadcasting; floating point also for integers.</summary>
    public static Tensor operator /(Tensor x, Tensor y) => DivOp.Apply(x, y);

    /// <summary>x / y.</summary>
    public static Tensor operator /(Tensor x, double y) => DivOp.Apply(x, Number(y));

    /// <summary>x / y.</summary>
    public static Tensor operator /(double x, Tensor y) => DivOp.Apply(Number(x), y);

    /// <summary>x / y.</summary>
    public static Tensor operator /(Tensor x, long y) => DivOp.Apply(x, Number(y));

    /// <summary>x / y.</summary>
    public static Tensor operator /(long x, Tensor y) => DivOp.Apply(Number(x), y);

    /// <summary>−x.</summary>
    public static Tensor operator -(Tensor x) => NegOp.Apply(x);

    /// <summary>x itself.</summary>
    public static Tensor operator +(Tensor x) => x;

    private static Tensor Number(long value)
    {
        NdArray array = NdArray.Allocate([], DType.Int64);
        array.At<long>(0) = value;
        return new Tensor(array) { Flags = TensorFlags.Number };
    }

    // ---- in place -----------------------------------------------------------------------------------------------------

    /// <summary>x ← x + alpha · y.</summary>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    /// <exception cref="ShapeException">The result has another shape than this tensor.</exception>
    /// <exception cref="DTypeException">A floating-point result does not fit an integer tensor.</exception>
    public Tensor AddInPlace(Tensor other, double alpha = 1) =>
        alpha == 1 ? InPlace.Apply(nameof(AddInPlace), this, AddOp, other) : InPlace.Apply(nameof(AddInPlace), this, x => x.Add(other, alpha));

    /// <summary>x ← x − alpha · y.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor SubInPlace(Tensor other, double alpha = 1) =>
        alpha == 1 ? InPlace.Apply(nameof(SubInPlace), this, SubOp, other) : InPlace.Apply(nameof(SubInPlace), this, x => x.Sub(other, alpha));

    /// <summary>x ← x · y.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor MulInPlace(Tensor other) => InPlace.Apply(nameof(MulInPlace), this, MulOp, other);

    /// <summary>x ← x · y.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor MulInPlace(double other) => InPlace.Apply(nameof(MulInPlace), this, MulOp, Number(other));

    /// <summary>x ← x / y.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor DivInPlace(Tensor other) => InPlace.Apply(nameof(DivInPlace), this, DivOp, other);

    /// <summary>x ← x / y.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor DivInPlace(double other) => InPlace.Apply(nameof(DivInPlace), this, DivOp, Number(other));

    /// <summary>x ← xⁿ.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor PowInPlace(double exponent) => InPlace.Apply(nameof(PowInPlace), this, x => x.Pow(exponent));

    /// <summary>x ← −x.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor NegInPlace() => InPlace.Apply(nameof(NegInPlace), this, NegOp);

    /// <summary>x ← 0.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor ZeroInPlace() => FillInPlace(0);

    /// <summary>x ← a constant.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor FillInPlace(double value) => InPlace.Apply(nameof(FillInPlace), this, x => Full(x.Shape, value, x.DType));

    /// <summary>x ← y, converted to this tensor's type and broadcast to its shape.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor CopyInPlace(Tensor source) => InPlace.Apply(nameof(CopyInPlace), this, x => source.To(x.DType).Expand(x.Shape));
}
