using System.Runtime.Intrinsics;

namespace Nabla.Symbolics;

/// <summary>How many bits the vector kernels work on at a time. Results do not depend on it.</summary>
internal static class VectorWidth
{
    /// <summary>What the hardware does in one instruction.</summary>
    public static int OfHardware => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The width in use: 512, 256 or 128. Tests set it to compare the widths.</summary>
    public static int Current { get; set; } = OfHardware;
}
