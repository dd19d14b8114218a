using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Along which axis of each argument, or of each result, the items of <c>Vmap</c> lie: one axis for all (<c>0</c>, the default), or
/// one for each, <c>null</c> where it is the same for all items: <c>(0, null)</c>, <c>[0, null, 1]</c>. Negative ones count from the back.
/// </summary>
[CollectionBuilder(typeof(BatchAxes), nameof(Create))]
public readonly struct BatchAxes : IEnumerable<int?>
{
    private readonly int?[]? axes;
    private readonly int single;

    private BatchAxes(int?[] axes) => this.axes = axes;

    private BatchAxes(int single) => this.single = single;

    /// <summary>One for each argument or result.</summary>
    /// <param name="axes">Null where it is the same for all items.</param>
    public static BatchAxes Create(ReadOnlySpan<int?> axes) => new(axes.ToArray());

    /// <summary>The same axis of every argument or result.</summary>
    public static implicit operator BatchAxes(int axis) => new(axis);

    /// <summary>The axes of two arguments or results.</summary>
    public static implicit operator BatchAxes((int? First, int? Second) axes) => new([axes.First, axes.Second]);

    /// <summary>The axes of three arguments or results.</summary>
    public static implicit operator BatchAxes((int? First, int? Second, int? Third) axes) => new([axes.First, axes.Second, axes.Third]);

    /// <summary>One axis for each of a number of arguments.</summary>
    internal int?[] For(string op, int count) => Of(count) ?? throw TransformErrors.AxesCount(op, "inAxes", axes!.Length, count);

    /// <summary>One axis for each of a number of results.</summary>
    internal int?[] ForResults(string op, int count) => Of(count) ?? throw TransformErrors.OutAxesCount(op, "outAxes", axes!.Length, count);

    private int?[]? Of(int count)
    {
        if (axes is null)
        {
            var same = new int?[count];
            Array.Fill(same, single);
            return same;
        }
        return axes.Length == count ? axes : null;
    }

    /// <inheritdoc/>
    public IEnumerator<int?> GetEnumerator() => ((IEnumerable<int?>)(axes ?? [single])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => axes is null ? $"{single}" : $"[{string.Join(", ", axes.Select(axis => axis?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "null"))}]";
}
