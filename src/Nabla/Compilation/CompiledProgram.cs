using System.Text;

namespace Nabla;

/// <summary>A way to run what was recorded.</summary>
internal abstract class CompiledBackend
{
    /// <summary>The back-ends, in the order in which they are asked.</summary>
    private static readonly CompiledBackend[] All = [new StraightLineBackend(), new GraphBackend()];

    public abstract CompileBackend Kind { get; }

    /// <summary>A program for a graph without dead steps; null, and why, if this way does not suit it.</summary>
    public abstract CompiledProgram? TryBuild(RecordedGraph graph, CompileOptions options, out string reason);

    /// <summary>A program for a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="options">Which back-end may be used.</param>
    /// <param name="declined">Why others were not, a sentence each.</param>
    /// <exception cref="NotSupportedException">The back-end that was asked for does not take it.</exception>
    public static CompiledProgram Build(RecordedGraph graph, CompileOptions options, out string declined)
    {
        RecordedGraph live = graph.WithoutDeadSteps();
        declined = "";
        foreach (CompiledBackend backend in All)
        {
            if (options.Backend != CompileBackend.Auto && options.Backend != backend.Kind) continue;
            if (backend.TryBuild(live, options, out string reason) is { } program) return program;
            declined += $"{backend.Kind}: {reason}\n";
        }
        throw new NotSupportedException($"Functional.Compile: the back-end {options.Backend} does not take this function. {declined}Use CompileBackend.Auto.");
    }
}

/// <summary>A recorded function, ready to run. Any number of threads may run it at once.</summary>
internal abstract class CompiledProgram
{
    /// <summary>Computes the results.</summary>
    /// <param name="inputs">Contiguous: the arguments, then the whole memory of what was captured.</param>
    /// <param name="outputs">Contiguous, of the results' shapes; they share no memory with the inputs.</param>
    public abstract void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs);

    /// <summary>Describes what is run.</summary>
    public abstract void Explain(StringBuilder text);
}
