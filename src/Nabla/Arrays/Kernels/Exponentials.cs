using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

/// <summary>
/// Exponentials of contiguous numbers, by the loops that formulas run on: in tiles at first, by machine code once it pays, with the same bits.
/// </summary>
internal static unsafe class Exponentials<T>
    where T : unmanaged
{
    private static readonly Symbol X = Expr.Symbol("x"), Shift = Expr.Symbol("shift");

    private static readonly LoopKernel Plain = LoopKernel.Of<T>(Program.Of([F.Exp(X)], [X]), [false], [LoopSink.Store]);
    private static readonly LoopKernel ByOne = LoopKernel.Of<T>(Program.Of([F.Exp(X - Shift)], [X, Shift]), [false, true], [LoopSink.Store]);
    private static readonly LoopKernel ByEach = LoopKernel.Of<T>(Program.Of([F.Exp(X - Shift)], [X, Shift]), [false, false], [LoopSink.Store]);

    /// <summary>y = exp(x); y may be x itself.</summary>
    public static void Of(T* x, T* y, int count) => Run(Plain, x, null, y, count);

    /// <summary>y = exp(x - shift), with one shift for all; y may be x itself.</summary>
    public static void Less(T* x, T shift, T* y, int count) => Run(ByOne, x, &shift, y, count);

    /// <summary>y = exp(x - shift), element by element; y may be x itself.</summary>
    public static void Less(T* x, T* shift, T* y, int count) => Run(ByEach, x, shift, y, count);

    private static void Run(LoopKernel kernel, T* x, T* shift, T* y, int count)
    {
        byte** inputs = stackalloc byte*[] { (byte*)x, (byte*)shift };
        nint* steps = stackalloc nint[] { 0, 0 };
        byte* output = (byte*)y;
        var call = new LoopCall { Inputs = inputs, InputSteps = steps, Outputs = &output, OutputSteps = steps, Length = count, Rows = 1 };
        kernel.Run(&call);
    }
}
