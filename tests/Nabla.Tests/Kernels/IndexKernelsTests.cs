namespace Nabla.Tests.Kernels;

public sealed unsafe class IndexKernelsTests
{
    private const int Outer = 2, N = 5, Count = 7;
    private static readonly long[] Index = [4, 0, 0, 3, 4, 4, 1];

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(33)]
    public void Select_takes_rows_and_add_puts_them_back_adding_duplicates(int inner)
    {
        double[] x = Sample.Values<double>(Outer * N * inner), y = new double[Outer * Count * inner], back = new double[x.Length];
        fixed (double* px = x, py = y, pBack = back)
        fixed (long* index = Index)
        {
            IndexKernels.IndexSelect(px, index, py, Outer, N, Count, inner);
            IndexKernels.IndexAdd(py, index, pBack, Outer, N, Count, inner);
        }

        for (int o = 0; o < Outer; o++)
        {
            for (int j = 0; j < inner; j++)
            {
                for (int i = 0; i < Count; i++) Assert.Equal(x[(o * N + (int)Index[i]) * inner + j], y[(o * Count + i) * inner + j]);
                for (int i = 0; i < N; i++) Assert.Equal(Index.Count(at => at == i) * x[(o * N + i) * inner + j], back[(o * N + i) * inner + j], 1e-14);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Gather_reads_each_line_at_its_own_indices_and_scatter_add_is_its_transpose(int inner)
    {
        Generator generator = new(5);
        long[] index = new long[Outer * Count * inner];
        generator.FillInt64(index, 0, N);
        double[] x = Sample.Values<double>(Outer * N * inner), gathered = new double[index.Length];
        double[] u = Sample.Values<double>(index.Length, 9), scattered = new double[x.Length], last = new double[x.Length];
        fixed (double* px = x, pGathered = gathered, pu = u, pScattered = scattered, pLast = last)
        fixed (long* p = index)
        {
            IndexKernels.Gather(px, p, pGathered, Outer, N, Count, inner);
            IndexKernels.ScatterAdd(pu, p, pScattered, Outer, N, Count, inner);
            IndexKernels.Scatter(pu, p, pLast, Outer, N, Count, inner);
        }

        double[] expectedLast = new double[x.Length];
        for (int flat = 0; flat < index.Length; flat++)
        {
            int at = (flat / (Count * inner) * N + (int)index[flat]) * inner + flat % inner;
            Assert.Equal(x[at], gathered[flat]);
            expectedLast[at] = u[flat];
        }

        Assert.Equal(expectedLast, last);

        // The dot product of u with gather(x) is that of scatter-add(u) with x.
        Assert.Equal(u.Zip(gathered, (a, b) => a * b).Sum(), scattered.Zip(x, (a, b) => a * b).Sum(), 1e-12);
    }

    [Fact]
    public void The_first_index_outside_is_found()
    {
        long[] index = [0, 4, 5, -1];
        fixed (long* p = index)
        {
            Assert.Equal(2, IndexKernels.FirstOutside(p, 4, 5));
            Assert.Equal(3, IndexKernels.FirstOutside(p, 4, 6));
            Assert.Equal(-1, IndexKernels.FirstOutside(p, 3, 6));
        }
    }
}
