namespace Nabla.Nn;

// Losses between classes.
public static partial class Losses
{
    /// <summary>Minus the logarithm of the probability that the softmax of the input gives to the target class.</summary>
    /// <param name="input">Any numbers, one per class: [C], [N, C] or [N, C, …].</param>
    /// <param name="target">Class indices [], [N] or [N, …]; or probabilities of the input's shape.</param>
    /// <param name="weight">A factor for each class, [C]; the mean is then a weighted one.</param>
    /// <param name="ignoreIndex">Elements whose target is this count nothing.</param>
    /// <param name="labelSmoothing">ε of [0, 1]: the target becomes (1 − ε) target + ε/C.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ShapeException">The shapes do not fit each other.</exception>
    /// <exception cref="DTypeException">The target has the shape of class indices, but does not hold integers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A class index outside 0 … C − 1, or ε outside [0, 1].</exception>
    public static Tensor CrossEntropy(
        Tensor input, Tensor target, Tensor? weight = null, int? ignoreIndex = null, double labelSmoothing = 0, Reduction reduction = Reduction.Mean)
    {
        const string Name = "Losses.CrossEntropy";
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) throw NnErrors.Probability(Name, nameof(labelSmoothing), labelSmoothing);
        int axis = ClassAxis(Name, input);
        int classes = input.Dims[axis];
        CheckWeight(Name, weight, classes);
        if (target.DType.IsFloatingPoint())
        {
            if (ignoreIndex is not null) throw NnErrors.IgnoreWithProbabilities();
            if (target.Rank == input.Rank - 1) throw NnErrors.ClassTargetDType(Name, target);
            Checked(Name, input, target);
            Tensor smooth = labelSmoothing == 0 ? target : (target * (1 - labelSmoothing)) + (labelSmoothing / classes);
            Tensor loss = -(Weighted(input.LogSoftmax(axis) * smooth, AlongAxis(weight, input, axis))).Sum(axis);
            return Reduce(loss, reduction);
        }
        var picked = new PickedClasses(Name, input, target, weight, ignoreIndex, axis);
        Tensor logProbabilities = input.LogSoftmax(axis);
        Tensor negative = picked.Reduce(picked.NegativeOf(logProbabilities), reduction);
        if (labelSmoothing == 0) return negative;
        Tensor spread = picked.WithoutIgnored(-Weighted(logProbabilities, AlongAxis(weight, input, axis)).Sum(axis));
        return (negative * (1 - labelSmoothing)) + (picked.Reduce(spread, reduction) * (labelSmoothing / classes));
    }

    /// <summary>Minus the input at the target class: the likelihood's negative logarithm, if the input holds logarithms of probabilities.</summary>
    /// <param name="input">Logarithms of probabilities: [C], [N, C] or [N, C, …].</param>
    /// <param name="target">Class indices: [], [N] or [N, …].</param>
    /// <param name="weight">A factor for each class, [C]; the mean is then a weighted one.</param>
    /// <param name="ignoreIndex">Elements whose target is this count nothing.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ShapeException">The shapes do not fit each other.</exception>
    /// <exception cref="DTypeException">The target does not hold integers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A class index outside 0 … C − 1.</exception>
    public static Tensor Nll(Tensor input, Tensor target, Tensor? weight = null, int? ignoreIndex = null, Reduction reduction = Reduction.Mean)
    {
        const string Name = "Losses.Nll";
        int axis = ClassAxis(Name, input);
        CheckWeight(Name, weight, input.Dims[axis]);
        var picked = new PickedClasses(Name, input, target, weight, ignoreIndex, axis);
        return picked.Reduce(picked.NegativeOf(input), reduction);
    }

    private static int ClassAxis(string loss, Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 0 ? throw NnErrors.NoClassAxis(loss, input) : Math.Min(1, input.Rank - 1);
    }

    private static void CheckWeight(string loss, Tensor? weight, int classes)
    {
        if (weight is not null && (weight.Rank != 1 || weight.Dims[0] != classes)) throw NnErrors.ClassWeight(loss, weight, classes);
    }

    /// <summary>Weights [C] in a shape that broadcasts against the input: [C, 1, …].</summary>
    private static Tensor? AlongAxis(Tensor? weight, Tensor input, int axis)
    {
        if (weight is null) return null;
        var dims = new int[input.Rank - axis];
        Array.Fill(dims, 1);
        dims[0] = weight.Dims[0];
        return weight.Reshape(dims);
    }

    /// <summary>The target classes of a batch: where they are, how much each counts, which are ignored.</summary>
    private sealed class PickedClasses
    {
        private readonly int axis;
        private readonly Tensor index;
        private readonly Tensor? ignored;
        private readonly Tensor? weights;

        public PickedClasses(string loss, Tensor input, Tensor target, Tensor? weight, int? ignoreIndex, int axis)
        {
            ArgumentNullException.ThrowIfNull(target);
            this.axis = axis;
            if (target.DType.IsFloatingPoint() || target.DType == DType.Bool) throw NnErrors.ClassTargetDType(loss, target);
            int[] expected = [.. input.Dims[..axis], .. input.Dims[(axis + 1)..]];
            if (!target.Dims.AsSpan().SequenceEqual(expected)) throw NnErrors.ClassTargetShape(loss, input, target);
            index = target.Long();
            if (ignoreIndex is { } ignore)
            {
                ignored = index.Eq(ignore);
                index = index.MaskedFill(ignored, 0);
            }
            index = new ClassesOp(loss, input.Dims[axis]).Of(index);
            if (weight is not null) weights = weight.IndexSelect(0, index.Reshape(-1)).Reshape(expected);
            if (weights is not null && ignored is not null) weights = weights.MaskedFill(ignored, 0);
        }

        /// <summary>The classes, once they are known to be there: an operation, so that a compiled function looks at those of every call.</summary>
        private sealed class ClassesOp(string loss, int classes) : PositionOp("Classes")
        {
            public Tensor Of(Tensor index) => Apply(index);

            internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

            protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
            {
                NdArray index = ArrayCopy.Contiguous(inputs[0].Value);
                foreach (long place in index.Span<long>())
                    if (place < 0 || place >= classes) throw NnErrors.ClassOutside(loss, place, classes, inputs[0]);
                return [index];
            }
        }

        public Tensor NegativeOf(Tensor logProbabilities)
        {
            Tensor negative = -logProbabilities.Gather(axis, index.Unsqueeze(axis)).Squeeze(axis);
            return Weighted(WithoutIgnored(negative), weights);
        }

        public Tensor WithoutIgnored(Tensor loss) => ignored is null ? loss : loss.MaskedFill(ignored, 0);

        /// <summary>The mean divides by the weights of those that count.</summary>
        public Tensor Reduce(Tensor loss, Reduction reduction)
        {
            if (reduction != Reduction.Mean || (weights is null && ignored is null)) return Losses.Reduce(loss, reduction);
            Tensor count = weights ?? Tensor.OnesLike(loss).MaskedFill(ignored!, 0);
            return loss.Sum() / count.Sum();
        }
    }
}
