using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// The memory that a tensor and its views share, and the counter of the changes made to it in place.
/// Managed memory: nobody disposes of it.
/// </summary>
internal abstract class Storage
{
    /// <summary>The elements, in the order of the strides, as raw bytes.</summary>
    public byte[] Bytes;

    /// <summary>How often the memory was changed in place; what backward saved is valid only while this stands still.</summary>
    public int Version;

    /// <summary>The time when this was made, in transforms begun since the program started: what a transform's function captures is older than the transform.</summary>
    public readonly int Epoch = Epochs.Now;

    private protected Storage(byte[] bytes) => Bytes = bytes;

    /// <summary>Memory that is an ordinary object of the runtime.</summary>
    public static Storage Of(byte[] bytes) => new ObjectStorage(bytes);

    /// <summary>Memory for <paramref name="count"/> elements with any content.</summary>
    public static Storage Allocate(int count, DType dtype)
    {
        long bytes = (long)count * dtype.Size();
        if (bytes > Array.MaxLength)
            throw new ShapeException($"Tensor: {count} elements of {dtype.Word()} need {bytes} bytes, more than one tensor holds ({Array.MaxLength}). Split it.");
        if (AllocationScope.Current is { } scope) return Allocate((int)bytes, scope);
        return bytes <= 64 ? Of(new byte[bytes]) : BufferPool.Rent((int)bytes);
    }

    private static Storage Allocate(int bytes, AllocationScope scope)
    {
        if (scope.Rent(bytes) is { } rented) return rented;
        Storage made = bytes <= 64 ? Storage.Of(new byte[bytes]) : BufferPool.Rent(bytes);
        scope.Made(made);
        return made;
    }

    /// <summary>Memory for <paramref name="count"/> elements, all zero.</summary>
    public static Storage AllocateZeroed(int count, DType dtype)
    {
        Storage storage = Allocate(count, dtype);
        Array.Clear(storage.Bytes, 0, count * dtype.Size());
        return storage;
    }

    /// <summary>A reference to the first byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte Reference() => ref MemoryMarshal.GetArrayDataReference(Bytes);
}

/// <summary>Memory that the collector frees.</summary>
internal sealed class ObjectStorage(byte[] bytes) : Storage(bytes);
