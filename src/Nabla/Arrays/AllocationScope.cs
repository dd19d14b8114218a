namespace Nabla;

/// <summary>
/// While open on a thread, decides where the memory of new arrays comes from, or only notes it. A recording of a function notes
/// which storages were made inside of it; a compiled program hands out the same few storages at every run; a result that was
/// given a place is computed there.
/// </summary>
internal abstract class AllocationScope
{
    // One plain read decides for all the threads on which nothing is open.
    private static int open;

    [ThreadStatic]
    private static AllocationScope? current;

    /// <summary>The scope of this thread.</summary>
    public static AllocationScope? Current => open == 0 ? null : current;

    /// <summary>Makes a scope that of this thread, null for none. Returns the former one, to be given back in the end.</summary>
    public static AllocationScope? Enter(AllocationScope? scope)
    {
        AllocationScope? before = current;
        if (scope is not null) Interlocked.Increment(ref open);
        if (before is not null) Interlocked.Decrement(ref open);
        current = scope;
        return before;
    }

    /// <summary>Puts the scope of this thread aside if it is of a kind, for a stretch that does not concern it. Returns what <see cref="Resume"/> takes.</summary>
    public static TScope? Pause<TScope>()
        where TScope : AllocationScope
    {
        if (Current is not TScope scope) return null;
        Enter(null);
        return scope;
    }

    /// <summary>Ends a pause.</summary>
    public static void Resume(AllocationScope? paused)
    {
        if (paused is not null) Enter(paused);
    }

    /// <summary>Memory of exactly the size of a contiguous array of this shape and type, for the array to lie in; null to ask <see cref="Rent"/>.</summary>
    public virtual Storage? Lend(int[] dims, DType dtype) => null;

    /// <summary>Memory of at least so many bytes, with any content; null to take it from where it always comes from.</summary>
    public abstract Storage? Rent(int bytes);

    /// <summary>Told of a storage that was made as always.</summary>
    public abstract void Made(Storage storage);
}
