using System.Reflection;
using System.Reflection.Emit;

namespace Nabla.Symbolics;

/// <summary>Runs a piece of a program: inputs, memory for values that pass from piece to piece, outputs.</summary>
internal unsafe delegate void FormulaRoutine(double* inputs, double* scratch, double* outputs);

/// <summary>
/// A program as machine code for single numbers. Registers of the program become local variables, which the runtime keeps in the
/// registers of the processor; a program of many steps is cut into pieces, since the compiler slows down past about a thousand locals,
/// and what one piece leaves to a later one passes through memory. The operations are those of <see cref="ScalarExecutor"/>, in the
/// same order and fused where the program says so, so that results are the same to the bit.
/// </summary>
internal sealed unsafe class MachineCode
{
    private const int LongestPiece = 512;

    /// <summary>Beyond this the time to make code outweighs what it saves.</summary>
    private const int LongestProgram = 100_000;

    private readonly FormulaRoutine[] pieces;

    private MachineCode(FormulaRoutine[] pieces, int scratchCount) => (this.pieces, ScratchCount) = (pieces, scratchCount);

    /// <summary>The numbers of scratch memory that a run needs.</summary>
    public int ScratchCount { get; }

    public void Run(double* inputs, double* scratch, double* outputs)
    {
        foreach (FormulaRoutine piece in pieces) piece(inputs, scratch, outputs);
    }

    /// <summary>The code of a program, or null for one too long.</summary>
    public static MachineCode? Of(Program program)
    {
        int count = program.Instructions.Length;
        if (count > LongestProgram) return null;
        int pieceCount = Math.Max(1, (count + LongestPiece - 1) / LongestPiece);
        HashSet<int>[] alive = AliveAfter(program, pieceCount);
        var pieces = new FormulaRoutine[pieceCount];
        for (int i = 0; i < pieceCount; i++)
            pieces[i] = new Writer(program, i * LongestPiece, Math.Min(count, (i + 1) * LongestPiece), alive[i], isLast: i == pieceCount - 1).Write();
        return new MachineCode(pieces, pieceCount == 1 ? 0 : program.RegisterCount);
    }

    /// <summary>The temporaries that are read after each piece.</summary>
    private static HashSet<int>[] AliveAfter(Program program, int pieceCount)
    {
        var alive = new HashSet<int>();
        foreach (int output in program.Outputs) alive.Add(output);
        var after = new HashSet<int>[pieceCount];
        int piece = pieceCount - 1;
        after[piece] = [.. alive];
        for (int i = program.Instructions.Length - 1; i >= 0; i--)
        {
            if (i / LongestPiece < piece) after[--piece] = [.. alive];
            Instruction step = program.Instructions[i];
            alive.Remove(step.Target);
            alive.Add(step.A);
            if (step.Primitive.Arity > 1) alive.Add(step.B);
            if (step.Primitive.Arity > 2) alive.Add(step.C);
        }

        return after;
    }

    /// <summary>The functions that code calls through delegates: those that are no static methods.</summary>
    private sealed class Callees(Delegate[] items)
    {
        public readonly Delegate[] Items = items;
    }

    /// <summary>Writes the steps from start to end.</summary>
    private sealed class Writer
    {
        private static readonly FieldInfo Items = typeof(Callees).GetField(nameof(Callees.Items))!;
        private static readonly MethodInfo FusedMultiplyAdd = new Func<double, double, double, double>(Math.FusedMultiplyAdd).Method;

        private readonly Program program;
        private readonly int start;
        private readonly int end;
        private readonly HashSet<int> alive;
        private readonly bool isLast;
        private readonly DynamicMethod method;
        private readonly ILGenerator il;
        private readonly Dictionary<int, LocalBuilder> locals = [];
        private readonly List<Delegate> functions = [];

        public Writer(Program program, int start, int end, HashSet<int> alive, bool isLast)
        {
            (this.program, this.start, this.end, this.alive, this.isLast) = (program, start, end, alive, isLast);
            method = new DynamicMethod("Formula", typeof(void), [typeof(Callees), typeof(double*), typeof(double*), typeof(double*)], typeof(MachineCode).Module, skipVisibility: true);
            il = method.GetILGenerator();
        }

        public FormulaRoutine Write()
        {
            for (int i = start; i < end; i++) Step(program.Instructions[i]);
            if (isLast)
            {
                // All results are known before the first is written: outputs may lie over the inputs.
                foreach (int output in program.Outputs) Fetch(output);
                for (int i = 0; i < program.Outputs.Length; i++)
                {
                    Address(3, i);
                    Load(program.Outputs[i]);
                    il.Emit(OpCodes.Stind_R8);
                }
            }
            else
            {
                foreach ((int register, LocalBuilder local) in locals)
                {
                    if (register < program.FirstTemporary || !alive.Contains(register)) continue;
                    Address(2, register);
                    il.Emit(OpCodes.Ldloc, local);
                    il.Emit(OpCodes.Stind_R8);
                }
            }

            il.Emit(OpCodes.Ret);
            return method.CreateDelegate<FormulaRoutine>(new Callees([.. functions]));
        }

        private void Step(Instruction step)
        {
            switch (step.Code)
            {
                case OpCode.Add: Binary(step, OpCodes.Add); break;
                case OpCode.Sub: Binary(step, OpCodes.Sub); break;
                case OpCode.Mul: Binary(step, OpCodes.Mul); break;
                case OpCode.Div: Binary(step, OpCodes.Div); break;
                case OpCode.Neg:
                    Load(step.A);
                    il.Emit(OpCodes.Neg);
                    break;
                case OpCode.Square:
                    Load(step.A);
                    il.Emit(OpCodes.Dup);
                    il.Emit(OpCodes.Mul);
                    break;
                case OpCode.Reciprocal:
                    il.Emit(OpCodes.Ldc_R8, 1.0);
                    Load(step.A);
                    il.Emit(OpCodes.Div);
                    break;
                case OpCode.MultiplyAdd:
                case OpCode.MultiplySubtract:
                case OpCode.SubtractProduct:
                    Load(step.A);
                    if (step.Code == OpCode.SubtractProduct) il.Emit(OpCodes.Neg);
                    Load(step.B);
                    Load(step.C);
                    if (step.Code == OpCode.MultiplySubtract) il.Emit(OpCodes.Neg);
                    il.Emit(OpCodes.Call, FusedMultiplyAdd);
                    break;
                case OpCode.Less:
                    Load(step.A);
                    Load(step.B);
                    il.Emit(OpCodes.Clt);
                    il.Emit(OpCodes.Conv_R8);
                    break;
                case OpCode.LessEqual:
                    // Not greater, and false if one is NaN.
                    Load(step.A);
                    Load(step.B);
                    il.Emit(OpCodes.Cgt_Un);
                    il.Emit(OpCodes.Ldc_I4_0);
                    il.Emit(OpCodes.Ceq);
                    il.Emit(OpCodes.Conv_R8);
                    break;
                case OpCode.Select:
                    Choose(step);
                    break;
                default:
                    CallFunction(step);
                    break;
            }

            il.Emit(OpCodes.Stloc, Local(step.Target));
        }

        private void Binary(Instruction step, System.Reflection.Emit.OpCode operation)
        {
            Load(step.A);
            Load(step.B);
            il.Emit(operation);
        }

        private void Choose(Instruction step)
        {
            // Before the jump, so that both ways find them.
            Fetch(step.B);
            Fetch(step.C);
            Label otherwise = il.DefineLabel(), done = il.DefineLabel();
            Load(step.A);
            il.Emit(OpCodes.Ldc_R8, 0.0);
            il.Emit(OpCodes.Beq, otherwise);
            Load(step.B);
            il.Emit(OpCodes.Br, done);
            il.MarkLabel(otherwise);
            Load(step.C);
            il.MarkLabel(done);
        }

        private void CallFunction(Instruction step)
        {
            Delegate function = (Delegate?)step.Primitive.Scalar1 ?? (Delegate?)step.Primitive.Scalar2 ?? step.Primitive.Scalar3
                ?? throw new NotSupportedException($"Compile: {step.Primitive.Name} has no scalar evaluation.");
            bool isStatic = function.Target is null && function.Method is { IsStatic: true } and not DynamicMethod;
            if (!isStatic)
            {
                // A lambda: it is called as the interpreter calls it.
                int index = functions.IndexOf(function);
                if (index < 0)
                {
                    index = functions.Count;
                    functions.Add(function);
                }

                il.Emit(OpCodes.Ldarg_0);
                il.Emit(OpCodes.Ldfld, Items);
                il.Emit(OpCodes.Ldc_I4, index);
                il.Emit(OpCodes.Ldelem_Ref);
            }

            Load(step.A);
            if (step.Primitive.Arity > 1) Load(step.B);
            if (step.Primitive.Arity > 2) Load(step.C);
            if (isStatic) il.Emit(OpCodes.Call, function.Method);
            else il.Emit(OpCodes.Callvirt, function.GetType().GetMethod("Invoke")!);
        }

        private void Load(int register)
        {
            if (register >= program.InputCount && register < program.FirstTemporary)
            {
                il.Emit(OpCodes.Ldc_R8, program.Constants[register - program.InputCount]);
                return;
            }

            Fetch(register);
            il.Emit(OpCodes.Ldloc, Local(register));
        }

        /// <summary>Makes sure that a register has its local: from the inputs, or from what an earlier piece left.</summary>
        private void Fetch(int register)
        {
            bool isConstant = register >= program.InputCount && register < program.FirstTemporary;
            if (isConstant || locals.ContainsKey(register)) return;
            Address(register < program.InputCount ? 1 : 2, register);
            il.Emit(OpCodes.Ldind_R8);
            il.Emit(OpCodes.Stloc, Local(register));
        }

        private LocalBuilder Local(int register)
        {
            if (!locals.TryGetValue(register, out LocalBuilder? local)) locals[register] = local = il.DeclareLocal(typeof(double));
            return local;
        }

        private void Address(int argument, int index)
        {
            il.Emit(OpCodes.Ldarg, (short)argument);
            if (index == 0) return;
            il.Emit(OpCodes.Ldc_I4, index * sizeof(double));
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
        }
    }
}
