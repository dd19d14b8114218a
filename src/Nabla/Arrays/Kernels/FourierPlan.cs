using System.Collections.Concurrent;
using System.Numerics;

namespace Nabla;

/// <summary>
/// The discrete Fourier transform of one length, X[k] = Σ x[j]·exp(−2πi·jk/n), in place on real and imaginary parts.
/// </summary>
/// <remarks>
/// Lengths whose prime factors are at most 13 run through Stockham's stages, one for each factor (4, 2, 3, 5, 7, 11, 13): a stage
/// reads one buffer and writes the other in such an order that no reordering is left at the end. All other lengths become a
/// circular convolution of a power of two (Bluestein, "A linear filtering approach to the computation of discrete Fourier
/// transform", 1970). Roots of unity are computed one by one from an eighth of the circle, so that the error grows as log n.
/// </remarks>
internal sealed class FourierPlan
{
    private const int LargestFactor = 13, MostPlans = 64, LongestKept = 1 << 16;

    private static readonly ConcurrentDictionary<int, FourierPlan> Plans = new();

    private readonly int length;
    private readonly int[] factors;
    private readonly double[] cos, sin;
    private readonly Chirp? chirp;

    private FourierPlan(int length)
    {
        this.length = length;
        factors = FactorsOf(length, out int rest);
        if (rest > 1)
        {
            chirp = new Chirp(length);
            (cos, sin) = ([], []);
        }
        else
        {
            (cos, sin) = Circle(length);
        }
    }

    /// <summary>The plan of a length, at least 1; those of usual lengths are kept.</summary>
    public static FourierPlan Of(int length)
    {
        if (Plans.TryGetValue(length, out FourierPlan? plan)) return plan;
        plan = new FourierPlan(length);
        if (length > LongestKept) return plan;
        if (Plans.Count >= MostPlans) Plans.Clear();
        return Plans.GetOrAdd(length, plan);
    }

    /// <summary>The length of each of the buffers that a transform works in.</summary>
    public int Room => chirp is null ? length : chirp.Room;

    /// <summary>exp(−2πi·k/n) for k from 0 to n − 1, as cosines and negative sines.</summary>
    public static (double[] Cos, double[] Sin) Circle(int n)
    {
        double[] cos = new double[n], sin = new double[n];
        for (int k = 0; k < n; k++) (cos[k], sin[k]) = Root(k, n);
        return (cos, sin);
    }

    /// <summary>Transforms the first elements of two buffers of <see cref="Room"/>; for the inverse, not divided by n, exchange the buffers.</summary>
    /// <param name="re">Real parts.</param>
    /// <param name="im">Imaginary parts.</param>
    /// <param name="spareRe">A buffer with any content.</param>
    /// <param name="spareIm">A buffer with any content.</param>
    public void Run(double[] re, double[] im, double[] spareRe, double[] spareIm)
    {
        if (chirp is not null)
        {
            chirp.Run(re, im, spareRe, spareIm);
            return;
        }
        (double[] toRe, double[] toIm, double[] fromRe, double[] fromIm) = (spareRe, spareIm, re, im);
        int n = length, stride = 1;
        foreach (int factor in factors)
        {
            n /= factor;
            switch (factor)
            {
                case 2: Stage2(fromRe, fromIm, toRe, toIm, n, stride); break;
                case 3: Stage3(fromRe, fromIm, toRe, toIm, n, stride); break;
                case 4: Stage4(fromRe, fromIm, toRe, toIm, n, stride); break;
                default: Stage(factor, fromRe, fromIm, toRe, toIm, n, stride); break;
            }
            stride *= factor;
            (fromRe, fromIm, toRe, toIm) = (toRe, toIm, fromRe, fromIm);
        }
        if (ReferenceEquals(fromRe, re)) return;
        fromRe.AsSpan(0, length).CopyTo(re);
        fromIm.AsSpan(0, length).CopyTo(im);
    }

    // ---- stages: m groups of a factor, each repeated with a stride --------------------------------------------------------

    private void Stage2(double[] xr, double[] xi, double[] yr, double[] yi, int m, int stride)
    {
        for (int q = 0; q < m; q++)
        {
            (double wr, double wi) = (cos[q * stride], sin[q * stride]);
            int a = stride * q, b = stride * (q + m), y = stride * 2 * q;
            for (int r = 0; r < stride; r++)
            {
                (double ar, double ai, double br, double bi) = (xr[a + r], xi[a + r], xr[b + r], xi[b + r]);
                (yr[y + r], yi[y + r]) = (ar + br, ai + bi);
                (double dr, double di) = (ar - br, ai - bi);
                (yr[y + stride + r], yi[y + stride + r]) = ((dr * wr) - (di * wi), (dr * wi) + (di * wr));
            }
        }
    }

    private void Stage3(double[] xr, double[] xi, double[] yr, double[] yi, int m, int stride)
    {
        double half = 0.5 * Math.Sqrt(3);
        for (int q = 0; q < m; q++)
        {
            (double ur, double ui) = (cos[q * stride], sin[q * stride]);
            (double vr, double vi) = (cos[2 * q * stride], sin[2 * q * stride]);
            int a = stride * q, b = stride * (q + m), c = stride * (q + (2 * m)), y = stride * 3 * q;
            for (int r = 0; r < stride; r++)
            {
                (double ar, double ai) = (xr[a + r], xi[a + r]);
                (double sr, double si) = (xr[b + r] + xr[c + r], xi[b + r] + xi[c + r]);
                (double dr, double di) = (half * (xr[b + r] - xr[c + r]), half * (xi[b + r] - xi[c + r]));
                (yr[y + r], yi[y + r]) = (ar + sr, ai + si);
                (double mr, double mi) = (ar - (0.5 * sr), ai - (0.5 * si));
                (double pr, double pi) = (mr + di, mi - dr);
                (yr[y + stride + r], yi[y + stride + r]) = ((pr * ur) - (pi * ui), (pr * ui) + (pi * ur));
                (pr, pi) = (mr - di, mi + dr);
                (yr[y + (2 * stride) + r], yi[y + (2 * stride) + r]) = ((pr * vr) - (pi * vi), (pr * vi) + (pi * vr));
            }
        }
    }

    private void Stage4(double[] xr, double[] xi, double[] yr, double[] yi, int m, int stride)
    {
        for (int q = 0; q < m; q++)
        {
            (double ur, double ui) = (cos[q * stride], sin[q * stride]);
            (double vr, double vi) = (cos[2 * q * stride], sin[2 * q * stride]);
            (double wr, double wi) = (cos[3 * q * stride], sin[3 * q * stride]);
            int a = stride * q, step = stride * m, y = stride * 4 * q;
            for (int r = 0; r < stride; r++)
            {
                int x0 = a + r, x1 = x0 + step, x2 = x1 + step, x3 = x2 + step, to = y + r;
                (double er, double ei, double fr, double fi) = (xr[x0] + xr[x2], xi[x0] + xi[x2], xr[x0] - xr[x2], xi[x0] - xi[x2]);
                (double gr, double gi, double hr, double hi) = (xr[x1] + xr[x3], xi[x1] + xi[x3], xr[x1] - xr[x3], xi[x1] - xi[x3]);
                (yr[to], yi[to]) = (er + gr, ei + gi);
                (double pr, double pi) = (fr + hi, fi - hr);
                to += stride;
                (yr[to], yi[to]) = ((pr * ur) - (pi * ui), (pr * ui) + (pi * ur));
                (pr, pi) = (er - gr, ei - gi);
                to += stride;
                (yr[to], yi[to]) = ((pr * vr) - (pi * vi), (pr * vi) + (pi * vr));
                (pr, pi) = (fr - hi, fi + hr);
                to += stride;
                (yr[to], yi[to]) = ((pr * wr) - (pi * wi), (pr * wi) + (pi * wr));
            }
        }
    }

    // An odd prime: terms k and p − k share their cosine, and their sine but for the sign.
    private void Stage(int factor, double[] xr, double[] xi, double[] yr, double[] yi, int m, int stride)
    {
        int pairs = factor / 2, turn = length / factor;
        Span<double> sr = stackalloc double[pairs], si = stackalloc double[pairs], dr = stackalloc double[pairs], di = stackalloc double[pairs];
        for (int q = 0; q < m; q++)
        {
            for (int r = 0; r < stride; r++)
            {
                int first = (stride * q) + r, to = (stride * factor * q) + r;
                (double ar, double ai) = (xr[first], xi[first]);
                (double totalR, double totalI) = (ar, ai);
                for (int k = 0; k < pairs; k++)
                {
                    int up = first + (stride * m * (k + 1)), down = first + (stride * m * (factor - 1 - k));
                    (sr[k], si[k], dr[k], di[k]) = (xr[up] + xr[down], xi[up] + xi[down], xr[up] - xr[down], xi[up] - xi[down]);
                    (totalR, totalI) = (totalR + sr[k], totalI + si[k]);
                }
                (yr[to], yi[to]) = (totalR, totalI);
                for (int j = 1; j <= pairs; j++)
                {
                    (double evenR, double evenI, double oddR, double oddI) = (ar, ai, 0, 0);
                    for (int k = 0; k < pairs; k++)
                    {
                        int root = j * (k + 1) % factor * turn;
                        (double c, double s) = (cos[root], sin[root]);
                        (evenR, evenI) = (evenR + (c * sr[k]), evenI + (c * si[k]));
                        (oddR, oddI) = (oddR - (s * di[k]), oddI + (s * dr[k]));
                    }
                    Twisted(evenR + oddR, evenI + oddI, j * q * stride, to + (stride * j), yr, yi);
                    Twisted(evenR - oddR, evenI - oddI, (factor - j) * q * stride, to + (stride * (factor - j)), yr, yi);
                }
            }
        }
    }

    private void Twisted(double re, double im, int root, int to, double[] yr, double[] yi) =>
        (yr[to], yi[to]) = ((re * cos[root]) - (im * sin[root]), (re * sin[root]) + (im * cos[root]));

    // ---- numbers ----------------------------------------------------------------------------------------------------------

    private static int[] FactorsOf(int n, out int rest)
    {
        var factors = new List<int>();
        foreach (int factor in (ReadOnlySpan<int>)[4, 2, 3, 5, 7, 11, LargestFactor])
            for (; n % factor == 0 && n > 1; n /= factor) factors.Add(factor);
        rest = n;
        return [.. factors];
    }

    /// <summary>exp(−2πi·k/n): cosine and negative sine.</summary>
    private static (double Cos, double Sin) Root(long k, long n)
    {
        // The angle in quarters of the circle, and what remains, at most half a quarter from the nearer axis.
        long quarter = 4 * k / n, rest = (4 * k) % n;
        (double sin, double cos) = 2 * rest <= n
            ? double.SinCosPi(rest / (2.0 * n))
            : double.SinCosPi((n - rest) / (2.0 * n)) is var (c, s) ? (s, c) : default;
        (double x, double y) = quarter switch
        {
            0 => (cos, sin),
            1 => (-sin, cos),
            2 => (-cos, -sin),
            _ => (sin, -cos),
        };
        return (x, -y);
    }

    /// <summary>Any length as a convolution: with jk = (j² + k² − (j − k)²)/2 the transform is w(k)·Σ (x(j)·w(j))·w̄(k − j), w(j) = exp(−πi·j²/n).</summary>
    private sealed class Chirp
    {
        private readonly int length;
        private readonly double[] waveRe, waveIm, kernelRe, kernelIm;
        private readonly FourierPlan plan;

        public Chirp(int length)
        {
            this.length = length;
            Room = (int)BitOperations.RoundUpToPowerOf2((uint)((2 * (long)length) - 1));
            plan = Of(Room);
            (waveRe, waveIm) = (new double[length], new double[length]);
            (kernelRe, kernelIm) = (new double[Room], new double[Room]);
            for (int j = 0; j < length; j++)
            {
                (waveRe[j], waveIm[j]) = Root((long)j * j % (2L * length), 2L * length);
                int mirrored = j == 0 ? 0 : Room - j;
                (kernelRe[j], kernelIm[j]) = (waveRe[j], -waveIm[j]);
                (kernelRe[mirrored], kernelIm[mirrored]) = (waveRe[j], -waveIm[j]);
            }
            plan.Run(kernelRe, kernelIm, new double[Room], new double[Room]);
        }

        public int Room { get; }

        public void Run(double[] re, double[] im, double[] spareRe, double[] spareIm)
        {
            for (int j = 0; j < length; j++)
                (re[j], im[j]) = ((re[j] * waveRe[j]) - (im[j] * waveIm[j]), (re[j] * waveIm[j]) + (im[j] * waveRe[j]));
            Array.Clear(re, length, Room - length);
            Array.Clear(im, length, Room - length);
            plan.Run(re, im, spareRe, spareIm);
            for (int j = 0; j < Room; j++)
                (re[j], im[j]) = ((re[j] * kernelRe[j]) - (im[j] * kernelIm[j]), (re[j] * kernelIm[j]) + (im[j] * kernelRe[j]));
            plan.Run(im, re, spareRe, spareIm);
            for (int j = 0; j < length; j++)
            {
                (double r, double i) = (re[j] / Room, im[j] / Room);
                (re[j], im[j]) = ((r * waveRe[j]) - (i * waveIm[j]), (r * waveIm[j]) + (i * waveRe[j]));
            }
        }
    }
}
