using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Logic, element by element; as an argument everything but 0 is true (NaN too). The operators take bool tensors only.
public sealed partial class Tensor
{
    /// <summary>Where both are true.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor LogicalAnd(Tensor other) => LogicalAndOp.Apply(this, other);

    /// <summary>Where one at least is true.</summary>
    /// <inheritdoc cref="LogicalAnd"/>
    public Tensor LogicalOr(Tensor other) => LogicalOrOp.Apply(this, other);

    /// <summary>Where exactly one is true.</summary>
    /// <inheritdoc cref="LogicalAnd"/>
    public Tensor LogicalXor(Tensor other) => LogicalXorOp.Apply(this, other);

    /// <summary>Where x is 0.</summary>
    public Tensor LogicalNot() => LogicalNotOp.Apply(this);

    /// <summary>Where both bool tensors are true.</summary>
    /// <exception cref="DTypeException">An argument is not a bool tensor.</exception>
    public static Tensor operator &(Tensor x, Tensor y) => LogicalAndOp.Apply(Truth("&", nameof(LogicalAnd), x), Truth("&", nameof(LogicalAnd), y));

    /// <summary>Where one bool tensor at least is true.</summary>
    /// <exception cref="DTypeException">An argument is not a bool tensor.</exception>
    public static Tensor operator |(Tensor x, Tensor y) => LogicalOrOp.Apply(Truth("|", nameof(LogicalOr), x), Truth("|", nameof(LogicalOr), y));

    /// <summary>Where exactly one bool tensor is true.</summary>
    /// <exception cref="DTypeException">An argument is not a bool tensor.</exception>
    public static Tensor operator ^(Tensor x, Tensor y) => LogicalXorOp.Apply(Truth("^", nameof(LogicalXor), x), Truth("^", nameof(LogicalXor), y));

    /// <summary>Where a bool tensor is false.</summary>
    /// <exception cref="DTypeException">The argument is not a bool tensor.</exception>
    public static Tensor operator !(Tensor x) => LogicalNotOp.Apply(Truth("!", nameof(LogicalNot), x));

    /// <summary>Where a bool tensor is false.</summary>
    /// <exception cref="DTypeException">The argument is not a bool tensor.</exception>
    public static Tensor operator ~(Tensor x) => LogicalNotOp.Apply(Truth("~", nameof(LogicalNot), x));

    private static Tensor Truth(string name, string method, Tensor x) => x.DType == DType.Bool ? x : throw OpErrors.NeedsTruth(name, method, x);

    private static readonly ElementwiseOp LogicalAndOp = ElementwiseOp.Predicate("LogicalAnd", (x, y) => F.And(x, y));
    private static readonly ElementwiseOp LogicalOrOp = ElementwiseOp.Predicate("LogicalOr", (x, y) => F.Or(x, y));
    private static readonly ElementwiseOp LogicalXorOp = ElementwiseOp.Predicate("LogicalXor", (x, y) => F.Xor(x, y));
    private static readonly ElementwiseOp LogicalNotOp = ElementwiseOp.Predicate("LogicalNot", x => F.Not(x));
}
