namespace Nabla;

/// <summary>How a compiled function is made.</summary>
public enum CompileBackend
{
    /// <summary>Whichever suits the function.</summary>
    Auto,

    /// <summary>A graph of fused loops and kernels over arrays.</summary>
    Graph,

    /// <summary>One straight line of machine code over the numbers themselves: for functions of few scalars.</summary>
    StraightLine,
}

/// <summary>Options of <c>Functional.Compile</c>.</summary>
public sealed record CompileOptions
{
    private readonly int maxSignatures = 64;

    /// <summary>How the function is compiled.</summary>
    public CompileBackend Backend { get; init; }

    /// <summary>
    /// Round after every operation, as without compiling. Otherwise a·b + c may be one operation, which is faster and rounds once.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>
    /// For how many signatures (shapes, types and constants of the arguments) programs are kept; the one that was used longest ago
    /// gives way to another.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int MaxSignatures
    {
        get => maxSignatures;
        init => maxSignatures = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"CompileOptions: MaxSignatures must be at least 1, got {value}. Each shape of the arguments needs a program.");
    }
}
