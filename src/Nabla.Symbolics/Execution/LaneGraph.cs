namespace Nabla.Symbolics;

/// <summary>What one vector instruction does, or a few that always go together.</summary>
internal enum LaneOp : byte
{
    Input, Constant,
    Add, Subtract, Multiply, Divide, Negate, MultiplyAdd, FusedMultiplyAdd, Sqrt, Abs, CopySign, Scale, Min, Max, Floor, Ceiling, Round, Truncate,
    Less, LessEqual, Equal, Select,
    And, Or, Xor, Not, AndNot, ShiftLeft, ShiftRight, AddBits, SubtractBits, IsNegative, EqualBits,
    WidenLower, WidenUpper, Narrow,
}

/// <summary>One vector value: how it comes from others. The immediate is a constant's bits, the count of a shift, the index of an input.</summary>
internal readonly record struct LaneNode(LaneOp Op, LaneType Type, int A, int B, int C, long Immediate);

/// <summary>The type of a vector's elements.</summary>
internal enum LaneType : byte
{
    Single, Double, Whole,
}

/// <summary>
/// Bodies of primitives as a straight line of vector operations, each different one once. Where a body asks whether all lanes are
/// regular, the graph follows the regular way and keeps the question as a guard: where it fails, the values do not hold.
/// </summary>
internal sealed class LaneGraph
{
    private readonly List<LaneNode> nodes = [];
    private readonly Dictionary<LaneNode, int> known = [];
    private readonly List<int> guards = [];

    public IReadOnlyList<LaneNode> Nodes => nodes;

    /// <summary>Masks that must be set in all lanes.</summary>
    public IReadOnlyList<int> Guards => guards;

    public void Guard(int mask)
    {
        if (!guards.Contains(mask)) guards.Add(mask);
    }

    public int Input(int index, LaneType type) => Add(LaneOp.Input, type, immediate: index);

    /// <summary>A constant by its bits.</summary>
    public int Constant(LaneType type, long bits) => Add(LaneOp.Constant, type, immediate: type == LaneType.Single ? (uint)bits : bits);

    /// <summary>The value of an operation; one that is known already is not made again.</summary>
    public int Add(LaneOp op, LaneType type, int a = 0, int b = 0, int c = 0, long immediate = 0)
    {
        switch (op)
        {
            case LaneOp.Not when nodes[a].Op == LaneOp.Not:
                return nodes[a].A;
            case LaneOp.Select when nodes[a].Op == LaneOp.Not:
                return Add(LaneOp.Select, type, nodes[a].A, c, b);
            case LaneOp.Equal when IsZero(b) && Truth(a, out int mask, out bool negated):
                // A truth value is 0 where its mask is not set.
                return negated ? mask : Add(LaneOp.Not, type, mask);
        }
        var node = new LaneNode(op, type, a, b, c, immediate);
        if (known.TryGetValue(node, out int index)) return index;
        known[node] = nodes.Count;
        nodes.Add(node);
        return nodes.Count - 1;
    }

    /// <summary>The operands of a node.</summary>
    public static int Arity(LaneOp op) => op switch
    {
        LaneOp.Input or LaneOp.Constant => 0,
        LaneOp.Negate or LaneOp.Sqrt or LaneOp.Abs or LaneOp.Floor or LaneOp.Ceiling or LaneOp.Round or LaneOp.Truncate or LaneOp.Not
            or LaneOp.ShiftLeft or LaneOp.ShiftRight or LaneOp.IsNegative or LaneOp.WidenLower or LaneOp.WidenUpper => 1,
        LaneOp.MultiplyAdd or LaneOp.FusedMultiplyAdd or LaneOp.Select => 3,
        _ => 2,
    };

    /// <summary>Whether a value is 1 where a mask is set and 0 elsewhere, or the other way round.</summary>
    private bool Truth(int value, out int mask, out bool negated)
    {
        LaneNode node = nodes[value];
        negated = node.Op == LaneOp.AndNot;
        (mask, int one) = node.Op == LaneOp.And && IsOne(node.B) ? (node.A, node.B) : (node.B, node.A);
        return node.Op is LaneOp.And or LaneOp.AndNot && IsOne(one) && IsMask(mask);
    }

    private bool IsMask(int value)
    {
        LaneNode node = nodes[value];
        return node.Op switch
        {
            LaneOp.Less or LaneOp.LessEqual or LaneOp.Equal or LaneOp.IsNegative or LaneOp.EqualBits => true,
            LaneOp.Not => IsMask(node.A),
            LaneOp.And or LaneOp.Or or LaneOp.Xor => IsMask(node.A) && IsMask(node.B),
            _ => false,
        };
    }

    private bool IsZero(int value) => nodes[value] is { Op: LaneOp.Constant, Immediate: 0 };

    private bool IsOne(int value) => nodes[value] is { Op: LaneOp.Constant } node && node.Immediate == node.Type switch
    {
        LaneType.Single => BitConverter.SingleToUInt32Bits(1),
        LaneType.Double => BitConverter.DoubleToInt64Bits(1),
        _ => 1,
    };
}
