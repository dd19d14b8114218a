using Nabla.Symbolics;

namespace Nabla;

/// <summary>Functions of few numbers as one line of machine code over the numbers themselves.</summary>
internal sealed class StraightLineBackend : CompiledBackend
{
    /// <summary>Beyond this the code no longer stays in the cache of instructions, and takes long to make.</summary>
    internal const int LargestFunction = 4_000;

    /// <summary>More is made for one who asks for it.</summary>
    internal const int LargestOnRequest = 100_000;

    /// <summary>Beyond this a loop over vectors is faster than as many single operations.</summary>
    private const int WidestStep = 128;

    public override CompileBackend Kind => CompileBackend.StraightLine;

    public override CompiledProgram? TryBuild(RecordedGraph graph, CompileOptions options, out string reason)
    {
        bool asked = options.Backend == CompileBackend.StraightLine;
        int largest = asked ? LargestOnRequest : LargestFunction;
        if (ScalarGraph.Of(graph, largest, asked ? int.MaxValue : WidestStep, out reason) is not { } scalars) return null;
        var results = new int[scalars.Outputs.Length];
        (List<Instruction> code, double[] constants) = scalars.Steps.Needed(scalars.Outputs, results, options.Strict);
        if (code.Count > largest)
        {
            reason = $"it has {code.Count} operations on single numbers, more than {largest} pay";
            return null;
        }
        return new StraightLineProgram(graph, scalars, code, constants, results);
    }
}
