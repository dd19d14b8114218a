namespace Nabla;

public sealed partial class Tensor
{
    // ---- constant fills ---------------------------------------------------------------------------------------------

    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">The lengths of the axes: <c>[2, 3]</c>; <c>[]</c> for a scalar.</param>
    /// <param name="dtype">The element type, float32 by default.</param>
    /// <param name="requiresGrad">Whether operations on it are recorded.</param>
    /// <exception cref="ShapeException">A length is negative.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] // [2, 3] is a shape
    public static Tensor Zeros(Shape shape, DType dtype = DType.Float32, bool requiresGrad = false) =>
        new Tensor(NdArray.Zeros(shape.Dims, dtype)).RequireGrad(requiresGrad);

    /// <summary>A tensor of ones.</summary>
    /// <inheritdoc cref="Zeros(Shape, DType, bool)"/>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] // [2, 3] is a shape
    public static Tensor Ones(Shape shape, DType dtype = DType.Float32, bool requiresGrad = false) => Full(shape, 1, dtype, requiresGrad);

    /// <summary>A tensor of one value.</summary>
    /// <param name="shape">The lengths of the axes.</param>
    /// <param name="value">The value of every element.</param>
    /// <param name="dtype">The element type, float32 by default.</param>
    /// <param name="requiresGrad">Whether operations on it are recorded.</param>
    public static Tensor Full(Shape shape, double value, DType dtype = DType.Float32, bool requiresGrad = false)
    {
        NdArray array = NdArray.Allocate(shape.Dims, dtype);
        Fill(array, value);
        return new Tensor(array).RequireGrad(requiresGrad);
    }

    /// <summary>A tensor with any content, to be overwritten.</summary>
    /// <inheritdoc cref="Zeros(Shape, DType, bool)"/>
    public static Tensor Empty(Shape shape, DType dtype = DType.Float32, bool requiresGrad = false) =>
        new Tensor(NdArray.Allocate(shape.Dims, dtype)).RequireGrad(requiresGrad);

    /// <summary>Zeros in the shape and, unless told otherwise, the type of another tensor.</summary>
    public static Tensor ZerosLike(Tensor like, DType? dtype = null, bool requiresGrad = false) => Zeros(like.Shape, dtype ?? like.DType, requiresGrad);

    /// <summary>Ones in the shape and, unless told otherwise, the type of another tensor.</summary>
    public static Tensor OnesLike(Tensor like, DType? dtype = null, bool requiresGrad = false) => Ones(like.Shape, dtype ?? like.DType, requiresGrad);

    /// <summary>One value in the shape and, unless told otherwise, the type of another tensor.</summary>
    public static Tensor FullLike(Tensor like, double value, DType? dtype = null, bool requiresGrad = false) => Full(like.Shape, value, dtype ?? like.DType, requiresGrad);

    /// <summary>A tensor with any content in the shape and, unless told otherwise, the type of another tensor.</summary>
    public static Tensor EmptyLike(Tensor like, DType? dtype = null, bool requiresGrad = false) => Empty(like.Shape, dtype ?? like.DType, requiresGrad);

    /// <summary>The identity matrix.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="columns">The number of columns; as many as rows by default.</param>
    /// <param name="dtype">The element type, float32 by default.</param>
    /// <param name="requiresGrad">Whether operations on it are recorded.</param>
    public static Tensor Eye(int rows, int? columns = null, DType dtype = DType.Float32, bool requiresGrad = false)
    {
        int width = columns ?? rows;
        Tensor eye = Zeros([rows, width], dtype);
        for (int i = 0; i < Math.Min(rows, width); i++) eye.Value.SetDouble((i * width) + i, 1);
        return eye.RequireGrad(requiresGrad);
    }

    // ---- ranges -----------------------------------------------------------------------------------------------------

    /// <summary>0, 1, 2, … below an end: float32, as the end is written with a point.</summary>
    /// <inheritdoc cref="Arange(double, double, double, DType, bool)"/>
    public static Tensor Arange(double end, DType dtype = DType.Float32, bool requiresGrad = false) => Arange(0, end, 1.0, dtype, requiresGrad);

    /// <summary>0, 1, 2, … below an end: int64, as the end is a whole number.</summary>
    public static Tensor Arange(int end, DType dtype = DType.Int64) => Arange(0, end, 1.0, dtype);

    /// <summary>start, start + step, … below an end, as whole numbers.</summary>
    public static Tensor Arange(int start, int end, int step = 1, DType dtype = DType.Int64) => Arange(start, end, (double)step, dtype);

    /// <summary>start, start + step, … below (for a negative step: above) an end.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="end">Not reached.</param>
    /// <param name="step">The difference of neighbours, not 0.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="requiresGrad">Whether operations on it are recorded.</param>
    /// <exception cref="ArgumentException">The step is 0 or leads away from the end.</exception>
    public static Tensor Arange(double start, double end, double step = 1, DType dtype = DType.Float32, bool requiresGrad = false)
    {
        if (step == 0 || double.IsNaN(step) || (end - start) * Math.Sign(step) < 0 || !double.IsFinite(end - start))
            throw new ArgumentException($"Arange: from {start} to {end} in steps of {step} is no finite range. The step must lead from start to end.");
        int count = checked((int)Math.Ceiling((end - start) / step));
        NdArray array = NdArray.Allocate([count], dtype);
        for (int i = 0; i < count; i++) array.SetDouble(i, start + (i * step));
        return new Tensor(array).RequireGrad(requiresGrad);
    }

    /// <summary>Evenly spaced values from a start to an end, both included.</summary>
    /// <param name="start">The first value.</param>
    /// <param name="end">The last value.</param>
    /// <param name="steps">How many values.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="requiresGrad">Whether operations on it are recorded.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is negative.</exception>
    public static Tensor Linspace(double start, double end, int steps, DType dtype = DType.Float32, bool requiresGrad = false)
    {
        if (steps < 0) throw new ArgumentOutOfRangeException(nameof(steps), steps, $"Linspace: the number of steps must not be negative, got {steps}. Use 0 or more.");
        NdArray array = NdArray.Allocate([steps], dtype);
        double step = steps > 1 ? (end - start) / (steps - 1) : 0;

        // From both ends, so that the last value is exact.
        for (int i = 0; i < steps; i++) array.SetDouble(i, i < steps / 2 || steps == 1 ? start + (i * step) : end - ((steps - 1 - i) * step));
        return new Tensor(array).RequireGrad(requiresGrad);
    }

    // ---- lengths one by one, as in PyTorch ----------------------------------------------------------------------------

    /// <summary>A float32 tensor of zeros: <c>Tensor.Zeros(2, 3)</c>.</summary>
    /// <exception cref="ShapeException">A length is negative.</exception>
    public static Tensor Zeros(params ReadOnlySpan<int> shape) => Zeros(Shape.Create(shape), DType.Float32);

    /// <summary>A float32 tensor of ones: <c>Tensor.Ones(2, 3)</c>.</summary>
    /// <exception cref="ShapeException">A length is negative.</exception>
    public static Tensor Ones(params ReadOnlySpan<int> shape) => Ones(Shape.Create(shape), DType.Float32);

    /// <summary>Uniform float32 numbers in [0, 1): <c>Tensor.Rand(2, 3)</c>.</summary>
    /// <exception cref="ShapeException">A length is negative.</exception>
    public static Tensor Rand(params ReadOnlySpan<int> shape) => Rand(Shape.Create(shape), DType.Float32);

    /// <summary>Normal float32 numbers of mean 0 and variance 1: <c>Tensor.RandN(2, 3)</c>.</summary>
    /// <exception cref="ShapeException">A length is negative.</exception>
    public static Tensor RandN(params ReadOnlySpan<int> shape) => RandN(Shape.Create(shape), DType.Float32);

    // ---- random -----------------------------------------------------------------------------------------------------

    /// <summary>Uniform numbers in [0, 1).</summary>
    /// <param name="shape">The lengths of the axes.</param>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="requiresGrad">Whether operations on it are recorded.</param>
    /// <param name="generator">The source; <see cref="Generator.Default"/> if left out.</param>
    /// <exception cref="DTypeException">The type is not floating point.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] // [2, 3] is a shape
    public static Tensor Rand(Shape shape, DType dtype = DType.Float32, bool requiresGrad = false, Generator? generator = null)
    {
        generator ??= Generator.Default;
        return VmapScope.Draw("Rand", shape, all =>
        {
            NdArray array = Floats("Rand", all, dtype);
            if (dtype == DType.Float32) generator.FillUniform(array.Span<float>());
            else generator.FillUniform(array.Span<double>());
            return new Tensor(array);
        }).RequireGrad(requiresGrad);
    }

    /// <summary>Normal numbers of mean 0 and variance 1.</summary>
    /// <inheritdoc cref="Rand(Shape, DType, bool, Generator?)"/>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] // [2, 3] is a shape
    public static Tensor RandN(Shape shape, DType dtype = DType.Float32, bool requiresGrad = false, Generator? generator = null)
    {
        generator ??= Generator.Default;
        return VmapScope.Draw("RandN", shape, all =>
        {
            NdArray array = Floats("RandN", all, dtype);
            if (dtype == DType.Float32) generator.FillNormal(array.Span<float>());
            else generator.FillNormal(array.Span<double>());
            return new Tensor(array);
        }).RequireGrad(requiresGrad);
    }

    /// <summary>Whole numbers from <paramref name="low"/> up to but not including <paramref name="high"/>, equally likely.</summary>
    /// <param name="low">The smallest value.</param>
    /// <param name="high">Above the largest value.</param>
    /// <param name="shape">The lengths of the axes.</param>
    /// <param name="dtype">The element type.</param>
    /// <param name="generator">The source; <see cref="Generator.Default"/> if left out.</param>
    /// <exception cref="ArgumentException"><paramref name="low"/> is not below <paramref name="high"/>.</exception>
    public static Tensor RandInt(long low, long high, Shape shape, DType dtype = DType.Int64, Generator? generator = null)
    {
        if (low >= high) throw new ArgumentException($"RandInt: low must be below high, got {low} and {high}. Pass a high above low; high itself is never returned.");
        generator ??= Generator.Default;
        return VmapScope.Draw("RandInt", shape, all =>
        {
            NdArray array = NdArray.Allocate(all.Dims, dtype);
            int count = array.Numel;
            for (int i = 0; i < count; i++) array.SetInt64(i, generator.NextInt64(low, high));
            return new Tensor(array);
        });
    }

    /// <summary>The numbers 0 … n-1 in random order.</summary>
    /// <param name="n">How many.</param>
    /// <param name="generator">The source; <see cref="Generator.Default"/> if left out.</param>
    public static Tensor RandPerm(int n, Generator? generator = null)
    {
        generator ??= Generator.Default;
        return VmapScope.Draw("RandPerm", [n], all =>
        {
            Tensor result = Arange(n).Expand(all).Clone();
            for (int from = 0; from < result.Numel; from += Math.Max(n, 1))
            {
                Span<long> order = result.Value.Span<long>().Slice(from, n);
                for (int i = n - 1; i > 0; i--)
                {
                    int j = (int)generator.NextInt64(0, i + 1);
                    (order[i], order[j]) = (order[j], order[i]);
                }
            }
            return result;
        });
    }

    /// <summary>Starts the default generator from a seed, as <c>torch.manual_seed</c> does.</summary>
    /// <param name="seed">Any number.</param>
    public static void ManualSeed(ulong seed) => Generator.Default.ManualSeed(seed);

    /// <summary>Uniform numbers in [0, 1) in the shape and type of another tensor.</summary>
    public static Tensor RandLike(Tensor like, bool requiresGrad = false, Generator? generator = null) => Rand(like.Shape, like.DType, requiresGrad, generator);

    /// <summary>Normal numbers in the shape and type of another tensor.</summary>
    public static Tensor RandNLike(Tensor like, bool requiresGrad = false, Generator? generator = null) => RandN(like.Shape, like.DType, requiresGrad, generator);

    private static NdArray Floats(string op, Shape shape, DType dtype) => dtype.IsFloatingPoint()
        ? NdArray.Allocate(shape.Dims, dtype)
        : throw new DTypeException($"{op}: makes floating-point numbers, {dtype.Word()} was asked for. Use RandInt, or convert with To.");

    internal static void Fill(in NdArray array, double value)
    {
        if (array.Numel == 1)
        {
            array.SetDouble(array.Offset, value);
            return;
        }
        switch (array.DType)
        {
            case DType.Float32: array.Span<float>().Fill((float)value); break;
            case DType.Float64: array.Span<double>().Fill(value); break;
            case DType.Int64: array.Span<long>().Fill((long)value); break;
            case DType.Int32: array.Span<int>().Fill((int)value); break;
            case DType.UInt8: array.Span<byte>().Fill(unchecked((byte)(long)value)); break;
            case DType.Complex64 or DType.Complex128: ArrayCopy.Into(NdArray.Scalar(value, DType.Float64), array); break;
            default: array.Span<byte>().Fill(value != 0 ? (byte)1 : (byte)0); break;
        }
    }
}
