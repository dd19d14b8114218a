using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla;

/// <summary>Pooling over many images, one plane after the other: what is largest in a window, and means, with their transposes.</summary>
internal static unsafe class PoolKernels
{
    // So many elements are worth another thread.
    private const long Grain = 1 << 15;

    /// <summary>The largest element of each window, the first of equal ones or the first NaN, and its place in the plane; -∞ and -1 where a window steps over the image.</summary>
    public static void Largest<T>(PoolWindows windows, int planes, T* x, T* y, int* places)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long size = (long)windows.Height * windows.Width, count = (long)windows.OutHeight * windows.OutWidth;
        WorkSplit.Run(planes, Math.Max(1, Grain / Math.Max(1, size)), 1, new LargestOfPlanes<T>(windows, x, y, places, size, count));
    }

    private readonly struct LargestOfPlanes<T>(PoolWindows w, T* x, T* y, int* places, long size, long count) : IRangeWork
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public void Run(long from, long to)
        {
            bool pairs = typeof(T) == typeof(float) && Avx512F.IsSupported && w.Kernel == 2 && w.Stride == 2 && w.Padding == 0 && w.Dilation == 1 && w.Beyond == 0;
            for (long plane = from; plane < to; plane++)
            {
                if (pairs) LargestOfSquares(w, (float*)x + (plane * size), (float*)y + (plane * count), places + (plane * count));
                else LargestOfPlane(w, x + (plane * size), y + (plane * count), places + (plane * count));
            }
        }
    }

    private static void LargestOfPlane<T>(PoolWindows w, T* x, T* y, int* places)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int row = 0; row < w.OutHeight; row++)
        {
            (int top, int bottom) = Inside(row, w.Stride.Height, w.Padding.Height, w.Dilation.Height, w.Kernel.Height, w.Height);
            for (int column = 0; column < w.OutWidth; column++)
            {
                (int left, int right) = Inside(column, w.Stride.Width, w.Padding.Width, w.Dilation.Width, w.Kernel.Width, w.Width);
                if (top >= bottom || left >= right)
                {
                    // Steps over the image: nothing but the frame, which is -∞.
                    *y++ = T.NegativeInfinity;
                    *places++ = -1;
                    continue;
                }
                int place = (top * w.Width) + left;
                T largest = x[place];
                for (int i = top; i < bottom; i += w.Dilation.Height)
                {
                    for (int j = left; j < right; j += w.Dilation.Width)
                    {
                        T value = x[(i * w.Width) + j];
                        if (value <= largest || T.IsNaN(largest)) continue;
                        (largest, place) = (value, (i * w.Width) + j);
                    }
                }
                *y++ = largest;
                *places++ = place;
            }
        }
    }

    // Squares of two by two side by side, sixteen at a time: even and odd columns of two rows are sorted apart and compared.
    private static void LargestOfSquares(PoolWindows w, float* x, float* y, int* places)
    {
        Vector512<int> lanes = Vector512<int>.Indices, even = lanes * 2, odd = even + Vector512<int>.One;
        Vector512<int> down = Vector512.Create(w.Width);
        for (int row = 0; row < w.OutHeight; row++)
        {
            float* upper = x + (2 * row * w.Width), lower = upper + w.Width;
            for (int column = 0; column < w.OutWidth; column += 16)
            {
                int count = Math.Min(16, w.OutWidth - column);
                Vector512<float> first = First(2 * count), second = First((2 * count) - 16), stored = First(count);
                Vector512<float> a0 = Avx512F.MaskLoad(upper + (2 * column), first, default), a1 = Avx512F.MaskLoad(upper + (2 * column) + 16, second, default);
                Vector512<float> b0 = Avx512F.MaskLoad(lower + (2 * column), first, default), b1 = Avx512F.MaskLoad(lower + (2 * column) + 16, second, default);
                Vector512<int> place = even + Vector512.Create((2 * row * w.Width) + (2 * column)), largestPlace = place;
                Vector512<float> largest = Avx512F.PermuteVar16x32x2(a0, even, a1);
                Take(Avx512F.PermuteVar16x32x2(a0, odd, a1), place + Vector512<int>.One, ref largest, ref largestPlace);
                Take(Avx512F.PermuteVar16x32x2(b0, even, b1), place + down, ref largest, ref largestPlace);
                Take(Avx512F.PermuteVar16x32x2(b0, odd, b1), place + down + Vector512<int>.One, ref largest, ref largestPlace);
                Avx512F.MaskStore(y + column, stored, largest);
                Avx512F.MaskStore((float*)places + column, stored, largestPlace.AsSingle());
            }
            y += w.OutWidth;
            places += w.OutWidth;
        }

        Vector512<float> First(int count) => Vector512.LessThan(lanes, Vector512.Create(count)).AsSingle();

        static void Take(Vector512<float> value, Vector512<int> place, ref Vector512<float> largest, ref Vector512<int> largestPlace)
        {
            Vector512<float> keep = Vector512.LessThanOrEqual(value, largest) | ~Vector512.Equals(largest, largest);
            largest = Vector512.ConditionalSelect(keep, largest, value);
            largestPlace = Vector512.ConditionalSelect(keep.AsInt32(), largestPlace, place);
        }
    }

    /// <summary>Adds to each plane what its windows give to places.</summary>
    public static void Scatter<T>(int planes, int size, int count, T* y, int* places, T* x)
        where T : unmanaged, INumber<T> => WorkSplit.Run(planes, Math.Max(1, Grain / Math.Max(1, size)), 1, new ScatterOverPlanes<T>(size, count, y, places, x));

    private readonly struct ScatterOverPlanes<T>(int size, int count, T* y, int* places, T* x) : IRangeWork
        where T : unmanaged, INumber<T>
    {
        public void Run(long from, long to)
        {
            for (long plane = from; plane < to; plane++)
            {
                T* into = x + (plane * size), values = y + (plane * count);
                int* at = places + (plane * count);
                new Span<T>(into, size).Clear();
                for (int i = 0; i < count; i++)
                    if (at[i] >= 0) into[at[i]] += values[i];
            }
        }
    }

    /// <summary>Reads each plane at places.</summary>
    public static void Gather<T>(int planes, int size, int count, T* x, int* places, T* y)
        where T : unmanaged
    {
        for (long plane = 0; plane < planes; plane++, x += size)
            for (int i = 0; i < count; i++, places++) *y++ = *places >= 0 ? x[*places] : default;
    }

    /// <summary>The mean of each window; zeros of the frame count, or not.</summary>
    public static void Mean<T>(PoolWindows windows, bool countPadding, int planes, T* x, T* y)
        where T : unmanaged, INumber<T> => Means(windows, countPadding, planes, x, y, transposed: false);

    /// <summary>The transpose: each element, divided by the size of its window, is added to all of it.</summary>
    public static void SpreadMean<T>(PoolWindows windows, bool countPadding, int planes, T* y, T* x)
        where T : unmanaged, INumber<T> => Means(windows, countPadding, planes, x, y, transposed: true);

    private static void Means<T>(PoolWindows windows, bool countPadding, int planes, T* x, T* y, bool transposed)
        where T : unmanaged, INumber<T>
    {
        long size = (long)windows.Height * windows.Width;
        WorkSplit.Run(planes, Math.Max(1, Grain / Math.Max(1, size)), 1, new MeansOfPlanes<T>(windows, countPadding, x, y, transposed));
    }

    private readonly struct MeansOfPlanes<T>(PoolWindows w, bool countPadding, T* images, T* means, bool transposed) : IRangeWork
        where T : unmanaged, INumber<T>
    {
        public void Run(long from, long to)
        {
            long size = (long)w.Height * w.Width, count = (long)w.OutHeight * w.OutWidth;
            for (long plane = from; plane < to; plane++)
            {
                T* x = images + (plane * size), y = means + (plane * count);
                if (transposed) new Span<T>(x, (int)size).Clear();
                for (int row = 0; row < w.OutHeight; row++)
                {
                    (int top, int bottom) = Inside(row, w.Stride.Height, w.Padding.Height, 1, w.Kernel.Height, w.Height);
                    int high = countPadding ? Framed(row, w.Stride.Height, w.Padding.Height, w.Kernel.Height, w.Height) : bottom - top;
                    for (int column = 0; column < w.OutWidth; column++, y++)
                    {
                        (int left, int right) = Inside(column, w.Stride.Width, w.Padding.Width, 1, w.Kernel.Width, w.Width);
                        int wide = countPadding ? Framed(column, w.Stride.Width, w.Padding.Width, w.Kernel.Width, w.Width) : right - left;
                        T share = T.CreateTruncating(high * wide);
                        if (transposed)
                        {
                            T part = *y / share;
                            for (int i = top; i < bottom; i++)
                                for (int j = left; j < right; j++) x[(i * w.Width) + j] += part;
                        }
                        else
                        {
                            T sum = T.Zero;
                            for (int i = top; i < bottom; i++)
                                for (int j = left; j < right; j++) sum += x[(i * w.Width) + j];
                            *y = sum / share;
                        }
                    }
                }
            }
        }
    }

    // From where to where a window lies inside the image.
    private static (int First, int End) Inside(int window, int stride, int padding, int dilation, int kernel, int length)
    {
        int first = (window * stride) - padding, end = Math.Min(first + (dilation * (kernel - 1)) + 1, length);
        if (first < 0) first += (-first + dilation - 1) / dilation * dilation;
        return (first, end);
    }

    // How much of a window lies inside the image and its frame.
    private static int Framed(int window, int stride, int padding, int kernel, int length)
    {
        int first = (window * stride) - padding;
        return Math.Min(first + kernel, length + padding) - first;
    }
}
