using System.Collections;

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
    /// <summary>All tensors of a structure, in order.</summary>
    /// <param name="structure">A tensor or a structure of them.</param>
    /// <exception cref="ArgumentException">There is no tensor in it, a member is null, or one has a type that is no structure; the text says which.</exception>
    public static Tensor[] Flatten<T>(T structure) => Flatten("TensorStructure.Flatten", structure, structure, isResult: false);

    /// <summary>The same structure with other tensors.</summary>
    /// <param name="like">Whose form and constants are taken over; it is left as it is.</param>
    /// <param name="tensors">As many as <see cref="Flatten{T}(T)"/> gives, in that order.</param>
    /// <exception cref="ArgumentException">There are more or fewer tensors; or <paramref name="like"/> is not a structure of tensors.</exception>
    public static T Rebuild<T>(T like, IReadOnlyList<Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (like is Tensor && tensors.Count == 1) return (T)(object)tensors[0];
        var walk = new StructureWalk("TensorStructure.Rebuild", isResult: false, tensors);
        object? built = walk.Rebuild(like, typeof(T));
        return walk.Taken == tensors.Count ? (T)built! : throw TransformErrors.StructureCount("TensorStructure.Rebuild", tensors.Count, walk.Taken);
    }

    /// <summary>A structure of the same form, each tensor replaced by what a function makes of it.</summary>
    /// <inheritdoc cref="Flatten{T}(T)" path="/exception"/>
    public static T Map<T>(T structure, Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Rebuild(structure, Array.ConvertAll(Flatten("TensorStructure.Map", structure, structure, isResult: false), x => function(x)));
    }

    /// <summary>A structure of the same form, its tensors made from those in the same places of two structures: a step of descent is <c>Map(model, gradient, (w, g) => w - rate * g)</c>.</summary>
    /// <inheritdoc cref="Flatten{T}(T)" path="/exception"/>
    public static T Map<T>(T first, T second, Func<Tensor, Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        Tensor[] left = Flatten("TensorStructure.Map", first, first, isResult: false), right = Flatten("TensorStructure.Map", second, first, isResult: false);
        return Rebuild(first, [.. left.Select((x, i) => function(x, right[i]))]);
    }

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

/// <summary>A walk through a structure: collects tensors or puts others in their places, and knows where it is.</summary>
internal sealed class StructureWalk(string op, bool isResult, IReadOnlyList<Tensor>? replacements)
{
    // Deeper than any structure that is meant, and shallow enough for the stack.
    private const int MostLevels = 200;

    private readonly List<string> path = [];

    public List<Tensor> Collected { get; } = [];

    /// <summary>If not null: receives the members that are no tensors, and the lengths and keys of collections.</summary>
    public List<object?>? Constants { get; init; }

    /// <summary>Whether a result may hold members that are no tensors: of a compiled function they belong to the program.</summary>
    public bool KeepsConstants { get; init; }

    /// <summary>How many replacements have found a place.</summary>
    public int Taken { get; private set; }

    public void Collect(object? value, object? like, Type declared)
    {
        if (value is Tensor tensor)
        {
            if (like is not Tensor) throw Error(TransformErrors.OtherForm(op, Place, declared));
            Collected.Add(tensor);
            return;
        }
        if (value is null)
        {
            if (!StructureKind.IsConstant(declared)) throw Error(TransformErrors.NullMember(op, Place, declared));
            Constant(declared);
            Constants?.Add(null);
            return;
        }
        StructureKind kind = Kind(value);
        if (kind.HoldsNoTensors)
        {
            Constant(value.GetType());
            Constants?.Add(value);
            return;
        }
        if (Constants is not null && value is ICollection collection) Constants.Add(value is IDictionary { Keys: { } keys } ? keys.Cast<object>().ToArray() : collection.Count);
        if (!ReferenceEquals(value, like) && like?.GetType() != value.GetType() && !(value is IList && like is IList)) throw Error(TransformErrors.OtherForm(op, Place, declared));
        kind.Collect(value, like!, this);
    }

    public object? Rebuild(object? like, Type declared)
    {
        if (like is Tensor) return Taken < replacements!.Count ? replacements[Taken++] : throw TransformErrors.StructureCount(op, replacements.Count, Taken + 1);
        if (like is null) return StructureKind.IsConstant(declared) ? null : throw Error(TransformErrors.NullMember(op, Place, declared));
        StructureKind kind = Kind(like);
        if (kind.HoldsNoTensors) return like;
        object built = kind.Rebuild(like, this);
        return declared.IsInstanceOfType(built) ? built : throw Error(TransformErrors.Unsupported(op, Place, like.GetType(), "Use an array or a List."));
    }

    /// <summary>Steps into a member or element. Every call is followed by <see cref="Leave"/>.</summary>
    public void Enter(string member)
    {
        path.Add(member);
        if (path.Count > MostLevels) throw Error(TransformErrors.TooDeep(op, MostLevels, string.Concat(path.Take(3))));
    }

    public void Leave() => path.RemoveAt(path.Count - 1);

    /// <summary>An error about the argument is one of the argument, one about a result is one of the function.</summary>
    public Exception Error(string text) => isResult ? new AutogradException(text) : new ArgumentException(text);

    /// <summary>Passes a member that is no tensor by its type.</summary>
    public void Constant(Type type)
    {
        if (isResult && !KeepsConstants) throw Error(TransformErrors.NotATensor(op, Place, type));
    }

    public void MismatchedForm(Type type) => throw Error(TransformErrors.OtherForm(op, Place, type));

    private string Place => path.Count == 0 ? (isResult ? "the result" : "the argument") : (isResult ? "result" : "argument") + string.Concat(path);

    private StructureKind Kind(object value) => StructureKind.Of(value.GetType()) is { Problem: null } kind
        ? kind
        : throw Error(TransformErrors.Unsupported(op, Place, value.GetType(), StructureKind.Of(value.GetType()).Problem));
}
