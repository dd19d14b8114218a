using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// The tensors that a function captures, and the variables in which it holds them: those of its closure, of the functions that it calls
/// through variables, and the fields of the object whose method it is. If a tensor is given other memory or a variable is assigned another
/// tensor, what was recorded is of the old one.
/// </summary>
internal sealed class ClosureGuard
{
    private readonly RecordedInput[] captured;
    private readonly (object Owner, FieldInfo Variable, Tensor Held, NdArray Value)[] held;

    /// <param name="function">The function.</param>
    /// <param name="captured">What it was seen to capture.</param>
    public ClosureGuard(Delegate function, RecordedInput[] captured)
    {
        this.captured = captured;
        var found = new List<(object, FieldInfo, Tensor, NdArray)>();
        var memory = new HashSet<Storage>();
        foreach (RecordedInput input in captured)
            if (input.Storage is { } storage) memory.Add(storage);
        if (memory.Count > 0 && function.Target is { } target) Visit(target, memory, found, new HashSet<object>(ReferenceEqualityComparer.Instance));
        held = [.. found];
    }

    /// <summary>
    /// Whether every captured tensor has the memory that it had, and every variable holds the tensor that it held, or one that is the same
    /// to a function: the same view of the same memory, with the same history.
    /// </summary>
    public bool Holds
    {
        get
        {
            foreach (RecordedInput input in captured)
                foreach (Tensor handle in input.Handles)
                    if (!ReferenceEquals(handle.Value.Storage, input.Storage)) return false;
            foreach ((object owner, FieldInfo variable, Tensor was, NdArray value) in held)
                if (variable.GetValue(owner) is not Tensor now || !AreSame(now, was, value)) return false;
            return true;
        }
    }

    private static bool AreSame(Tensor now, Tensor was, in NdArray value)
    {
        if (!ReferenceEquals(now.Value.Storage, value.Storage)) return false;
        if (!ReferenceEquals(now, was) && (now.RequiresGrad || was.RequiresGrad)) return false;
        return now.Value.Offset == value.Offset && now.Dims.AsSpan().SequenceEqual(value.Dims) && now.Value.Strides.AsSpan().SequenceEqual(value.Strides);
    }

    private static void Visit(object owner, HashSet<Storage> memory, List<(object, FieldInfo, Tensor, NdArray)> found, HashSet<object> seen)
    {
        if (!seen.Add(owner)) return;
        for (Type? type = owner.GetType(); type is not null; type = type.BaseType)
        {
            foreach (FieldInfo variable in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (variable.FieldType.IsValueType) continue;
                object? value = variable.GetValue(owner);
                if (value is Tensor x && !variable.IsInitOnly && memory.Contains(x.Value.Storage)) found.Add((owner, variable, x, x.Value));
                else if (value is Delegate { Target: { } target }) Visit(target, memory, found, seen);
                else if (value is not null && value.GetType().IsDefined(typeof(CompilerGeneratedAttribute))) Visit(value, memory, found, seen);
            }
        }
    }
}
