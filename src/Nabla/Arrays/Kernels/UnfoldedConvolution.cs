using System.Numerics;

namespace Nabla;

/// <summary>
/// A convolution and its transposes by way of a matrix that holds the windows of some images as its columns: for integers, for
/// results of very few places, and where infinities make a difference.
/// </summary>
internal static unsafe class UnfoldedConvolution
{
    // So many elements of the matrix of windows are made at a time.
    private const int BlockElements = 1 << 18;

    [ThreadStatic]
    private static byte[]? roomForWindows;

    [ThreadStatic]
    private static byte[]? roomForResults;

    /// <summary>Results from images and kernels; the bias may be null.</summary>
    public static void Result<T>(ConvolutionShape s, T* images, T* weights, T* bias, T* results)
        where T : unmanaged, INumber<T>
    {
        int places = s.OutHeight * s.OutWidth, inBlock = InBlock(s);
        for (int group = 0; group < s.Groups; group++)
        {
            for (int first = 0; first < s.Items; first += inBlock)
            {
                int count = Math.Min(inBlock, s.Items - first), columns = count * places;
                T* windows = Windows<T>(s, columns), sums = Results<T>(s, columns);
                for (int i = 0; i < count; i++) Unfold(s, images + Image(s, first + i, group), windows + ((nint)i * places), columns);
                Product(s.GroupOutputs, columns, s.Taps, weights + Kernels(s, group), s.Taps, 1, windows, columns, 1, sums, columns, accumulate: false);
                for (int i = 0; i < count; i++)
                {
                    for (int o = 0; o < s.GroupOutputs; o++)
                    {
                        T* from = sums + ((nint)o * columns) + ((nint)i * places), to = results + Result(s, first + i, group) + ((nint)o * places);
                        T added = bias == null ? T.Zero : bias[(group * s.GroupOutputs) + o];
                        for (int p = 0; p < places; p++) to[p] = from[p] + added;
                    }
                }
            }
        }
    }

    /// <summary>Images from results and kernels: what each result adds to the places of its window; the bias may be null.</summary>
    public static void Image<T>(ConvolutionShape s, T* results, T* weights, T* bias, T* images)
        where T : unmanaged, INumber<T>
    {
        int places = s.OutHeight * s.OutWidth, inBlock = InBlock(s), size = s.Height * s.Width;
        for (int item = 0; item < s.Items; item++)
            for (int c = 0; c < s.Channels; c++) new Span<T>(images + ((((nint)item * s.Channels) + c) * size), size).Fill(bias == null ? T.Zero : bias[c]);
        for (int group = 0; group < s.Groups; group++)
        {
            for (int first = 0; first < s.Items; first += inBlock)
            {
                int count = Math.Min(inBlock, s.Items - first), columns = count * places;
                T* windows = Windows<T>(s, columns), gathered = Results<T>(s, columns);
                Gather(s, results, group, first, count, gathered);
                Product(s.Taps, columns, s.GroupOutputs, weights + Kernels(s, group), 1, s.Taps, gathered, columns, 1, windows, columns, accumulate: false);
                for (int i = 0; i < count; i++) Fold(s, windows + ((nint)i * places), columns, images + Image(s, first + i, group));
            }
        }
    }

    /// <summary>Kernels from results and images.</summary>
    public static void Weights<T>(ConvolutionShape s, T* results, T* images, T* weights)
        where T : unmanaged, INumber<T>
    {
        int places = s.OutHeight * s.OutWidth, inBlock = InBlock(s);
        new Span<T>(weights, s.OutChannels * s.Taps).Clear();
        for (int group = 0; group < s.Groups; group++)
        {
            for (int first = 0; first < s.Items; first += inBlock)
            {
                int count = Math.Min(inBlock, s.Items - first), columns = count * places;
                T* windows = Windows<T>(s, columns), gathered = Results<T>(s, columns);
                for (int i = 0; i < count; i++) Unfold(s, images + Image(s, first + i, group), windows + ((nint)i * places), columns);
                Gather(s, results, group, first, count, gathered);
                Product(s.GroupOutputs, s.Taps, columns, gathered, columns, 1, windows, 1, columns, weights + Kernels(s, group), s.Taps, accumulate: true);
            }
        }
    }

    private static int InBlock(ConvolutionShape s) => Math.Clamp(BlockElements / Math.Max(1, s.Taps * s.OutHeight * s.OutWidth), 1, Math.Max(1, s.Items));

    private static T* Windows<T>(ConvolutionShape s, int columns) where T : unmanaged => (T*)Symbolics.AlignedRoom.In(ref roomForWindows, (nint)s.Taps * columns * sizeof(T));

    private static T* Results<T>(ConvolutionShape s, int columns) where T : unmanaged => (T*)Symbolics.AlignedRoom.In(ref roomForResults, (nint)s.GroupOutputs * columns * sizeof(T));

    private static nint Image(ConvolutionShape s, int item, int group) => (((nint)item * s.Channels) + ((nint)group * s.GroupChannels)) * s.Height * s.Width;

    private static nint Result(ConvolutionShape s, int item, int group) => (((nint)item * s.OutChannels) + ((nint)group * s.GroupOutputs)) * s.OutHeight * s.OutWidth;

    private static nint Kernels(ConvolutionShape s, int group) => (nint)group * s.GroupOutputs * s.Taps;

    private static void Gather<T>(ConvolutionShape s, T* results, int group, int first, int count, T* to)
        where T : unmanaged
    {
        int places = s.OutHeight * s.OutWidth;
        for (int o = 0; o < s.GroupOutputs; o++)
            for (int i = 0; i < count; i++, to += places)
                new ReadOnlySpan<T>(results + Result(s, first + i, group) + ((nint)o * places), places).CopyTo(new Span<T>(to, places));
    }

    private static void Unfold<T>(ConvolutionShape s, T* image, T* windows, int columns)
        where T : unmanaged, INumber<T>
    {
        for (int tap = 0; tap < s.Taps; tap++, windows += columns)
        {
            (nint channelAt, int down, int right) = Place(s, tap);
            T* channel = image + channelAt;
            T* to = windows;
            for (int row = 0, y = down; row < s.OutHeight; row++, y += s.Stride.Height)
                for (int column = 0, x = right; column < s.OutWidth; column++, x += s.Stride.Width)
                    *to++ = (uint)y < (uint)s.Height && (uint)x < (uint)s.Width ? channel[((nint)y * s.Width) + x] : T.Zero;
        }
    }

    private static void Fold<T>(ConvolutionShape s, T* windows, int columns, T* image)
        where T : unmanaged, INumber<T>
    {
        for (int tap = 0; tap < s.Taps; tap++, windows += columns)
        {
            (nint channelAt, int down, int right) = Place(s, tap);
            T* channel = image + channelAt;
            T* from = windows;
            for (int row = 0, y = down; row < s.OutHeight; row++, y += s.Stride.Height)
                for (int column = 0, x = right; column < s.OutWidth; column++, x += s.Stride.Width, from++)
                    if ((uint)y < (uint)s.Height && (uint)x < (uint)s.Width) channel[((nint)y * s.Width) + x] += *from;
        }
    }

    // The channel that a tap reads, and its place for the first window.
    private static (nint Channel, int Down, int Right) Place(ConvolutionShape s, int tap)
    {
        (int rest, int j) = Math.DivRem(tap, s.Kernel.Width);
        (int channel, int i) = Math.DivRem(rest, s.Kernel.Height);
        return ((nint)channel * s.Height * s.Width, (i * s.Dilation.Height) - s.Padding.Height, (j * s.Dilation.Width) - s.Padding.Width);
    }

    private static void Product<T>(int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, nint bCol, T* c, nint cRow, bool accumulate)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(long)) MatrixProduct.MultiplyLong(m, n, k, (long*)a, aRow, aCol, (long*)b, bRow, bCol, (long*)c, cRow, accumulate);
        else MatrixProduct.Multiply(m, n, k, a, aRow, aCol, b, bRow, bCol, c, cRow, accumulate);
    }
}
