namespace Nabla;

// What reductions and scans share: which axes are meant, and how results go back to the shape of the input.
public sealed partial class Tensor
{
    /// <summary>The axes from the front; a scalar has an axis 0 of length 1 here, as in PyTorch.</summary>
    private int[] AxesOf(Axes axis, string op)
    {
        if (Rank > 0 || axis.IsAll) return axis.Resolve(Rank, op);
        axis.Resolve(1, op);
        return [];
    }

    /// <summary>This tensor, of at least one axis, and the position of an axis in it, the last by default.</summary>
    private Tensor WithAxis(Axis? axis, string op, out int at)
    {
        Tensor x = Rank == 0 ? Reshape(1) : this;
        at = (axis ?? new Axis(-1)).Resolve(x.Rank, op);
        return x;
    }

    /// <summary>The axes merged into one, the last; <paramref name="at"/> is its position.</summary>
    private Tensor Merged(int[] axes, out int at)
    {
        if (axes.Length == 1)
        {
            at = axes[0];
            return this;
        }
        int[] kept = AxisGroups.Reduced(Dims, axes, keep: false);
        at = kept.Length;
        int count = 1;
        foreach (int axis in axes) count *= Dims[axis];
        if (axes.Length == Rank) return Reshape(count);
        var order = new List<Axis>(Rank);
        for (int i = 0; i < Rank; i++)
            if (Array.IndexOf(axes, i) < 0) order.Add(i);
        foreach (int axis in axes) order.Add(axis);
        return Permute([.. order]).Reshape([.. kept, count]);
    }

    private static Axes AxesFrom(int[] axes) => Axes.Create(Array.ConvertAll(axes, axis => new Axis(axis)));

    private static int Count(Shape shape, int[] axes)
    {
        int count = 1;
        foreach (int axis in axes) count *= shape.Dims[axis];
        return count;
    }

    /// <summary>A reduced tensor with its axes back, of length 1, so that it broadcasts with what it was reduced from.</summary>
    private static Tensor Keep(Tensor reduced, Shape shape, int[] axes) => reduced.Reshape(AxisGroups.Reduced(shape.Dims, axes, keep: true));

    private static void RefuseEmpty(string op, Tensor x, int[] axes)
    {
        foreach (int axis in axes)
            if (x.Dims[axis] == 0) throw OpErrors.EmptyAxis(op, x, axis);
    }
}
