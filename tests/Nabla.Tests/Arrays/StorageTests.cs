using System.Runtime.CompilerServices;

namespace Nabla.Tests.Arrays;

/// <summary>Memory of a few bytes lies in the storage itself, larger memory in an array: nobody can tell.</summary>
public sealed class StorageTests
{
    [Fact]
    public void Every_size_holds_what_was_written_beside_its_version()
    {
        for (int bytes = 0; bytes <= 100; bytes++)
        {
            Storage storage = Storage.Allocate(bytes, DType.UInt8), other = Storage.Allocate(bytes, DType.UInt8);
            Assert.True(storage.Bytes.Length >= bytes);
            storage.Version = 7;
            for (int i = 0; i < bytes; i++) storage.Bytes[i] = (byte)(i + 1);
            other.Bytes.Fill(255);
            for (int i = 0; i < bytes; i++) Assert.Equal(i + 1, Unsafe.Add(ref storage.Reference(), i));
            Assert.Equal(7, storage.Version);
            Assert.Equal(0, other.Version);
        }
    }

    [Fact]
    public void A_pinned_storage_stays_where_it_is()
    {
        foreach (int bytes in new[] { 1, 8, 16, 40, 64, 200 })
        {
            Storage storage = Storage.AllocateZeroed(bytes, DType.UInt8);
            using System.Runtime.InteropServices.PinnedGCHandle<object> handle = storage.Pin(out nint address);
            GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
            storage.Bytes[bytes - 1] = 42;
            Assert.Equal(42, System.Runtime.InteropServices.Marshal.ReadByte(address, bytes - 1));
        }
    }

    [Fact]
    public void Small_shapes_share_their_lengths_and_strides()
    {
        Tensor x = Tensor.Zeros([3, 4]), y = Tensor.Ones([3, 4]);

        Assert.Same(x.Dims, y.Dims);
        Assert.Same(x.Value.Strides, y.Value.Strides);
        Assert.Equal([3, 4], x.Dims);
        Assert.Equal([4, 1], x.Value.Strides);
    }
}
