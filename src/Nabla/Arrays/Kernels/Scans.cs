using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Running sums and products along the middle axis of a contiguous [outer, n, inner]; y may be x itself.
/// </summary>
/// <remarks>Floats are accumulated in double, as PyTorch does, and rounded where they are stored; integers wrap around.</remarks>
internal static unsafe class Scans
{
    private const int PieceColumns = 256;

    /// <summary>y[o, i, j] = x[o, 0, j] + ... + x[o, i, j]; reversed: x[o, i, j] + ... + x[o, n - 1, j].</summary>
    public static void CumSum<T>(T* x, T* y, nint outer, nint n, nint inner, bool reverse = false)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(long)) Along<T, long, SumFold<long>>(x, y, outer, n, inner, reverse);
        else Along<T, double, SumFold<double>>(x, y, outer, n, inner, reverse);
    }

    /// <summary>y[o, i, j] = x[o, 0, j] · ... · x[o, i, j]; reversed: x[o, i, j] · ... · x[o, n - 1, j].</summary>
    public static void CumProd<T>(T* x, T* y, nint outer, nint n, nint inner, bool reverse = false)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(long)) Along<T, long, ProductFold<long>>(x, y, outer, n, inner, reverse);
        else Along<T, double, ProductFold<double>>(x, y, outer, n, inner, reverse);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Along<T, TWide, TFold>(T* x, T* y, nint outer, nint n, nint inner, bool reverse)
        where T : unmanaged, INumber<T>
        where TWide : unmanaged, INumber<TWide>
        where TFold : struct, IFold<TWide>
    {
        nint first = reverse ? (n - 1) * inner : 0, step = reverse ? -inner : inner;
        if (inner == 1)
        {
            for (nint o = 0; o < outer; o++, x += n, y += n)
            {
                T* from = x + first, to = y + first;
                TWide running = TFold.Identity;
                nint i = 0;

                // Four at a time, so that only one of four joins waits for the one before.
                for (; i + 4 <= n; i += 4, from += 4 * step, to += 4 * step)
                {
                    TWide x0 = TWide.CreateTruncating(from[0]), x2 = TWide.CreateTruncating(from[2 * step]);
                    TWide x01 = TFold.Join(x0, TWide.CreateTruncating(from[step]));
                    TWide x012 = TFold.Join(x01, x2);
                    TWide x23 = TFold.Join(x2, TWide.CreateTruncating(from[3 * step]));
                    TWide x0123 = TFold.Join(x01, x23);
                    to[0] = T.CreateTruncating(TFold.Join(running, x0));
                    to[step] = T.CreateTruncating(TFold.Join(running, x01));
                    to[2 * step] = T.CreateTruncating(TFold.Join(running, x012));
                    running = TFold.Join(running, x0123);
                    to[3 * step] = T.CreateTruncating(running);
                }

                for (; i < n; i++, from += step, to += step)
                {
                    running = TFold.Join(running, TWide.CreateTruncating(*from));
                    *to = T.CreateTruncating(running);
                }
            }

            return;
        }

        TWide* piece = stackalloc TWide[PieceColumns];
        for (nint o = 0; o < outer; o++, x += n * inner, y += n * inner)
        {
            for (nint start = 0; start < inner; start += PieceColumns)
            {
                nint columns = nint.Min(PieceColumns, inner - start);
                new Span<TWide>(piece, (int)columns).Fill(TFold.Identity);
                T* from = x + first + start, to = y + first + start;
                for (nint i = 0; i < n; i++, from += step, to += step)
                {
                    for (nint j = 0; j < columns; j++)
                    {
                        piece[j] = TFold.Join(piece[j], TWide.CreateTruncating(from[j]));
                        to[j] = T.CreateTruncating(piece[j]);
                    }
                }
            }
        }
    }
}
