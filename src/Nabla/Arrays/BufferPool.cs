namespace Nabla;

/// <summary>Where the bytes of storages come from.</summary>
internal static class BufferPool
{
    /// <summary>An array of exactly <paramref name="bytes"/> bytes with any content.</summary>
    public static byte[] Rent(int bytes) => GC.AllocateUninitializedArray<byte>(bytes);
}
