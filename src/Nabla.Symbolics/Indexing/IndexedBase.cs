namespace Nabla.Symbolics;

/// <summary>
/// The name of an array of variables: <c>mu[i]</c>, <c>A[i, j]</c>. Two bases of one name and shape are equal. A shape is optional; it
/// says that every index runs from 0 to its length less one, which spares derivatives the question whether an index is in range.
/// </summary>
public sealed class IndexedBase : IEquatable<IndexedBase>
{
    private readonly Expr[] shape;

    /// <summary>The array of that name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="shape">The length along each index: whole numbers or formulas such as <c>n</c>; none if it is not known.</param>
    public IndexedBase(string name, params ReadOnlySpan<Expr> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        this.shape = shape.ToArray();
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The length along each index; empty if it is not known.</summary>
    public IReadOnlyList<Expr> Shape => Array.AsReadOnly(shape);

    /// <summary>The element at these indices: whole numbers, or formulas of integer symbols.</summary>
    /// <exception cref="ArgumentException">The number of indices is 0 or differs from the shape, or a number is no index of it.</exception>
    public Indexed this[params ReadOnlySpan<Expr> indices] => Indexed.Of(this, indices);

    /// <inheritdoc/>
    public bool Equals(IndexedBase? other) => other is not null && Name == other.Name && shape.AsSpan().SequenceEqual(other.shape);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as IndexedBase);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Name) + shape.Length;

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    internal static int Compare(IndexedBase a, IndexedBase b)
    {
        var order = string.CompareOrdinal(a.Name, b.Name);
        if (order == 0) order = a.shape.Length - b.shape.Length;
        for (var i = 0; order == 0 && i < a.shape.Length; i++) order = CanonicalOrder.Compare(a.shape[i], b.shape[i]);
        return order;
    }
}
