using System.Runtime.CompilerServices;
using Nabla.Symbolics;

namespace Nabla;

// The shortest way for scalars: functions of a few numbers are most of what is differentiated by hand, and set-up is most of
// their cost.
public sealed partial class ElementwiseOp
{
    /// <summary>
    /// Computes the outputs if all inputs are floating-point scalars of one type (C# numbers aside); otherwise returns false
    /// and the general way is taken.
    /// </summary>
    [SkipLocalsInit]
    private unsafe bool TryScalars(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        const int MostRegisters = 64;
        Program program = Declared.Program;
        if (IsPredicate || program.RegisterCount > MostRegisters) return false;
        double* registers = stackalloc double[MostRegisters];
        DType type = DType.Bool;
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor input = inputs[i];
            ref readonly NdArray value = ref input.Value;
            if (value.Dims.Length != 0) return false;
            if (value.DType == DType.Float32) registers[i] = value.At<float>(value.Offset);
            else if (value.DType == DType.Float64) registers[i] = value.At<double>(value.Offset);
            else return false;
            if ((input.Flags & TensorFlags.Number) != 0) continue;
            if (type != DType.Bool && type != value.DType) return false;
            type = value.DType;
        }
        if (type == DType.Bool) return false;

        bool single = type == DType.Float32;
        if (single)
            for (int i = 0; i < inputs.Length; i++) registers[i] = (float)registers[i];
        ScalarExecutor.Run(program, new Span<double>(registers, MostRegisters), single);
        for (int i = 0; i < outputs.Length; i++) outputs[i] = new Tensor(NdArray.Scalar(registers[program.Outputs[i]], type));
        return true;
    }
}
