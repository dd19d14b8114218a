namespace Nabla.Tests.Ops;

/// <summary>Derivatives of plain functions for tests, by the engine and by differences, independent of the transforms.</summary>
internal static class Calculus
{
    /// <summary>The derivative along a direction, by forward mode.</summary>
    public static Tensor Tangent(Func<Tensor[], Tensor> f, Tensor[] x, Tensor[] direction)
    {
        var level = new TransformLevel("test");
        var pairs = new Tensor[x.Length];
        for (int i = 0; i < x.Length; i++) pairs[i] = x[i].DType.IsFloatingPoint() ? ForwardMode.Pair(level, x[i], direction[i]) : x[i];
        (Tensor value, Tensor? tangent) = ForwardMode.Split(f(pairs), level);
        return tangent ?? Tensor.ZerosLike(value);
    }

    /// <summary>The gradients of v·f, by reverse mode; zeros where f does not depend on an input.</summary>
    public static Tensor[] Gradient(Func<Tensor[], Tensor> f, Tensor[] x, Tensor v, bool createGraph = false)
    {
        // A fresh handle per input keeps what the caller recorded: + 0 is the identity of the tape.
        var leaves = new Tensor[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            leaves[i] = !x[i].DType.IsFloatingPoint() ? x[i] : x[i].RequiresGrad ? x[i] + 0.0 : x[i].WithoutHistory().RequireGrad();
        }
        Tensor y = f(leaves);
        if (!y.RequiresGrad) return Array.ConvertAll(x, t => Tensor.ZerosLike(t, DType.Float64));
        Tensor[] floating = [.. leaves.Where(t => t.DType.IsFloatingPoint())];
        var gradients = new Queue<Tensor?>(Autograd.Grad([y], floating, [v], createGraph: createGraph, allowUnused: true));
        return Array.ConvertAll(leaves, leaf => (leaf.DType.IsFloatingPoint() ? gradients.Dequeue() : null) ?? Tensor.ZerosLike(leaf, DType.Float64));
    }

    /// <summary>(f(x + h·u) − f(x − h·u)) / 2h.</summary>
    public static Tensor CentralDifference(Func<Tensor[], Tensor> f, Tensor[] x, Tensor[] direction, double step)
    {
        Tensor At(double h)
        {
            var moved = new Tensor[x.Length];
            for (int i = 0; i < x.Length; i++) moved[i] = x[i].DType.IsFloatingPoint() ? (x[i] + (h * direction[i])).Detach() : x[i];
            return f(moved).Detach();
        }
        return (At(step) - At(-step)) / (2 * step);
    }

    public static double Inner(Tensor a, Tensor b)
    {
        double sum = 0;
        double[] left = a.ToArray<double>(), right = b.ToArray<double>();
        for (int i = 0; i < left.Length; i++) sum += left[i] * right[i];
        return sum;
    }

    public static double Magnitude(Tensor a, Tensor b)
    {
        double sum = 0;
        double[] left = a.ToArray<double>(), right = b.ToArray<double>();
        for (int i = 0; i < left.Length; i++) sum += Math.Abs(left[i] * right[i]);
        return sum;
    }

    /// <summary>The same values in another memory layout: reversed axes, every second place.</summary>
    public static Tensor Scatter(Tensor x)
    {
        if (x.Rank == 0 || x.Numel == 0) return x;
        int[] padded = x.Shape.ToArray();
        Array.Reverse(padded);
        for (int axis = 0; axis < padded.Length; axis++) padded[axis] *= 2;
        Tensor place = Tensor.Zeros(Shape.Create(padded), x.DType);
        for (int axis = 0; axis < padded.Length; axis++) place = new Tensor(EverySecond(place.Value, axis));
        Axis[] reversed = [.. Enumerable.Range(0, x.Rank).Reverse().Select(i => (Axis)i)];
        place = place.Permute(reversed);
        ArrayCopy.Into(x.Value, place.Value);
        Assert.True(x.Numel <= 1 || !place.IsContiguous);
        return place.Detach();
    }

    private static NdArray EverySecond(NdArray x, int axis)
    {
        int[] dims = [.. x.Dims], strides = [.. x.Strides];
        dims[axis] /= 2;
        strides[axis] *= 2;
        return x.View(dims, strides, x.Offset);
    }

    public static void AssertClose(Sample sample, string what, Tensor actual, Tensor expected, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double[] a = actual.ToArray<double>(), e = expected.ToArray<double>();
        for (int i = 0; i < a.Length; i++)
        {
            bool same = a[i].Equals(e[i]) || Math.Abs(a[i] - e[i]) <= tolerance * Math.Max(1, Math.Abs(e[i]));
            Assert.True(same, $"{sample}: {what}: element {i} is {a[i]:R}, expected {e[i]:R}.");
        }
    }
}
