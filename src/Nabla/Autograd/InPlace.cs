namespace Nabla;

/// <summary>
/// In-place operations: the value is computed first, in full; only then is the tensor's memory overwritten, its version
/// counted up and its history replaced. For a view the history of the base is rewritten; other views follow when they are
/// next asked.
/// </summary>
internal static class InPlace
{
    /// <summary>Replaces a tensor's values by those of an elementwise operation on it, in one pass where nothing is recorded.</summary>
    /// <param name="op">The name for messages.</param>
    /// <param name="target">The tensor to change, the first input of the operation.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="others">Its other inputs.</param>
    /// <inheritdoc cref="Apply(string, Tensor, Func{Tensor, Tensor})" path="/exception"/>
    public static Tensor Apply(string op, Tensor target, ElementwiseOp operation, params ReadOnlySpan<Tensor> others)
    {
        InputGuard.Refuse(target);
        Tensor[] inputs = [target, .. others];
        if (!IsPlain(target, others) || !operation.TryInPlace(inputs))
            return Apply(op, target, x => operation.Apply([x, .. inputs.AsSpan(1)]));
        target.Value.Storage.Version++;
        return target;
    }

    /// <summary>Whether the change concerns memory alone: nobody records it, and there is no history to rewrite.</summary>
    private static bool IsPlain(Tensor target, ReadOnlySpan<Tensor> others)
    {
        if (target.IsInference && !GradMode.IsInference) return false;
        if (!GradMode.IsEnabled) return true;
        if (target.RequiresGrad || target.Extra?.View is { Base.RequiresGrad: true }) return false;
        foreach (Tensor other in others)
            if (other.RequiresGrad) return false;
        return true;
    }

    /// <summary>Replaces a tensor's values by those of a function of it.</summary>
    /// <param name="op">The name for messages.</param>
    /// <param name="target">The tensor to change.</param>
    /// <param name="function">Computes the new values; receives the tensor as it is before the change.</param>
    /// <exception cref="AutogradException">The target is a leaf that requires a gradient, a view that must not be changed, or of inference mode.</exception>
    /// <exception cref="ShapeException">The new values have another shape.</exception>
    /// <exception cref="DTypeException">The new values do not fit the target's type.</exception>
    public static Tensor Apply(string op, Tensor target, Func<Tensor, Tensor> function)
    {
        if (target.IsInference && !GradMode.IsInference) throw AutogradErrors.InPlaceOnInference(op);
        InputGuard.Refuse(target);
        bool recording = GradMode.IsEnabled;
        if (recording && (target.RequiresGrad || target.Extra?.View is { Base.RequiresGrad: true })) CheckRecorded(op, target);
        CheckOverlap(op, target);

        // What backward saves of the old values must survive the change.
        Tensor original = recording && target.RequiresGrad ? Snapshot(target) : target;
        Tensor result = function(original);
        if (recording && result.RequiresGrad && !target.RequiresGrad) result = function(Snapshot(target));
        if (result.Shape != target.Shape)
            throw new ShapeException($"{op}: the result {result.Shape} does not fit the tensor {target.Shape} that is to be changed in place. Use the operation without InPlace.");
        if (result.DType.Category() > target.DType.Category())
            throw new DTypeException($"{op}: a {result.DType.Word()} result does not fit a {target.DType.Word()} tensor. Use the operation without InPlace, or convert the tensor first.");
        if (result.DType != target.DType) result = VectorSpace.Current.Cast(result, target.DType);
        if (recording && result.RequiresGrad) CheckRecorded(op, target);

        bool keepsHistory = recording && (result.RequiresGrad || target.RequiresGrad);
        if (result.IsTraced || target.IsTraced)
        {
            CheckOwn(op, target, result);
            ReplaceValue(target, result, recording);
            return target;
        }
        // A value cut from the tensor's own memory must be read before it is overwritten.
        bool shared = result.Value.Storage.IsMemoryOf(target.Value.Storage);
        Recorder.Current?.Write(op, target.Value, result.Value);
        ResultMemory.Current?.Use(op, target.Value);
        ArrayCopy.Into(shared ? ArrayCopy.Contiguous(result.Value) : result.Value, target.Value);
        target.Value.Storage.Version++;
        GC.KeepAlive(result.Value.Storage);
        if (!keepsHistory) return target;
        if (target.Extra?.View is { } view)
        {
            new ViewWriteOp(view.Chain()).Record(view.Base, result);
        }
        else if (result.RequiresGrad)
        {
            Edge edge = result.GradientEdge();
            target.SetHistory(edge.Node!, edge.Output);
        }
        else
        {
            // Overwritten by a constant: still part of the graph, but what was there before gets a gradient of zero.
            new ViewWriteOp([]).Record(target, result);
        }
        return target;
    }

    private static void CheckRecorded(string op, Tensor target)
    {
        if (target.Extra?.View is { } view)
        {
            if (view.Base.RequiresGrad && view.Base.IsLeaf) throw AutogradErrors.InPlaceOnLeafView(op);
            foreach (ViewOp step in view.Chain())
                if (step.IsOneOfSeveral) throw AutogradErrors.InPlaceOnSharedView(op, step.Name);
            if (view.MadeWithoutGrad) throw AutogradErrors.InPlaceOnNoGradView(op);
        }
        else if (target.RequiresGrad && target.IsLeaf)
        {
            throw AutogradErrors.InPlaceOnLeaf(op);
        }
    }

    /// <summary>
    /// A value of a transform cannot go into a tensor that was there before the transform, and will be after it. Nor can a change of a
    /// detached tensor of items reach the one that it was detached from, as it does in memory.
    /// </summary>
    private static void CheckOwn(string op, Tensor target, Tensor result)
    {
        if (TransformLevel.Highest([result]) is { } level && !ReferenceEquals(TransformLevel.Highest([target]), level) && Epochs.IsBefore(target.Value.Storage.Epoch, level.Epoch))
            throw AutogradErrors.InPlaceOnCaptured(op, target.Shape, level.Transform);
        if ((target.Flags & TensorFlags.DetachedItems) != 0) throw AutogradErrors.InPlaceOnDetachedItems(op, target.Shape);
    }

    /// <exception cref="AutogradException">Several elements of the target share one place in memory.</exception>
    public static void CheckOverlap(string op, Tensor target)
    {
        if (target.Numel <= 1 || target.IsContiguous) return;
        int[] axes = new int[target.Rank];
        for (int axis = 0; axis < axes.Length; axis++) axes[axis] = axis;
        NdArray value = target.Value;
        Array.Sort(axes, (a, b) => Math.Abs(value.Strides[a]).CompareTo(Math.Abs(value.Strides[b])));

        // Elements are apart if each step is longer than all the shorter ones together reach.
        long reach = 0;
        foreach (int axis in axes)
        {
            if (value.Dims[axis] == 1) continue;
            long step = Math.Abs(value.Strides[axis]);
            if (step <= reach)
                throw new AutogradException($"{op}: along axis {axis} this {target.Shape} tensor is {(step == 0 ? "expanded" : "made of overlapping windows")}: several elements share one place in memory. Clone() it first.");
            reach += step * (value.Dims[axis] - 1);
        }
    }

    /// <summary>The tensor with its history but memory of its own.</summary>
    private static Tensor Snapshot(Tensor target)
    {
        Tensor copy = target.WithoutHistory();
        copy.Value = VectorSpace.Current.Copy(new Tensor(target.Value)).Value;
        if (target.GradFn is { } node) copy.SetHistory(node, target.OutputIndex);
        return copy;
    }

    /// <summary>
    /// Inside transforms and traces the memory stays as it is, because it may be somebody else's: the handle gets another
    /// value. For a view that is the handle of the base, which all its views follow.
    /// </summary>
    private static void ReplaceValue(Tensor target, Tensor result, bool recording)
    {
        if (target.Extra?.View is { } view)
        {
            ReplaceValue(view.Base, new ViewWriteOp(view.Chain()).Of(view.Base, result), recording);
            ViewHistory.Refresh(target);
            return;
        }

        // In memory of its own, whose version tells what was saved that the value is another.
        Tensor value = VectorSpace.Current.Copy(result);
        if (!result.HasLevel && target.Extra?.Dual is { } dual)
            value = ForwardMode.Pair(dual.Level, value, VectorSpace.Current.Full(result.Dims, 0, result.DType));
        else if (!result.HasLevel && target.Extra?.Batch is { } batch)
            value = BatchMode.Wrap(batch.Level, VectorSpace.Current.Copy(VectorSpace.Current.Repeat(value, batch.Items.Dims[0])));
        value.Value.Storage.Version = target.Value.Storage.Version + 1;
        if (recording && !result.RequiresGrad && target.RequiresGrad) new ViewWriteOp([]).Record(target, result);
        target.Value = value.Value;
        target.Flags = (target.Flags & ~TensorFlags.Traced) | (value.Flags & TensorFlags.Traced);
        (target.Extra ??= new TensorExtra()).TakeTrace(value);
        if (recording && result.RequiresGrad)
        {
            Edge edge = result.GradientEdge();
            target.SetHistory(edge.Node!, edge.Output);
        }
    }
}
