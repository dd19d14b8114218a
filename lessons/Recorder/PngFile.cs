using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Nabla.Lessons;

/// <summary>
/// Writes grey pictures as PNG: a signature, then chunks of length, name, data and checksum. The pixel rows, each with a
/// leading filter byte (0: as it is), are one zlib stream.
/// </summary>
public static class PngFile
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    /// <summary>Writes brightnesses from 0 to 1, each as a square of <paramref name="scale"/> pixels; the folder is made if it is not there.</summary>
    /// <returns>The path.</returns>
    public static string Write(string folder, string name, double[] brightness, int width, int scale)
    {
        ArgumentNullException.ThrowIfNull(brightness);
        int height = brightness.Length / width, line = (width * scale) + 1;
        var pixels = new byte[line * height * scale];
        for (int y = 0; y < height * scale; y++)
        {
            for (int x = 0; x < width * scale; x++)
                pixels[(y * line) + 1 + x] = (byte)Math.Round(255 * Math.Clamp(brightness[((y / scale) * width) + (x / scale)], 0, 1));
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width * scale);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height * scale);
        header[8] = 8; // bits per sample; the zeros after it: grey, zlib, usual filters, not interlaced

        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, name);
        using FileStream file = File.Create(path);
        file.Write(Signature);
        WriteChunk(file, "IHDR", header);
        WriteChunk(file, "IDAT", Deflate(pixels));
        WriteChunk(file, "IEND", []);
        return path;
    }

    private static byte[] Deflate(byte[] data)
    {
        using MemoryStream memory = new();
        using (ZLibStream zlib = new(memory, CompressionLevel.SmallestSize)) zlib.Write(data);
        return memory.ToArray();
    }

    private static void WriteChunk(Stream file, string name, byte[] data)
    {
        byte[] named = [.. Encoding.ASCII.GetBytes(name), .. data];
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc32(named));
        file.Write(word);
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        uint crc = ~0u;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
        }

        return ~crc;
    }
}
