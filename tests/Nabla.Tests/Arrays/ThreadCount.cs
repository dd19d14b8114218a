namespace Nabla.Tests.Arrays;

/// <summary>Sets the number of threads until disposed. It is one for the whole process: tests that set it are in one collection.</summary>
internal sealed class ThreadCount : IDisposable
{
    public const string Collection = "number of threads";

    private readonly int before = Threads.Count;

    public ThreadCount(int count) => Threads.Count = count;

    public void Dispose() => Threads.Count = before;
}

/// <summary>Runs alone: other tests would see the changed number.</summary>
[CollectionDefinition(ThreadCount.Collection, DisableParallelization = true)]
public sealed class ThreadCountCollection;
