using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// The lengths of a tensor's axes, outermost first; <c>[]</c> is the shape of a scalar. Immutable; two shapes are equal
/// when their lengths are.
/// </summary>
/// <remarks>Written as a collection expression, a number or a tuple: <c>[2, 3]</c>, <c>3</c>, <c>(2, 3)</c>.</remarks>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IEquatable<Shape>, IReadOnlyList<int>
{
    private readonly int[]? dims;

    /// <summary>Wraps lengths that nobody will change any more.</summary>
    internal Shape(int[] dims) => this.dims = dims;

    /// <summary>The shape of a scalar: no axes, one element.</summary>
    public static Shape Scalar => default;

    /// <summary>The number of axes.</summary>
    public int Rank => dims?.Length ?? 0;

    /// <summary>The number of elements: the product of the lengths.</summary>
    public int Numel => Product(Dims);

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>The array behind the shape; never written to.</summary>
    internal int[] Dims => dims ?? [];

    /// <summary>The length of one axis.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int this[Axis axis] => Dims[axis.Resolve(Rank, nameof(Shape))];

    int IReadOnlyList<int>.this[int index] => Dims[index];

    /// <summary>Makes a shape from lengths.</summary>
    /// <exception cref="ShapeException">A length is negative, or the product passes 2³¹ − 1.</exception>
    public static Shape Create(ReadOnlySpan<int> lengths)
    {
        long numel = 1;
        foreach (int length in lengths)
        {
            if (length < 0) throw new ShapeException($"Shape: lengths must not be negative, got {Text(lengths)}. Use 0 or more for each axis.");
            numel *= length;
            if (numel > int.MaxValue)
                throw new ShapeException($"Shape: {Text(lengths)} has more than {int.MaxValue} elements, the most that one tensor holds. Split it.");
        }
        return lengths.Length switch
        {
            0 => default,
            1 => new Shape(Lengths(lengths[0])),
            2 => new Shape(Lengths(lengths[0], lengths[1])),
            _ => new Shape(lengths.ToArray()),
        };
    }

    /// <summary>The shape of a vector.</summary>
    public static implicit operator Shape(int length) => Create([length]);

    /// <summary>The shape of a matrix.</summary>
    public static implicit operator Shape((int Rows, int Columns) lengths) => Create([lengths.Rows, lengths.Columns]);

    /// <summary>The shape of three axes.</summary>
    public static implicit operator Shape((int First, int Second, int Third) lengths) => Create([lengths.First, lengths.Second, lengths.Third]);

    /// <summary>The lengths, for methods that take them one by one.</summary>
    public static implicit operator ReadOnlySpan<int>(Shape shape) => shape.Dims;

    /// <summary>Whether two shapes have the same lengths.</summary>
    public static bool operator ==(Shape left, Shape right) => left.Equals(right);

    /// <summary>Whether two shapes differ.</summary>
    public static bool operator !=(Shape left, Shape right) => !left.Equals(right);

    /// <summary>The lengths as a new array.</summary>
    public int[] ToArray() => Dims.AsSpan().ToArray();

    /// <inheritdoc/>
    public bool Equals(Shape other) => Dims.AsSpan().SequenceEqual(other.Dims);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int length in Dims) hash.Add(length);
        return hash.ToHashCode();
    }

    /// <summary>The lengths in brackets: <c>[2, 3]</c>.</summary>
    public override string ToString() => Text(Dims);

    /// <summary>The lengths, outermost first.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // ---- the arrays of small shapes, made once: nobody writes to them ----------------------------------------------------

    private const int Shared = 33;
    private static readonly int[]?[] Vectors = new int[]?[Shared];
    private static readonly int[]?[] Matrices = new int[]?[Shared * Shared];

    /// <summary>The lengths of a vector.</summary>
    internal static int[] Lengths(int length) => (uint)length < Shared ? Vectors[length] ??= [length] : [length];

    /// <summary>The lengths of a matrix, or its strides.</summary>
    internal static int[] Lengths(int rows, int columns) =>
        (uint)rows < Shared && (uint)columns < Shared ? Matrices[(rows * Shared) + columns] ??= [rows, columns] : [rows, columns];

    internal static string Text(ReadOnlySpan<int> dims) => "[" + string.Join(", ", dims.ToArray()) + "]";

    internal static int Product(ReadOnlySpan<int> dims)
    {
        int product = 1;
        foreach (int length in dims) product *= length;
        return product;
    }
}
