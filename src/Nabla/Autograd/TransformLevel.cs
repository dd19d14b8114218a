namespace Nabla;

/// <summary>
/// One call of a transform that gives tensors another kind of value while it runs. Levels are numbered in the order in which
/// they begin; the highest is always dealt with first, so that nested transforms never mix.
/// </summary>
internal sealed class TransformLevel
{
    private static long levels;

    [ThreadStatic]
    private static TransformLevel? innermost;

    private readonly string transform;
    private readonly TransformLevel? outer;

    public TransformLevel(string transform)
    {
        this.transform = transform;
        outer = innermost;
        innermost = this;
    }

    /// <summary>The level that began last on this thread and has not ended.</summary>
    public static TransformLevel? Innermost => innermost;

    /// <summary>Greater than that of every level begun before.</summary>
    public long Number { get; } = Interlocked.Increment(ref levels);

    /// <summary>When it began: what existed then is older.</summary>
    public int Epoch { get; } = Epochs.Next();

    /// <summary>The transform's name, for messages.</summary>
    public string Transform => transform;

    /// <summary>Whether the transform has returned: values of this level must no longer be used.</summary>
    public bool HasEnded { get; private set; }

    public void End()
    {
        HasEnded = true;
        if (ReferenceEquals(innermost, this)) innermost = outer;
    }

    /// <summary>
    /// Until disposed of: a level and those around it are active, as they were when it was the innermost; for code that is run
    /// again later.
    /// </summary>
    public static Reopening Reopen(TransformLevel? level) => new(level);

    internal sealed class Reopening : IDisposable
    {
        private readonly TransformLevel? before = innermost;
        private readonly List<TransformLevel> ended = [];

        public Reopening(TransformLevel? level)
        {
            innermost = level;
            for (; level is not null; level = level.outer)
            {
                if (!level.HasEnded) continue;
                ended.Add(level);
                level.HasEnded = false;
            }
        }

        public void Dispose()
        {
            foreach (TransformLevel level in ended) level.HasEnded = true;
            innermost = before;
        }
    }

    /// <exception cref="AutogradException">The transform has returned.</exception>
    public void CheckActive(string op)
    {
        if (HasEnded) throw AutogradErrors.EndedLevel(op, transform);
    }

    /// <summary>The highest level among tensors; null if all are plain.</summary>
    public static TransformLevel? Highest(ReadOnlySpan<Tensor> tensors)
    {
        TransformLevel? highest = null;
        foreach (Tensor tensor in tensors)
        {
            if (!tensor.HasLevel) continue;
            TensorExtra extra = tensor.Extra!;
            TransformLevel level = extra.Dual?.Level ?? extra.Batch!.Level;
            if (highest is null || level.Number > highest.Number) highest = level;
        }
        return highest;
    }
}
