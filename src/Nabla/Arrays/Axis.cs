using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// One axis of a tensor: counted from the front (<c>0</c>) or from the back, written <c>^1</c> as elsewhere in C#
/// or <c>-1</c> as in PyTorch.
/// </summary>
public readonly struct Axis : IEquatable<Axis>
{
    private readonly int value;

    /// <summary>The axis at a position; negative positions count from the back.</summary>
    public Axis(int value) => this.value = value;

    /// <summary>The axis at a position; negative positions count from the back.</summary>
    public static implicit operator Axis(int value) => new(value);

    /// <summary>The axis at a position, <c>^1</c> being the last.</summary>
    public static implicit operator Axis(Index index) => new(index.IsFromEnd ? -index.Value : index.Value);

    /// <summary>Whether two axes are written alike.</summary>
    public static bool operator ==(Axis left, Axis right) => left.Equals(right);

    /// <summary>Whether two axes are written differently.</summary>
    public static bool operator !=(Axis left, Axis right) => !left.Equals(right);

    /// <summary>The position from the front in a tensor of <paramref name="rank"/> axes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The tensor has no such axis; the text names <paramref name="op"/>.</exception>
    internal int Resolve(int rank, string op)
    {
        int position = value < 0 ? value + rank : value;
        if ((uint)position >= (uint)rank) throw ArrayErrors.NoSuchAxis(op, value, rank);
        return position;
    }

    /// <inheritdoc/>
    public bool Equals(Axis other) => value == other.value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Axis other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => value;

    /// <inheritdoc/>
    public override string ToString() => value < 0 ? $"^{-value}" : $"{value}";
}

/// <summary>
/// Several axes: one (<c>1</c>, <c>^1</c>), a collection expression (<c>[0, ^1]</c>) or, left out, all of them.
/// </summary>
[CollectionBuilder(typeof(Axes), nameof(Create))]
public readonly struct Axes : IEnumerable<Axis>, IEquatable<Axes>
{
    private readonly Axis[]? axes;

    private Axes(Axis[] axes) => this.axes = axes;

    /// <summary>All axes of the tensor, whatever their number.</summary>
    public static Axes All => default;

    /// <summary>Whether these are all axes of the tensor.</summary>
    public bool IsAll => axes is null;

    /// <summary>Makes a set of axes.</summary>
    public static Axes Create(ReadOnlySpan<Axis> axes) => new(axes.ToArray());

    /// <summary>A single axis; negative positions count from the back.</summary>
    public static implicit operator Axes(int axis) => new([axis]);

    /// <summary>A single axis, <c>^1</c> being the last.</summary>
    public static implicit operator Axes(Index axis) => new([axis]);

    /// <summary>A single axis.</summary>
    public static implicit operator Axes(Axis axis) => new([axis]);

    /// <summary>Two axes.</summary>
    public static implicit operator Axes((int First, int Second) axes) => new([axes.First, axes.Second]);

    /// <summary>Whether two sets of axes are written alike.</summary>
    public static bool operator ==(Axes left, Axes right) => left.Equals(right);

    /// <summary>Whether two sets of axes are written differently.</summary>
    public static bool operator !=(Axes left, Axes right) => !left.Equals(right);

    /// <summary>The positions from the front, ascending.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ArgumentException">An axis is named twice.</exception>
    internal int[] Resolve(int rank, string op)
    {
        int[] resolved;
        if (axes is null)
        {
            resolved = new int[rank];
            for (int i = 0; i < rank; i++) resolved[i] = i;
            return resolved;
        }
        resolved = ResolveInOrder(rank, op);
        Array.Sort(resolved);
        return resolved;
    }

    /// <summary>The positions from the front, in the order they were written.</summary>
    internal int[] ResolveInOrder(int rank, string op)
    {
        if (axes is null) return Resolve(rank, op);
        var resolved = new int[axes.Length];
        for (int i = 0; i < axes.Length; i++)
        {
            resolved[i] = axes[i].Resolve(rank, op);
            for (int j = 0; j < i; j++)
                if (resolved[j] == resolved[i]) throw ArrayErrors.AxisTwice(op, resolved[i], rank);
        }
        return resolved;
    }

    /// <inheritdoc/>
    public bool Equals(Axes other) => axes is null ? other.axes is null : other.axes is not null && axes.AsSpan().SequenceEqual(other.axes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Axes other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => axes?.Length ?? -1;

    /// <summary>The axes as written; none when all are meant.</summary>
    public IEnumerator<Axis> GetEnumerator() => ((IEnumerable<Axis>)(axes ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
