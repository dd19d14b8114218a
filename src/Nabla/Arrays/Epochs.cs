namespace Nabla;

/// <summary>Time as transforms count it: each that begins is later than all before, and than what was made before.</summary>
internal static class Epochs
{
    private static int now;

    public static int Now => now;

    /// <summary>A time later than all before.</summary>
    public static int Next() => Interlocked.Increment(ref now);

    /// <summary>Whether one time was before another; they wrap around.</summary>
    public static bool IsBefore(int time, int other) => unchecked(time - other) < 0;
}
