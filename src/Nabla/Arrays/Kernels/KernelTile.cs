using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla;

/// <summary>
/// Sums over places in registers: some channels of a result's gradient times six taps of the images, each sum a register of
/// partial sums until the end.
/// </summary>
internal static unsafe class KernelTile<R, V, T>
    where R : struct, IRegister<V, T>
    where V : unmanaged
    where T : unmanaged, INumber<T>
{
    /// <summary>The taps of a tile.</summary>
    public const int Taps = 6;

    /// <summary>The channels of a tile: four where there are 32 registers.</summary>
    public static int Channels => sizeof(V) == 64 ? 4 : 2;

    /// <summary>Adds to <paramref name="to"/> the sums over some images of the products of gradient and image.</summary>
    /// <param name="images">How many images.</param>
    /// <param name="length">Places of each, a multiple of the lanes.</param>
    /// <param name="g">The gradient of the first channel.</param>
    /// <param name="gRow">To the next channel.</param>
    /// <param name="gImage">To the next image.</param>
    /// <param name="x">The planes of the first image.</param>
    /// <param name="xImage">To the next image.</param>
    /// <param name="offsets">Where the taps are read.</param>
    /// <param name="to">The weights of the first channel.</param>
    /// <param name="toRow">To the next channel.</param>
    /// <param name="channels">How many channels there are; those that are missing are not stored.</param>
    /// <param name="taps">How many taps there are.</param>
    public static void Run(int images, nint length, T* g, nint gRow, nint gImage, T* x, nint xImage, nint* offsets, T* to, nint toRow, int channels, int taps)
    {
        nint* six = stackalloc nint[Taps];
        for (int i = 0; i < Taps; i++) six[i] = offsets[Math.Min(i, taps - 1)];
        T* sums = stackalloc T[4 * Taps];
        nint row1 = channels > 1 ? gRow : 0, row2 = channels > 2 ? 2 * gRow : 0, row3 = channels > 3 ? 3 * gRow : 0;
        if (sizeof(V) != 64) Two(images, length, g, row1, gImage, x, xImage, six, sums);
        else if (taps <= 3) FourByThree(images, length, g, row1, row2, row3, gImage, x, xImage, six, sums);
        else Four(images, length, g, row1, row2, row3, gImage, x, xImage, six, sums);
        for (int channel = 0; channel < channels; channel++)
            for (int tap = 0; tap < taps; tap++) to[(channel * toRow) + tap] += sums[(channel * Taps) + tap];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(int images, nint length, T* g, nint row1, nint row2, nint row3, nint gImage, T* x, nint xImage, nint* six, T* sums)
    {
        nint o0 = six[0], o1 = six[1], o2 = six[2], o3 = six[3], o4 = six[4], o5 = six[5];
        V a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        V b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default;
        V d0 = default, d1 = default, d2 = default, d3 = default, d4 = default, d5 = default;
        for (int image = 0; image < images; image++, g += gImage, x += xImage)
        {
            T* gradient = g, place = x, end = g + length;
            for (; gradient < end; gradient += R.Lanes, place += R.Lanes)
            {
                V ga = R.Load(gradient), gb = R.Load(gradient + row1), gc = R.Load(gradient + row2), gd = R.Load(gradient + row3);
                V x0 = R.Load(place + o0);
                a0 = R.MultiplyAdd(ga, x0, a0);
                b0 = R.MultiplyAdd(gb, x0, b0);
                c0 = R.MultiplyAdd(gc, x0, c0);
                d0 = R.MultiplyAdd(gd, x0, d0);
                V x1 = R.Load(place + o1);
                a1 = R.MultiplyAdd(ga, x1, a1);
                b1 = R.MultiplyAdd(gb, x1, b1);
                c1 = R.MultiplyAdd(gc, x1, c1);
                d1 = R.MultiplyAdd(gd, x1, d1);
                V x2 = R.Load(place + o2);
                a2 = R.MultiplyAdd(ga, x2, a2);
                b2 = R.MultiplyAdd(gb, x2, b2);
                c2 = R.MultiplyAdd(gc, x2, c2);
                d2 = R.MultiplyAdd(gd, x2, d2);
                V x3 = R.Load(place + o3);
                a3 = R.MultiplyAdd(ga, x3, a3);
                b3 = R.MultiplyAdd(gb, x3, b3);
                c3 = R.MultiplyAdd(gc, x3, c3);
                d3 = R.MultiplyAdd(gd, x3, d3);
                V x4 = R.Load(place + o4);
                a4 = R.MultiplyAdd(ga, x4, a4);
                b4 = R.MultiplyAdd(gb, x4, b4);
                c4 = R.MultiplyAdd(gc, x4, c4);
                d4 = R.MultiplyAdd(gd, x4, d4);
                V x5 = R.Load(place + o5);
                a5 = R.MultiplyAdd(ga, x5, a5);
                b5 = R.MultiplyAdd(gb, x5, b5);
                c5 = R.MultiplyAdd(gc, x5, c5);
                d5 = R.MultiplyAdd(gd, x5, d5);
            }
        }

        Store(sums, a0, a1, a2);
        Store(sums + 3, a3, a4, a5);
        Store(sums + 6, b0, b1, b2);
        Store(sums + 9, b3, b4, b5);
        Store(sums + 12, c0, c1, c2);
        Store(sums + 15, c3, c4, c5);
        Store(sums + 18, d0, d1, d2);
        Store(sums + 21, d3, d4, d5);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByThree(int images, nint length, T* g, nint row1, nint row2, nint row3, nint gImage, T* x, nint xImage, nint* six, T* sums)
    {
        nint o0 = six[0], o1 = six[1], o2 = six[2];
        V a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
        V c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        for (int image = 0; image < images; image++, g += gImage, x += xImage)
        {
            T* gradient = g, place = x, end = g + length;
            for (; gradient < end; gradient += R.Lanes, place += R.Lanes)
            {
                V ga = R.Load(gradient), gb = R.Load(gradient + row1), gc = R.Load(gradient + row2), gd = R.Load(gradient + row3);
                V x0 = R.Load(place + o0), x1 = R.Load(place + o1), x2 = R.Load(place + o2);
                a0 = R.MultiplyAdd(ga, x0, a0);
                b0 = R.MultiplyAdd(gb, x0, b0);
                c0 = R.MultiplyAdd(gc, x0, c0);
                d0 = R.MultiplyAdd(gd, x0, d0);
                a1 = R.MultiplyAdd(ga, x1, a1);
                b1 = R.MultiplyAdd(gb, x1, b1);
                c1 = R.MultiplyAdd(gc, x1, c1);
                d1 = R.MultiplyAdd(gd, x1, d1);
                a2 = R.MultiplyAdd(ga, x2, a2);
                b2 = R.MultiplyAdd(gb, x2, b2);
                c2 = R.MultiplyAdd(gc, x2, c2);
                d2 = R.MultiplyAdd(gd, x2, d2);
            }
        }

        Store(sums, a0, a1, a2);
        Store(sums + 6, b0, b1, b2);
        Store(sums + 12, c0, c1, c2);
        Store(sums + 18, d0, d1, d2);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(int images, nint length, T* g, nint row1, nint gImage, T* x, nint xImage, nint* six, T* sums)
    {
        nint o0 = six[0], o1 = six[1], o2 = six[2], o3 = six[3], o4 = six[4], o5 = six[5];
        V a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        V b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
        for (int image = 0; image < images; image++, g += gImage, x += xImage)
        {
            T* gradient = g, place = x, end = g + length;
            for (; gradient < end; gradient += R.Lanes, place += R.Lanes)
            {
                V ga = R.Load(gradient), gb = R.Load(gradient + row1);
                V x0 = R.Load(place + o0);
                a0 = R.MultiplyAdd(ga, x0, a0);
                b0 = R.MultiplyAdd(gb, x0, b0);
                V x1 = R.Load(place + o1);
                a1 = R.MultiplyAdd(ga, x1, a1);
                b1 = R.MultiplyAdd(gb, x1, b1);
                V x2 = R.Load(place + o2);
                a2 = R.MultiplyAdd(ga, x2, a2);
                b2 = R.MultiplyAdd(gb, x2, b2);
                V x3 = R.Load(place + o3);
                a3 = R.MultiplyAdd(ga, x3, a3);
                b3 = R.MultiplyAdd(gb, x3, b3);
                V x4 = R.Load(place + o4);
                a4 = R.MultiplyAdd(ga, x4, a4);
                b4 = R.MultiplyAdd(gb, x4, b4);
                V x5 = R.Load(place + o5);
                a5 = R.MultiplyAdd(ga, x5, a5);
                b5 = R.MultiplyAdd(gb, x5, b5);
            }
        }

        Store(sums, a0, a1, a2);
        Store(sums + 3, a3, a4, a5);
        Store(sums + 6, b0, b1, b2);
        Store(sums + 9, b3, b4, b5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* sums, V x, V y, V z)
    {
        sums[0] = Sum(x);
        sums[1] = Sum(y);
        sums[2] = Sum(z);
    }

    // V is the vector of T of one of three widths; the tests fold away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Sum(V x) =>
        sizeof(V) == 64 ? Vector512.Sum(Unsafe.BitCast<V, Vector512<T>>(x))
        : sizeof(V) == 32 ? Vector256.Sum(Unsafe.BitCast<V, Vector256<T>>(x))
        : Vector128.Sum(Unsafe.BitCast<V, Vector128<T>>(x));
}
