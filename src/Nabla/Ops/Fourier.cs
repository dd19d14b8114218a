namespace Nabla;

/// <summary>Which direction of a Fourier transform is divided, so that forth and back together change nothing.</summary>
public enum FftNorm
{
    /// <summary>The inverse is divided by the number of elements n; the default.</summary>
    Backward,

    /// <summary>Both are divided by √n: lengths of vectors are kept.</summary>
    Ortho,

    /// <summary>The forward transform is divided by n.</summary>
    Forward,
}

// Discrete Fourier transforms: X[k] = Σ x[j]·exp(−2πi·jk/n), PyTorch's torch.fft. Linear: the transpose of a transform (for the
// gradient ∂L/∂a + i·∂L/∂b) is the transform with the other sign and the same factor.
public sealed partial class Tensor
{
    // ---- one axis -----------------------------------------------------------------------------------------------------

    /// <summary>The discrete Fourier transform along an axis. Any length; a product of small primes is fastest. Real tensors become complex.</summary>
    /// <param name="n">The length: the axis is cut or padded with zeros at its end. Its own by default.</param>
    /// <param name="axis">The axis; the last by default.</param>
    /// <param name="norm">Which direction is divided.</param>
    /// <returns>A complex tensor with n numbers along the axis.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive, or the axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "[…, m, …] → […, n, …]", DTypes = "any; real becomes complex")]
    public Tensor Fft(int? n = null, Axis? axis = null, FftNorm norm = FftNorm.Backward) => Transformed("Fft", n, axis, norm, inverse: false);

    /// <summary>The inverse of <see cref="Fft"/>.</summary>
    /// <inheritdoc cref="Fft"/>
    [Op(OpKind.Linear, Shapes = "[…, m, …] → […, n, …]", DTypes = "any; real becomes complex")]
    public Tensor Ifft(int? n = null, Axis? axis = null, FftNorm norm = FftNorm.Backward) => Transformed("Ifft", n, axis, norm, inverse: true);

    /// <summary>The first n/2 + 1 numbers of the Fourier transform of a real tensor; the others are their conjugates.</summary>
    /// <param name="n">The length of the real signal: the axis is cut or padded with zeros at its end. Its own by default.</param>
    /// <param name="axis">The axis; the last by default.</param>
    /// <param name="norm">Which direction is divided.</param>
    /// <exception cref="DTypeException">The tensor is complex.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive, or the axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "[…, m, …] → […, n/2 + 1, …]", DTypes = "real")]
    public Tensor Rfft(int? n = null, Axis? axis = null, FftNorm norm = FftNorm.Backward) => HalfTransformed("Rfft", n, axis, norm, inverse: false);

    /// <summary>The inverse of <see cref="Rfft"/>: a real tensor from half of its transform. The imaginary part of number 0, and for even n of number n/2, is ignored.</summary>
    /// <param name="n">The length of the real signal; 2(m − 1) by default, so odd ones must be named. The axis is cut or padded to n/2 + 1.</param>
    /// <param name="axis">The axis; the last by default.</param>
    /// <param name="norm">Which direction is divided.</param>
    /// <exception cref="ArgumentOutOfRangeException">The length is not positive, or the axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "[…, m, …] → […, n, …]", DTypes = "any")]
    public Tensor Irfft(int? n = null, Axis? axis = null, FftNorm norm = FftNorm.Backward) => RealFromHalf("Irfft", n, axis, norm, inverse: true);

    /// <summary>The Fourier transform, which is real, of a signal that is its own mirrored conjugate, from the first half of it.</summary>
    /// <inheritdoc cref="Irfft"/>
    [Op(OpKind.Linear, Shapes = "[…, m, …] → […, n, …]", DTypes = "any")]
    public Tensor Hfft(int? n = null, Axis? axis = null, FftNorm norm = FftNorm.Backward) => Conj().RealFromHalf("Hfft", n, axis, norm, inverse: false);

    /// <summary>The inverse of <see cref="Hfft"/>.</summary>
    /// <inheritdoc cref="Rfft"/>
    [Op(OpKind.Linear, Shapes = "[…, m, …] → […, n/2 + 1, …]", DTypes = "real")]
    public Tensor Ihfft(int? n = null, Axis? axis = null, FftNorm norm = FftNorm.Backward) => HalfTransformed("Ihfft", n, axis, norm, inverse: true).Conj();

    // ---- several axes ---------------------------------------------------------------------------------------------------

    /// <summary>The Fourier transform along two axes.</summary>
    /// <param name="shape">The lengths along the axes, cut or padded to; −1 keeps one. Their own if empty.</param>
    /// <param name="axes">The axes; the last two by default.</param>
    /// <param name="norm">Which direction is divided.</param>
    /// <exception cref="ArgumentException">There are not as many lengths as axes, or an axis is named twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is not positive, or an axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "[…, m, n] → […, m, n]", DTypes = "any; real becomes complex")]
    public Tensor Fft2(ReadOnlySpan<int> shape = default, Axes axes = default, FftNorm norm = FftNorm.Backward) => Fftn(shape, LastTwo(axes), norm, "Fft2", inverse: false);

    /// <summary>The inverse of <see cref="Fft2"/>.</summary>
    /// <inheritdoc cref="Fft2"/>
    [Op(OpKind.Linear, Shapes = "[…, m, n] → […, m, n]", DTypes = "any; real becomes complex")]
    public Tensor Ifft2(ReadOnlySpan<int> shape = default, Axes axes = default, FftNorm norm = FftNorm.Backward) => Fftn(shape, LastTwo(axes), norm, "Ifft2", inverse: true);

    /// <summary>The Fourier transform along several axes.</summary>
    /// <param name="shape">The lengths along the axes, cut or padded to; −1 keeps one. Their own if empty.</param>
    /// <param name="axes">The axes; all by default, or the last ones if there are fewer lengths.</param>
    /// <param name="norm">Which direction is divided.</param>
    /// <inheritdoc cref="Fft2" path="/exception"/>
    [Op(OpKind.Linear, Shapes = "any → the lengths along the axes", DTypes = "any; real becomes complex")]
    public Tensor Fftn(ReadOnlySpan<int> shape = default, Axes axes = default, FftNorm norm = FftNorm.Backward) => Fftn(shape, axes, norm, "Fftn", inverse: false);

    /// <summary>The inverse of <see cref="Fftn(ReadOnlySpan{int}, Axes, FftNorm)"/>.</summary>
    /// <inheritdoc cref="Fftn(ReadOnlySpan{int}, Axes, FftNorm)"/>
    [Op(OpKind.Linear, Shapes = "any → the lengths along the axes", DTypes = "any; real becomes complex")]
    public Tensor Ifftn(ReadOnlySpan<int> shape = default, Axes axes = default, FftNorm norm = FftNorm.Backward) => Fftn(shape, axes, norm, "Ifftn", inverse: true);

    /// <summary>The Fourier transform of a real tensor along two axes; of the last one only the first half.</summary>
    /// <inheritdoc cref="Fft2"/>
    [Op(OpKind.Linear, Shapes = "[…, m, n] → […, m, n/2 + 1]", DTypes = "real")]
    public Tensor Rfft2(ReadOnlySpan<int> shape = default, Axes axes = default, FftNorm norm = FftNorm.Backward) => Rfftn(shape, LastTwo(axes), norm, "Rfft2");

    /// <summary>The inverse of <see cref="Rfft2"/>. An odd length of the last axis must be named.</summary>
    /// <inheritdoc cref="Fft2"/>
    [Op(OpKind.Linear, Shapes = "[…, m, n/2 + 1] → […, m, n]", DTypes = "any")]
    public Tensor Irfft2(ReadOnlySpan<int> shape = default, Axes axes = default, FftNorm norm = FftNorm.Backward) => Irfftn(shape, LastTwo(axes), norm, "Irfft2");

    /// <summary>The Fourier transform of a real tensor along several axes; of the last one only the first half.</summary>
    /// <inheritdoc cref="Fftn(ReadOnlySpan{int}, Axes, FftNorm)"/>
    [Op(OpKind.Linear, Shapes = "[…, m, n] → […, m, n/2 + 1]", DTypes = "real")]
    public Tensor Rfftn(ReadOnlySpan<int> shape = default, Axes axes = default, FftNorm norm = FftNorm.Backward) => Rfftn(shape, axes, norm, "Rfftn");

    /// <summary>The inverse of <see cref="Rfftn(ReadOnlySpan{int}, Axes, FftNorm)"/>. An odd length of the last axis must be named.</summary>
    /// <inheritdoc cref="Fftn(ReadOnlySpan{int}, Axes, FftNorm)"/>
    [Op(OpKind.Linear, Shapes = "[…, m, n/2 + 1] → […, m, n]", DTypes = "any")]
    public Tensor Irfftn(ReadOnlySpan<int> shape = default, Axes axes = default, FftNorm norm = FftNorm.Backward) => Irfftn(shape, axes, norm, "Irfftn");

    // ---- frequencies ----------------------------------------------------------------------------------------------------

    /// <summary>The frequencies of the numbers of <see cref="Fft"/>: 0, 1, …, then the negative ones, divided by n·d.</summary>
    /// <param name="n">The number of samples.</param>
    /// <param name="d">The time from one sample to the next.</param>
    /// <param name="dtype">The element type, float32 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is not positive.</exception>
    public static Tensor FftFreq(int n, double d = 1, DType dtype = DType.Float32)
    {
        if (n <= 0) throw OpErrors.NotPositive("FftFreq", nameof(n), n);
        return Cat([Arange(0, (n + 1) / 2), Arange(-(n / 2), 0)]).To(DType.Float64).Div(n * d).To(dtype);
    }

    /// <summary>The frequencies of the numbers of <see cref="Rfft"/>: 0, 1, …, n/2, divided by n·d.</summary>
    /// <inheritdoc cref="FftFreq"/>
    public static Tensor RfftFreq(int n, double d = 1, DType dtype = DType.Float32)
    {
        if (n <= 0) throw OpErrors.NotPositive("RfftFreq", nameof(n), n);
        return Arange(0, (n / 2) + 1).To(DType.Float64).Div(n * d).To(dtype);
    }

    /// <summary>Frequencies in ascending order, with 0 in the middle: what <see cref="Fft"/> gives, turned by half of each axis.</summary>
    /// <param name="axes">The axes; all by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "any → same")]
    public Tensor FftShift(Axes axes = default) => Turned(axes.Resolve(Rank, "FftShift"), axis => Dims[axis] / 2);

    /// <summary>The inverse of <see cref="FftShift"/>.</summary>
    /// <inheritdoc cref="FftShift"/>
    [Op(OpKind.Linear, Shapes = "any → same")]
    public Tensor IfftShift(Axes axes = default) => Turned(axes.Resolve(Rank, "IfftShift"), axis => -(Dims[axis] / 2));

    private Tensor Turned(int[] axes, Func<int, int> shift)
    {
        Tensor y = this;
        foreach (int axis in axes) y = y.Roll(shift(axis), axis);
        return y;
    }

    // ---- how ------------------------------------------------------------------------------------------------------------

    private Tensor Transformed(string op, int? n, Axis? axis, FftNorm norm, bool inverse)
    {
        int at = AxisOf(op, axis), length = LengthOf(op, n, Dims[at], at);
        return new FftOp(op, at, inverse, Factor(length, norm, inverse)).Of(AsComplexNumbers().Fitted(at, length));
    }

    private Tensor HalfTransformed(string op, int? n, Axis? axis, FftNorm norm, bool inverse)
    {
        if (IsComplex) throw ComplexErrors.NeedsReal(op, this);
        int at = AxisOf(op, axis), length = LengthOf(op, n, Dims[at], at);
        Tensor x = DType.IsFloatingPoint() ? this : Float();
        return new RfftOp(op, at, Factor(length, norm, inverse)).Of(x.Fitted(at, length));
    }

    private Tensor RealFromHalf(string op, int? n, Axis? axis, FftNorm norm, bool inverse)
    {
        int at = AxisOf(op, axis), length = LengthOf(op, n, 2 * (Dims[at] - 1), at);
        return new IrfftOp(op, at, length, Factor(length, norm, inverse)).Of(AsComplexNumbers().Fitted(at, (length / 2) + 1));
    }

    private Tensor Fftn(ReadOnlySpan<int> shape, Axes axes, FftNorm norm, string op, bool inverse)
    {
        (int[] at, int[] lengths) = Along(op, shape, axes);
        Tensor y = AsComplexNumbers();
        for (int i = 0; i < at.Length; i++) y = y.Transformed(op, lengths[i], at[i], norm, inverse);
        return y;
    }

    private Tensor Rfftn(ReadOnlySpan<int> shape, Axes axes, FftNorm norm, string op)
    {
        (int[] at, int[] lengths) = Along(op, shape, axes);
        if (at.Length == 0) throw OpErrors.NeedsRank(op, "at least one axis", this);
        Tensor y = HalfTransformed(op, lengths[^1], at[^1], norm, inverse: false);
        for (int i = 0; i < at.Length - 1; i++) y = y.Transformed(op, lengths[i], at[i], norm, inverse: false);
        return y;
    }

    private Tensor Irfftn(ReadOnlySpan<int> shape, Axes axes, FftNorm norm, string op)
    {
        (int[] at, int[] lengths) = Along(op, shape, axes);
        if (at.Length == 0) throw OpErrors.NeedsRank(op, "at least one axis", this);
        bool named = shape.Length > 0 && shape[^1] != -1;
        Tensor y = AsComplexNumbers();
        for (int i = 0; i < at.Length - 1; i++) y = y.Transformed(op, lengths[i], at[i], norm, inverse: true);
        return y.RealFromHalf(op, named ? lengths[^1] : null, at[^1], norm, inverse: true);
    }

    private (int[] Axes, int[] Lengths) Along(string op, ReadOnlySpan<int> shape, Axes axes)
    {
        int[] at;
        if (axes.IsAll)
        {
            int count = shape.Length > 0 ? shape.Length : Rank;
            if (count > Rank) throw new ArgumentException($"{op}: shape {Shape.Text(shape)} has {count} lengths, the tensor {Shape} has {Rank} axes. Give at most one length for each axis.");
            at = [.. Enumerable.Range(Rank - count, count)];
        }
        else
        {
            at = axes.ResolveInOrder(Rank, op);
        }
        if (shape.Length > 0 && shape.Length != at.Length)
            throw new ArgumentException($"{op}: there are {shape.Length} lengths {Shape.Text(shape)} for {at.Length} axes. Give one length for each axis.");
        var lengths = new int[at.Length];
        for (int i = 0; i < at.Length; i++) lengths[i] = LengthOf(op, shape.Length > 0 && shape[i] != -1 ? shape[i] : null, Dims[at[i]], at[i]);
        return (at, lengths);
    }

    private static Axes LastTwo(Axes axes) => axes.IsAll ? [^2, ^1] : axes;

    private int AxisOf(string op, Axis? axis) =>
        Rank == 0 ? throw OpErrors.NeedsRank(op, "at least one axis", this) : (axis ?? ^1).Resolve(Rank, op);

    private int LengthOf(string op, int? n, int own, int axis)
    {
        if (n is { } given) return given > 0 ? given : throw OpErrors.NotPositive(op, nameof(n), given);
        return own > 0 ? own : throw new ShapeException($"{op}: axis {axis} of the tensor {Shape} gives a transform of length {own}; there must be at least one element. Give n, the length to pad to.");
    }

    private Tensor AsComplexNumbers() => IsComplex ? this : To(DType.ComplexType());

    private Tensor Fitted(int axis, int length)
    {
        int own = Dims[axis];
        if (own == length) return this;
        if (own > length) return Narrow(axis, 0, length);
        var padding = new int[2 * (Rank - axis)];
        padding[^1] = length - own;
        return Pad(padding);
    }

    private static double Factor(int n, FftNorm norm, bool inverse) => norm switch
    {
        FftNorm.Backward => inverse ? 1.0 / n : 1,
        FftNorm.Ortho => 1 / Math.Sqrt(n),
        FftNorm.Forward => inverse ? 1 : 1.0 / n,
        _ => throw new ArgumentOutOfRangeException(nameof(norm), norm, $"Fft: {norm} is no norm. Use Backward, Ortho or Forward."),
    };

    /// <summary>The transform times a factor.</summary>
    private sealed class FftOp(string name, int axis, bool inverse, double factor) : LinearOp(name)
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => new FftOp(Name, axis + 1, inverse, factor).ApplyMany(items[0]);

        internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs) => null;

        protected override bool TakesComplex => true;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [FourierTransform.Complex(inputs[0].Value, axis, inverse, factor)];

        protected override Tensor Transpose(OpContext context, Tensor gradient) => new FftOp(Name, axis, !inverse, factor).Of(gradient);
    }

    /// <summary>The first half of the transform of real numbers, times a factor.</summary>
    private sealed class RfftOp(string name, int axis, double factor) : LinearOp(name)
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => new RfftOp(Name, axis + 1, factor).ApplyMany(items[0]);

        internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs) => null;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [FourierTransform.RealToHalf(inputs[0].Value, axis, factor)];

        // The inverse sum counts each number between the ends twice, for its conjugate; here there is none.
        protected override Tensor Transpose(OpContext context, Tensor gradient)
        {
            int n = context.Shape(0)[axis];
            return new IrfftOp(Name, axis, n, factor).Of(gradient * Weights(n, 0.5, gradient, axis));
        }
    }

    /// <summary>Real numbers from the first half of their transform, times a factor.</summary>
    private sealed class IrfftOp(string name, int axis, int n, double factor) : LinearOp(name)
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => new IrfftOp(Name, axis + 1, n, factor).ApplyMany(items[0]);

        internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs) => null;

        protected override bool TakesComplex => true;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [FourierTransform.HalfToReal(inputs[0].Value, axis, n, factor)];

        protected override Tensor Transpose(OpContext context, Tensor gradient)
        {
            Tensor half = new RfftOp(Name, axis, factor).Of(gradient);
            return half * Weights(n, 2, half, axis);
        }
    }

    /// <summary>1 at the numbers that are their own conjugates (0, and n/2 for even n), a weight between them.</summary>
    private static Tensor Weights(int n, double between, Tensor half, int axis)
    {
        var weights = new double[(n / 2) + 1];
        Array.Fill(weights, between);
        weights[0] = 1;
        if (n % 2 == 0) weights[^1] = 1;
        int[] dims = new int[half.Rank - axis];
        Array.Fill(dims, 1);
        dims[0] = weights.Length;
        return FromSpan<double>(weights, new Shape(dims)).To(half.DType.PartType());
    }
}
