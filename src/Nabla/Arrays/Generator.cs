using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// A stream of random numbers: the same seed gives the same numbers on every machine, for every number of threads, and
/// however they are divided into calls.
/// </summary>
/// <remarks>
/// <para>
/// The generator is Philox2x64-10 (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011): word
/// number i of the stream is a function of the seed and i alone. Every uniform or normal number takes one 64-bit word, so
/// filling a span of 30 gives what three fills of 10 give. Normal numbers are the inverse of the normal distribution at a
/// uniform number, by polynomials (Wichura's AS 241) and a logarithm made of correctly rounded operations only.
/// </para>
/// <para>
/// A generator may be used from several threads at once: each call takes its own stretch of the stream. Which call gets which
/// stretch is then a matter of timing; <see cref="Fork"/> gives each thread a stream of its own.
/// </para>
/// </remarks>
public sealed class Generator
{
    private const double UnitOfDouble = 1.0 / (1L << 53);
    private const float UnitOfFloat = 1.0f / (1 << 24);

    // Words of draws have 0 in the upper half of Philox's counter, seeds of forks have 1.
    private const ulong DrawStream = 0;
    private const ulong ForkStream = 1;

    private const int Rounds = 10;
    private const ulong Multiplier = 0xD2B74407B1CE6E93;
    private const ulong KeyStep = 0x9E3779B97F4A7C15;

    // Fills go by this many words, which stay in the first cache.
    private const int Batch = 512;

    private ulong seed;
    private ulong position;
    private ulong forks;

    /// <summary>A generator at the start of a seed's stream.</summary>
    /// <param name="seed">Any number; different seeds give unrelated streams.</param>
    public Generator(ulong seed) => this.seed = seed;

    /// <summary>
    /// The generator that random tensors use unless they are given one, shared by all threads; its seed is 0 until
    /// <c>Tensor.ManualSeed</c> sets another, so programs repeat themselves.
    /// </summary>
    public static Generator Default { get; } = new(0);

    /// <summary>The seed the stream started from.</summary>
    public ulong Seed => seed;

    /// <summary>Goes back to the start of a seed's stream.</summary>
    /// <param name="seed">The new seed.</param>
    /// <returns>This generator.</returns>
    public Generator ManualSeed(ulong seed)
    {
        DrawnGenerators.Note(this);
        this.seed = seed;
        Interlocked.Exchange(ref position, 0);
        Interlocked.Exchange(ref forks, 0);
        return this;
    }

    /// <summary>Where in which stream the generator is.</summary>
    internal GeneratorState State
    {
        get => new(seed, Interlocked.Read(ref position), Interlocked.Read(ref forks));
        set
        {
            seed = value.Seed;
            Interlocked.Exchange(ref position, value.Position);
            Interlocked.Exchange(ref forks, value.Forks);
        }
    }

    /// <summary>A new, unrelated generator. The n-th fork of a seed is always the same, and forking draws nothing from this stream.</summary>
    public Generator Fork()
    {
        DrawnGenerators.Note(this);
        return new(Word(seed, Interlocked.Increment(ref forks) - 1, ForkStream));
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64() => Word(seed, Take(1), DrawStream);

    /// <summary>The next number, uniform over the multiples of 2⁻⁵³ in [0, 1).</summary>
    public double NextDouble() => ToDouble(NextUInt64());

    /// <summary>The next number of the standard normal distribution.</summary>
    public double NextNormal() => NormalQuantile.AtWord(NextUInt64());

    /// <summary>The next integer, each of [<paramref name="low"/>, <paramref name="high"/>) being equally likely.</summary>
    /// <param name="low">The smallest possible result.</param>
    /// <param name="high">One more than the largest possible result.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="high"/> is not above <paramref name="low"/>.</exception>
    public long NextInt64(long low, long high)
    {
        if (high <= low)
        {
            throw new ArgumentOutOfRangeException(
                nameof(high), $"NextInt64: the range [low, high) is empty: low is {low}, high is {high}. Pass a high above low; high itself is never returned.");
        }

        // Lemire's method: the upper half of word * range, drawing again for the few words that would favour some results.
        ulong range = unchecked((ulong)high - (ulong)low);
        ulong upper = Math.BigMul(NextUInt64(), range, out ulong lower);
        if (lower < range)
        {
            ulong threshold = unchecked(0 - range) % range;
            while (lower < threshold) upper = Math.BigMul(NextUInt64(), range, out lower);
        }

        return unchecked((long)((ulong)low + upper));
    }

    /// <summary>Fills with numbers uniform in [0, 1): the multiples of 2⁻⁵³.</summary>
    /// <param name="values">Where they go.</param>
    [SkipLocalsInit]
    public void FillUniform(Span<double> values)
    {
        Span<ulong> words = stackalloc ulong[Batch];
        ulong start = Take((ulong)values.Length);
        for (int i = 0; i < values.Length; i += Batch)
        {
            int count = Math.Min(Batch, values.Length - i);
            FillWords(words[..count], start + (ulong)i);
            for (int j = 0; j < count; j++) values[i + j] = ToDouble(words[j]);
        }
    }

    /// <summary>Fills with numbers uniform in [0, 1): the multiples of 2⁻²⁴.</summary>
    /// <param name="values">Where they go.</param>
    [SkipLocalsInit]
    public void FillUniform(Span<float> values)
    {
        Span<ulong> words = stackalloc ulong[Batch];
        ulong start = Take((ulong)values.Length);
        for (int i = 0; i < values.Length; i += Batch)
        {
            int count = Math.Min(Batch, values.Length - i);
            FillWords(words[..count], start + (ulong)i);
            for (int j = 0; j < count; j++) values[i + j] = (int)(words[j] >> 40) * UnitOfFloat;
        }
    }

    /// <summary>Fills with numbers of the standard normal distribution.</summary>
    /// <param name="values">Where they go.</param>
    [SkipLocalsInit]
    public void FillNormal(Span<double> values)
    {
        Span<ulong> words = stackalloc ulong[Batch];
        ulong start = Take((ulong)values.Length);
        for (int i = 0; i < values.Length; i += Batch)
        {
            int count = Math.Min(Batch, values.Length - i);
            FillWords(words[..count], start + (ulong)i);
            NormalQuantile.AtWords(words[..count], values.Slice(i, count));
        }
    }

    /// <summary>Fills with numbers of the standard normal distribution: those of the double fill, rounded.</summary>
    /// <param name="values">Where they go.</param>
    [SkipLocalsInit]
    public void FillNormal(Span<float> values)
    {
        Span<ulong> words = stackalloc ulong[Batch];
        Span<double> normals = stackalloc double[Batch];
        ulong start = Take((ulong)values.Length);
        for (int i = 0; i < values.Length; i += Batch)
        {
            int count = Math.Min(Batch, values.Length - i);
            FillWords(words[..count], start + (ulong)i);
            NormalQuantile.AtWords(words[..count], normals[..count]);
            for (int j = 0; j < count; j++) values[i + j] = (float)normals[j];
        }
    }

    /// <summary>Fills with integers, each of [<paramref name="low"/>, <paramref name="high"/>) being equally likely.</summary>
    /// <param name="values">Where they go.</param>
    /// <param name="low">The smallest possible result.</param>
    /// <param name="high">One more than the largest possible result.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="high"/> is not above <paramref name="low"/>.</exception>
    public void FillInt64(Span<long> values, long low, long high)
    {
        for (int i = 0; i < values.Length; i++) values[i] = NextInt64(low, high);
    }

    /// <summary>Fills with the numbers 0, 1, 2, ... in random order, each order being equally likely.</summary>
    /// <param name="values">Where they go.</param>
    public void FillPermutation(Span<long> values)
    {
        // Fisher and Yates, from the inside out.
        for (int i = 0; i < values.Length; i++)
        {
            int j = (int)NextInt64(0, i + 1L);
            values[i] = values[j];
            values[j] = i;
        }
    }

    private ulong Take(ulong count)
    {
        DrawnGenerators.Note(this);
        return Interlocked.Add(ref position, count) - count;
    }

    private static double ToDouble(ulong word) => (long)(word >> 11) * UnitOfDouble;

    private static ulong Word(ulong seed, ulong index, ulong stream)
    {
        (ulong even, ulong odd) = Philox(seed, index >> 1, stream);
        return (index & 1) == 0 ? even : odd;
    }

    // Philox2x64-10: ten rounds of one widening multiplication; the key grows by the golden ratio.
    internal static (ulong First, ulong Second) Philox(ulong key, ulong counter, ulong stream)
    {
        unchecked
        {
            for (int round = 0; round < Rounds; round++)
            {
                ulong upper = Math.BigMul(counter, Multiplier, out ulong lower);
                counter = upper ^ key ^ stream;
                stream = lower;
                key += KeyStep;
            }
        }

        return (counter, stream);
    }

    // A stretch of the stream. Two evaluations of Philox run side by side, since one is a long chain of dependent steps.
    private void FillWords(Span<ulong> words, ulong index)
    {
        int i = 0;
        if ((index & 1) != 0 && words.Length > 0) words[i++] = Word(seed, index, DrawStream);
        ulong counter = (index + 1) >> 1;
        for (; i + 4 <= words.Length; i += 4, counter += 2)
        {
            ulong c0 = counter, c1 = counter + 1, s0 = DrawStream, s1 = DrawStream, key = seed;
            for (int round = 0; round < Rounds; round++)
            {
                ulong upper0 = Math.BigMul(c0, Multiplier, out ulong lower0);
                ulong upper1 = Math.BigMul(c1, Multiplier, out ulong lower1);
                c0 = upper0 ^ key ^ s0;
                c1 = upper1 ^ key ^ s1;
                s0 = lower0;
                s1 = lower1;
                key = unchecked(key + KeyStep);
            }

            words[i] = c0;
            words[i + 1] = s0;
            words[i + 2] = c1;
            words[i + 3] = s1;
        }

        for (; i < words.Length; i++) words[i] = Word(seed, index + (ulong)i, DrawStream);
    }
}
