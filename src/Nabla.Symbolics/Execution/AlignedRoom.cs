using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>Working memory that a thread keeps for the next call: pinned, so that pointers into it stay valid.</summary>
internal static unsafe class AlignedRoom
{
    /// <summary>The bytes of a cache line, and of the widest vector.</summary>
    public const int Alignment = 64;

    private const int Least = 1 << 15;

    /// <summary>So many bytes from an aligned address on, with any content, valid until the next call with the same memory.</summary>
    /// <param name="kept">The memory: a field of the thread. It is replaced where it is too small.</param>
    /// <param name="bytes">How many bytes are needed.</param>
    public static byte* In(ref byte[]? kept, nint bytes)
    {
        if (kept is null || kept.Length < bytes + Alignment) kept = GC.AllocateUninitializedArray<byte>(checked((int)Math.Max(bytes + Alignment, Least)), pinned: true);
        return Up((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(kept)));
    }

    /// <summary>The next aligned address.</summary>
    public static byte* Up(byte* address) => (byte*)(((nint)address + Alignment - 1) & ~(nint)(Alignment - 1));
}
