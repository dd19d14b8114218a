using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Comparisons, element by element: bool tensors without gradients. == and != compare references, as for every C# class;
// Eq and Ne compare elements, Equal whole tensors.
public sealed partial class Tensor
{
    // ---- methods ------------------------------------------------------------------------------------------------------

    /// <summary>Where x equals y. (The operator == asks whether two variables refer to the same tensor.)</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Eq(Tensor other) => EqOp.Apply(this, other);

    /// <summary>Where x differs from y; everywhere where one is NaN.</summary>
    /// <inheritdoc cref="Eq(Tensor)"/>
    public Tensor Ne(Tensor other) => NeOp.Apply(this, other);

    /// <summary>Where x &lt; y.</summary>
    /// <inheritdoc cref="Eq(Tensor)"/>
    public Tensor Lt(Tensor other) => LtOp.Apply(this, other);

    /// <summary>Where x ≤ y.</summary>
    /// <inheritdoc cref="Eq(Tensor)"/>
    public Tensor Le(Tensor other) => LeOp.Apply(this, other);

    /// <summary>Where x &gt; y.</summary>
    /// <inheritdoc cref="Eq(Tensor)"/>
    public Tensor Gt(Tensor other) => GtOp.Apply(this, other);

    /// <summary>Where x ≥ y.</summary>
    /// <inheritdoc cref="Eq(Tensor)"/>
    public Tensor Ge(Tensor other) => GeOp.Apply(this, other);

    /// <summary>Where x equals a number.</summary>
    public Tensor Eq(double other) => EqOp.Apply(this, Bound(other));

    /// <summary>Where x differs from a number.</summary>
    public Tensor Ne(double other) => NeOp.Apply(this, Bound(other));

    /// <summary>Where x is less than a number.</summary>
    public Tensor Lt(double other) => LtOp.Apply(this, Bound(other));

    /// <summary>Where x is at most a number.</summary>
    public Tensor Le(double other) => LeOp.Apply(this, Bound(other));

    /// <summary>Where x is greater than a number.</summary>
    public Tensor Gt(double other) => GtOp.Apply(this, Bound(other));

    /// <summary>Where x is at least a number.</summary>
    public Tensor Ge(double other) => GeOp.Apply(this, Bound(other));

    private static readonly ElementwiseOp EqOp = ElementwiseOp.Predicate("Eq", (x, y) => F.Equal(x, y)).OnComplex(ComplexParts.Asked(x => x[0].Eq(x[1]), both: true));
    private static readonly ElementwiseOp NeOp = ElementwiseOp.Predicate("Ne", (x, y) => F.NotEqual(x, y)).OnComplex(ComplexParts.Asked(x => x[0].Ne(x[1]), both: false));
    private static readonly ElementwiseOp LtOp = ElementwiseOp.Predicate("Lt", (x, y) => F.Less(x, y));
    private static readonly ElementwiseOp LeOp = ElementwiseOp.Predicate("Le", (x, y) => F.LessEqual(x, y));
    private static readonly ElementwiseOp GtOp = ElementwiseOp.Predicate("Gt", (x, y) => F.Greater(x, y));
    private static readonly ElementwiseOp GeOp = ElementwiseOp.Predicate("Ge", (x, y) => F.GreaterEqual(x, y));

    // ---- operators ----------------------------------------------------------------------------------------------------

    /// <summary>Where x &lt; y.</summary>
    public static Tensor operator <(Tensor x, Tensor y) => LtOp.Apply(x, y);

    /// <summary>Where x ≤ y.</summary>
    public static Tensor operator <=(Tensor x, Tensor y) => LeOp.Apply(x, y);

    /// <summary>Where x &gt; y.</summary>
    public static Tensor operator >(Tensor x, Tensor y) => GtOp.Apply(x, y);

    /// <summary>Where x ≥ y.</summary>
    public static Tensor operator >=(Tensor x, Tensor y) => GeOp.Apply(x, y);

    /// <summary>Where x &lt; y.</summary>
    public static Tensor operator <(Tensor x, double y) => x.Lt(y);

    /// <summary>Where x ≤ y.</summary>
    public static Tensor operator <=(Tensor x, double y) => x.Le(y);

    /// <summary>Where x &gt; y.</summary>
    public static Tensor operator >(Tensor x, double y) => x.Gt(y);

    /// <summary>Where x ≥ y.</summary>
    public static Tensor operator >=(Tensor x, double y) => x.Ge(y);

    /// <summary>Where x &lt; y.</summary>
    public static Tensor operator <(double x, Tensor y) => y.Gt(x);

    /// <summary>Where x ≤ y.</summary>
    public static Tensor operator <=(double x, Tensor y) => y.Ge(x);

    /// <summary>Where x &gt; y.</summary>
    public static Tensor operator >(double x, Tensor y) => y.Lt(x);

    /// <summary>Where x ≥ y.</summary>
    public static Tensor operator >=(double x, Tensor y) => y.Le(x);

    // ---- whole tensors ------------------------------------------------------------------------------------------------

    /// <summary>Whether two tensors have the same shape and equal elements; NaN equals nothing.</summary>
    public bool Equal(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Shape == other.Shape && Holds("Equal", Eq(other));
    }

    /// <summary>Where |x − y| ≤ atol + rtol·|y|. Equal infinities are close; NaN only on request.</summary>
    /// <param name="other">y; broadcasts with this tensor.</param>
    /// <param name="rtol">The tolerance relative to y.</param>
    /// <param name="atol">The absolute tolerance.</param>
    /// <param name="equalNan">Whether NaN is close to NaN.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor IsClose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNan = false)
    {
        ArgumentNullException.ThrowIfNull(other);
        Tensor close = IsCloseOp.Apply(this, other, Number(rtol), Number(atol));
        return equalNan ? close | (IsNaN() & other.IsNaN()) : close;
    }

    /// <summary>Whether all elements are close, as <see cref="IsClose"/> has it.</summary>
    /// <inheritdoc cref="IsClose"/>
    public bool AllClose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNan = false) => Holds("AllClose", IsClose(other, rtol, atol, equalNan));

    // |x − y| < ∞ keeps infinities of different sign, and a finite beside an infinite number, apart.
    private static readonly ElementwiseOp IsCloseOp = ElementwiseOp.Predicate("IsClose", (x, y, relative, absolute) =>
    {
        Expr distance = F.Abs(x - y);
        return F.Or(F.Equal(x, y), F.And(F.Less(distance, double.PositiveInfinity), F.LessEqual(distance, absolute + (relative * F.Abs(y)))));
    });

    private static bool Holds(string op, Tensor truth) => truth.Sum().Elements<long>(op)[0] == truth.Numel;

    // ---- kinds of numbers ---------------------------------------------------------------------------------------------

    /// <summary>Where x is NaN.</summary>
    public Tensor IsNaN() => IsNaNOp.Apply(this);

    /// <summary>Where x is ∞ or −∞.</summary>
    public Tensor IsInf() => IsInfOp.Apply(this);

    /// <summary>Where x is neither infinite nor NaN.</summary>
    public Tensor IsFinite() => IsFiniteOp.Apply(this);

    private static readonly ElementwiseOp IsNaNOp = ElementwiseOp.Predicate("IsNaN", x => F.IsNaN(x));
    private static readonly ElementwiseOp IsInfOp = ElementwiseOp.Predicate("IsInf", x => F.Equal(F.Abs(x), double.PositiveInfinity));
    private static readonly ElementwiseOp IsFiniteOp = ElementwiseOp.Predicate("IsFinite", x => F.Less(F.Abs(x), double.PositiveInfinity));
}
