using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Complex tensors: two real numbers an element. Their derivatives are those of the two: the gradient of a real loss is
// ∂L/∂a + i·∂L/∂b, PyTorch's convention, and every rule follows from real operations on the parts.
public sealed partial class Tensor
{
    /// <summary>a + ib from two real tensors.</summary>
    /// <param name="real">The real parts.</param>
    /// <param name="imag">The imaginary parts, which broadcast with them.</param>
    /// <exception cref="DTypeException">One of them is complex already.</exception>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    [Op(OpKind.Linear, Shapes = "broadcast together", DTypes = "real")]
    public static Tensor Complex(Tensor real, Tensor imag)
    {
        if (real.DType.IsComplex() || imag.DType.IsComplex()) throw ComplexErrors.NeedsReal("Complex", real.DType.IsComplex() ? real : imag);
        DType type = ElementTypes.Result([real, imag]).ComplexType().PartType();
        Tensor[] parts = BroadcastTensors(real.To(type), imag.To(type));
        return Stack(parts, ^1).ViewAsComplex();
    }

    /// <summary>r·cos φ + i·r·sin φ.</summary>
    /// <param name="abs">The lengths r.</param>
    /// <param name="angle">The angles φ in radians, which broadcast with them.</param>
    /// <inheritdoc cref="Complex" path="/exception"/>
    [Op(OpKind.Composite, Shapes = "broadcast together", DTypes = "real")]
    public static Tensor Polar(Tensor abs, Tensor angle) => Complex(abs * angle.Cos(), abs * angle.Sin());

    /// <summary>Whether the elements are complex numbers.</summary>
    public bool IsComplex => DType.IsComplex();

    /// <summary>The real parts: a view; a real tensor itself.</summary>
    [Op(OpKind.Linear, Shapes = "any → same", DTypes = "any")]
    public Tensor Real => IsComplex ? ViewAsReal().Select(Rank, 0) : this;

    /// <summary>The imaginary parts: a view.</summary>
    /// <exception cref="DTypeException">The tensor is not complex.</exception>
    [Op(OpKind.Linear, Shapes = "any → same", DTypes = "complex")]
    public Tensor Imag => IsComplex ? ViewAsReal().Select(Rank, 1) : throw ComplexErrors.NeedsComplex("Imag", this);

    /// <summary>The conjugates a − ib; a real tensor itself.</summary>
    [Op(OpKind.Linear, Shapes = "any → same", DTypes = "any")]
    public Tensor Conj() => IsComplex ? (ViewAsReal() * FromSpan<double>([1, -1]).To(DType.PartType())).ViewAsComplex() : this;

    /// <summary>The real and the imaginary part along a new last axis of length 2: a view.</summary>
    /// <exception cref="DTypeException">The tensor is not complex.</exception>
    [Op(OpKind.Linear, Shapes = "[…] → […, 2]", DTypes = "complex")]
    public Tensor ViewAsReal() => IsComplex ? new ViewAsRealOp().Of(this) : throw ComplexErrors.NeedsComplex("ViewAsReal", this);

    /// <summary>Pairs of real numbers along the last axis as complex numbers: a view, of a copy where the pairs lie apart in memory.</summary>
    /// <exception cref="DTypeException">The elements are not floating point.</exception>
    /// <exception cref="ShapeException">The last axis has not length 2.</exception>
    [Op(OpKind.Linear, Shapes = "[…, 2] → […]", DTypes = "floating point")]
    public Tensor ViewAsComplex()
    {
        if (!DType.IsFloatingPoint()) throw IsComplex ? ComplexErrors.NeedsReal("ViewAsComplex", this) : OpErrors.NeedsFloatingPoint("ViewAsComplex", this);
        if (Rank == 0 || Dims[^1] != 2) throw new ShapeException($"ViewAsComplex: the last axis must hold pairs (real, imaginary), the tensor is {Shape}. Stack the two parts along a new last axis, or use Tensor.Complex(real, imag).");
        return new ViewAsComplexOp().Of(Value.IsPairs ? this : Clone());
    }

    // At 0, where the direction is undefined, the derivatives of length and angle are 0.
    private static readonly ElementwiseOp ComplexAbsOp = ElementwiseOp.Of("Abs", (x, y) => F.Select(F.And(F.Equal(x, 0), F.Equal(y, 0)), 0, F.Hypot(x, y))).Unlisted();
    private static readonly ElementwiseOp ComplexAngleOp = ElementwiseOp.Of("Angle", (x, y) => F.Select(F.And(F.Equal(x, 0), F.Equal(y, 0)), 0, F.Atan2(y, x))).Unlisted();

    private sealed class ViewAsRealOp() : ViewOp("ViewAsReal")
    {
        public override ViewOp OfItems(int count) => this;

        public override NdArray View(in NdArray x) => x.AsParts();

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => throw SymbolicErrors.NoFormula(Name, inputs);

        protected override Tensor Transpose(OpContext context, Tensor gradient) => gradient.ViewAsComplex();
    }

    private sealed class ViewAsComplexOp() : ViewOp("ViewAsComplex")
    {
        public override ViewOp OfItems(int count) => this;

        // A tangent may lie in memory differently from its primal.
        public override NdArray View(in NdArray x) => (x.IsPairs ? x : ArrayCopy.Contiguous(x)).AsComplex();

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => throw SymbolicErrors.NoFormula(Name, inputs);

        protected override Tensor Transpose(OpContext context, Tensor gradient) => gradient.ViewAsReal();
    }
}

/// <summary>The texts of what can go wrong with complex tensors, in one place.</summary>
internal static class ComplexErrors
{
    public static DTypeException NeedsComplex(string op, Tensor x) =>
        new($"{op}: needs a complex tensor, it is {x.DType.Word()} {x.Shape}. Convert it with To(DType.{x.DType.ComplexType()}), or make one with Tensor.Complex(real, imag).");

    public static DTypeException NeedsReal(string op, Tensor x) =>
        new($"{op}: needs real tensors, an argument is {x.DType.Word()} {x.Shape}. Take Real, Imag, Abs() or ViewAsReal() of it.");
}
