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

    /// <summary>y[o, i, j] = x[o, 0, j] + ... + x[o, i, j].</summary>
    public static void CumSum<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(long)) Along<T, long, SumFold<long>>(x, y, outer, n, inner);
        else Along<T, double, SumFold<double>>(x, y, outer, n, inner);
    }

    /// <summary>y[o, i, j] = x[o, 0, j] · ... · x[o, i, j].</summary>
    public static void CumProd<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(long)) Along<T, long, ProductFold<long>>(x, y, outer, n, inner);
        else Along<T, double, ProductFold<double>>(x, y, outer, n, inner);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Along<T, TWide, TFold>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>
        where TWide : unmanaged, INumber<TWide>
        where TFold : struct, IFold<TWide>
    {
        if (inner == 1)
        {
            for (nint o = 0; o < outer; o++, x += n, y += n)
            {
                TWide running = TFold.Identity;
                nint i = 0;

                // Four at a time, so that only one of four joins waits for the one before.
                for (; i + 4 <= n; i += 4)
                {
                    TWide x0 = TWide.CreateTruncating(x[i]), x2 = TWide.CreateTruncating(x[i + 2]);
                    TWide x01 = TFold.Join(x0, TWide.CreateTruncating(x[i + 1]));
                    TWide x012 = TFold.Join(x01, x2);
                    TWide x23 = TFold.Join(x2, TWide.CreateTruncating(x[i + 3]));
                    TWide x0123 = TFold.Join(x01, x23);
                    y[i] = T.CreateTruncating(TFold.Join(running, x0));
                    y[i + 1] = T.CreateTruncating(TFold.Join(running, x01));
                    y[i + 2] = T.CreateTruncating(TFold.Join(running, x012));
                    running = TFold.Join(running, x0123);
                    y[i + 3] = T.CreateTruncating(running);
                }

                for (; i < n; i++)
                {
                    running = TFold.Join(running, TWide.CreateTruncating(x[i]));
                    y[i] = T.CreateTruncating(running);
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
                for (nint i = 0; i < n; i++)
                {
                    T* from = x + i * inner + start, to = y + i * inner + start;
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
