namespace Nabla.Symbolics;

/// <summary>An element of an array of variables, such as <c>mu[i]</c>; the operands are the indices. It can be differentiated by, like a symbol.</summary>
public sealed class Indexed : Expr
{
    private Indexed(IndexedBase @base, Expr[] indices)
        : base(indices, HashOf(@base.GetHashCode() ^ 0x7100, indices), MaskOf(@base), 1) => Base = @base;

    /// <summary>The array.</summary>
    public IndexedBase Base { get; }

    internal ulong BaseMask => MaskOf(Base);

    internal static Indexed Of(IndexedBase @base, ReadOnlySpan<Expr> indices)
    {
        if (indices.Length == 0) throw new ArgumentException($"{@base.Name}[]: an element needs one index at least.", nameof(indices));
        var shape = @base.Shape;
        if (shape.Count > 0 && shape.Count != indices.Length)
        {
            throw new ArgumentException(
                $"{@base.Name}[{string.Join(", ", indices.ToArray().AsEnumerable())}]: the array has {shape.Count} indices, got {indices.Length}.", nameof(indices));
        }

        for (var i = 0; i < indices.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(indices[i], nameof(indices));
            if (indices[i] is not Number number) continue;
            if (!number.IsInteger || (shape.Count > 0 && (number.IsNegative || (shape[i] is Number length && Number.Compare(number, length) >= 0))))
            {
                throw new ArgumentException(
                    $"{@base.Name}: {number} is no index of it. An index is a whole number"
                    + (shape.Count > 0 ? $" from 0 to {shape[i] - 1}." : "."), nameof(indices));
            }
        }

        return InternTable.Intern(new Indexed(@base, indices.ToArray()));
    }

    internal override bool SameNode(Expr other) => other is Indexed indexed && indexed.Base.Equals(Base) && SameArgs(other);

    private static ulong MaskOf(IndexedBase @base) => 1UL << (int)((uint)@base.GetHashCode() % 64);
}
