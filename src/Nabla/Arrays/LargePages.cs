using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// Asks the system to back large buffers by large pages. A pass over memory then misses fewer translations of addresses, and
/// the first touch of a buffer costs one fault for two megabytes instead of 512. Gives back the pages of buffers that are no
/// longer used, which the collector would do only when it looks at its oldest objects. Hints: nothing depends on them.
/// </summary>
internal static unsafe class LargePages
{
    private const int Smallest = 1 << 20;
    private const nint PageSize = 2 << 20;
    private const int UseHugePages = 14; // MADV_HUGEPAGE of Linux.
    private const int DontNeed = 4; // MADV_DONTNEED: the pages are zeros when they are touched again.

    private static readonly delegate* unmanaged<nint, nint, int, int> Advise = Find();

    /// <summary>Gives the hint for a buffer that nobody has touched yet.</summary>
    public static void Prefer(byte[] buffer)
    {
        if (Advise is null || buffer.Length < Smallest) return;
        fixed (byte* start = buffer)
        {
            // Outwards to whole pages: the neighbours are buffers of the same kind.
            nint from = (nint)start / PageSize * PageSize;
            nint to = ((nint)start + buffer.Length + PageSize - 1) / PageSize * PageSize;
            _ = Advise(from, to - from, UseHugePages);
        }
    }

    /// <summary>Gives back the pages of a buffer that nobody will read again.</summary>
    public static void GiveBack(byte[] buffer)
    {
        nint page = Environment.SystemPageSize;
        if (Advise is null || buffer.Length < Smallest) return;
        fixed (byte* start = buffer)
        {
            // Inwards to whole pages: the others belong to neighbours, too.
            nint from = ((nint)start + page - 1) / page * page;
            nint to = ((nint)start + buffer.Length) / page * page;
            _ = Advise(from, to - from, DontNeed);
        }
    }

    private static delegate* unmanaged<nint, nint, int, int> Find() =>
        OperatingSystem.IsLinux()
        && NativeLibrary.TryLoad("libc", typeof(LargePages).Assembly, null, out nint library)
        && NativeLibrary.TryGetExport(library, "madvise", out nint advise)
            ? (delegate* unmanaged<nint, nint, int, int>)advise
            : null;
}
