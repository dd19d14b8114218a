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

/// <summary>
/// Programs put together into one: the results of some are the inputs of others. Equal steps are done once, steps that nothing
/// reads are left out, and what changes no result (x·1, −(−x)) is not done at all. The steps are those of the programs, so strict
/// results are the same to the last bit.
/// </summary>
/// <param name="arithmetic">The arithmetic: constants that meet are combined in it.</param>
/// <param name="strict">Leave also x + 0, which is x but for the sign of zero, and products that are added to something.</param>
internal sealed class FusedProgram(Arithmetic arithmetic, bool strict)
{
    private readonly List<Step> steps = [];
    private readonly Dictionary<Step, int> known = [];
    private readonly Dictionary<long, int> constants = [];
    private int inputs;

    /// <summary>What a place holds: an input, a constant, or the result of an instruction on other places.</summary>
    private readonly record struct Step(Primitive? Primitive, OpCode Code, int A, int B, int C, double Number);

    /// <summary>How many steps there are, inputs and constants not counted.</summary>
    public int Count { get; private set; }

    public int InputCount => inputs;

    /// <summary>The place of another input.</summary>
    public int AddInput()
    {
        steps.Add(new Step(null, default, inputs++, -1, -1, 0));
        return steps.Count - 1;
    }

    /// <summary>The place of a number.</summary>
    public int Constant(double number)
    {
        if (arithmetic == Arithmetic.Single) number = (float)number;
        long bits = BitConverter.DoubleToInt64Bits(number);
        if (constants.TryGetValue(bits, out int at)) return at;
        steps.Add(new Step(null, default, -1, -1, -1, number));
        return constants[bits] = steps.Count - 1;
    }

    /// <summary>Does what a program does with what is at some places; gives the places of its results.</summary>
    public int[] Inline(Program program, ReadOnlySpan<int> arguments)
    {
        var registers = new int[program.RegisterCount];
        arguments.CopyTo(registers);
        for (int i = 0; i < program.Constants.Length; i++) registers[program.InputCount + i] = Constant(program.Constants[i]);
        foreach (ref readonly Instruction step in program.Instructions.AsSpan())
        {
            int arity = step.Primitive.Arity;
            int a = registers[step.A], b = arity > 1 ? registers[step.B] : -1, c = arity > 2 ? registers[step.C] : -1;
            registers[step.Target] = Add(step.Code, step.Primitive, a, b, c);
        }
        return Array.ConvertAll(program.Outputs, output => registers[output]);
    }

    /// <summary>The place of the truth value of x ≠ 0.</summary>
    public int IsNotZero(int x) => steps[x].Primitive is { IsTruth: true } ? x : Add(OpCode.Call2, Primitives.NotEqual, x, Constant(0), -1);

    /// <summary>The program that computes what is at some places.</summary>
    /// <param name="results">The places.</param>
    /// <param name="kept">The inputs that are read, by their number; they are the inputs of the program in this order.</param>
    public Program Finish(ReadOnlySpan<int> results, out int[] kept)
    {
        var live = new bool[steps.Count];
        foreach (int result in results) live[result] = true;
        for (int i = steps.Count - 1; i >= 0; i--)
        {
            Step step = steps[i];
            if (!live[i] || step.Primitive is null) continue;
            live[step.A] = true;
            if (step.B >= 0) live[step.B] = true;
            if (step.C >= 0) live[step.C] = true;
        }

        var place = new int[steps.Count];
        var read = new List<int>();
        var numbers = new List<double>();
        for (int i = 0; i < steps.Count; i++)
        {
            if (!live[i] || steps[i].Primitive is not null) continue;
            if (steps[i].A >= 0)
            {
                place[i] = read.Count;
                read.Add(steps[i].A);
            }
            else
            {
                numbers.Add(steps[i].Number);
                place[i] = -numbers.Count;
            }
        }
        var code = new List<Instruction>();
        int next = read.Count;
        for (int i = 0; i < steps.Count; i++)
        {
            Step step = steps[i];
            if (!live[i] || step.Primitive is null) continue;
            code.Add(new Instruction(step.Code, step.Primitive, next, place[step.A], step.B >= 0 ? place[step.B] : 0, step.C >= 0 ? place[step.C] : 0));
            place[i] = next++;
        }
        kept = [.. read];
        int[] places = new int[results.Length];
        for (int i = 0; i < places.Length; i++) places[i] = place[results[i]];
        if (!strict && FusedArithmetic.IsOn && arithmetic != Arithmetic.Whole) FusedArithmetic.Fuse(code, read.Count, places);
        return Program.Assemble(read.Count, numbers, code, next, places);
    }

    private int Add(OpCode code, Primitive primitive, int a, int b, int c)
    {
        if (Simpler(code, a, b) is { } simpler) return simpler;
        if (arithmetic != Arithmetic.Whole && IsNumber(a) && (b < 0 || IsNumber(b)) && (c < 0 || IsNumber(c)) && primitive.HasScalar)
        {
            ReadOnlySpan<double> numbers = [steps[a].Number, b < 0 ? 0 : steps[b].Number, c < 0 ? 0 : steps[c].Number];
            return Constant(primitive.Evaluate(numbers[..primitive.Arity]));
        }

        // a + b and b + a are the same number.
        if (code is OpCode.Add or OpCode.Mul && a > b) (a, b) = (b, a);
        var step = new Step(primitive, code, a, b, c, 0);
        if (known.TryGetValue(step, out int at)) return at;
        steps.Add(step);
        Count++;
        return known[step] = steps.Count - 1;
    }

    private int? Simpler(OpCode code, int a, int b)
    {
        switch (code)
        {
            case OpCode.Mul when Is(a, 1): return b;
            case OpCode.Mul or OpCode.Div when Is(b, 1): return a;
            case OpCode.Sub when Is(b, 0): return a;
            case OpCode.Add when !strict && Is(a, 0): return b;
            case OpCode.Add when !strict && Is(b, 0): return a;
            case OpCode.Add when IsNegated(b): return Add(OpCode.Sub, Primitives.Sub, a, steps[b].A, -1);
            case OpCode.Add when IsNegated(a): return Add(OpCode.Sub, Primitives.Sub, b, steps[a].A, -1);
            case OpCode.Sub when IsNegated(b): return Add(OpCode.Add, Primitives.Add, a, steps[b].A, -1);
            case OpCode.Mul or OpCode.Div when IsNegated(a) && IsNegated(b): return Add(code, code == OpCode.Mul ? Primitives.Mul : Primitives.Div, steps[a].A, steps[b].A, -1);
            case OpCode.Neg when IsNegated(a): return steps[a].A;
            default: return null;
        }
    }

    private bool IsNumber(int place) => steps[place] is { Primitive: null, A: < 0 };

    private bool Is(int place, double number) => IsNumber(place) && steps[place].Number == number;

    private bool IsNegated(int place) => steps[place] is { Primitive: not null, Code: OpCode.Neg };
}
