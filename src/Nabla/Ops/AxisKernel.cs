using System.Numerics;

namespace Nabla;

/// <summary>A kernel on [outer, n, inner] for any element type; the result is of the same type, or int64 positions.</summary>
internal unsafe interface IAxisKernel
{
    void Run<T>(T* x, void* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>A kernel on [outer, n, inner] for floating-point elements.</summary>
internal unsafe interface IFloatKernel
{
    void Run<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>;
}

/// <summary>Runs kernels along axes of arrays of any strides and type.</summary>
internal static unsafe class AxisKernel
{
    /// <summary>The result of a kernel as a new array of a shape, of the type of <paramref name="x"/>.</summary>
    public static NdArray Run<TKernel>(in NdArray x, int[] axes, int[] dims, TKernel kernel)
        where TKernel : struct, IAxisKernel
    {
        if (x.DType is DType.Float32 or DType.Float64 or DType.Int64) return Fill(x, axes, NdArray.Allocate(dims, x.DType), kernel);
        return ArrayCopy.To(Fill(x, axes, NdArray.Allocate(dims, DType.Int64), kernel), x.DType);
    }

    /// <summary>The result of a kernel that finds positions.</summary>
    public static NdArray Positions<TKernel>(in NdArray x, int[] axes, int[] dims, TKernel kernel)
        where TKernel : struct, IAxisKernel => Fill(x, axes, NdArray.Allocate(dims, DType.Int64), kernel);

    /// <summary>The result of a kernel for floating point.</summary>
    public static NdArray RunFloat<TKernel>(in NdArray x, int[] axes, int[] dims, TKernel kernel)
        where TKernel : struct, IFloatKernel
    {
        var groups = new AxisGroups(x, axes);
        NdArray y = NdArray.Allocate(dims, x.DType);
        fixed (byte* from = groups.Array.Storage, to = y.Storage)
        {
            if (x.DType == DType.Float32) Float<float, TKernel>(kernel, (float*)from + groups.Array.Offset, (float*)to, groups, y.Numel);
            else Float<double, TKernel>(kernel, (double*)from + groups.Array.Offset, (double*)to, groups, y.Numel);
        }
        return y;
    }

    private static void Float<T, TKernel>(TKernel kernel, T* x, T* y, in AxisGroups groups, int results)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        where TKernel : struct, IFloatKernel =>
        AxisWork.Run<T, T, FloatRange<T, TKernel>>(new FloatRange<T, TKernel>(kernel), x, y, groups.Outer, groups.Count, groups.Inner, results / Math.Max(1, groups.Outer));

    private readonly struct FloatRange<T, TKernel>(TKernel kernel) : IAxisRange<T, T>
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
        where TKernel : struct, IFloatKernel
    {
        public void Run(T* x, T* y, nint outer, nint n, nint inner) => kernel.Run(x, y, outer, n, inner);
    }

    // Types without kernels of their own are computed as int64, which holds them.
    private static NdArray Fill<TKernel>(in NdArray x, int[] axes, in NdArray y, TKernel kernel)
        where TKernel : struct, IAxisKernel
    {
        var groups = new AxisGroups(x.DType is DType.Float32 or DType.Float64 or DType.Int64 ? x : ArrayCopy.To(x, DType.Int64), axes);
        fixed (byte* from = groups.Array.Storage, to = y.Storage)
        {
            switch (x.DType)
            {
                case DType.Float32: Any<float, TKernel>(kernel, (float*)from + groups.Array.Offset, to, groups, y); break;
                case DType.Float64: Any<double, TKernel>(kernel, (double*)from + groups.Array.Offset, to, groups, y); break;
                default: Any<long, TKernel>(kernel, (long*)from + groups.Array.Offset, to, groups, y); break;
            }
        }
        return y;
    }

    // The results are counted in bytes: they may be of the type of x, or positions.
    private static void Any<T, TKernel>(TKernel kernel, T* x, byte* y, in AxisGroups groups, in NdArray results)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TKernel : struct, IAxisKernel =>
        AxisWork.Run<T, byte, AnyRange<T, TKernel>>(new AnyRange<T, TKernel>(kernel), x, y, groups.Outer, groups.Count, groups.Inner, (nint)results.Numel / Math.Max(1, groups.Outer) * results.DType.Size());

    private readonly struct AnyRange<T, TKernel>(TKernel kernel) : IAxisRange<T, byte>
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TKernel : struct, IAxisKernel
    {
        public void Run(T* x, byte* y, nint outer, nint n, nint inner) => kernel.Run(x, y, outer, n, inner);
    }
}

/// <summary>An operation whose result has no derivative: positions, counts, truth values.</summary>
internal abstract class FlatOp(string name) : CustomOp(name)
{
    protected override bool SavesOutputs => false;

    public Tensor Of(Tensor x) => Apply(x);

    protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

    protected override bool IsDifferentiable(int output) => false;

    internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) => [null];

    internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) => [null];
}
