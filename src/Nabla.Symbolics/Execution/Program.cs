namespace Nabla.Symbolics;

/// <summary>How an executor treats an instruction: the arithmetic it knows by heart, or a call of the primitive's function.</summary>
internal enum OpCode : byte
{
    Add, Sub, Mul, Div, Neg, Square, Reciprocal, MultiplyAdd, MultiplySubtract, SubtractProduct, Select, Less, LessEqual, Call1, Call2, Call3,
}

/// <summary>One step of a program: apply a primitive to up to three registers and put the result in another.</summary>
internal readonly record struct Instruction(OpCode Code, Primitive Primitive, int Target, int A, int B, int C);

/// <summary>
/// Formulas as a straight line of instructions over numbered registers, shared subterms computed once.
/// <code>
/// registers:  0 … inputs-1 | constants | temporaries, reused when their last reader has run
/// </code>
/// Sums and products become binary additions, subtractions, multiplications and divisions; powers with small whole
/// exponents become multiplications. A product that is only added to something, or subtracted, becomes one fused step with it:
/// <see cref="FusedArithmetic"/>. Since that is decided here, all executors agree.
/// </summary>
internal sealed class Program
{
    private Program(int inputCount, double[] constants, Instruction[] instructions, int[] outputs, int registerCount)
    {
        InputCount = inputCount;
        Constants = constants;
        Instructions = instructions;
        Outputs = outputs;
        RegisterCount = registerCount;
        foreach (Instruction instruction in instructions)
        {
            VectorKernel? kernel = instruction.Primitive.Kernel;
            IntegerExact &= kernel is not null && (kernel.I1 ?? kernel.I2 ?? (object?)kernel.I3) is not null;
        }
        foreach (double constant in constants) IntegerExact &= constant == Math.Floor(constant) && Math.Abs(constant) < long.MaxValue;
    }

    public int InputCount { get; }

    public double[] Constants { get; }

    public Instruction[] Instructions { get; }

    /// <summary>The registers that hold the results.</summary>
    public int[] Outputs { get; }

    public int RegisterCount { get; }

    /// <summary>The first register that instructions write to.</summary>
    public int FirstTemporary => InputCount + Constants.Length;

    /// <summary>Whether every step is exact on whole numbers, so that integer tensors need no conversion.</summary>
    public bool IntegerExact { get; } = true;

    /// <summary>Lowers formulas of the given inputs.</summary>
    /// <param name="outputs">What to compute.</param>
    /// <param name="inputs">The symbols of the inputs, in order.</param>
    /// <param name="strict">Whether every product is rounded by itself; null for what <see cref="FusedArithmetic.IsOn"/> says.</param>
    /// <exception cref="ArgumentException">A formula has a symbol that is not an input.</exception>
    public static Program Of(ReadOnlySpan<Expr> outputs, ReadOnlySpan<Symbol> inputs, bool? strict = null) =>
        new Builder(inputs).Build(outputs, strict ?? !FusedArithmetic.IsOn);

    /// <summary>A program of given steps, for a part of another.</summary>
    internal static Program OfSteps(int inputCount, double[] constants, Instruction[] steps, int[] outputs, int registerCount) =>
        new(inputCount, constants, steps, outputs, registerCount);

    /// <summary>The same steps with other results.</summary>
    internal Program With(int[] outputs) => new(InputCount, Constants, Instructions, outputs, RegisterCount);

    // ---- loops --------------------------------------------------------------------------------------------------------------

    private readonly Lock gate = new();
    private LoopKernel[] loops = [];

    /// <summary>The loops made of it so far.</summary>
    internal ReadOnlySpan<LoopKernel> Loops => Volatile.Read(ref loops);

    /// <summary>Keeps a loop; if another thread was faster, its loop is the one.</summary>
    internal LoopKernel AddLoop(LoopKernel loop)
    {
        lock (gate)
        {
            foreach (LoopKernel known in loops)
                if (known.IsSame(loop)) return known;
            Volatile.Write(ref loops, [.. loops, loop]);
            return loop;
        }
    }

    /// <summary>
    /// Makes a program of instructions that each write a place of their own, and gives these registers, reusing one when the last
    /// instruction that reads it has run.
    /// </summary>
    /// <param name="inputCount">Places 0 … inputCount-1 are the inputs.</param>
    /// <param name="constants">Places -1, -2, … are the constants.</param>
    /// <param name="code">Places from inputCount on are what instructions write.</param>
    /// <param name="next">The first place that nothing writes to.</param>
    /// <param name="results">The places of the results.</param>
    internal static Program Assemble(int inputCount, IReadOnlyList<double> constants, IReadOnlyList<Instruction> code, int next, int[] results)
    {
        int firstTemporary = inputCount + constants.Count;
        var lastUse = new int[next];
        for (int i = 0; i < code.Count; i++)
        {
            Touch(code[i].A, i);
            if (code[i].Primitive.Arity > 1) Touch(code[i].B, i);
            if (code[i].Primitive.Arity > 2) Touch(code[i].C, i);
        }
        foreach (int result in results) Touch(result, code.Count);

        var register = new int[next];
        var free = new Stack<int>();
        int registers = firstTemporary;
        var final = new Instruction[code.Count];
        for (int i = 0; i < code.Count; i++)
        {
            Instruction step = code[i];
            int a = Place(step.A), b = step.Primitive.Arity > 1 ? Place(step.B) : 0, c = step.Primitive.Arity > 2 ? Place(step.C) : 0;
            Free(step.A, i);
            if (step.Primitive.Arity > 1 && step.B != step.A) Free(step.B, i);
            if (step.Primitive.Arity > 2 && step.C != step.A && step.C != step.B) Free(step.C, i);
            int target = register[step.Target] = free.TryPop(out int reused) ? reused : registers++;
            final[i] = step with { Target = target, A = a, B = b, C = c };
        }
        var outputs = new int[results.Length];
        for (int i = 0; i < outputs.Length; i++) outputs[i] = Place(results[i]);
        return new Program(inputCount, [.. constants], final, outputs, registers);

        void Touch(int value, int at)
        {
            if (value >= inputCount) lastUse[value] = at;
        }
        int Place(int value) => value < 0 ? inputCount - 1 - value : value < inputCount ? value : register[value];
        void Free(int value, int at)
        {
            if (value >= inputCount && lastUse[value] == at) free.Push(register[value]);
        }
    }

    private sealed class Builder
    {
        private static readonly Dictionary<Symbol, double> NoValues = [];

        private readonly Dictionary<Expr, int> values = new(ReferenceEqualityComparer.Instance);
        private readonly List<double> constants = [];
        private readonly List<Instruction> code = [];
        private readonly int inputCount;

        // While lowering, constants are numbered from -1 downwards and temporaries from inputCount upwards.
        private int next;

        public Builder(ReadOnlySpan<Symbol> inputs)
        {
            inputCount = inputs.Length;
            next = inputCount;
            for (int i = 0; i < inputs.Length; i++) values[inputs[i]] = i;
        }

        public Program Build(ReadOnlySpan<Expr> outputs, bool strict)
        {
            var written = new Expr[outputs.Length];
            for (int i = 0; i < written.Length; i++) written[i] = outputs[i].Unroll();
            foreach (Expr output in written) Lower(output);
            var results = new int[outputs.Length];
            for (int i = 0; i < results.Length; i++) results[i] = values[written[i]];
            if (!strict) FusedArithmetic.Fuse(code, inputCount, results);
            return Assemble(inputCount, constants, code, next, results);
        }

        private void Lower(Expr root)
        {
            var stack = new Stack<Expr>();
            stack.Push(root);
            while (stack.TryPop(out Expr? expr))
            {
                if (values.ContainsKey(expr)) continue;
                if (expr is Call or Sum or Product && expr.SymbolMask == 0)
                {
                    // √2 is computed once, not for every element.
                    values[expr] = ConstantOf(expr.Evaluate(NoValues));
                    continue;
                }
                bool ready = true;
                foreach (Expr operand in Needs(expr))
                {
                    if (values.ContainsKey(operand)) continue;
                    if (ready) stack.Push(expr);
                    ready = false;
                    stack.Push(operand);
                }
                if (ready) values[expr] = Emit(expr);
            }
        }

        /// <summary>The subterms whose values an expression is made from.</summary>
        private static IEnumerable<Expr> Needs(Expr expr)
        {
            switch (expr)
            {
                case Sum:
                    foreach (Expr term in expr.Operands) yield return SplitSign(term).Term;
                    break;
                case Product:
                    foreach (Expr factor in expr.Operands)
                    {
                        if (factor is Number) continue;
                        yield return AsDivisor(factor) ?? factor;
                    }
                    break;
                case Call { Primitive: var p } when p == Primitives.Pow && WholeExponent(expr) is not null:
                    yield return expr.Operands[0];
                    break;
                default:
                    foreach (Expr operand in expr.Operands) yield return operand;
                    break;
            }
        }

        private int Emit(Expr expr) => expr switch
        {
            Number number => ConstantOf(number.ToDouble()),
            Constant constant => ConstantOf(constant.ToDouble()),
            Symbol symbol => throw new ArgumentException($"Program: {symbol.Name} is not among the inputs."),
            Indexed indexed => throw new ArgumentException($"Program: the element {indexed} of an array is no input. Replace it by a symbol, with Subs."),
            BigOperator big => throw new ArgumentException(
                $"Program: the {big.Kind} over {big.Index.Name} runs from {big.Lower} to {big.Upper}. Give the bounds numbers, with Subs."),
            Sum => EmitSum(expr),
            Product => EmitProduct(expr),
            Call call => EmitCall(call),
            _ => throw new ArgumentException($"Program: {expr.GetType().Name} cannot be computed."),
        };

        private int EmitSum(Expr sum)
        {
            // A positive term first, so that a - b does not become (-b) + a.
            int total = -1;
            bool started = false;
            foreach (Expr term in sum.Operands)
            {
                (Expr positive, bool negative) = SplitSign(term);
                if (negative) continue;
                total = started ? Step(OpCode.Add, Primitives.Add, total, values[positive]) : values[positive];
                started = true;
            }
            foreach (Expr term in sum.Operands)
            {
                (Expr positive, bool negative) = SplitSign(term);
                if (!negative) continue;
                total = started ? Step(OpCode.Sub, Primitives.Sub, total, values[positive]) : Step(OpCode.Neg, Primitives.Neg, values[positive]);
                started = true;
            }
            return total;
        }

        private int EmitProduct(Expr product)
        {
            double coefficient = 1, quotient = 1;
            int? above = null, below = null;
            foreach (Expr factor in product.Operands)
            {
                if (factor is Number number)
                {
                    (double numerator, double denominator) = Fraction(number);
                    coefficient *= numerator;
                    quotient *= denominator;
                }
                else if (AsDivisor(factor) is { } divisor)
                {
                    below = below is { } b ? Step(OpCode.Mul, Primitives.Mul, b, values[divisor]) : values[divisor];
                }
                else
                {
                    above = above is { } a ? Step(OpCode.Mul, Primitives.Mul, a, values[factor]) : values[factor];
                }
            }
            if (quotient != 1) below = below is { } b ? Step(OpCode.Mul, Primitives.Mul, ConstantOf(quotient), b) : ConstantOf(quotient);
            if (above is null) above = ConstantOf(coefficient);
            else if (coefficient == -1) above = Step(OpCode.Neg, Primitives.Neg, above.Value);
            else if (coefficient != 1) above = Step(OpCode.Mul, Primitives.Mul, ConstantOf(coefficient), above.Value);
            return below is { } divideBy ? Step(OpCode.Div, Primitives.Div, above.Value, divideBy) : above.Value;
        }

        private int EmitCall(Call call)
        {
            if (call.Primitive == Primitives.Pow)
            {
                if (WholeExponent(call) is { } n) return EmitWholePower(values[call.Operands[0]], n);
                if (call.Operands[1] is Number { IsExact: true } exponent)
                {
                    if (exponent.ToDouble() == 0.5) return Step(OpCode.Call1, Primitives.Sqrt, values[call.Operands[0]]);
                    if (exponent.ToDouble() == -0.5) return Step(OpCode.Call1, Primitives.Rsqrt, values[call.Operands[0]]);
                }
            }
            int a = values[call.Operands[0]];
            int b = call.Operands.Count > 1 ? values[call.Operands[1]] : 0;
            int c = call.Operands.Count > 2 ? values[call.Operands[2]] : 0;
            OpCode code = call.Primitive == Primitives.Select ? OpCode.Select
                : call.Primitive == Primitives.Less ? OpCode.Less
                : call.Primitive == Primitives.LessEqual ? OpCode.LessEqual
                : call.Operands.Count switch { 1 => OpCode.Call1, 2 => OpCode.Call2, _ => OpCode.Call3 };
            return Step(code, call.Primitive, a, b, c);
        }

        private int EmitWholePower(int x, int n)
        {
            int result = -1;
            int square = x;
            for (int rest = Math.Abs(n), first = 1; ; )
            {
                if ((rest & 1) != 0)
                {
                    result = first == 1 ? square : Step(OpCode.Mul, Primitives.Mul, result, square);
                    first = 0;
                }
                rest >>= 1;
                if (rest == 0) break;
                square = Step(OpCode.Square, Primitives.Square, square);
            }
            return n < 0 ? Step(OpCode.Reciprocal, Primitives.Reciprocal, result) : result;
        }

        private int Step(OpCode code, Primitive primitive, int a, int b = 0, int c = 0)
        {
            this.code.Add(new Instruction(code, primitive, next, a, b, c));
            return next++;
        }

        private int ConstantOf(double value)
        {
            for (int i = 0; i < constants.Count; i++)
                if (BitConverter.DoubleToInt64Bits(constants[i]) == BitConverter.DoubleToInt64Bits(value)) return -1 - i;
            constants.Add(value);
            return -constants.Count;
        }

        /// <summary>t and whether the term is -t.</summary>
        private static (Expr Term, bool Negative) SplitSign(Expr term) => term switch
        {
            Number n when n.ToDouble() < 0 => (-n, true),
            Product p when p.Operands[0] is Number c && c.ToDouble() < 0 => (-p, true),
            _ => (term, false),
        };

        /// <summary>b^n if the factor is b^-n with a numeric exponent.</summary>
        private static Expr? AsDivisor(Expr factor) =>
            factor is Call { Primitive: var p } call && p == Primitives.Pow && call.Operands[1] is Number { IsExact: true } exponent
            && exponent.ToDouble() < 0 && exponent.ToDouble() != -0.5
                ? Functions.Pow(call.Operands[0], -exponent)
                : null;

        private static int? WholeExponent(Expr power) =>
            power.Operands[1] is Number exponent && exponent.ToDouble() is var n && n == Math.Floor(n) && Math.Abs(n) is >= 1 and <= 64 ? (int)n : null;

        /// <summary>p/q as p and q; halves, quarters and other exact doubles stay whole.</summary>
        private static (double Numerator, double Denominator) Fraction(Number number)
        {
            if (!number.IsExact) return (number.ToDouble(), 1);
            bool powerOfTwo = number.Value.Denominator.IsPowerOfTwo;
            return powerOfTwo ? (number.ToDouble(), 1) : ((double)number.Value.Numerator, (double)number.Value.Denominator);
        }
    }
}
