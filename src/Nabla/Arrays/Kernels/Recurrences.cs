using System.Numerics;

namespace Nabla;

/// <summary>
/// Scans along the middle axis of a contiguous [outer, n, inner] in which each step needs the result of the one before.
/// </summary>
internal static unsafe class Recurrences
{
    /// <summary>s[i] = b[i] + a[i] · s[i - 1], from 0; reversed: s[i] = b[i] + a[i] · s[i + 1]. Accumulated in double.</summary>
    public static void Linear<T>(T* a, T* b, T* s, nint outer, nint n, nint inner, bool reverse)
        where T : unmanaged, INumber<T>
    {
        nint first = reverse ? (n - 1) * inner : 0, step = reverse ? -inner : inner;
        for (nint o = 0; o < outer; o++, a += n * inner, b += n * inner, s += n * inner)
        {
            for (nint j = 0; j < inner; j++)
            {
                double running = 0;
                nint at = first + j;
                for (nint i = 0; i < n; i++, at += step)
                {
                    // The first step has nothing before it, so its factor must not matter, even if it is infinite.
                    double before = i == 0 ? 0 : double.CreateTruncating(a[at]) * running;
                    running = double.CreateTruncating(b[at]) + before;
                    s[at] = T.CreateTruncating(running);
                }
            }
        }
    }

    /// <summary>y[i] = log(exp x[0] + ... + exp x[i]), without overflow; accumulated in double.</summary>
    public static void LogCumSumExp<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>
    {
        for (nint o = 0; o < outer; o++, x += n * inner, y += n * inner)
        {
            for (nint j = 0; j < inner; j++)
            {
                double running = double.NegativeInfinity;
                for (nint at = j; at < n * inner; at += inner)
                {
                    double next = double.CreateTruncating(x[at]);
                    double larger = Math.Max(running, next), smaller = Math.Min(running, next);
                    running = double.IsInfinity(larger) ? larger : larger + Symbolics.ScalarMath.Log1p(Math.Exp(smaller - larger));
                    y[at] = T.CreateTruncating(running);
                }
            }
        }
    }

    /// <summary>The position of the largest (or smallest) element so far, the latest of equal ones; a NaN wins for good.</summary>
    public static void ExtremesSoFar<T>(T* x, long* y, nint outer, nint n, nint inner, bool largest)
        where T : unmanaged, INumber<T>
    {
        for (nint o = 0; o < outer; o++, x += n * inner, y += n * inner)
        {
            for (nint j = 0; j < inner; j++)
            {
                nint best = 0;
                for (nint i = 0; i < n; i++)
                {
                    T now = x[(i * inner) + j], extreme = x[(best * inner) + j];
                    if (T.IsNaN(now) || (largest ? now >= extreme : now <= extreme)) best = i;
                    y[(i * inner) + j] = best;
                }
            }
        }
    }
}
