namespace Nabla.Tests.Kernels;

public sealed unsafe class StridedCopyTests
{
    private static readonly DType[] Types = [.. Enum.GetValues<DType>().Where(type => !type.IsComplex())];

    public static TheoryData<int[], int[], int[]> Layouts => new()
    {
        { [], [], [] },
        { [0, 3], [3, 1], [3, 1] },
        { [5], [1], [1] },
        { [5], [-1], [1] },
        { [5], [0], [1] },
        { [7, 9], [9, 1], [9, 1] },
        { [7, 9], [1, 7], [9, 1] },
        { [70, 33], [1, 70], [33, 1] },
        { [33, 70], [70, 1], [1, 33] },
        { [7, 9], [-9, -1], [9, 1] },
        { [7, 9], [-9, 1], [9, 1] },
        { [7, 9], [9, 1], [-9, -1] },
        { [7, 9], [0, 1], [9, 1] },
        { [7, 9], [1, 0], [9, 1] },
        { [7, 9], [0, 0], [9, 1] },
        { [7, 9], [20, 2], [9, 1] },
        { [7, 9], [9, 1], [20, 2] },
        { [3, 1, 4, 1, 5], [20, 9, 5, 9, 1], [20, 20, 5, 5, 1] },
        { [3, 4, 5], [1, 3, 12], [20, 5, 1] },
        { [4, 33, 65], [33, 1, 132], [33 * 65, 65, 1] },
        { [4, 33, 65], [1, 4, 132], [33 * 65, 65, 1] },
        { [2, 3, 4, 5, 6], [1, 2, 6, 24, 120], [360, 120, 30, 6, 1] },
        { [2, 3, 4, 5], [60, 20, 5, 1], [1, 2, 6, 24] },
        { [6, 5], [6, 1], [5, 1] },
        { [2, 2, 129], [0, 129, 1], [258, 129, 1] },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Every_element_arrives_where_its_index_says(int[] shape, int[] from, int[] to)
    {
        Check<byte>(shape, from, to);
        Check<uint>(shape, from, to);
        Check<ulong>(shape, from, to);
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Every_pair_of_types_converts_in_every_layout(int[] shape, int[] from, int[] to)
    {
        (int start, int size) = Extent(shape, from);
        (int startTo, int sizeTo) = Extent(shape, to);
        foreach (DType source in Types)
        {
            foreach (DType destination in Types)
            {
                double[] numbers = [.. Enumerable.Range(0, size).Select(i => source == DType.Bool ? i % 2 : i % 120)];
                byte[] x = Store(numbers, source), y = new byte[sizeTo * 8];
                fixed (byte* px = x, py = y)
                {
                    Conversion.Convert(
                        px + start * source.Size(), source, py + startTo * destination.Size(), destination,
                        shape, Wide(from), Wide(to));
                }

                double[] result = Load(y, sizeTo, destination);
                foreach (int[] index in Indices(shape))
                {
                    double expected = numbers[start + Dot(index, from)];
                    if (destination == DType.Bool) expected = expected != 0 ? 1 : 0;
                    Assert.Equal(expected, result[startTo + Dot(index, to)]);
                }
            }
        }
    }

    [Fact]
    public void Reals_lose_their_fraction_integers_their_upper_bits_and_all_but_zero_is_true()
    {
        Assert.Equal([1, -1, 0, 0, 3], Converted([1.9, -1.9, 0.5, double.NaN, 3], DType.Float64, DType.Int64));
        Assert.Equal([1, -1, int.MaxValue], Converted([1.9, -1.9, 1e20], DType.Float32, DType.Int32));
        Assert.Equal([255, 44, 1], Converted([-1, 300, 1.5], DType.Float32, DType.UInt8));
        Assert.Equal([-1, 5], Converted([(1L << 40) - 1, 5 - (1L << 33)], DType.Int64, DType.Int32));
        Assert.Equal([255, 1], Converted([-1, 257], DType.Int64, DType.UInt8));
        Assert.Equal([0, 0, 1, 1, 1], Converted([0, -0.0, 1e-30, double.NaN, -2], DType.Float64, DType.Bool));
        Assert.Equal([1], Converted([256], DType.Int64, DType.Bool));
        Assert.Equal([16777216], Converted([16777217], DType.Int64, DType.Float32));
    }

    [Fact]
    public void An_element_of_another_size_is_refused()
    {
        byte x = 0;
        byte* p = &x;
        Assert.Throws<ArgumentOutOfRangeException>(() => StridedCopy.Copy(p, p, 2, [], [], []));
    }

    private static void Check<T>(int[] shape, int[] from, int[] to)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        (int start, int size) = Extent(shape, from);
        (int startTo, int sizeTo) = Extent(shape, to);
        T[] x = [.. Enumerable.Range(0, size).Select(i => T.CreateTruncating(i % 251))];
        T[] y = new T[sizeTo], expected = new T[sizeTo];
        Array.Fill(y, T.CreateTruncating(253));
        Array.Fill(expected, T.CreateTruncating(253));
        foreach (int[] index in Indices(shape)) expected[startTo + Dot(index, to)] = x[start + Dot(index, from)];
        fixed (T* px = x, py = y) StridedCopy.Copy((byte*)(px + start), (byte*)(py + startTo), sizeof(T), shape, Wide(from), Wide(to));
        Assert.Equal(expected, y);
    }

    private static double[] Converted(double[] x, DType source, DType destination)
    {
        byte[] from = Store(x, source), to = new byte[8 * x.Length];
        fixed (byte* px = from, py = to) Conversion.Convert(px, source, py, destination, [x.Length], [1], [1]);
        return Load(to, x.Length, destination);
    }

    // Where the first element lies so that all others have positions from 0, and how many positions there are.
    private static (int Start, int Size) Extent(int[] shape, int[] strides)
    {
        int low = 0, high = 0;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            int reach = Math.Max(shape[axis] - 1, 0) * strides[axis];
            (low, high) = (low + Math.Min(reach, 0), high + Math.Max(reach, 0));
        }

        return (-low, high - low + 1);
    }

    private static IEnumerable<int[]> Indices(int[] shape)
    {
        int count = shape.Aggregate(1, (product, extent) => product * extent);
        for (int flat = 0; flat < count; flat++)
        {
            int[] index = new int[shape.Length];
            for (int axis = shape.Length - 1, rest = flat; axis >= 0; rest /= shape[axis], axis--) index[axis] = rest % shape[axis];
            yield return index;
        }
    }

    private static int Dot(int[] index, int[] strides) => index.Zip(strides, (i, s) => i * s).Sum();

    private static nint[] Wide(int[] strides) => [.. strides.Select(s => (nint)s)];

    private static byte[] Store(double[] x, DType type) =>
        [.. x.SelectMany(v => type switch
        {
            DType.Float32 => BitConverter.GetBytes((float)v),
            DType.Float64 => BitConverter.GetBytes(v),
            DType.Int64 => BitConverter.GetBytes((long)v),
            DType.Int32 => BitConverter.GetBytes((int)v),
            _ => [(byte)v],
        })];

    private static double[] Load(byte[] x, int count, DType type) =>
        [.. Enumerable.Range(0, count).Select(i => type switch
        {
            DType.Float32 => BitConverter.ToSingle(x, 4 * i),
            DType.Float64 => BitConverter.ToDouble(x, 8 * i),
            DType.Int64 => BitConverter.ToInt64(x, 8 * i),
            DType.Int32 => BitConverter.ToInt32(x, 4 * i),
            _ => x[i],
        })];
}
