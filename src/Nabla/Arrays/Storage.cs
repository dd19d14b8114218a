using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// The memory that a tensor and its views share, and the counter of the changes made to it in place.
/// Managed memory: nobody disposes of it.
/// </summary>
internal abstract class Storage
{
    /// <summary>Up to so many bytes lie in the storage itself: one small object is made instead of two.</summary>
    private const int LargestInside = 64;

    // The elements; null if they lie in the storage itself.
    private byte[]? array;

    // Negative where several storages of one memory count together.
    private int version;

    /// <summary>How often the memory was changed in place; what backward saved is valid only while this stands still.</summary>
    public int Version
    {
        get => version >= 0 ? version : SharedVersion;
        set
        {
            if (version >= 0) version = value;
            else SharedVersion = value;
        }
    }

    /// <summary>The common count, after <see cref="ShareVersion"/>.</summary>
    private protected virtual int SharedVersion
    {
        get => version;
        set => version = value;
    }

    /// <summary>The time when this was made, in transforms begun since the program started: what a transform's function captures is older than the transform.</summary>
    public readonly int Epoch;

    private protected Storage(byte[]? array)
    {
        this.array = array;
        Epoch = Epochs.Now;
    }

    /// <summary>The memory of another storage.</summary>
    private protected Storage(Storage other)
    {
        array = other.array;
        Epoch = other.Epoch;
    }

    /// <summary>From now on the count of changes is a common one.</summary>
    private protected void ShareVersion() => version = -1;

    /// <summary>Whether two storages are the same memory.</summary>
    public bool IsMemoryOf(Storage? other) => ReferenceEquals(this, other) || (array is not null && ReferenceEquals(array, other?.array));

    /// <summary>Memory that is an ordinary object of the runtime.</summary>
    public static Storage Of(byte[] bytes) => new ObjectStorage(bytes);

    /// <summary>Memory for <paramref name="count"/> elements with any content.</summary>
    public static Storage Allocate(int count, DType dtype)
    {
        long bytes = (long)count * dtype.Size();
        if (bytes > Array.MaxLength)
            throw new ShapeException($"Tensor: {count} elements of {dtype.Word()} need {bytes} bytes, more than one tensor holds ({Array.MaxLength}). Split it.");
        if (AllocationScope.Current is { } scope) return Allocate((int)bytes, scope);
        return bytes <= LargestInside ? Inside((int)bytes) : BufferPool.Rent((int)bytes);
    }

    private static Storage Allocate(int bytes, AllocationScope scope)
    {
        if (scope.Rent(bytes) is { } rented) return rented;
        Storage made = bytes <= LargestInside ? Inside(bytes) : BufferPool.Rent(bytes);
        scope.Made(made);
        return made;
    }

    private static Storage Inside(int bytes) => bytes switch
    {
        <= 8 => new SmallStorage<Room8>(),
        <= 16 => new SmallStorage<Room16>(),
        <= 40 => new SmallStorage<Room40>(),
        _ => new SmallStorage<Room64>(),
    };

    /// <summary>Memory for one floating-point number.</summary>
    public static Storage AllocateScalar()
    {
        Storage storage = new SmallStorage<Room8>();
        AllocationScope.Current?.Made(storage);
        return storage;
    }

    /// <summary>Memory for <paramref name="count"/> elements, all zero.</summary>
    public static Storage AllocateZeroed(int count, DType dtype)
    {
        Storage storage = Allocate(count, dtype);
        storage.Bytes[..(count * dtype.Size())].Clear();
        return storage;
    }

    /// <summary>The elements, in the order of the strides, as raw bytes; there may be more than are used.</summary>
    public Span<byte> Bytes => array is { } bytes ? bytes : MemoryMarshal.CreateSpan(ref Reference(), InsideLength);

    /// <summary>How many bytes lie in the storage itself.</summary>
    private protected virtual int InsideLength => 0;

    /// <summary>A reference to the first byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte Reference()
    {
        if (array is { } bytes) return ref MemoryMarshal.GetArrayDataReference(bytes);

        // The room is the only field of the class, so it is at the same place whatever its size.
        return ref Unsafe.As<Room8, byte>(ref Unsafe.As<SmallStorage<Room8>>(this).Room);
    }

    /// <summary>For <c>fixed</c> statements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte GetPinnableReference() => ref Reference();

    /// <summary>Holds the elements in place until the handle is disposed of.</summary>
    /// <param name="address">That of the first byte.</param>
    public unsafe PinnedGCHandle<object> Pin(out nint address)
    {
        var handle = new PinnedGCHandle<object>((object?)array ?? this);
        address = (nint)Unsafe.AsPointer(ref Reference());
        return handle;
    }

    /// <summary>The same memory as a storage of its own, whose changes count together; null where the elements lie in the storage itself.</summary>
    public SharedStorage? Share() => array is { } bytes ? new SharedStorage(this, bytes) : null;

    /// <summary>Whoever uses the memory after it was given back fails at once.</summary>
    private protected void Detach() => array = [];

    private protected void MoveToCopy() => array = [.. array!];
}

/// <summary>Memory that the collector frees.</summary>
internal sealed class ObjectStorage(byte[] bytes) : Storage(bytes);

/// <summary>The memory of another storage, which is kept alive, so that it is given to nobody else.</summary>
internal sealed class SharedStorage : Storage
{
    private int ownVersion;

    public SharedStorage(Storage owner, byte[] bytes) : base(bytes)
    {
        Owner = owner;
        ShareVersion();
    }

    public Storage? Owner { get; private set; }

    private protected override int SharedVersion
    {
        get => Owner?.Version ?? ownVersion;
        set
        {
            if (Owner is { } owner) owner.Version = value;
            else ownVersion = value;
        }
    }

    /// <summary>From now on the elements lie in memory of their own.</summary>
    public void Part()
    {
        MoveToCopy();
        (ownVersion, Owner) = (Version, null);
    }
}

/// <summary>Memory for a few elements, in the object itself.</summary>
internal sealed class SmallStorage<TRoom>() : Storage((byte[]?)null)
    where TRoom : unmanaged
{
    public TRoom Room;

    private protected override int InsideLength => Unsafe.SizeOf<TRoom>();
}

[InlineArray(1)]
internal struct Room8
{
    private long first;
}

[InlineArray(2)]
internal struct Room16
{
    private long first;
}

[InlineArray(5)]
internal struct Room40
{
    private long first;
}

[InlineArray(8)]
internal struct Room64
{
    private long first;
}
