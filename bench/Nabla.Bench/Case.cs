namespace Nabla.Bench;

/// <summary>One row of the table: something that Nabla and its rivals do with the same numbers.</summary>
/// <param name="Name">Names the row, and the case on the side of a peer, unless the rival names another.</param>
/// <param name="Goal">The largest ratio of our time to PyTorch's that is good enough; null if none is set.</param>
/// <param name="Prepare">Makes the data and returns what is timed; its result is compared with the peers'.</param>
/// <param name="Operations">How many operations one run counts for: times are per operation.</param>
internal sealed record Case(string Name, double? Goal, Func<Func<Tensor>> Prepare, int Operations = 1)
{
    /// <summary>What is measured in turn with it: PyTorch under the same name, unless said otherwise.</summary>
    public IReadOnlyList<Rival> Rivals { get; init; } = [Rival.PyTorch(Goal)];

    /// <summary>Values x and y agree if |x - y| / max(1, |x| + |y|) is below this.</summary>
    public double Tolerance { get; init; } = 2e-4;

    /// <summary>At most so many values, evenly spread, are compared one by one. All others count in their mean magnitude.</summary>
    public int Compared { get; init; } = 4096;

    /// <summary>A further check of our result, before anything is timed.</summary>
    public Func<CheckResult>? Check { get; init; }

    /// <summary>A pace of its own, where the usual one does not suit.</summary>
    public Pace? Pace { get; init; }

    /// <summary>One thread on every side, or all that the machine has.</summary>
    public bool AllThreads { get; init; }
}

/// <summary>What a case's own check found.</summary>
/// <param name="Agrees">Whether the result is right.</param>
/// <param name="Text">In words, for a line below the table.</param>
internal sealed record CheckResult(bool Agrees, string Text);

/// <summary>Rows under one heading.</summary>
internal sealed record CaseGroup(string Heading, IReadOnlyList<Case> Cases);

/// <summary>What a case is measured against.</summary>
internal sealed record Rival
{
    private Rival(string name, double? goal) => (Name, Goal) = (name, goal);

    /// <summary>As the table calls it.</summary>
    public string Name { get; private init; }

    /// <summary>The largest ratio of our time to its time that is good enough; null if none is set.</summary>
    public double? Goal { get; }

    /// <summary>The process that runs it; null if we do, or if it is a fixed time.</summary>
    public PeerProgram? Program { get; private init; }

    /// <summary>The name of the case over there, if another than ours.</summary>
    public string? PeerCase { get; private init; }

    /// <summary>What runs in our own process.</summary>
    public Func<Func<Tensor>>? Own { get; private init; }

    /// <summary>A time in nanoseconds that is not to be exceeded.</summary>
    public double? Limit { get; private init; }

    public static Rival PyTorch(double? goal, string? peerCase = null, string name = "PyTorch") => new(name, goal) { Program = PeerProgram.PyTorch, PeerCase = peerCase };

    /// <summary>A loop of bench/peers/cpp, compiled with -O3 -march=native.</summary>
    public static Rival Cpp(double? goal, string? peerCase = null) => new("C++ -O3", goal) { Program = PeerProgram.Cpp, PeerCase = peerCase };

    /// <summary>The same with -ffast-math, which lets the compiler use its vector mathematics.</summary>
    public static Rival CppFastMath(double? goal, string? peerCase = null) => new("C++ -O3 -ffast-math", goal) { Program = PeerProgram.CppFastMath, PeerCase = peerCase };

    /// <summary>OpenBLAS called directly; the case is "sgemm M N K" or "dgemm M N K", then an optional N or T for each operand, then an optional batch.</summary>
    public static Rival OpenBlas(double? goal, string peerCase) => new("OpenBLAS", goal) { Program = PeerProgram.Cpp, PeerCase = peerCase };

    /// <summary>Something of our own.</summary>
    public static Rival Ours(string name, double? goal, Func<Func<Tensor>> prepare) => new(name, goal) { Own = prepare };

    /// <summary>A fixed time.</summary>
    public static Rival AtMost(TimeSpan limit) => new("limit", 1) { Limit = limit.TotalNanoseconds };
}

/// <summary>The programs of bench/peers.</summary>
internal enum PeerProgram
{
    PyTorch,
    Cpp,
    CppFastMath,
}
