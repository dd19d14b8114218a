namespace Nabla.Bench;

/// <summary>Numbers that look random and that the peer makes in the same way: a hash of the index.</summary>
internal static class Data
{
    public static Tensor Uniform(int[] shape, double low, double high, int seed = 0, DType dtype = DType.Float32, bool requiresGrad = false)
    {
        int count = 1;
        foreach (int length in shape) count *= length;
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = low + ((high - low) * (Hash(unchecked((uint)i + (uint)(seed * 1_000_003))) / (double)(1 << 24)));
        return Tensor.FromArray(values, dtype).Reshape(shape).Detach().RequireGrad(requiresGrad);
    }

    /// <summary>Something to start backward with from a result: not all ones, which some rules would turn into zeros.</summary>
    public static Tensor GradientOf(Tensor result) => Uniform([.. result.Shape], 0.5, 1.5, seed: 99, result.DType);

    /// <summary>24 bits that depend on all bits of the index: the finaliser of MurmurHash3.</summary>
    private static uint Hash(uint h)
    {
        unchecked
        {
            h *= 2_654_435_761;
            h ^= h >> 16;
            h *= 0x85EBCA6B;
            h ^= h >> 13;
            h *= 0xC2B2AE35;
            h ^= h >> 16;
        }
        return h >> 8;
    }
}
