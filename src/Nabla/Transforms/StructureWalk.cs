using System.Collections;

namespace Nabla;

/// <summary>A walk through a structure: collects tensors or puts others in their places, and knows where it is.</summary>
internal sealed class StructureWalk(string op, bool isResult, IReadOnlyList<Tensor>? replacements)
{
    // Deeper than any structure that is meant, and shallow enough for the stack.
    private const int MostLevels = 200;

    private readonly List<string> path = [];

    public List<Tensor> Collected { get; } = [];

    /// <summary>If not null: receives the members that are no tensors, and the lengths and keys of collections.</summary>
    public List<object?>? Constants { get; init; }

    /// <summary>If not null: receives for each tensor where it stands, such as <c>argument.Rest[1].Weight</c>.</summary>
    public List<string>? Places { get; init; }

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
            Places?.Add(Place);
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
