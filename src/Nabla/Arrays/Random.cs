namespace Nabla;

/// <summary>The generator that random tensors use unless they are given one.</summary>
public static class Random
{
    /// <summary>The default generator, shared by all threads; its seed is 0 until <see cref="Seed"/> sets another, so programs repeat themselves.</summary>
    public static Generator Default { get; } = new(0);

    /// <summary>Starts the default generator from a seed, as <c>torch.manual_seed</c> does.</summary>
    /// <param name="seed">Any number.</param>
    public static void Seed(ulong seed) => Default.ManualSeed(seed);
}
