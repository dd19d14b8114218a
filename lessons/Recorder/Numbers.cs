using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla.Lessons;

/// <summary>A few numbers in row-major order, wherever they come from: a number, a list, a tensor.</summary>
[CollectionBuilder(typeof(Numbers), nameof(Create))]
public sealed class Numbers : IEnumerable<double>
{
    private Numbers(double[] flat) => Flat = flat;

    internal double[] Flat { get; }

    internal double Largest => Flat.Length == 0 ? 0 : Flat.Max(Math.Abs);

    public static Numbers Create(ReadOnlySpan<double> values) => new(values.ToArray());

    public static implicit operator Numbers(double value) => new([value]);

    public static implicit operator Numbers(double[] values) => new(values);

    public static implicit operator Numbers(double[][] rows) => new([.. rows.SelectMany(row => row)]);

    public static implicit operator Numbers(Tensor tensor) => new(tensor.Detach().ToArray<double>());

    public IEnumerator<double> GetEnumerator() => ((IEnumerable<double>)Flat).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Flat.GetEnumerator();

    /// <summary>Whether all numbers are within <paramref name="relative"/> of the largest of the other's.</summary>
    internal bool AreNear(Numbers other, double relative) => AreNear(other, relative, other.Largest);

    internal bool AreNear(Numbers other, double relative, double scale)
    {
        if (Flat.Length != other.Flat.Length) return false;
        double tolerance = relative * (scale == 0 ? 1 : scale);
        return Flat.Zip(other.Flat, (a, b) => Math.Abs(a - b) <= tolerance).All(near => near);
    }
}
