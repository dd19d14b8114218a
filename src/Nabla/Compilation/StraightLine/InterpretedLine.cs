using Nabla.Symbolics;

namespace Nabla;

/// <summary>Straight-line code where no machine code can be made: step by step, with the same results.</summary>
internal sealed unsafe class InterpretedLine(Program program, StraightLayout layout, bool single)
{
    /// <summary>An AppContext switch that makes compiled functions be interpreted also where machine code could be made.</summary>
    internal const string Switch = "Nabla.InterpretCompiledFunctions";

    private const int FewRegisters = 1024;

    public static bool IsWanted => AppContext.TryGetSwitch(Switch, out bool asked) && asked;

    public void Run(byte** inputs, byte** outputs)
    {
        Span<double> registers = program.RegisterCount <= FewRegisters ? stackalloc double[program.RegisterCount] : new double[program.RegisterCount];
        for (int i = 0; i < layout.Inputs.Length; i++)
        {
            NumberPlace place = layout.Inputs[i];
            registers[i] = single ? ((float*)inputs[place.Array])[place.Offset] : ((double*)inputs[place.Array])[place.Offset];
        }
        ScalarExecutor.Run(program, registers, single);
        for (int i = 0; i < layout.Outputs.Length; i++)
        {
            NumberPlace place = layout.Outputs[i];
            double value = registers[program.Outputs[i]];
            if (single) ((float*)outputs[place.Array])[place.Offset] = (float)value;
            else ((double*)outputs[place.Array])[place.Offset] = value;
        }
    }
}
