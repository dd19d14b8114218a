using BenchmarkDotNet.Attributes;

namespace Nabla.Bench;

/// <summary>Inside one process, with allocations: what a recorded operation costs, and where large arrays spend their time.</summary>
[MemoryDiagnoser]
public class MicroBenchmarks
{
    private readonly Tensor x = Tensor.Of(2.0, requiresGrad: true);
    private readonly Tensor w = Tensor.Of(1.001, requiresGrad: true);
    private readonly Tensor constant = Tensor.Of(2.0);
    private readonly Tensor large = Data.Uniform([1_000_000], -3, 3);
    private readonly Tensor rows = Data.Uniform([1000, 1000], -3, 3);
    private readonly Tensor column = Data.Uniform([1000, 1], -3, 3);

    [Benchmark(Description = "product of scalars, not recorded")]
    public Tensor ScalarProduct() => constant * constant;

    [Benchmark(Description = "product of scalars, recorded")]
    public Tensor RecordedProduct() => x * w;

    [Benchmark(Description = "product of scalars and Backward")]
    public Tensor? ProductAndBackward()
    {
        x.Grad = w.Grad = null;
        (x * w).Backward();
        return w.Grad;
    }

    [Benchmark(Description = "chain of 100 products and Backward", OperationsPerInvoke = 100)]
    public Tensor? Chain()
    {
        x.Grad = w.Grad = null;
        Tensor y = x;
        for (int i = 0; i < 100; i++) y *= w;
        y.Backward();
        return w.Grad;
    }

    [Benchmark(Description = "a scalar tensor from a number")]
    public Tensor Creation() => Tensor.Of(2.0);

    [Benchmark(Description = "x · 1.5, 1e6 elements")]
    public Tensor LargeTimesNumber() => large * 1.5;

    [Benchmark(Description = "transposed + itself, 1000²")]
    public Tensor TransposedSum() => rows.T + rows;

    [Benchmark(Description = "matrix · column, 1000²")]
    public Tensor Broadcast() => rows * column;
}
