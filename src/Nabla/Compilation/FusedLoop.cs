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

    public required LoopSum[] Sums { get; init; }

    /// <summary>The loop, ready to run.</summary>
    public LoopNest Nest()
    {
        LoopOperand[] from = Array.ConvertAll(Inputs, input => new LoopOperand(input.DType, Array.ConvertAll(input.Strides, stride => (nint)stride)));
        var to = new LoopResult[Stored.Length + Sums.Length];
        nint[] dense = Array.ConvertAll(NdArray.ContiguousStrides(Dims), stride => (nint)stride);
        for (int i = 0; i < Stored.Length; i++) to[i] = new LoopResult(Stored[i].DType, dense);
        for (int i = 0; i < Sums.Length; i++) to[Stored.Length + i] = new LoopResult(Compute, Sums[i].Strides, Symbolics.LoopFold.Sum);
        return LoopNest.Of(Program, Compute, Dims, from, to);
    }
}

/// <summary>What a loop reads: a value through strides along the axes of the loop, 0 where it is repeated.</summary>
internal readonly record struct LoopInput(RecordedValue Value, int[] Strides, int Offset, DType DType);

/// <summary>A sum: what it gives, and its strides along the axes of the loop, 0 along those over which it is taken.</summary>
internal readonly record struct LoopSum(RecordedValue Value, nint[] Strides);
