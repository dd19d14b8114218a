namespace Nabla;

/// <summary>
/// Results in memory that is there already. While this is open on a thread, the first array that an operation allocates with the shape
/// and type of the given tensor lies in its memory. That array is the operation's result, whichever it is: no operation knows of this.
/// What came to lie elsewhere is copied, so a result is right in any case, and costs nothing more where the function is one operation.
/// </summary>
/// <remarks>
/// Memory is lent to an operation only that was asked before whether it reads the tensor, never to what is allocated between operations,
/// in backward passes, in functions that are being transformed, or by compiled programs.
/// </remarks>
internal sealed class ResultMemory : AllocationScope
{
    private const string Op = "Into";

    private readonly Tensor target;
    private readonly bool isSuitable;
    private readonly TransformLevel? level = TransformLevel.Innermost;
    private readonly bool isInTransform = GradMode.IsTransform;

    // Whether the operation that is running may write to the target.
    private bool mayLend;

    // The target's memory under another name: so reading the target can be told from reading an intermediate result.
    private SharedStorage? lent;

    private ResultMemory(Tensor target)
    {
        this.target = target;
        isSuitable = target.IsContiguous && target.Value.Offset == 0 && target.Numel > 0;
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
            if (ReferenceEquals(AllocationScope.Current, memory)) Enter(before);
        }
    }

    public override Storage? Lend(int[] dims, DType dtype)
    {
        if (!mayLend || dtype != target.DType || !dims.AsSpan().SequenceEqual(target.Dims)) return null;
        mayLend = false;
        lent = target.Value.Storage.Share();

        // At once: backward may run before the function ends, and the function may fail.
        if (lent is not null) target.Value.Storage.Version++;
        return lent;
    }

    public override Storage? Rent(int bytes) => null;

    public override void Made(Storage storage)
    {
    }

    /// <summary>Asked before each operation.</summary>
    /// <exception cref="AutogradException">It would be recorded or traced, or reads what has been overwritten.</exception>
    public void Meet(string op, ReadOnlySpan<Tensor> inputs)
    {
        bool isTransformed = TransformLevel.Innermost != level || GradMode.IsTransform != isInTransform, reads = false;
        foreach (Tensor input in inputs)
        {
            if (!isTransformed && input.IsTraced) throw AutogradErrors.IntoTraced(op);
            if (!isTransformed && GradMode.IsEnabled && input.RequiresGrad) throw AutogradErrors.IntoRecorded(op, input.Shape);
            if (input.IsTraced) continue;
            Use(op, input.Value);
            reads |= input.Value.Storage.IsMemoryOf(target.Value.Storage);
        }

        // An operation on the tensor itself is computed elsewhere, then copied.
        mayLend = isSuitable && !isTransformed && !reads && lent is null;
    }

    /// <summary>Told when an operation has been computed, or failed.</summary>
    public void Leave() => mayLend = false;

    /// <summary>Asked before numbers are read or changed.</summary>
    /// <exception cref="AutogradException">They have been overwritten.</exception>
    public void Use(string op, in NdArray value)
    {
        if (lent is not null && !ReferenceEquals(value.Storage, lent) && value.Storage.IsMemoryOf(target.Value.Storage)) throw AutogradErrors.IntoUsed(op, target.Shape);
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
    /// writes its result straight to the tensor's memory, if that is contiguous and not read by it; otherwise the result is copied there,
    /// and so are results of transforms and compiled functions.
    /// </summary>
    /// <param name="into">Where the result goes: of its shape and type.</param>
    /// <param name="function">Computes the result. It may use <paramref name="into"/> with its first operation only. What it keeps of its result is <paramref name="into"/> under another name.</param>
    /// <returns><paramref name="into"/>.</returns>
    /// <exception cref="AutogradException">
    /// While operations are recorded, a tensor requires a gradient; a tensor belongs to a transform or a trace; several elements of
    /// <paramref name="into"/> share a place in memory; or the function reads or changes it after having written to it.
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
