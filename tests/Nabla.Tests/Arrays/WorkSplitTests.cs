namespace Nabla.Tests.Arrays;

[Collection(ThreadCount.Collection)]
public class WorkSplitTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void Every_unit_is_done_once(int threads)
    {
        using var _ = new ThreadCount(threads);
        foreach (long count in new long[] { 0, 1, 99, 100, 199, 200, 201, 12_345 })
        {
            var done = new int[count];
            WorkSplit.Run(count, 100, 8, (from, to) =>
            {
                for (long i = from; i < to; i++) Interlocked.Increment(ref done[i]);
            });
            Assert.All(done, times => Assert.Equal(1, times));
        }
    }

    [Fact]
    public void Ranges_begin_at_multiples_of_the_alignment_and_hold_the_grain()
    {
        using var _ = new ThreadCount(3);
        var ranges = new System.Collections.Concurrent.ConcurrentBag<(long From, long To)>();
        WorkSplit.Run(10_007, 500, 64, (from, to) => ranges.Add((from, to)));
        Assert.True(ranges.Count > 1);
        Assert.All(ranges, range => Assert.Equal(0, range.From % 64));
        Assert.All(ranges, range => Assert.True(range.To - range.From >= 500 || range.To == 10_007));
    }

    [Fact]
    public void Less_than_two_grains_stay_on_the_calling_thread()
    {
        using var _ = new ThreadCount(4);
        int caller = Environment.CurrentManagedThreadId, calls = 0;
        WorkSplit.Run(199, 100, 1, (from, to) =>
        {
            calls++;
            Assert.Equal((0L, 199L, caller), (from, to, Environment.CurrentManagedThreadId));
        });
        Assert.Equal(1, calls);
    }

    [Fact]
    public void Two_ranges_run_at_the_same_time()
    {
        using var _ = new ThreadCount(2);

        // Each range waits for the other: one thread alone would wait in vain.
        using var met = new Barrier(2);
        int together = 0;
        WorkSplit.Run(2, 1, 1, (from, to) =>
        {
            if (met.SignalAndWait(TimeSpan.FromSeconds(30))) Interlocked.Increment(ref together);
        });
        Assert.Equal(2, together);
    }

    [Fact]
    public void A_loop_inside_a_range_runs_on_the_thread_of_the_range()
    {
        using var _ = new ThreadCount(2);
        var elsewhere = 0;
        var sums = new long[8];
        WorkSplit.Run(8, 1, 1, (from, to) =>
        {
            int thread = Environment.CurrentManagedThreadId;
            for (long i = from; i < to; i++)
            {
                long item = i;
                WorkSplit.Run(1000, 1, 1, (a, b) =>
                {
                    if (Environment.CurrentManagedThreadId != thread) Interlocked.Increment(ref elsewhere);
                    for (long j = a; j < b; j++) sums[item] += j;
                });
            }
        });
        Assert.Equal(0, elsewhere);
        Assert.All(sums, sum => Assert.Equal(499_500, sum));
    }

    [Fact]
    public void An_exception_comes_back_to_the_caller_and_the_next_loop_runs()
    {
        using var _ = new ThreadCount(2);
        for (int round = 0; round < 50; round++)
        {
            var thrown = Assert.Throws<InvalidOperationException>(() => WorkSplit.Run(1000, 10, 1, (from, to) =>
            {
                if (from <= 500 && 500 < to) throw new InvalidOperationException("unit 500");
            }));
            Assert.Equal("unit 500", thrown.Message);
            long sum = 0;
            WorkSplit.Run(1000, 10, 1, (from, to) => Interlocked.Add(ref sum, to - from));
            Assert.Equal(1000, sum);
        }
    }

    [Fact]
    public async Task Many_threads_split_loops_at_once()
    {
        using var _ = new ThreadCount(3);
        Task[] users = [.. Enumerable.Range(0, 8).Select(user => Task.Run(() =>
        {
            for (int round = 0; round < 500; round++)
            {
                long sum = 0;
                WorkSplit.Run(1000, 10, 1, (from, to) =>
                {
                    long part = 0;
                    for (long i = from; i < to; i++) part += i + user;
                    Interlocked.Add(ref sum, part);
                });
                Assert.Equal(499_500 + (1000 * user), sum);
            }
        }))];
        await Task.WhenAll(users);
    }

    [Fact]
    public void Workers_that_fell_asleep_wake_again()
    {
        using var _ = new ThreadCount(2);
        for (int round = 0; round < 5; round++)
        {
            using var met = new Barrier(2);
            int together = 0;
            WorkSplit.Run(2, 1, 1, (from, to) => together += met.SignalAndWait(TimeSpan.FromSeconds(30)) ? 1 : 0);
            Assert.True(together > 0);
            Thread.Sleep(5);
        }
    }

    private readonly struct Filling(int[] values) : IRangeWork
    {
        public void Run(long from, long to)
        {
            for (long i = from; i < to; i++) values[i] = (int)i;
        }
    }

    [Fact]
    public void A_call_allocates_nothing()
    {
        using var _ = new ThreadCount(2);
        var values = new int[10_000];
        WorkSplit.Run(values.Length, 100, 1, new Filling(values));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) WorkSplit.Run(values.Length, 100, 1, new Filling(values));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(9_999, values[9_999]);
    }

    [Fact]
    public void A_thread_count_below_one_is_refused_with_the_value()
    {
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => Threads.Count = 0);
        Assert.Contains("Count is 0", thrown.Message);
    }
}
