namespace Nabla;

/// <summary>What random numbers drawn inside the function of <c>Vmap</c> are.</summary>
public enum VmapRandomness
{
    /// <summary>An error, so that the choice is made knowingly; the default, as in PyTorch.</summary>
    Error,

    /// <summary>Drawn anew for each item.</summary>
    Different,

    /// <summary>Drawn once, the same for all items.</summary>
    Same,
}

/// <summary>The calls of <c>Vmap</c> that are running on this thread, the innermost first: random numbers ask them.</summary>
internal sealed class VmapScope : IDisposable
{
    [ThreadStatic]
    private static VmapScope? innermost;

    private readonly VmapScope? outer;
    private readonly VmapRandomness randomness;
    private readonly int count;

    public VmapScope(string transform, int count, VmapRandomness randomness)
    {
        Level = new TransformLevel(transform);
        this.count = count;
        this.randomness = randomness;
        outer = innermost;
        innermost = this;
    }

    public TransformLevel Level { get; }

    /// <summary>The innermost call that is running on this thread.</summary>
    public static VmapScope? Innermost => innermost;

    /// <summary>Makes random numbers ask another call, or none. Returns the former one.</summary>
    public static VmapScope? Replace(VmapScope? scope)
    {
        VmapScope? before = innermost;
        innermost = scope;
        return before;
    }

    /// <summary>Draws numbers of a shape, for each item where that is asked for.</summary>
    /// <param name="op">The name for messages.</param>
    /// <param name="shape">The shape of an item.</param>
    /// <param name="draw">Draws an array of a shape.</param>
    public static Tensor Draw(string op, Shape shape, Func<Shape, Tensor> draw)
    {
        if (innermost is null) return Drawn(op, shape, draw);

        // The outermost items lie in front.
        var apart = new List<VmapScope>();
        int[] dims = shape.Dims;
        for (VmapScope? scope = innermost; scope is not null; scope = scope.outer)
        {
            if (scope.randomness == VmapRandomness.Error) throw AutogradErrors.RandomItems(op);
            if (scope.randomness == VmapRandomness.Same) continue;
            apart.Add(scope);
            dims = [scope.count, .. dims];
        }
        Tensor x = Drawn(op, new Shape(dims), draw);
        for (int i = apart.Count - 1; i >= 0; i--) x = BatchMode.Wrap(apart[i].Level, x);
        return x;
    }

    private static Tensor Drawn(string op, Shape shape, Func<Shape, Tensor> draw) =>
        Recorder.Current is { } recorder ? recorder.Draw(op, () => draw(shape)) : draw(shape);

    public void Dispose()
    {
        Level.End();
        innermost = outer;
    }
}
