namespace Nabla;

// Finite differences and areas under sampled curves.
public sealed partial class Tensor
{
    /// <summary>Differences of neighbours along an axis, taken n times: xᵢ₊₁ − xᵢ.</summary>
    /// <param name="n">How many times.</param>
    /// <param name="axis">The axis; the last by default.</param>
    /// <param name="prepend">Joined before the tensor first.</param>
    /// <param name="append">Joined after the tensor first.</param>
    /// <exception cref="ArgumentOutOfRangeException">n is negative; the axis does not exist.</exception>
    /// <exception cref="ShapeException">The tensor is a scalar, or what is joined does not fit.</exception>
    [Op(OpKind.Composite, Shapes = "[…, m, …] → […, m − n, …]")]
    public Tensor Diff(int n = 1, Axis? axis = null, Tensor? prepend = null, Tensor? append = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (Rank == 0) throw new ShapeException("Diff: the tensor is a scalar and has no neighbours. Give at least one axis.");
        int at = (axis ?? new Axis(-1)).Resolve(Rank, "Diff");
        Tensor x = prepend is null ? this : Cat([prepend, this], at);
        if (append is not null) x = Cat([x, append], at);
        for (int i = 0; i < n; i++)
        {
            int length = Math.Max(0, x.Dims[at] - 1);
            x = x.Narrow(at, Math.Min(1, x.Dims[at]), length) - x.Narrow(at, 0, length);
        }
        return x;
    }

    /// <summary>The area under a curve given by evenly spaced points along an axis, by the trapezoid rule.</summary>
    /// <param name="dx">The distance of the points.</param>
    /// <param name="axis">The axis that disappears; the last by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Composite, Shapes = "any → without the axis")]
    public Tensor Trapezoid(double dx = 1, Axis? axis = null) => Panels("Trapezoid", null, dx, axis, out int at).Sum(at);

    /// <summary>The area under a curve given by points along an axis, by the trapezoid rule.</summary>
    /// <param name="x">Where the points are: along the axis if a vector, otherwise of a shape that broadcasts with this tensor.</param>
    /// <param name="axis">The axis that disappears; the last by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    /// <exception cref="ShapeException"><paramref name="x"/> has another length.</exception>
    public Tensor Trapezoid(Tensor x, Axis? axis = null) => Panels("Trapezoid", x, 1, axis, out int at).Sum(at);

    /// <summary>The area under a curve up to each point but the first, by the trapezoid rule.</summary>
    /// <inheritdoc cref="Trapezoid(double, Axis?)"/>
    [Op(OpKind.Composite, Shapes = "[…, n, …] → […, n − 1, …]")]
    public Tensor CumulativeTrapezoid(double dx = 1, Axis? axis = null) => Panels("CumulativeTrapezoid", null, dx, axis, out int at).CumSum(at);

    /// <summary>The area under a curve up to each point but the first, by the trapezoid rule.</summary>
    /// <inheritdoc cref="Trapezoid(Tensor, Axis?)"/>
    public Tensor CumulativeTrapezoid(Tensor x, Axis? axis = null) => Panels("CumulativeTrapezoid", x, 1, axis, out int at).CumSum(at);

    private Tensor Panels(string op, Tensor? x, double dx, Axis? axis, out int at)
    {
        at = (axis ?? new Axis(-1)).Resolve(Rank, op);
        int length = Math.Max(0, Dims[at] - 1);
        Tensor heights = (Narrow(at, 0, length) + Narrow(at, Math.Min(1, Dims[at]), length)) / 2;
        if (x is null) return heights * dx;
        if (x.Rank == 1)
        {
            if (x.Dims[0] != Dims[at]) throw new ShapeException($"{op}: x has {x.Dims[0]} points, axis {at} of the tensor {Shape} has {Dims[at]}. Give one x per point.");
            var dims = new int[Rank];
            Array.Fill(dims, 1);
            dims[at] = length;
            return heights * x.Diff().Reshape(dims);
        }
        return heights * x.Diff(axis: at - Rank);
    }
}
