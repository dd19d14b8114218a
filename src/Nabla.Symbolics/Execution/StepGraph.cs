using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>What a program computes with.</summary>
internal enum Arithmetic
{
    /// <summary>float32.</summary>
    Single,

    /// <summary>float64.</summary>
    Double,

    /// <summary>int64, which wraps around.</summary>
    Whole,
}

/// <summary>Which steps a graph does without.</summary>
internal enum Folding
{
    /// <summary>Those that change no bit of a result: x·1, x - 0, -(-x), a + (-b).</summary>
    SameBits,

    /// <summary>Also x + 0, which is x but for the sign of a zero.</summary>
    SameNumbers,

    /// <summary>Also what a formula does without: 0·x, 0/x, x², 1/x and other powers with a number, factors -1. For a not-finite x they are another.</summary>
    SameFormulas,
}

/// <summary>
/// Steps over numbered inputs, each computed once: what is asked for a second time is the value that exists. Programs of single operations
/// are replayed into it one after the other, in the order of their steps, so that a whole function becomes one program whose roundings are
/// those of the operations. Numbers fold, steps that a number makes trivial disappear, and so does in the end what nobody reads.
/// <code>
/// values:  … -2, -1 constants | 0 … inputs-1 | steps from inputs on
/// </code>
/// </summary>
/// <param name="inputCount">The number of inputs, or as many as there may be.</param>
/// <param name="arithmetic">What it computes with: numbers that meet are combined in it.</param>
/// <param name="folding">Which steps it does without.</param>
internal sealed class StepGraph(int inputCount, Arithmetic arithmetic, Folding folding)
{
    private readonly List<Instruction> code = [];
    private readonly List<double> constants = [];
    private readonly Dictionary<(Primitive Primitive, int A, int B, int C), int> known = [];
    private readonly Dictionary<long, int> knownConstants = [];
    private int[] replayed = [];

    public int InputCount => inputCount;

    /// <summary>Whether the arithmetic is float32.</summary>
    public bool IsSingle => arithmetic == Arithmetic.Single;

    /// <summary>How many steps there are, needed or not.</summary>
    public int Count => code.Count;

    /// <summary>The value of a number.</summary>
    public int Constant(double value)
    {
        if (arithmetic == Arithmetic.Single) value = (float)value;
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(knownConstants, BitConverter.DoubleToInt64Bits(value), out bool exists);
        if (exists) return id;
        constants.Add(value);
        return id = -constants.Count;
    }

    /// <summary>The number that a value is, if it is one.</summary>
    public bool IsConstant(int value, out double number)
    {
        number = value < 0 ? constants[-1 - value] : 0;
        return value < 0;
    }

    /// <summary>Repeats the steps of a program on other inputs.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">The values that its inputs are.</param>
    /// <param name="results">Receives the values of its outputs.</param>
    public void Replay(Program program, ReadOnlySpan<int> arguments, Span<int> results)
    {
        if (replayed.Length < program.RegisterCount) replayed = new int[2 * program.RegisterCount];
        int[] registers = replayed;
        arguments.CopyTo(registers);
        for (int i = 0; i < program.Constants.Length; i++) registers[program.InputCount + i] = Constant(program.Constants[i]);
        foreach (ref readonly Instruction step in program.Instructions.AsSpan())
        {
            int arity = step.Primitive.Arity;
            registers[step.Target] = Apply(step.Code, step.Primitive, registers[step.A], arity > 1 ? registers[step.B] : 0, arity > 2 ? registers[step.C] : 0);
        }
        for (int i = 0; i < results.Length; i++) results[i] = registers[program.Outputs[i]];
    }

    /// <summary>The sum of two values.</summary>
    public int Add(int a, int b) => Apply(OpCode.Add, Primitives.Add, a, b);

    /// <summary>The product of two values.</summary>
    public int Multiply(int a, int b) => Apply(OpCode.Mul, Primitives.Mul, a, b);

    /// <summary>The truth value of x ≠ 0.</summary>
    public int IsNotZero(int x) =>
        x >= inputCount && code[x - inputCount].Primitive.IsTruth ? x : Apply(OpCode.Call2, Primitives.NotEqual, x, Constant(0));

    /// <summary>The value of a primitive.</summary>
    /// <param name="code">How executors treat the step.</param>
    /// <param name="primitive">The primitive.</param>
    /// <param name="a">The first operand.</param>
    /// <param name="b">The second, 0 if there is none.</param>
    /// <param name="c">The third, 0 if there is none.</param>
    public int Apply(OpCode code, Primitive primitive, int a, int b = 0, int c = 0) => Folded(code, primitive, a, b, c) ?? Step(code, primitive, a, b, c);

    /// <summary>What outputs need, as code of which every step has a number of its own; and the numbers that it contains.</summary>
    /// <param name="outputs">The values wanted.</param>
    /// <param name="results">Receives them as the code has them.</param>
    /// <param name="strict">Whether every product is rounded by itself.</param>
    public (List<Instruction> Code, double[] Constants) Needed(ReadOnlySpan<int> outputs, Span<int> results, bool strict)
    {
        var needed = new bool[code.Count];
        var used = new bool[constants.Count];
        foreach (int output in outputs) Need(output);
        for (int i = code.Count - 1; i >= 0; i--)
        {
            if (!needed[i]) continue;
            Need(code[i].A);
            if (code[i].Primitive.Arity > 1) Need(code[i].B);
            if (code[i].Primitive.Arity > 2) Need(code[i].C);
        }

        var renumbered = new int[code.Count];
        var numbers = new List<double>();
        var places = new int[constants.Count];
        for (int i = 0; i < used.Length; i++)
        {
            if (!used[i]) continue;
            numbers.Add(constants[i]);
            places[i] = -numbers.Count;
        }
        var steps = new List<Instruction>();
        for (int i = 0; i < needed.Length; i++)
        {
            if (!needed[i]) continue;
            Instruction step = code[i];
            int arity = step.Primitive.Arity;
            renumbered[i] = inputCount + steps.Count;
            steps.Add(step with { Target = renumbered[i], A = Place(step.A), B = arity > 1 ? Place(step.B) : 0, C = arity > 2 ? Place(step.C) : 0 });
        }
        for (int i = 0; i < outputs.Length; i++) results[i] = Place(outputs[i]);
        if (!strict && FusedArithmetic.IsOn && arithmetic != Arithmetic.Whole)
        {
            FusedArithmetic.Fuse(steps, inputCount, results);
            Close(steps, results);
        }
        return (steps, [.. numbers]);

        void Need(int value)
        {
            if (value < 0) used[-1 - value] = true;
            else if (value >= inputCount) needed[value - inputCount] = true;
        }
        int Place(int value) => value < 0 ? places[-1 - value] : value < inputCount ? value : renumbered[value - inputCount];
    }

    // Numbers the steps one after the other again where fusing took some away.
    private void Close(List<Instruction> steps, Span<int> results)
    {
        if (steps.Count == 0 || steps[^1].Target == inputCount + steps.Count - 1) return;
        var places = new int[steps[^1].Target + 1 - inputCount];
        for (int i = 0; i < steps.Count; i++)
        {
            Instruction step = steps[i];
            places[step.Target - inputCount] = inputCount + i;
            int arity = step.Primitive.Arity;
            steps[i] = step with { Target = inputCount + i, A = Place(step.A), B = arity > 1 ? Place(step.B) : 0, C = arity > 2 ? Place(step.C) : 0 };
        }
        for (int i = 0; i < results.Length; i++) results[i] = Place(results[i]);

        int Place(int value) => value < inputCount ? value : places[value - inputCount];
    }

    /// <summary>The program of what outputs need.</summary>
    /// <param name="outputs">The values wanted.</param>
    /// <param name="strict">Whether every product is rounded by itself.</param>
    /// <param name="inputs">The inputs that it reads, by their number; they are the inputs of the program in this order.</param>
    public Program ToProgram(ReadOnlySpan<int> outputs, bool strict, out int[] inputs)
    {
        var results = new int[outputs.Length];
        (List<Instruction> steps, double[] numbers) = Needed(outputs, results, strict);
        var places = new int[inputCount];
        foreach (Instruction step in steps)
        {
            Read(step.A);
            if (step.Primitive.Arity > 1) Read(step.B);
            if (step.Primitive.Arity > 2) Read(step.C);
        }
        foreach (int result in results) Read(result);
        var read = new List<int>();
        for (int i = 0; i < inputCount; i++)
        {
            if (places[i] == 0) continue;
            places[i] = read.Count;
            read.Add(i);
        }
        inputs = [.. read];
        int unread = inputCount - read.Count;
        for (int i = 0; i < steps.Count; i++)
        {
            Instruction step = steps[i];
            steps[i] = step with { Target = step.Target - unread, A = Place(step.A), B = Place(step.B), C = Place(step.C) };
        }
        for (int i = 0; i < results.Length; i++) results[i] = Place(results[i]);
        return Program.Assemble(read.Count, numbers, steps, read.Count + steps.Count, results);

        void Read(int value)
        {
            if (value >= 0 && value < inputCount) places[value] = 1;
        }
        int Place(int value) => value < 0 ? value : value < inputCount ? places[value] : value - unread;
    }

    private int Step(OpCode operation, Primitive primitive, int a, int b, int c)
    {
        if (operation is OpCode.Add or OpCode.Mul && a > b) (a, b) = (b, a);
        ref int id = ref CollectionsMarshal.GetValueRefOrAddDefault(known, (primitive, a, b, c), out bool exists);
        if (exists) return id;
        id = inputCount + code.Count;
        code.Add(new Instruction(operation, primitive, id, a, b, c));
        return id;
    }

    // ---- numbers ------------------------------------------------------------------------------------------------------

    private int? Folded(OpCode operation, Primitive primitive, int a, int b, int c)
    {
        if (SameBits(operation, a, b) is { } same) return same;
        if (folding != Folding.SameBits && operation == OpCode.Add)
        {
            if (Is(a, 0)) return b;
            if (Is(b, 0)) return a;
        }
        if (folding == Folding.SameFormulas && SameFormula(operation, primitive, a, b, c) is { } simpler) return simpler;

        bool allConstant = a < 0 && (primitive.Arity < 2 || b < 0) && (primitive.Arity < 3 || c < 0);
        if (!allConstant || !primitive.HasScalar || arithmetic == Arithmetic.Whole) return null;
        double first = constants[-1 - a];
        return Constant(primitive.Arity switch
        {
            1 => primitive.Evaluate(first),
            2 => primitive.Evaluate(first, constants[-1 - b]),
            _ => primitive.Evaluate(first, constants[-1 - b], constants[-1 - c]),
        });
    }

    private int? SameBits(OpCode operation, int a, int b)
    {
        switch (operation)
        {
            case OpCode.Add:
                if (NegatedBy(b) is { } subtracted) return Apply(OpCode.Sub, Primitives.Sub, a, subtracted);
                if (NegatedBy(a) is { } minuend) return Apply(OpCode.Sub, Primitives.Sub, b, minuend);
                break;
            case OpCode.Sub:
                if (Is(b, 0)) return a;
                if (NegatedBy(b) is { } added) return Add(a, added);
                break;
            case OpCode.Mul:
                if (Is(a, 1)) return b;
                if (Is(b, 1)) return a;
                if (NegatedBy(a) is { } x && NegatedBy(b) is { } y) return Multiply(x, y);
                break;
            case OpCode.Div:
                if (Is(b, 1)) return a;
                if (NegatedBy(a) is { } above && NegatedBy(b) is { } below) return Apply(OpCode.Div, Primitives.Div, above, below);
                break;
            case OpCode.Neg:
                return NegatedBy(a);
        }
        return null;
    }

    private int? SameFormula(OpCode operation, Primitive primitive, int a, int b, int c)
    {
        switch (operation)
        {
            case OpCode.Sub:
                if (Is(a, 0)) return Negate(b);
                break;
            case OpCode.Mul:
                if (Is(a, 0) || Is(b, 0)) return Constant(0);
                if (Is(a, -1)) return Negate(b);
                if (Is(b, -1)) return Negate(a);
                if (a < 0 && b >= 0 && NegatedBy(b) is { } right) return Multiply(Constant(-constants[-1 - a]), right);
                if (b < 0 && a >= 0 && NegatedBy(a) is { } left) return Multiply(left, Constant(-constants[-1 - b]));
                if (a == b) return Apply(OpCode.Square, Primitives.Square, a);
                break;
            case OpCode.Div:
                if (Is(a, 0)) return a;
                if (Is(a, 1)) return Apply(OpCode.Reciprocal, Primitives.Reciprocal, b);
                if (b < 0 && a >= 0 && IsPowerOfTwo(constants[-1 - b])) return Multiply(a, Constant(1 / constants[-1 - b]));
                break;
            case OpCode.Neg:
                if (a >= inputCount && code[a - inputCount] is { Code: OpCode.Mul } scaled && (scaled.A < 0 || scaled.B < 0))
                    return scaled.A < 0 ? Multiply(Constant(-constants[-1 - scaled.A]), scaled.B) : Multiply(scaled.A, Constant(-constants[-1 - scaled.B]));
                break;
            case OpCode.Square:
                if (NegatedBy(a) is { } unsigned) return Apply(OpCode.Square, Primitives.Square, unsigned);
                break;
            case OpCode.MultiplyAdd:
                if (Is(a, 0) || Is(b, 0)) return c;
                if (Is(a, 1)) return Add(b, c);
                if (Is(b, 1)) return Add(a, c);
                if (Is(c, 0) || (a < 0 && b < 0)) return Add(Multiply(a, b), c);
                break;
            case OpCode.MultiplySubtract:
                if (Is(a, 0) || Is(b, 0)) return Negate(c);
                if (Is(a, 1)) return Apply(OpCode.Sub, Primitives.Sub, b, c);
                if (Is(b, 1)) return Apply(OpCode.Sub, Primitives.Sub, a, c);
                if (Is(c, 0) || (a < 0 && b < 0)) return Apply(OpCode.Sub, Primitives.Sub, Multiply(a, b), c);
                break;
            case OpCode.SubtractProduct:
                if (Is(a, 0) || Is(b, 0)) return c;
                if (Is(a, 1)) return Apply(OpCode.Sub, Primitives.Sub, c, b);
                if (Is(b, 1)) return Apply(OpCode.Sub, Primitives.Sub, c, a);
                if (Is(c, 0) || (a < 0 && b < 0)) return Apply(OpCode.Sub, Primitives.Sub, c, Multiply(a, b));
                break;
            case OpCode.Select:
                if (a < 0) return constants[-1 - a] != 0 ? b : c;
                if (b == c) return b;
                break;
            case OpCode.Call2 when primitive == Primitives.Pow && b < 0:
                return PowerOf(a, constants[-1 - b]);
        }
        return null;
    }

    private int Negate(int value) => Apply(OpCode.Neg, Primitives.Neg, value);

    // Exponents that turn up as numbers beside tensors; the rounding is that of multiplication, at most that of the power.
    private int? PowerOf(int x, double exponent) => exponent switch
    {
        0 => Constant(1),
        1 => x,
        2 => Apply(OpCode.Square, Primitives.Square, x),
        3 => Multiply(Apply(OpCode.Square, Primitives.Square, x), x),
        -1 => Apply(OpCode.Reciprocal, Primitives.Reciprocal, x),
        -2 => Apply(OpCode.Reciprocal, Primitives.Reciprocal, Apply(OpCode.Square, Primitives.Square, x)),
        _ => null,
    };

    private int? NegatedBy(int value) => value >= inputCount && code[value - inputCount] is { Code: OpCode.Neg } step ? step.A : null;

    private bool Is(int value, double number) => value < 0 && constants[-1 - value] == number;

    // Dividing by it is multiplying by its inverse, which is exact.
    private static bool IsPowerOfTwo(double value) => double.IsNormal(value) && double.IsNormal(1 / value) && (BitConverter.DoubleToInt64Bits(value) & ((1L << 52) - 1)) == 0;
}
