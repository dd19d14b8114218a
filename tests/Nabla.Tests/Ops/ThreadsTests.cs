using System.Runtime.InteropServices;
using Nabla.Tests.Arrays;

namespace Nabla.Tests.Ops;

/// <summary>
/// For every row of the table of operations, at sizes that are split: values and gradients are the same to the bit for every number
/// of threads. Elementwise rows run on long arrays and on broadcast ones; of the others each sample runs on many items at once, and
/// those that go through one long axis also on that.
/// </summary>
[Collection(ThreadCount.Collection)]
public sealed class ThreadsTests
{
    // Loops are shared from 65,536 elements on.
    private const int Elements = 150_000;

    // Decompositions take each matrix by itself.
    private const int Matrices = 400;

    // Items that are made one by one; more are these again.
    private const int Different = 100;

    public static TheoryData<string, OpKind> Rows() => OpTableTests.Rows();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_number_of_threads_gives_the_same_bits(string name, OpKind kind)
    {
        OpRow row = OpTable.Rows.Single(row => row.Name == name && row.Kind == kind);
        if (row.Elementwise is { } op)
        {
            (Sample line, Sample? broadcast) = Long(op, OpCalls.For(row)[0]);
            int[] differentiable = OpSamples.Differentiable(op);
            Compare(line, DType.Float32, differentiable);
            if (broadcast is not null) Compare(broadcast, DType.Float64, differentiable);
            return;
        }
        foreach (Sample sample in OpCalls.For(row)) Compare(Many(sample), DType.Float64, null);
        foreach (Sample sample in LongCalls.For(name)) Compare(sample, DType.Float32, null);
    }

    private static void Compare(Sample sample, DType type, int[]? differentiable)
    {
        Tensor[] inputs = Array.ConvertAll(sample.Inputs(12), x => x.DType == DType.Float64 ? x.To(type).Detach() : x);
        byte[][] one = Results(sample, inputs, differentiable, 1);
        for (int threads = 2; threads <= 3; threads++)
        {
            byte[][] several = Results(sample, inputs, differentiable, threads);
            for (int i = 0; i < one.Length; i++)
                Assert.True(one[i].AsSpan().SequenceEqual(several[i]), $"{sample} in {type}: {(i == 0 ? "the value" : $"gradient {i - 1}")} differs for {threads} threads.");
        }
    }

    /// <summary>The bits of the value and of the gradients.</summary>
    private static byte[][] Results(Sample sample, Tensor[] inputs, int[]? differentiable, int threads)
    {
        using var _ = new ThreadCount(threads);
        Tensor[] leaves = [.. inputs.Select((x, i) => x.DType.IsFloatingPoint() && differentiable?.Contains(i) != false ? x.WithoutHistory().RequireGrad() : x)];
        Tensor value = sample.Call(leaves);
        var bits = new List<byte[]> { Bits(value) };
        if (!value.RequiresGrad) return [.. bits];
        Tensor[] floating = [.. leaves.Where(x => x.RequiresGrad)];
        Tensor v = Tensor.RandN(value.Shape, value.DType, generator: new Generator(13));
        bits.AddRange(Autograd.Grad([value], floating, [v], allowUnused: true).Select(gradient => gradient is null ? [] : Bits(gradient)));
        return [.. bits];
    }

    private static byte[] Bits(Tensor x) => x.DType switch
    {
        DType.Float32 => MemoryMarshal.AsBytes(x.ToArray<float>().AsSpan()).ToArray(),
        DType.Float64 => MemoryMarshal.AsBytes(x.ToArray<double>().AsSpan()).ToArray(),
        DType.Bool => MemoryMarshal.AsBytes(x.ToArray<bool>().AsSpan()).ToArray(),
        DType.Int64 => MemoryMarshal.AsBytes(x.ToArray<long>().AsSpan()).ToArray(),
        _ => MemoryMarshal.AsBytes(x.To(DType.Float64).ToArray<double>().AsSpan()).ToArray(),
    };

    /// <summary>An elementwise operation on one long row, and on rows and columns that broadcast.</summary>
    private static (Sample Line, Sample? Broadcast) Long(ElementwiseOp op, Sample small)
    {
        Shape[] shapes = [[300, 1], [500], [300, 500], []];
        Sample Of(Shape[] inputs) => new(op.Name, small.Call, inputs) { From = small.From };
        return (Of([.. Enumerable.Repeat<Shape>([Elements], op.Arity)]), op.Arity == 1 ? null : Of([.. Enumerable.Range(0, op.Arity).Select(i => shapes[i % 4])]));
    }

    /// <summary>The sample on many items at once.</summary>
    private static Sample Many(Sample sample)
    {
        int size = Math.Max(1, sample.Shapes.Max(shape => shape.Numel));
        int count = sample.Name.StartsWith("Linalg.", StringComparison.Ordinal) ? Matrices : Elements / size;
        return new Sample($"many {sample.Name}", x => Batched(sample, x), [.. sample.Shapes.Select(shape => Shape.Create([count, .. shape]))])
        {
            From = (i, unit) => unit.Numel == 0 || count <= Different ? Each(unit, i) : Each(unit[..Different], i).Repeat([(count / Different) + 1, .. unit.Shape.Skip(1).Select(_ => 1)])[..count],
        };

        Tensor Each(Tensor unit, int i) => Tensor.Stack([.. unit.Unbind().Select(item => sample.From(i, item))]);
    }

    // Where the shape of the result depends on values there is no batch: then the items are one after the other.
    private static Tensor Batched(Sample sample, Tensor[] x)
    {
        try
        {
            return Functional.Vmap(items => [sample.Call([.. items])], x)[0];
        }
        catch (AutogradException error) when (error.Message.Contains("depends on values", StringComparison.Ordinal))
        {
            return sample.Call(Array.ConvertAll(x, item => item[0]));
        }
    }
}
