namespace Nabla.Symbolics;

/// <summary>What an operation of an <see cref="OperationGraph"/> does.</summary>
internal enum OperationKind
{
    /// <summary>A symbol, a number, or a formula that is not looked into.</summary>
    Leaf,

    /// <summary>A coefficient times parts, each a factor or a divisor.</summary>
    Product,

    /// <summary>A sum of parts, each added or subtracted.</summary>
    Sum,

    /// <summary>A primitive of parts.</summary>
    Call,
}

/// <summary>An operand: an operation by its number, and whether it is inverted: subtracted in a sum, a divisor in a product, negated in a call.</summary>
internal readonly record struct Part(int Id, bool Inverted) : IComparable<Part>
{
    public Part Flip(bool flip) => this with { Inverted = Inverted ^ flip };

    public int CompareTo(Part other) => Id != other.Id ? Id.CompareTo(other.Id) : Inverted.CompareTo(other.Inverted);
}

/// <summary>One node of an <see cref="OperationGraph"/>. Parts of sums and products are sorted; a part may occur twice, as x does in x².</summary>
internal sealed class GraphOperation(OperationKind kind, Expr? leaf, Primitive? primitive, List<Part> parts)
{
    public OperationKind Kind { get; } = kind;

    /// <summary>What a leaf stands for.</summary>
    public Expr? Leaf { get; } = leaf;

    /// <summary>What a call applies.</summary>
    public Primitive? Primitive { get; } = primitive;

    public List<Part> Parts { get; set; } = parts;

    public int Cost() => Kind switch
    {
        OperationKind.Leaf => Leaf is BigOperator big ? 1 + CommonSubexpressions.CostOf([big.Body]) : 0,
        OperationKind.Call => 1,

        // (a·b)/(d·e) has one operation less than operands, and 1/(d·e) as many.
        OperationKind.Product when Parts.TrueForAll(static part => part.Inverted) => Parts.Count,
        _ => Parts.Count - 1,
    };
}
