namespace Nabla;

/// <summary>
/// The generators that one thread draws from while it runs something, and where each of them was before, so that a second run
/// can be given the same numbers.
/// </summary>
internal sealed class DrawnGenerators
{
    [ThreadStatic]
    private static DrawnGenerators? watching;

    private readonly List<(Generator Generator, GeneratorState Before)> drawn = [];
    private DrawnGenerators? outer;
    private bool hasRun;

    /// <summary>Runs something: the first time as it is, from then on with the numbers that were drawn the first time.</summary>
    public T Run<T>(Func<T> function)
    {
        if (hasRun)
        {
            using Rewound rewound = Rewind();
            return function();
        }
        using Watching watching = Watch();
        T result = function();
        hasRun = true;
        return result;
    }

    /// <summary>Forgets a first run that did not end: the next one is the first, and draws the same numbers.</summary>
    public void Undo()
    {
        foreach ((Generator generator, GeneratorState before) in drawn) generator.State = before;
        drawn.Clear();
    }

    /// <summary>From here until disposed of, what this thread draws from is remembered, here and by whoever watches already.</summary>
    public Watching Watch()
    {
        outer = watching;
        watching = this;
        return new Watching(outer);
    }

    /// <summary>Puts the generators back to where they were before the first run; until disposed of, when they go on from where they are now.</summary>
    public Rewound Rewind()
    {
        var rewound = new Rewound(drawn.ConvertAll(entry => (entry.Generator, entry.Generator.State)), watching);

        // A second run leaves no trace in the generators, so whoever watches from outside must not see it.
        watching = null;
        foreach ((Generator generator, GeneratorState before) in drawn) generator.State = before;
        return rewound;
    }

    /// <summary>Told by a generator before it changes.</summary>
    public static void Note(Generator generator)
    {
        for (DrawnGenerators? at = watching; at is not null; at = at.outer) at.Add(generator);
    }

    private void Add(Generator generator)
    {
        foreach ((Generator known, _) in drawn)
            if (ReferenceEquals(known, generator)) return;
        drawn.Add((generator, generator.State));
    }

    /// <summary>The end of watching.</summary>
    public readonly struct Watching(DrawnGenerators? outer) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => watching = outer;
    }

    /// <summary>The end of a second run.</summary>
    public readonly struct Rewound(List<(Generator Generator, GeneratorState Now)> generators, DrawnGenerators? outer) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            foreach ((Generator generator, GeneratorState now) in generators) generator.State = now;
            watching = outer;
        }
    }
}

/// <summary>Where in which stream a generator is.</summary>
internal readonly record struct GeneratorState(ulong Seed, ulong Position, ulong Forks);
