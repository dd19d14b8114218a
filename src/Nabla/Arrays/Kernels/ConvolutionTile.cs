using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Sums over taps in registers: some channels of the result times two registers of places. What a tap reads lies anywhere in
/// memory, but its places lie one after the other.
/// </summary>
internal static unsafe class ConvolutionTile<R, V, T>
    where R : struct, IRegister<V, T>
    where V : unmanaged
    where T : unmanaged, INumber<T>
{
    /// <summary>Whether there are 32 registers, enough for twelve channels.</summary>
    public static bool IsWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => sizeof(V) == 64;
    }

    /// <summary>How many channels the next tile takes where <paramref name="rest"/> are left.</summary>
    public static int Height(int rest) => IsWide ? rest >= 12 && rest != 16 ? 12 : rest > 4 ? 8 : 4 : 4;

    /// <summary>One tile; <paramref name="panel"/> has <paramref name="height"/> weights for each tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(int height, nint taps, T* panel, T* planes, nint* offsets, T* to, nint toRow)
    {
        if (IsWide && height == 12) Twelve(taps, panel, planes, offsets, to, toRow);
        else if (IsWide && height == 8) Eight(taps, panel, planes, offsets, to, toRow);
        else Four(taps, panel, planes, offsets, to, toRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Twelve(nint taps, T* panel, T* planes, nint* offsets, T* to, nint toRow)
    {
        V s0 = default, t0 = default, s1 = default, t1 = default, s2 = default, t2 = default, s3 = default, t3 = default;
        V s4 = default, t4 = default, s5 = default, t5 = default, s6 = default, t6 = default, s7 = default, t7 = default;
        V s8 = default, t8 = default, s9 = default, t9 = default, s10 = default, t10 = default, s11 = default, t11 = default;
        for (nint k = 0; k < taps; k++)
        {
            T* from = planes + offsets[k];
            V u = R.Load(from), v = R.Load(from + R.Lanes);
            V w0 = R.Create(panel[0]);
            s0 = R.MultiplyAdd(w0, u, s0);
            t0 = R.MultiplyAdd(w0, v, t0);
            V w1 = R.Create(panel[1]);
            s1 = R.MultiplyAdd(w1, u, s1);
            t1 = R.MultiplyAdd(w1, v, t1);
            V w2 = R.Create(panel[2]);
            s2 = R.MultiplyAdd(w2, u, s2);
            t2 = R.MultiplyAdd(w2, v, t2);
            V w3 = R.Create(panel[3]);
            s3 = R.MultiplyAdd(w3, u, s3);
            t3 = R.MultiplyAdd(w3, v, t3);
            V w4 = R.Create(panel[4]);
            s4 = R.MultiplyAdd(w4, u, s4);
            t4 = R.MultiplyAdd(w4, v, t4);
            V w5 = R.Create(panel[5]);
            s5 = R.MultiplyAdd(w5, u, s5);
            t5 = R.MultiplyAdd(w5, v, t5);
            V w6 = R.Create(panel[6]);
            s6 = R.MultiplyAdd(w6, u, s6);
            t6 = R.MultiplyAdd(w6, v, t6);
            V w7 = R.Create(panel[7]);
            s7 = R.MultiplyAdd(w7, u, s7);
            t7 = R.MultiplyAdd(w7, v, t7);
            V w8 = R.Create(panel[8]);
            s8 = R.MultiplyAdd(w8, u, s8);
            t8 = R.MultiplyAdd(w8, v, t8);
            V w9 = R.Create(panel[9]);
            s9 = R.MultiplyAdd(w9, u, s9);
            t9 = R.MultiplyAdd(w9, v, t9);
            V w10 = R.Create(panel[10]);
            s10 = R.MultiplyAdd(w10, u, s10);
            t10 = R.MultiplyAdd(w10, v, t10);
            V w11 = R.Create(panel[11]);
            s11 = R.MultiplyAdd(w11, u, s11);
            t11 = R.MultiplyAdd(w11, v, t11);
            panel += 12;
        }

        Store(to, s0, t0);
        Store(to + toRow, s1, t1);
        Store(to + (2 * toRow), s2, t2);
        Store(to + (3 * toRow), s3, t3);
        Store(to + (4 * toRow), s4, t4);
        Store(to + (5 * toRow), s5, t5);
        Store(to + (6 * toRow), s6, t6);
        Store(to + (7 * toRow), s7, t7);
        Store(to + (8 * toRow), s8, t8);
        Store(to + (9 * toRow), s9, t9);
        Store(to + (10 * toRow), s10, t10);
        Store(to + (11 * toRow), s11, t11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(nint taps, T* panel, T* planes, nint* offsets, T* to, nint toRow)
    {
        V s0 = default, t0 = default, s1 = default, t1 = default, s2 = default, t2 = default, s3 = default, t3 = default;
        V s4 = default, t4 = default, s5 = default, t5 = default, s6 = default, t6 = default, s7 = default, t7 = default;
        for (nint k = 0; k < taps; k++)
        {
            T* from = planes + offsets[k];
            V u = R.Load(from), v = R.Load(from + R.Lanes);
            V w0 = R.Create(panel[0]);
            s0 = R.MultiplyAdd(w0, u, s0);
            t0 = R.MultiplyAdd(w0, v, t0);
            V w1 = R.Create(panel[1]);
            s1 = R.MultiplyAdd(w1, u, s1);
            t1 = R.MultiplyAdd(w1, v, t1);
            V w2 = R.Create(panel[2]);
            s2 = R.MultiplyAdd(w2, u, s2);
            t2 = R.MultiplyAdd(w2, v, t2);
            V w3 = R.Create(panel[3]);
            s3 = R.MultiplyAdd(w3, u, s3);
            t3 = R.MultiplyAdd(w3, v, t3);
            V w4 = R.Create(panel[4]);
            s4 = R.MultiplyAdd(w4, u, s4);
            t4 = R.MultiplyAdd(w4, v, t4);
            V w5 = R.Create(panel[5]);
            s5 = R.MultiplyAdd(w5, u, s5);
            t5 = R.MultiplyAdd(w5, v, t5);
            V w6 = R.Create(panel[6]);
            s6 = R.MultiplyAdd(w6, u, s6);
            t6 = R.MultiplyAdd(w6, v, t6);
            V w7 = R.Create(panel[7]);
            s7 = R.MultiplyAdd(w7, u, s7);
            t7 = R.MultiplyAdd(w7, v, t7);
            panel += 8;
        }

        Store(to, s0, t0);
        Store(to + toRow, s1, t1);
        Store(to + (2 * toRow), s2, t2);
        Store(to + (3 * toRow), s3, t3);
        Store(to + (4 * toRow), s4, t4);
        Store(to + (5 * toRow), s5, t5);
        Store(to + (6 * toRow), s6, t6);
        Store(to + (7 * toRow), s7, t7);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(nint taps, T* panel, T* planes, nint* offsets, T* to, nint toRow)
    {
        V s0 = default, t0 = default, s1 = default, t1 = default, s2 = default, t2 = default, s3 = default, t3 = default;
        for (nint k = 0; k < taps; k++)
        {
            T* from = planes + offsets[k];
            V u = R.Load(from), v = R.Load(from + R.Lanes);
            V w0 = R.Create(panel[0]);
            s0 = R.MultiplyAdd(w0, u, s0);
            t0 = R.MultiplyAdd(w0, v, t0);
            V w1 = R.Create(panel[1]);
            s1 = R.MultiplyAdd(w1, u, s1);
            t1 = R.MultiplyAdd(w1, v, t1);
            V w2 = R.Create(panel[2]);
            s2 = R.MultiplyAdd(w2, u, s2);
            t2 = R.MultiplyAdd(w2, v, t2);
            V w3 = R.Create(panel[3]);
            s3 = R.MultiplyAdd(w3, u, s3);
            t3 = R.MultiplyAdd(w3, v, t3);
            panel += 4;
        }

        Store(to, s0, t0);
        Store(to + toRow, s1, t1);
        Store(to + (2 * toRow), s2, t2);
        Store(to + (3 * toRow), s3, t3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T* to, V s, V t)
    {
        R.Store(to, s);
        R.Store(to + R.Lanes, t);
    }
}
