namespace Nabla;

/// <summary>
/// Results in memory that is there already. While this is open on a thread, the first array that is allocated with the shape and type
/// of the given tensor lies in its memory. That array is the result of an operation, whichever it is: no operation knows of this. What
/// came to lie elsewhere is copied, so a result is right in any case, and costs nothing more where the function is one operation.
/// </summary>
internal sealed class ResultMemory : AllocationScope
{
    private const string Op = "Into";

    private readonly Tensor target;
    private bool mayLend;

    // The target's memory under another name: so reading the target can be told from reading an intermediate result.
    private SharedStorage? lent;

    private ResultMemory(Tensor target)
    {
        this.target = target;
        mayLend = target.IsContiguous && target.Value.Offset == 0 && target.Numel > 0;
    }

    /// <summary>The one of this thread, if that is what decides about its memory.</summary>
    public static new ResultMemory? Current => AllocationScope.Current as ResultMemory;

    /// <summary>Computes a function into a tensor.</summary>
    public static void Compute(Tensor target, Func<Tensor> function)
    {
        Check(target);
        var memory = new ResultMemory(target);
        AllocationScope? before = Enter(memory);
        try
        {
            Tensor result = function() ?? throw new ArgumentException("Into: the function returned null. Return the tensor it computed.", nameof(function));
            Enter(before);
            memory.Take(result);
        }
        finally
        {
            // Also of a function that failed after it had written.
            if (ReferenceEquals(AllocationScope.Current, memory)) Enter(before);
            if (memory.lent is not null) target.Value.Storage.Version++;
        }
    }

    public override Storage? Lend(int[] dims, DType dtype)
    {
        if (!mayLend || dtype != target.DType || !dims.AsSpan().SequenceEqual(target.Dims)) return null;
        mayLend = false;
        return lent = target.Value.Storage.Share();
    }

    public override Storage? Rent(int bytes) => null;

    public override void Made(Storage storage)
    {
    }

    /// <summary>Asked before each operation.</summary>
    /// <exception cref="AutogradException">It would be recorded or traced, or reads what has been overwritten.</exception>
    public void Meet(string op, ReadOnlySpan<Tensor> inputs)
    {
        foreach (Tensor input in inputs)
        {
            if (input.IsTraced) throw AutogradErrors.IntoTraced(op);
            if (GradMode.IsEnabled && input.RequiresGrad) throw AutogradErrors.IntoRecorded(op, input.Shape);
            if (!ReferenceEquals(input.Value.Storage, target.Value.Storage)) continue;
            if (lent is not null) throw AutogradErrors.IntoRead(op, target.Shape);

            // An operation on the tensor itself: computed elsewhere, then copied.
            mayLend = false;
        }
    }

    private static void Check(Tensor target)
    {
        if (target.IsTraced || Recorder.Current is not null) throw AutogradErrors.IntoTraced(Op);
        if (GradMode.IsEnabled && (target.RequiresGrad || target.Extra?.View is { Base.RequiresGrad: true })) throw AutogradErrors.IntoRecorded(Op, target.Shape);
        if (target.IsInference && !GradMode.IsInference) throw AutogradErrors.InPlaceOnInference(Op);
        InputGuard.Refuse(target);
        InPlace.CheckOverlap(Op, target);
    }

    private void Take(Tensor result)
    {
        if (result.IsTraced) throw AutogradErrors.IntoTraced(Op);
        if (GradMode.IsEnabled && result.RequiresGrad) throw AutogradErrors.IntoRecorded(Op, result.Shape);
        if (result.Shape != target.Shape) throw AutogradErrors.IntoShape(target.Shape, result.Shape);
        if (result.DType != target.DType) throw AutogradErrors.IntoDType(target.DType, result.DType);
        NdArray value = result.Value;
        if (lent is not null)
        {
            if (ReferenceEquals(value.Storage, lent) && value.IsContiguous) return;

            // An intermediate result lies there, or the result is a view of it. Whoever holds that keeps it.
            lent.Part();
        }
        ArrayCopy.Into(ReferenceEquals(value.Storage, target.Value.Storage) ? ArrayCopy.Contiguous(value) : value, target.Value);
        if (lent is null) target.Value.Storage.Version++;
        GC.KeepAlive(value.Storage);
    }
}

// Results into given tensors.
public sealed partial class Tensor
{
    /// <summary>
    /// Computes into a tensor that is there, as PyTorch's <c>out=</c> does: <c>Tensor.Into(z, () => x.MatMul(y))</c>. One operation
    /// writes its result straight to the tensor's memory, if that is contiguous and not read by it; otherwise the result is copied there.
    /// </summary>
    /// <param name="into">Where the result goes: of its shape and type.</param>
    /// <param name="function">Computes the result. It may read <paramref name="into"/> with its first operation only, and must keep nothing that it made.</param>
    /// <returns><paramref name="into"/>.</returns>
    /// <exception cref="AutogradException">
    /// While operations are recorded, a tensor requires a gradient; a tensor belongs to a transform or a trace; several elements of
    /// <paramref name="into"/> share a place in memory; or the function reads it after having written to it.
    /// </exception>
    /// <exception cref="ShapeException">The result has another shape. If one operation computed it, the tensor is as it was.</exception>
    /// <exception cref="DTypeException">The result has another type. If one operation computed it, the tensor is as it was.</exception>
    public static Tensor Into(Tensor into, Func<Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(into);
        ArgumentNullException.ThrowIfNull(function);
        ResultMemory.Compute(into, function);
        return into;
    }
}
