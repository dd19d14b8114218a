using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla;

/// <summary>Copies lines of a matrix to the columns of another, in blocks that are turned in registers.</summary>
internal static unsafe class BlockTranspose
{
    /// <summary>Sets to[p·toStride + r] = from[r·line + p·stride] for r below <paramref name="lines"/>, p below <paramref name="count"/>.</summary>
    public static void Spread<T>(int lines, int count, T* from, nint line, nint stride, T* to, nint toStride)
        where T : unmanaged
    {
        int r = 0;
        if (stride == 1 && Avx.IsSupported)
        {
            if (typeof(T) == typeof(float))
                for (; r + 8 <= lines; r += 8) EightLines(count, (float*)(from + r * line), line, (float*)(to + r), toStride);
            else if (typeof(T) == typeof(double))
                for (; r + 4 <= lines; r += 4) FourLines(count, (double*)(from + r * line), line, (double*)(to + r), toStride);
        }

        if (stride == 1 && Sse.IsSupported && typeof(T) == typeof(float))
            for (; r + 4 <= lines; r += 4) FourLines(count, (float*)(from + r * line), line, (float*)(to + r), toStride);
        for (; r < lines; r++) OneLine(count, from + r * line, stride, to + r, toStride);
    }

    private static void EightLines(int count, float* from, nint line, float* to, nint toStride)
    {
        int p = 0;
        float* from4 = from + 4 * line, start = to;
        for (; p + 8 <= count; p += 8, to += 8 * toStride)
        {
            Vector256<float> x0 = Vector256.Load(from + p), x1 = Vector256.Load(from + line + p);
            Vector256<float> x2 = Vector256.Load(from + 2 * line + p), x3 = Vector256.Load(from + 3 * line + p);
            Vector256<float> x4 = Vector256.Load(from4 + p), x5 = Vector256.Load(from4 + line + p);
            Vector256<float> x6 = Vector256.Load(from4 + 2 * line + p), x7 = Vector256.Load(from4 + 3 * line + p);
            Vector256<float> low01 = Avx.UnpackLow(x0, x1), high01 = Avx.UnpackHigh(x0, x1), low23 = Avx.UnpackLow(x2, x3), high23 = Avx.UnpackHigh(x2, x3);
            Vector256<float> low45 = Avx.UnpackLow(x4, x5), high45 = Avx.UnpackHigh(x4, x5), low67 = Avx.UnpackLow(x6, x7), high67 = Avx.UnpackHigh(x6, x7);

            // Columns p, p + 1, p + 2, p + 3 in the lower halves, p + 4 … in the upper.
            Vector256<float> a0 = Avx.Shuffle(low01, low23, 0x44), a1 = Avx.Shuffle(low01, low23, 0xEE), a2 = Avx.Shuffle(high01, high23, 0x44), a3 = Avx.Shuffle(high01, high23, 0xEE);
            Vector256<float> b0 = Avx.Shuffle(low45, low67, 0x44), b1 = Avx.Shuffle(low45, low67, 0xEE), b2 = Avx.Shuffle(high45, high67, 0x44), b3 = Avx.Shuffle(high45, high67, 0xEE);
            float* to4 = to + 4 * toStride;
            Avx.Permute2x128(a0, b0, 0x20).Store(to);
            Avx.Permute2x128(a1, b1, 0x20).Store(to + toStride);
            Avx.Permute2x128(a2, b2, 0x20).Store(to + 2 * toStride);
            Avx.Permute2x128(a3, b3, 0x20).Store(to + 3 * toStride);
            Avx.Permute2x128(a0, b0, 0x31).Store(to4);
            Avx.Permute2x128(a1, b1, 0x31).Store(to4 + toStride);
            Avx.Permute2x128(a2, b2, 0x31).Store(to4 + 2 * toStride);
            Avx.Permute2x128(a3, b3, 0x31).Store(to4 + 3 * toStride);
        }

        for (int r = 0; r < 8; r++) OneLine(count - p, from + r * line + p, 1, start + p * toStride + r, toStride);
    }

    private static void FourLines(int count, float* from, nint line, float* to, nint toStride)
    {
        int p = 0;
        float* start = to;
        for (; p + 4 <= count; p += 4, to += 4 * toStride)
        {
            Vector128<float> x0 = Vector128.Load(from + p), x1 = Vector128.Load(from + line + p);
            Vector128<float> x2 = Vector128.Load(from + 2 * line + p), x3 = Vector128.Load(from + 3 * line + p);
            Vector128<float> low01 = Sse.UnpackLow(x0, x1), high01 = Sse.UnpackHigh(x0, x1), low23 = Sse.UnpackLow(x2, x3), high23 = Sse.UnpackHigh(x2, x3);
            Sse.MoveLowToHigh(low01, low23).Store(to);
            Sse.MoveHighToLow(low23, low01).Store(to + toStride);
            Sse.MoveLowToHigh(high01, high23).Store(to + 2 * toStride);
            Sse.MoveHighToLow(high23, high01).Store(to + 3 * toStride);
        }

        for (int r = 0; r < 4; r++) OneLine(count - p, from + r * line + p, 1, start + p * toStride + r, toStride);
    }

    private static void FourLines(int count, double* from, nint line, double* to, nint toStride)
    {
        int p = 0;
        double* start = to;
        for (; p + 4 <= count; p += 4, to += 4 * toStride)
        {
            Vector256<double> x0 = Vector256.Load(from + p), x1 = Vector256.Load(from + line + p);
            Vector256<double> x2 = Vector256.Load(from + 2 * line + p), x3 = Vector256.Load(from + 3 * line + p);
            Vector256<double> low01 = Avx.UnpackLow(x0, x1), high01 = Avx.UnpackHigh(x0, x1), low23 = Avx.UnpackLow(x2, x3), high23 = Avx.UnpackHigh(x2, x3);
            Avx.Permute2x128(low01, low23, 0x20).Store(to);
            Avx.Permute2x128(high01, high23, 0x20).Store(to + toStride);
            Avx.Permute2x128(low01, low23, 0x31).Store(to + 2 * toStride);
            Avx.Permute2x128(high01, high23, 0x31).Store(to + 3 * toStride);
        }

        for (int r = 0; r < 4; r++) OneLine(count - p, from + r * line + p, 1, start + p * toStride + r, toStride);
    }

    private static void OneLine<T>(int count, T* from, nint stride, T* to, nint toStride)
        where T : unmanaged
    {
        int p = 0;
        for (; p + 4 <= count; p += 4, from += 4 * stride, to += 4 * toStride)
        {
            T x0 = from[0], x1 = from[stride], x2 = from[2 * stride], x3 = from[3 * stride];
            to[0] = x0;
            to[toStride] = x1;
            to[2 * toStride] = x2;
            to[3 * toStride] = x3;
        }

        for (; p < count; p++, from += stride, to += toStride) *to = *from;
    }
}
