namespace Nabla.Symbolics;

/// <summary>What a node of generated code does. From <see cref="Less"/> to <see cref="Test"/> the value is a truth value.</summary>
internal enum Operation : byte
{
    Input, Literal, Add, Subtract, Multiply, Divide, Negate, Fma, Call, Choose, Truth,
    Less, LessEqual, Equal, NotEqual, And, Or, Xor, Not, IsNaN, Test,
}

/// <summary>
/// A value of generated code: an operation of at most three others, with real numbers and truth values told apart. Truth turns a truth
/// value into 0 or 1, Test turns a number into "is not 0".
/// </summary>
internal sealed class CodeNode
{
    public CodeNode(Operation operation, CodeNode[] args, Primitive? primitive, double value, int slot)
    {
        (Operation, Args, Primitive, Value, Slot) = (operation, args, primitive, value, slot);
        foreach (CodeNode arg in args) Level = Math.Max(Level, arg.Level);
        if (operation == Operation.Choose) Level++;
    }

    public Operation Operation { get; }

    public CodeNode[] Args { get; }

    public Primitive? Primitive { get; }

    /// <summary>The number of a literal.</summary>
    public double Value { get; }

    /// <summary>The number of an input.</summary>
    public int Slot { get; }

    /// <summary>The number of choices on the longest way down: of two choices of one level, none depends on the other.</summary>
    public int Level { get; }

    public bool IsTruth => Operation >= Operation.Less;

    /// <summary>Whether the node is written where it is used, however often: a name for it would say no more.</summary>
    public bool IsLeaf => Operation is Operation.Input or Operation.Literal || (Operation == Operation.Negate && Args[0].Operation == Operation.Input);

    /// <summary>A rough cost in additions; whatever is not defined everywhere is costly enough to be computed only where it is needed.</summary>
    public int Cost => Operation switch
    {
        Operation.Input or Operation.Literal => 0,
        Operation.Divide => 6,
        Operation.Call => Primitive == Primitives.Abs || Primitive == Primitives.Max || Primitive == Primitives.Min || Primitive == Primitives.Floor ? 1
            : Primitive == Primitives.Sqrt ? 6 : 12,
        _ => 1,
    };
}

/// <summary>Makes nodes, each structure once.</summary>
internal sealed class CodeNodes
{
    private readonly Dictionary<Key, CodeNode> known = [];

    public CodeNode Literal(double value) =>
        known.TryGetValue(KeyOf(Operation.Literal, null, BitConverter.DoubleToInt64Bits(value), []), out CodeNode? node)
            ? node
            : Add(KeyOf(Operation.Literal, null, BitConverter.DoubleToInt64Bits(value), []), new CodeNode(Operation.Literal, [], null, value, -1));

    public CodeNode Input(int slot) => known.TryGetValue(KeyOf(Operation.Input, null, slot, []), out CodeNode? node)
        ? node
        : Add(KeyOf(Operation.Input, null, slot, []), new CodeNode(Operation.Input, [], null, 0, slot));

    public CodeNode Call(Primitive primitive, params CodeNode[] args) => Make(Operation.Call, primitive, args);

    public CodeNode Make(Operation operation, params CodeNode[] args) => Make(operation, null, args);

    /// <summary>The node; factors 1 and -1, added zeros, double negations and arithmetic of literals fold.</summary>
    public CodeNode Make(Operation operation, Primitive? primitive, CodeNode[] args)
    {
        if (Simpler(operation, args) is { } simpler) return simpler;
        Key key = KeyOf(operation, primitive, 0, args);
        return known.TryGetValue(key, out CodeNode? node) ? node : Add(key, new CodeNode(operation, args, primitive, 0, -1));
    }

    /// <summary>x^n for n of 1 or more, by squaring; x³ shares x².</summary>
    public CodeNode WholePower(CodeNode x, int n)
    {
        CodeNode? result = null;
        for (CodeNode square = x; ; square = Make(Operation.Multiply, square, square))
        {
            if ((n & 1) != 0) result = result is null ? square : Make(Operation.Multiply, square, result);
            n >>= 1;
            if (n == 0) return result!;
        }
    }

    private CodeNode? Simpler(Operation operation, CodeNode[] args)
    {
        switch (operation)
        {
            case Operation.Negate when args[0].Operation == Operation.Negate:
                return args[0].Args[0];
            case Operation.Negate when args[0].Operation == Operation.Literal:
                return Literal(-args[0].Value);
            case Operation.Multiply when IsLiteral(args[0], 1):
                return args[1];
            case Operation.Multiply or Operation.Divide when IsLiteral(args[1], 1):
                return args[0];
            case Operation.Multiply when IsLiteral(args[0], -1):
                return Make(Operation.Negate, args[1]);
            case Operation.Add when IsLiteral(args[0], 0):
                return args[1];
            case Operation.Add or Operation.Subtract when IsLiteral(args[1], 0):
                return args[0];
            case Operation.Subtract when IsLiteral(args[0], 0):
                return Make(Operation.Negate, args[1]);
            case Operation.Add when args[1].Operation == Operation.Negate:
                return Make(Operation.Subtract, args[0], args[1].Args[0]);
            case Operation.Subtract when args[1].Operation == Operation.Negate:
                return Make(Operation.Add, args[0], args[1].Args[0]);
            default:
                return null;
        }
    }

    private static bool IsLiteral(CodeNode node, double value) => node.Operation == Operation.Literal && node.Value == value;

    private CodeNode Add(Key key, CodeNode node) => known[key] = node;

    private static Key KeyOf(Operation operation, Primitive? primitive, long payload, CodeNode[] args) =>
        new(operation, primitive, payload, args.Length > 0 ? args[0] : null, args.Length > 1 ? args[1] : null, args.Length > 2 ? args[2] : null);

    private readonly record struct Key(Operation Operation, Primitive? Primitive, long Payload, CodeNode? A, CodeNode? B, CodeNode? C);
}
