using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>Saved tensors in two bytes per element. What would overflow there stays as it is.</summary>
internal static class HalfPrecisionStore
{
    private const float Largest = 65504;

    private sealed record Packed(Half[] Values, Shape Shape, DType DType);

    public static object Pack(Tensor x)
    {
        if (!x.DType.IsFloatingPoint()) return x;
        NdArray single = ArrayCopy.To(x.Numbers("SavedTensors.InHalfPrecision"), DType.Float32);
        ReadOnlySpan<float> values = single.Span<float>();
        foreach (float value in values)
            if (float.IsFinite(value) && Math.Abs(value) > Largest) return x;
        var half = new Half[values.Length];
        TensorPrimitives.ConvertToHalf(values, half);
        GC.KeepAlive(single.Storage);
        return new Packed(half, x.Shape, x.DType);
    }

    public static Tensor Unpack(object packed)
    {
        if (packed is Tensor x) return x;
        (Half[] half, Shape shape, DType dtype) = (Packed)packed;
        NdArray single = NdArray.Allocate(shape.Dims, DType.Float32);
        TensorPrimitives.ConvertToSingle(half, single.Span<float>());
        return new Tensor(ArrayCopy.To(single, dtype));
    }
}

/// <summary>
/// Saved tensors in files of a folder of their own. A file is written under another name and then renamed, so that a half
/// written one is never read; it is deleted when the graph lets go of it, the folder when it is empty, at the latest when the
/// program ends.
/// </summary>
internal sealed class DiskStore
{
    private static readonly ConcurrentDictionary<string, DiskStore> Open = new();

    private readonly string folder;
    private readonly int smallestBytes;
    private long written;
    private int files = 1; // and one for the open scope

    static DiskStore() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (DiskStore store in Open.Values) store.DeleteFolder();
    };

    /// <exception cref="IOException">The folder cannot be made.</exception>
    public DiskStore(string? parent, int smallestBytes)
    {
        this.smallestBytes = smallestBytes;
        folder = Path.Combine(parent ?? Path.GetTempPath(), "nabla-saved-" + Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw AutogradErrors.SavedFolder(parent ?? Path.GetTempPath(), error);
        }
        Open[folder] = this;
    }

    public object Pack(Tensor x)
    {
        NdArray value = x.Numbers("SavedTensors.OnDisk");
        long bytes = (long)value.Numel * x.DType.Size();
        if (bytes < smallestBytes || bytes == 0) return x;
        if (!value.IsContiguous) value = ArrayCopy.Contiguous(value);
        string path = Path.Combine(folder, $"{Interlocked.Increment(ref written)}.bin");
        Interlocked.Increment(ref files);
        try
        {
            File.WriteAllBytes(path + ".part", Bytes(value));
            File.Move(path + ".part", path);
        }
        catch (Exception error)
        {
            Delete(path + ".part");
            if (error is IOException or UnauthorizedAccessException) throw AutogradErrors.UnsavedFile(path, x, error);
            throw;
        }
        GC.KeepAlive(x);
        return new Saved(this, path, x.Shape, x.DType);
    }

    public static Tensor Unpack(object packed)
    {
        if (packed is Tensor x) return x;
        var saved = (Saved)packed;
        NdArray value = NdArray.Allocate(saved.Shape.Dims, saved.DType);
        Span<byte> bytes = Bytes(value);
        try
        {
            using FileStream file = File.OpenRead(saved.Path);
            if (file.Length != bytes.Length) throw AutogradErrors.SavedFile(saved.Path, $"it holds {file.Length} bytes instead of {bytes.Length}", null);
            file.ReadExactly(bytes);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or EndOfStreamException)
        {
            throw AutogradErrors.SavedFile(saved.Path, "it was deleted or cut", error);
        }
        GC.KeepAlive(saved);
        return new Tensor(value);
    }

    /// <summary>The scope is over: the folder goes with its last file.</summary>
    public void Close() => Forget();

    private static Span<byte> Bytes(in NdArray value) => MemoryMarshal.CreateSpan(ref value.At<byte>(value.Offset * value.DType.Size()), value.Numel * value.DType.Size());

    private void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It goes with the folder.
        }
        Forget();
    }

    private void Forget()
    {
        if (Interlocked.Decrement(ref files) == 0) DeleteFolder();
    }

    private void DeleteFolder()
    {
        Open.TryRemove(folder, out _);
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody holds a file open; it lies in a folder for temporary files.
        }
    }

    /// <summary>One file. The finalizer is for graphs that are dropped without a backward pass.</summary>
    private sealed class Saved(DiskStore store, string path, Shape shape, DType dtype) : IDisposable
    {
        private int deleted;

        ~Saved() => Remove();

        public string Path => path;

        public Shape Shape => shape;

        public DType DType => dtype;

        public void Dispose()
        {
            Remove();
            GC.SuppressFinalize(this);
        }

        private void Remove()
        {
            if (Interlocked.Exchange(ref deleted, 1) == 0) store.Delete(path);
        }
    }
}
