namespace Nabla;

/// <summary>
/// Structures of tensors: tuples, arrays, lists, dictionaries, records and structs of tensors and of such structures. What is
/// neither (numbers, texts, delegates) is kept as it is.
/// </summary>
/// <remarks>
/// The order of the tensors is that of the members as declared, of elements by position, and of entries as a dictionary lists
/// them. A type is looked at by reflection once, when it is first met; after that its members are read and written by delegates.
/// </remarks>
public static class TensorStructure
{
    private const string MapOp = "TensorStructure.Map";

    /// <summary>All tensors of a structure, in order.</summary>
    /// <param name="structure">A tensor or a structure of them.</param>
    /// <exception cref="ArgumentException">There is no tensor in it, a member is null, or one has a type that is no structure; the text says which.</exception>
    public static Tensor[] Flatten<T>(T structure) => Flatten("TensorStructure.Flatten", structure, structure, isResult: false);

    /// <summary>The same structure with other tensors.</summary>
    /// <param name="like">Whose form and constants are taken over; it is left as it is.</param>
    /// <param name="tensors">As many as <see cref="Flatten{T}(T)"/> gives, in that order.</param>
    /// <exception cref="ArgumentException">There are more or fewer tensors, or one is null; or <paramref name="like"/> is not a structure of tensors.</exception>
    public static T Rebuild<T>(T like, IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        const string op = "TensorStructure.Rebuild";
        for (int i = 0; i < tensors.Count; i++)
            if (tensors[i] is null) throw TransformErrors.NullTensor(op, i);
        if (like is Tensor && tensors.Count == 1) return (T)(object)tensors[0];
        var walk = new StructureWalk(op, isResult: false, tensors);
        object? built = walk.Rebuild(like, typeof(T));
        return walk.Taken == tensors.Count ? (T)built! : throw TransformErrors.StructureCount(op, tensors.Count, walk.Taken);
    }

    /// <summary>A structure of the same form, each tensor replaced by what a function makes of it.</summary>
    /// <inheritdoc cref="Flatten{T}(T)" path="/exception"/>
    /// <exception cref="AutogradException">The function returned null.</exception>
    public static T Map<T>(T structure, Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        StructureTensors tensors = Named(MapOp, structure);
        return Rebuild(structure, Made(tensors, i => function(tensors[i])));
    }

    /// <summary>A structure of the same form, its tensors made from those in the same places of two structures: a step of descent is <c>Map(model, gradient, (w, g) => w - rate * g)</c>.</summary>
    /// <inheritdoc cref="Map{T}(T, Func{Tensor, Tensor})" path="/exception"/>
    public static T Map<T>(T first, T second, Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        StructureTensors left = Named(MapOp, first);
        Tensor[] right = Flatten(MapOp, second, first, isResult: false);
        return Rebuild(first, Made(left, i => function(left[i], right[i])));
    }

    private static Tensor[] Made(StructureTensors tensors, Func<int, Tensor> make)
    {
        var made = new Tensor[tensors.Count];
        for (int i = 0; i < made.Length; i++) made[i] = make(i) ?? throw TransformErrors.NothingFor(MapOp, tensors, i);
        return made;
    }

    /// <summary>All tensors of an argument, which know where they stand.</summary>
    internal static StructureTensors Named<T>(string op, T structure) => new(Flatten(op, structure, structure, isResult: false), () =>
    {
        var walk = new StructureWalk(op, isResult: false, null) { Places = [] };
        walk.Collect(structure, structure, typeof(T));
        return walk.Places;
    });

    /// <summary>All tensors of a structure in the order of another of the same form.</summary>
    /// <param name="op">For messages.</param>
    /// <param name="structure">The structure.</param>
    /// <param name="like">Gives the order of dictionaries and the lengths of lists.</param>
    /// <param name="isResult">Whether a function of the user's returned it: then it must hold nothing but tensors.</param>
    internal static Tensor[] Flatten<T>(string op, T structure, T like, bool isResult)
    {
        if (structure is Tensor only && like is Tensor) return [only];
        var walk = new StructureWalk(op, isResult, null);
        walk.Collect(structure, like, typeof(T));
        return walk.Collected.Count > 0 ? [.. walk.Collected] : throw walk.Error(TransformErrors.NoTensors(op, typeof(T)));
    }

    /// <summary>All tensors of something that need not have any.</summary>
    internal static Tensor[] FlattenOptional<T>(T structure)
    {
        if (structure is null) return [];
        var walk = new StructureWalk("Functional.CustomVjp", isResult: false, null);
        walk.Collect(structure, structure, typeof(T));
        return [.. walk.Collected];
    }
}
