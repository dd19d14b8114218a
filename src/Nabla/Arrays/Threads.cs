namespace Nabla;

/// <summary>How many threads one operation may use. Results do not depend on it: they are the same bit by bit.</summary>
public static class Threads
{
    private static int count = Environment.ProcessorCount;

    /// <summary>
    /// The most threads that work on one operation, the calling one included; as many as there are processors if nothing is set.
    /// One means that nothing is split and that Nabla starts no thread.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public static int Count
    {
        get => Volatile.Read(ref count);
        set
        {
            if (value < 1)
                throw new ArgumentOutOfRangeException(nameof(value), value, $"Threads: Count is {value}, which leaves nobody to work. Use 1 for the calling thread alone, or more.");
            Volatile.Write(ref count, value);
        }
    }
}
