using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Results for every beginning of an axis: running sums, extremes and log-sum-exps. Running products are in Products.cs.
public sealed partial class Tensor
{
    /// <summary>Running sums: yᵢ = x₀ + … + xᵢ. Linear. Integers and truth values sum to int64.</summary>
    /// <param name="axis">The axis to run along.</param>
    /// <param name="dtype">Convert to this type first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Linear)]
    public Tensor CumSum(Axis axis, DType? dtype = null)
    {
        Tensor x = dtype is { } other ? To(other) : this;
        if (!x.DType.HasDerivatives()) x = x.To(DType.Int64);
        Tensor whole = x.WithAxis(axis, "CumSum", out int at);
        return new CumSumOp(at, reverse: false).Of(whole).Reshape(Shape);
    }

    /// <summary>The largest element so far, and its position (the latest of equal ones); a NaN stays.</summary>
    /// <param name="axis">The axis to run along.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Composite, Kinks = "ties: to the latest")]
    public (Tensor Values, Tensor Indices) CumMax(Axis axis) => CumExtreme("CumMax", axis, largest: true);

    /// <summary>The smallest element so far, and its position (the latest of equal ones); a NaN stays.</summary>
    /// <inheritdoc cref="CumMax"/>
    [Op(OpKind.Composite, Kinks = "ties: to the latest")]
    public (Tensor Values, Tensor Indices) CumMin(Axis axis) => CumExtreme("CumMin", axis, largest: false);

    /// <summary>yᵢ = log(exp x₀ + … + exp xᵢ), without overflow.</summary>
    /// <param name="axis">The axis to run along.</param>
    /// <exception cref="DTypeException">The elements are integers or truth values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Custom, DTypes = "floating point", Kinks = "gradient 0 where everything so far is -∞")]
    public Tensor LogCumSumExp(Axis axis)
    {
        if (!DType.IsFloatingPoint()) throw OpErrors.NeedsFloatingPoint("LogCumSumExp", this);
        Tensor whole = WithAxis(axis, "LogCumSumExp", out int at);
        return new LogCumSumExpOp(at).Of(whole).Reshape(Shape);
    }

    private (Tensor Values, Tensor Indices) CumExtreme(string op, Axis axis, bool largest)
    {
        Tensor whole = WithAxis(axis, op, out int at);
        Tensor indices = new CumExtremeOp(op, at, largest).Of(whole);
        return (new GatherOp(op, at, forEach: true).Of(whole, indices).Reshape(Shape), indices.Reshape(Shape));
    }

    /// <summary>Running sums from the front or (reversed) from the back; each is the transpose of the other.</summary>
    private sealed class CumSumOp(int axis, bool reverse) : LinearOp("CumSum")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => new CumSumOp(axis + 1, reverse).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [SymbolicMode.Scan(inputs, axis, reverse, (row, i, before) => row[0][i] + (before ?? 0))];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.Run(inputs[0].Value, [axis], inputs[0].Dims, new CumSumKernel(reverse))];

        protected override Tensor Transpose(OpContext context, Tensor gradient) => new CumSumOp(axis, !reverse).Of(gradient);
    }

    private readonly unsafe struct CumSumKernel(bool reverse) : IAxisKernel
    {
        public void Run<T>(T* x, void* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T> => Nabla.Scans.CumSum(x, (T*)y, outer, n, inner, reverse);
    }

    private sealed class CumExtremeOp(string name, int axis, bool largest) : FlatOp(name)
    {
        internal override Tensor[] Batch(BatchedInputs items) => new CumExtremeOp(Name, axis + 1, largest).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            FormulaList list = SymbolicMode.ListOf(inputs);
            return [SymbolicMode.Along(inputs, axis, DType.Int64, rows =>
            {
                var positions = new Expr[rows[0].Length];
                for (int i = 0; i < positions.Length; i++) positions[i] = SymbolicPositions.OfExtreme(list, rows[0], i + 1, largest, last: true);
                return positions;
            })];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.Positions(inputs[0].Value, [axis], inputs[0].Dims, new CumExtremeKernel(largest))];
    }

    private readonly unsafe struct CumExtremeKernel(bool largest) : IAxisKernel
    {
        public void Run<T>(T* x, void* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T> => Recurrences.ExtremesSoFar(x, (long*)y, outer, n, inner, largest);
    }

    /// <summary>
    /// Running log-sum-exps. With w = exp(x − y) and decay a = exp(yᵢ₋₁ − yᵢ), both at most 1, the tangent obeys
    /// dyᵢ = aᵢ·dyᵢ₋₁ + wᵢ·dxᵢ, and the gradient the same recurrence backwards.
    /// </summary>
    private sealed class LogCumSumExpOp(int axis) : CustomOp("LogCumSumExp")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => new LogCumSumExpOp(axis + 1).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) =>
        [
            // As a formula short; where it is computed, guarded against overflow at every step.
            SymbolicMode.IsComputed(inputs[0])
                ? SymbolicMode.Scan(inputs, axis, reverse: false, (row, i, before) => before is null ? row[0][i] : LogOfSum(before, row[0][i], 1))
                : inputs[0].Exp().CumSum(axis).Log(),
        ];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.RunFloat(inputs[0].Value, [axis], inputs[0].Dims, default(LogCumSumExpKernel))];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is not { } g) return [null];
            Tensor x = context[0], y = context.Output(0);
            if (x.Dims[axis] == 0) return [g];
            Tensor decay = ExpDifference(y, Shifted(y, axis, forward: false, 0));
            return [new RecurrenceOp(axis, reverse: true).Of(decay, g) * ExpDifference(x, y)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            if (tangents[0] is not { } t) return [null];
            Tensor x = context[0], y = context.Output(0);
            if (x.Dims[axis] == 0) return [t];
            Tensor decay = ExpDifference(Shifted(y, axis, forward: true, 0), y);
            return [new RecurrenceOp(axis, reverse: false).Of(decay, ExpDifference(x, y) * t)];
        }
    }

    private readonly unsafe struct LogCumSumExpKernel : IFloatKernel
    {
        public void Run<T>(T* x, T* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>, System.Numerics.IMinMaxValue<T> => Recurrences.LogCumSumExp(x, y, outer, n, inner);
    }

    /// <summary>exp(x − y), 0 where y is −∞ (and x with it): the weights of a log-sum-exp.</summary>
    private static Tensor ExpDifference(Tensor x, Tensor y) => ExpDifferenceOp.Apply(x, y, Number(double.NegativeInfinity));

    private static readonly ElementwiseOp ExpDifferenceOp = ElementwiseOp.Of("LogSumExp", (x, y, low) => F.Exp(x - F.Select(F.Equal(y, low), 0, y))).Unlisted();

    /// <summary>
    /// The linear recurrence sᵢ = bᵢ + aᵢ·sᵢ₋₁ from 0, or (reversed) with sᵢ₊₁: linear in b, whose transpose is the recurrence
    /// in the other direction; so this family is closed under differentiation.
    /// </summary>
    private sealed class RecurrenceOp(int axis, bool reverse) : CustomOp("Recurrence")
    {
        public Tensor Of(Tensor a, Tensor b) => Apply(a, b);

        internal override Tensor[] Batch(BatchedInputs items) => new RecurrenceOp(axis + 1, reverse).ApplyMany(items.All());

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) =>
            [SymbolicMode.Scan(inputs, axis, reverse, (row, i, before) => before is null ? row[1][i] : row[1][i] + (row[0][i] * before))];

        protected override unsafe NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            var a = new AxisGroups(inputs[0].Value, [axis]);
            var b = new AxisGroups(inputs[1].Value, [axis]);
            NdArray s = NdArray.Allocate(inputs[1].Dims, inputs[1].DType);
            fixed (byte* factor = a.Array.Storage, term = b.Array.Storage, to = s.Storage)
            {
                if (s.DType == DType.Float32) Recurrences.Linear((float*)factor + a.Array.Offset, (float*)term + b.Array.Offset, (float*)to, a.Outer, a.Count, a.Inner, reverse);
                else Recurrences.Linear((double*)factor + a.Array.Offset, (double*)term + b.Array.Offset, (double*)to, a.Outer, a.Count, a.Inner, reverse);
            }
            return [s];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is not { } g) return [null, null];
            Tensor onwards = new RecurrenceOp(axis, !reverse).Of(Shifted(context[0], axis, forward: reverse, 0), g);
            return [context.Needs(0) ? onwards * Before(context) : null, context.Needs(1) ? onwards : null];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            Tensor? term = tangents[0] is { } da ? da * Before(context) : null;
            if (tangents[1] is { } db) term = term is null ? db : term + db;
            return [term is null ? null : Of(context[0], term)];
        }

        private Tensor Before(OpContext context) => Shifted(context.Output(0), axis, forward: !reverse, 0);
    }
}
