namespace Nabla.Tests.Kernels;

[Collection("Memory")]
public sealed class BufferPoolTests
{
    [Fact]
    public void Threads_that_share_the_pool_do_not_see_each_others_numbers()
    {
        const int Rows = 200, Columns = 300;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            // Temporaries everywhere, transposed ones copied inside the kernels: each result is known exactly.
            for (int i = 1; i <= 150; i++)
            {
                Tensor x = Tensor.Full([Rows, Columns], thread + i);
                Tensor sums = ((x + 1).T * 2.0).Sum(1);
                Assert.Equal(2.0 * Rows * (thread + i + 1), sums[0].Item());
                Assert.All(((x - thread).T.Clone() - i).ToArray<float>()[..10], value => Assert.Equal(0, value));
                Assert.Equal(0, (x * 3.0 - x * 2.0 - x).Abs().Max().Item());
            }
        });
    }

    [Fact]
    public void A_loop_over_large_tensors_runs_on_a_few_buffers()
    {
        Tensor x = Tensor.Rand([1 << 20]);
        for (int i = 0; i < 50; i++) _ = x + 1;
        long before = GC.GetTotalMemory(forceFullCollection: false);
        for (int i = 0; i < 400; i++) _ = (x + 1) * 2.0;
        long grown = GC.GetTotalMemory(forceFullCollection: false) - before;
        Assert.True(grown < 600L << 20, $"800 results of 4 MB left {grown >> 20} MB.");
    }
}
