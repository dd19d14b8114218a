namespace Nabla.Symbolics;

/// <summary>
/// Runs a program on single numbers: no set-up, for scalars and tiny tensors. Float32 results are rounded after every step,
/// which gives what float32 arithmetic gives for + - * / and sqrt; a fused step is one float32 instruction, since a second rounding
/// would show.
/// </summary>
internal static class ScalarExecutor
{
    /// <summary>Runs a program. The inputs stand in the first registers; all registers are scratch.</summary>
    public static void Run(Program program, Span<double> registers, bool single)
    {
        double[] constants = program.Constants;
        int inputs = program.InputCount;
        for (int i = 0; i < constants.Length; i++) registers[inputs + i] = single ? (float)constants[i] : constants[i];
        foreach (ref readonly Instruction step in program.Instructions.AsSpan())
        {
            double a = registers[step.A];
            double result = step.Code switch
            {
                OpCode.Add => a + registers[step.B],
                OpCode.Sub => a - registers[step.B],
                OpCode.Mul => a * registers[step.B],
                OpCode.Div => a / registers[step.B],
                OpCode.Neg => -a,
                OpCode.Square => a * a,
                OpCode.Reciprocal => 1 / a,
                OpCode.MultiplyAdd => Fused(a, registers[step.B], registers[step.C], single),
                OpCode.MultiplySubtract => Fused(a, registers[step.B], -registers[step.C], single),
                OpCode.SubtractProduct => Fused(-a, registers[step.B], registers[step.C], single),
                OpCode.Select => a != 0 ? registers[step.B] : registers[step.C],
                OpCode.Less => a < registers[step.B] ? 1 : 0,
                OpCode.LessEqual => a <= registers[step.B] ? 1 : 0,
                OpCode.Call1 => step.Primitive.Scalar1!(a),
                OpCode.Call2 => step.Primitive.Scalar2!(a, registers[step.B]),
                _ => step.Primitive.Scalar3!(a, registers[step.B], registers[step.C]),
            };
            registers[step.Target] = single ? (float)result : result;
        }
    }

    private static double Fused(double a, double b, double c, bool single) =>
        single ? MathF.FusedMultiplyAdd((float)a, (float)b, (float)c) : Math.FusedMultiplyAdd(a, b, c);
}
