using Nabla.Symbolics;

namespace Nabla;

/// <summary>One loop over the elements of a shape: a program on what it reads, whose results are stored or added up.</summary>
internal sealed record FusedLoop
{
    /// <summary>The shape; elements are taken in row-major order.</summary>
    public required int[] Dims { get; init; }

    /// <summary>The type of the arithmetic: float32, float64 or int64.</summary>
    public required DType Compute { get; init; }

    /// <summary>What is done with each element; its results are those stored, then those added up.</summary>
    public required Program Program { get; init; }

    public required LoopInput[] Inputs { get; init; }

    public required RecordedValue[] Stored { get; init; }

    public required LoopFold[] Folds { get; init; }

    public int Count { get; init; }
}

/// <summary>What a loop reads: a value through strides along the axes of the loop, 0 where it is repeated.</summary>
internal readonly record struct LoopInput(RecordedValue Value, int[] Strides, int Offset, DType DType);

/// <summary>A sum over the middle of [outer, count, inner], in which the loop's elements are counted.</summary>
internal readonly record struct LoopFold(RecordedValue Value, int Outer, int Count, int Inner);

/// <summary>Runs a loop on memory. Any number of threads may run it at once.</summary>
internal abstract unsafe class LoopExecutor
{
    /// <param name="inputs">For each input the address of its first element, offset included.</param>
    /// <param name="outputs">For each stored value, then for each sum, the address of its first element.</param>
    public abstract void Run(byte** inputs, byte** outputs);
}
