using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// How a compiled function takes the tensors out of an argument, and puts its results into the form of what the function returned.
/// What functions are mostly called with, tensors and tuples of two or three of them, goes without a look at types and without memory.
/// </summary>
internal abstract class StructurePort<T>
{
    /// <summary>The tensors of a structure, in the order of <see cref="TensorStructure.Flatten{T}(T)"/>.</summary>
    /// <param name="value">The structure.</param>
    /// <param name="room">May be used for what is returned.</param>
    /// <param name="constants">The members that are no tensors, and how many elements collections have.</param>
    /// <exception cref="ArgumentException">There is no tensor in it, a member is null, or one has a type that is no structure; the text says which.</exception>
    public abstract ReadOnlySpan<Tensor> Take(T value, Span<Tensor> room, out object?[] constants);

    /// <summary>The tensors of a structure that must have a certain form.</summary>
    /// <exception cref="ArgumentException">It has another one.</exception>
    public virtual ReadOnlySpan<Tensor> TakeLike(T value, object form, Span<Tensor> room) => TensorStructure.Flatten("Functional.Compile", value, (T)form, isResult: false);

    /// <summary>A structure of a certain form.</summary>
    public virtual T Put(object form, ReadOnlySpan<Tensor> tensors) => TensorStructure.Rebuild((T)form, tensors.ToArray());

    /// <summary>Takes a structure of any form apart.</summary>
    protected static ReadOnlySpan<Tensor> Walk(T value, out object?[] constants)
    {
        const string op = "Functional.Compile";
        var walk = new StructureWalk(op, isResult: false, null) { Constants = [] };
        walk.Collect(value, value, typeof(T));
        if (walk.Collected.Count == 0) throw walk.Error(TransformErrors.NoTensors(op, typeof(T)));
        constants = walk.Constants.Count == 0 ? [] : [.. walk.Constants];
        return walk.Collected.ToArray();
    }
}

/// <summary>The ways for the types that are known.</summary>
internal static class StructurePorts
{
    /// <summary>The most tensors for which callers keep room.</summary>
    public const int Few = 8;

    /// <summary>Room for a few tensors where a method runs.</summary>
    [InlineArray(Few)]
    public struct Room
    {
        private Tensor first;
    }

    // These forms say nothing that their types do not.
    private static readonly object Nothing = new();

    public static StructurePort<T> Of<T>()
    {
        object port = typeof(T) == typeof(Tensor) ? new One()
            : typeof(T) == typeof((Tensor, Tensor)) ? new Two()
            : typeof(T) == typeof((Tensor, Tensor, Tensor)) ? new Three()
            : typeof(T) == typeof(Tensor[]) ? new Many()
            : new Any<T>();
        return (StructurePort<T>)port;
    }

    private sealed class One : StructurePort<Tensor>
    {
        public override ReadOnlySpan<Tensor> Take(Tensor value, Span<Tensor> room, out object?[] constants)
        {
            constants = [];
            room[0] = value;
            return value is null ? Walk(value!, out constants) : room[..1];
        }

        public override ReadOnlySpan<Tensor> TakeLike(Tensor value, object form, Span<Tensor> room)
        {
            room[0] = value;
            return room[..1];
        }

        public override Tensor Put(object form, ReadOnlySpan<Tensor> tensors) => tensors[0];
    }

    private sealed class Two : StructurePort<(Tensor, Tensor)>
    {
        public override ReadOnlySpan<Tensor> Take((Tensor, Tensor) value, Span<Tensor> room, out object?[] constants)
        {
            constants = [];
            return value.Item1 is null || value.Item2 is null ? Walk(value, out constants) : TakeLike(value, Nothing, room);
        }

        public override ReadOnlySpan<Tensor> TakeLike((Tensor, Tensor) value, object form, Span<Tensor> room)
        {
            (room[0], room[1]) = value;
            return room[..2];
        }

        public override (Tensor, Tensor) Put(object form, ReadOnlySpan<Tensor> tensors) => (tensors[0], tensors[1]);
    }

    private sealed class Three : StructurePort<(Tensor, Tensor, Tensor)>
    {
        public override ReadOnlySpan<Tensor> Take((Tensor, Tensor, Tensor) value, Span<Tensor> room, out object?[] constants)
        {
            constants = [];
            return value.Item1 is null || value.Item2 is null || value.Item3 is null ? Walk(value, out constants) : TakeLike(value, Nothing, room);
        }

        public override ReadOnlySpan<Tensor> TakeLike((Tensor, Tensor, Tensor) value, object form, Span<Tensor> room)
        {
            (room[0], room[1], room[2]) = value;
            return room[..3];
        }

        public override (Tensor, Tensor, Tensor) Put(object form, ReadOnlySpan<Tensor> tensors) => (tensors[0], tensors[1], tensors[2]);
    }

    private sealed class Many : StructurePort<Tensor[]>
    {
        public override ReadOnlySpan<Tensor> Take(Tensor[] value, Span<Tensor> room, out object?[] constants)
        {
            if (value is null || value.Length == 0 || Array.IndexOf(value, null) >= 0) return Walk(value!, out constants);
            constants = [];
            return value;
        }

        public override Tensor[] Put(object form, ReadOnlySpan<Tensor> tensors) => tensors.ToArray();
    }

    private sealed class Any<T> : StructurePort<T>
    {
        public override ReadOnlySpan<Tensor> Take(T value, Span<Tensor> room, out object?[] constants) => Walk(value, out constants);
    }
}
