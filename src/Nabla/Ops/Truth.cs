using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Questions about all elements: any, all, how many. Any number but 0 counts as true, NaN too.
public sealed partial class Tensor
{
    /// <summary>Whether any element over axes is not 0; false of none.</summary>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="keepAxis">Keep them with length 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.NotDifferentiable, Shapes = "any → without the axes, or with length 1 there")]
    public Tensor Any(Axes axis = default, bool keepAxis = false) => new TruthOp("Any", AxesOf(axis, "Any"), keepAxis, all: false).Of(Bool());

    /// <summary>Whether all elements over axes are not 0; true of none.</summary>
    /// <inheritdoc cref="Any"/>
    [Op(OpKind.NotDifferentiable, Shapes = "any → without the axes, or with length 1 there")]
    public Tensor All(Axes axis = default, bool keepAxis = false) => new TruthOp("All", AxesOf(axis, "All"), keepAxis, all: true).Of(Bool());

    /// <summary>How many elements over axes are not 0, as int64.</summary>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.NotDifferentiable, Shapes = "any → without the axes")]
    public Tensor CountNonzero(Axes axis = default)
    {
        int[] axes = AxesOf(axis, "CountNonzero");
        return Bool().Sum(AxesFrom(axes));
    }

    private sealed class TruthOp(string name, int[] axes, bool keep, bool all) : FlatOp(name)
    {
        internal override Tensor[] Batch(BatchedInputs items) => new TruthOp(Name, BatchedInputs.Shift(axes), keep, all).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) =>
            [SymbolicMode.Reduce(inputs[0], axes, keep, DType.Bool, group => group.Aggregate((Expr)(all ? 1 : 0), all ? F.And : F.Or))];

        protected override unsafe NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            var groups = new AxisGroups(inputs[0].Value, axes);
            NdArray y = NdArray.Allocate(AxisGroups.Reduced(inputs[0].Dims, axes, keep), DType.Bool);
            fixed (byte* from = groups.Array.Storage, to = y.Storage)
            {
                if (all) ReductionKernels.All(from + groups.Array.Offset, to, groups.Outer, groups.Count, groups.Inner);
                else ReductionKernels.Any(from + groups.Array.Offset, to, groups.Outer, groups.Count, groups.Inner);
            }
            return [y];
        }
    }
}
