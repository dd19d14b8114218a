using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Nabla.Cli;

/// <summary>What a machine offers to numerical code. What is not there is null.</summary>
internal sealed record MachineReport
{
    public required string Processor { get; init; }

    public required int Cores { get; init; }

    public required string Architecture { get; init; }

    /// <summary>512, 256, 128, or 0 where vectors are emulated.</summary>
    public required int SimdBits { get; init; }

    public required bool FusedMultiplyAdd { get; init; }

    public required string DotNet { get; init; }

    public required string OperatingSystem { get; init; }

    public required long MemoryTotalBytes { get; init; }

    public required long MemoryAvailableBytes { get; init; }

    /// <summary>The version of CUDA that the driver library speaks.</summary>
    public required string? CudaDriver { get; init; }

    /// <summary>The first graphics card and its driver, as <c>nvidia-smi</c> names them.</summary>
    public required string? GraphicsCard { get; init; }

    public required string? Nvcc { get; init; }

    public required string? Gcc { get; init; }

    internal static MachineReport OfThisMachine()
    {
        long total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return new MachineReport
        {
            Processor = ProcessorName(),
            Cores = Environment.ProcessorCount,
            Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
            SimdBits = WidestVector(),
            FusedMultiplyAdd = Fma.IsSupported || AdvSimd.IsSupported,
            DotNet = RuntimeInformation.FrameworkDescription,
            OperatingSystem = RuntimeInformation.OSDescription,
            MemoryTotalBytes = total,
            MemoryAvailableBytes = Math.Min(total, MemoryAvailable()),
            CudaDriver = CudaDriverVersion(),
            GraphicsCard = ExternalTool.FirstLine("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"),
            Nvcc = ExternalTool.LineContaining("release", "nvcc", "--version"),
            Gcc = ExternalTool.FirstLine("gcc", "--version"),
        };
    }

    private static int WidestVector() =>
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 0;

    private static string ProcessorName()
    {
        if (X86Base.IsSupported && BrandString() is { Length: > 0 } brand) return brand;
        string? line = OperatingSystemIs(OSPlatform.OSX)
            ? ExternalTool.FirstLine("sysctl", "-n", "machdep.cpu.brand_string")
            : ValueIn("/proc/cpuinfo", "model name");
        return line ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";
    }

    /// <summary>The name that x86 processors give of themselves: 48 characters in three CPUID leaves.</summary>
    private static string BrandString()
    {
        const int FirstLeaf = unchecked((int)0x8000_0002);
        Span<int> registers = stackalloc int[12];
        for (int leaf = 0; leaf < 3; leaf++)
        {
            (registers[4 * leaf], registers[4 * leaf + 1], registers[4 * leaf + 2], registers[4 * leaf + 3]) =
                X86Base.CpuId(FirstLeaf + leaf, 0);
        }

        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers)).Trim('\0', ' ');
    }

    private static long MemoryAvailable()
    {
        if (ValueIn("/proc/meminfo", "MemAvailable") is { } text)
            return 1024 * long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);

        // Elsewhere the collector knows the load of the machine, once it has run.
        GC.Collect(0);
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        return memory.TotalAvailableMemoryBytes - memory.MemoryLoadBytes;
    }

    private static unsafe string? CudaDriverVersion()
    {
        string library = OperatingSystemIs(OSPlatform.Windows) ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(library, out nint handle)) return null;
        try
        {
            if (!NativeLibrary.TryGetExport(handle, "cuDriverGetVersion", out nint address)) return null;
            int version;
            int status = ((delegate* unmanaged<int*, int>)address)(&version);
            return status == 0 ? $"CUDA {version / 1000}.{version % 1000 / 10}" : null;
        }
        finally
        {
            NativeLibrary.Free(handle);
        }
    }

    private static bool OperatingSystemIs(OSPlatform platform) => RuntimeInformation.IsOSPlatform(platform);

    /// <summary>What stands behind "key :" in one of Linux's text files.</summary>
    private static string? ValueIn(string file, string key)
    {
        if (!File.Exists(file)) return null;
        string? line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
