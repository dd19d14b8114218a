using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Symbolics;

/// <summary>
/// Joins a multiplication and the addition or subtraction that alone reads it into one step with one rounding, which is faster and
/// loses less. In a difference of two products neither is fused: a·d - b·c stays exactly 0 where the products are equal, and changes
/// only its sign when they are exchanged.
/// </summary>
/// <remarks>
/// The decision is part of the program, so that it does not depend on who runs it. It is the same on all machines that have the
/// instruction; the others, and programs asked to be strict, round every product by itself.
/// </remarks>
internal static class FusedArithmetic
{
    /// <summary>An AppContext switch that makes programs strict: every product is rounded by itself.</summary>
    internal const string StrictSwitch = "Nabla.Symbolics.StrictArithmetic";

    /// <summary>a·b + c.</summary>
    public static readonly Primitive MultiplyAdd = new("muladd", 3, isRow: false)
    {
        Scalar3 = Math.FusedMultiplyAdd,
        Kernel = VectorKernel.Of3<VectorFused.MultiplyAdd<float>, VectorFused.MultiplyAdd<double>, VectorFused.MultiplyAdd<long>>(),
    };

    /// <summary>a·b - c.</summary>
    public static readonly Primitive MultiplySubtract = new("mulsub", 3, isRow: false)
    {
        Scalar3 = static (a, b, c) => Math.FusedMultiplyAdd(a, b, -c),
        Kernel = VectorKernel.Of3<VectorFused.MultiplySubtract<float>, VectorFused.MultiplySubtract<double>, VectorFused.MultiplySubtract<long>>(),
    };

    /// <summary>c - a·b.</summary>
    public static readonly Primitive SubtractProduct = new("submul", 3, isRow: false)
    {
        Scalar3 = static (a, b, c) => Math.FusedMultiplyAdd(-a, b, c),
        Kernel = VectorKernel.Of3<VectorFused.SubtractProduct<float>, VectorFused.SubtractProduct<double>, VectorFused.SubtractProduct<long>>(),
    };

    /// <summary>Whether programs are made with fused steps, unless they ask otherwise.</summary>
    public static bool IsOn { get; } = HasInstruction && !(AppContext.TryGetSwitch(StrictSwitch, out bool strict) && strict);

    private static bool HasInstruction => Fma.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>Fuses steps in place. Targets are numbered from <paramref name="first"/> on, each written once.</summary>
    public static void Fuse(List<Instruction> code, int first, ReadOnlySpan<int> results)
    {
        var readers = new int[code.Count];
        foreach (Instruction step in code)
        {
            Count(step.A);
            if (step.Primitive.Arity > 1) Count(step.B);
            if (step.Primitive.Arity > 2) Count(step.C);
        }
        foreach (int result in results) Count(result);

        Span<Instruction> steps = CollectionsMarshal.AsSpan(code);
        for (int i = 0; i < steps.Length; i++)
        {
            Instruction step = steps[i];
            if (step.Code is not (OpCode.Add or OpCode.Sub)) continue;
            bool left = IsFree(steps, step.A), right = IsFree(steps, step.B);
            bool add = step.Code == OpCode.Add;
            if (right && (add || !left)) steps[i] = Join(steps, step.Target, step.B, step.A, add ? OpCode.MultiplyAdd : OpCode.SubtractProduct);
            else if (left && !right) steps[i] = Join(steps, step.Target, step.A, step.B, add ? OpCode.MultiplyAdd : OpCode.MultiplySubtract);
        }
        code.RemoveAll(step => step.Target >= first && readers[step.Target - first] == 0);

        void Count(int value)
        {
            if (value >= first) readers[value - first]++;
        }

        // A product that nothing else reads.
        bool IsFree(ReadOnlySpan<Instruction> steps, int value) =>
            value >= first && readers[value - first] == 1 && steps[value - first].Code is OpCode.Mul or OpCode.Square;

        Instruction Join(ReadOnlySpan<Instruction> steps, int target, int product, int other, OpCode joined)
        {
            Instruction factors = steps[product - first];
            readers[product - first] = 0;
            Primitive primitive = joined switch
            {
                OpCode.MultiplyAdd => MultiplyAdd,
                OpCode.MultiplySubtract => MultiplySubtract,
                _ => SubtractProduct,
            };
            return new Instruction(joined, primitive, target, factors.A, factors.Code == OpCode.Square ? factors.A : factors.B, other);
        }
    }
}
