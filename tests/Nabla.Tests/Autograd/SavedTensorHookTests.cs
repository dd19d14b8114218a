using System.Runtime.CompilerServices;

namespace Nabla.Tests.Engine;

/// <summary>What is saved for backward, in another form.</summary>
public sealed class SavedTensorHookTests
{
    private static Tensor Leaf(params double[] values) => Tensor.Of(values, DType.Float64, requiresGrad: true);

    private static double[] Values(Tensor? x) => x!.ToArray<double>();

    private static IDisposable Copies() => Autograd.SavedTensorHooks(t => t.ToArray<double>(), values => Tensor.FromArray((double[])values));

    [Fact]
    public void Operations_of_every_kind_are_packed()
    {
        Tensor x = Leaf(1, 2, 3), w = Tensor.Of([[1, 2, 3], [4, 5, 6]], DType.Float64, requiresGrad: true);
        Tensor F() => (w.MatMul(x).Tanh() * x.CumProd(0).Sum()).LogSumExp(0) + x.Max(0).Values;
        F().Backward();
        (double[] a, double[] b) = (Values(x.Grad), Values(w.Grad));
        x.Grad = w.Grad = null;
        int packed = 0, unpacked = 0;
        Tensor y;
        using (Autograd.SavedTensorHooks(t => { packed++; return t.Clone(); }, t => { unpacked++; return (Tensor)t; })) y = F();
        y.Backward();
        Assert.Equal(a, Values(x.Grad));
        Assert.Equal(b, Values(w.Grad));
        Assert.True(packed > 6 && unpacked > 6);
    }

    [Fact]
    public void Pack_sees_plain_tensors_without_recording_and_is_not_packed_itself()
    {
        int calls = 0;
        Tensor x = Leaf(1, 2), y;
        using (Autograd.SavedTensorHooks(
            t =>
            {
                calls++;
                Assert.False(t.RequiresGrad || Autograd.IsGradEnabled);
                using (Autograd.EnableGrad()) _ = Leaf(3) * Leaf(4); // would pack for ever
                return t;
            },
            t =>
            {
                using (Autograd.EnableGrad()) _ = Leaf(3) * Leaf(4);
                return (Tensor)t;
            }))
        {
            y = x * x;
            Assert.Equal(2, calls);
            y.Sum().Backward();
        }
        Assert.Equal(2, calls);
        Assert.Equal([2, 4], Values(x.Grad));
    }

    [Fact]
    public void A_change_in_place_is_noticed_where_pack_returned_the_tensor_itself()
    {
        Tensor x = Leaf(1, 2), y = x * 2, z;
        using (Autograd.SavedTensorHooks(t => t, t => (Tensor)t)) z = y * y;
        y.AddInPlace(1);
        Assert.Contains("changed in place", Assert.Throws<AutogradException>(() => z.Sum().Backward()).Message, StringComparison.Ordinal);
        Tensor u = x * 2, v;
        using (Copies()) v = u * u;
        u.AddInPlace(1);
        v.Sum().Backward();
        Assert.Equal([8, 16], Values(x.Grad));
    }

    [Fact]
    public void What_unpack_returns_must_be_the_tensor_that_was_saved()
    {
        string Message(Func<Tensor, object> pack, Func<object, Tensor> unpack) => Assert.Throws<AutogradException>(() =>
        {
            Tensor x = Leaf(1, 2), y;
            using (Autograd.SavedTensorHooks(pack, unpack)) y = x * x;
            y.Sum().Backward();
        }).Message;
        Assert.Contains("unpack returned float64 [3] where Mul saved float64 [2]", Message(t => t, _ => Tensor.Zeros([3], DType.Float64)), StringComparison.Ordinal);
        Assert.Contains("float32 [2]", Message(t => t, _ => Tensor.Zeros([2])), StringComparison.Ordinal);
        Assert.Contains("unpack returned null", Message(t => t, _ => null!), StringComparison.Ordinal);
        Assert.Contains("pack returned null", Message(_ => null!, t => (Tensor)t), StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => Autograd.SavedTensorHooks(null!, t => (Tensor)t));
        Assert.Throws<ArgumentNullException>(() => Autograd.SavedTensorHooks(t => t, null!));
    }

    [Fact]
    public void Hooks_work_inside_transforms_of_every_nesting()
    {
        Tensor x = Tensor.Of([0.5, 1, 2], DType.Float64);
        Func<Tensor, Tensor> f = v => (v * v * v.Exp()).Sum();
        double[] hessian = Values(Functional.Hessian(f, x)), each = Values(Functional.Vmap(Functional.Grad(f), x)), pushed = Values(Functional.Jvp(Functional.Grad(f), x, x).Tangent);
        using IDisposable scope = Autograd.SavedTensorHooks(t => (t.ToArray<double>(), t.Shape), packed => Restore(packed));
        Assert.Equal(hessian, Values(Functional.Hessian(f, x)));
        Assert.Equal(each, Values(Functional.Vmap(Functional.Grad(f), x)));
        Assert.Equal(pushed, Values(Functional.Jvp(Functional.Grad(f), x, x).Tangent));

        static Tensor Restore(object packed)
        {
            (double[] values, Shape shape) = ((double[], Shape))packed;
            return Tensor.FromSpan<double>(values, shape);
        }
    }

    [Fact]
    public async Task The_scope_flows_with_async_code_and_stays_off_other_threads()
    {
        int packed = 0, elsewhere = -1;
        Tensor x = Leaf(1, 2);
        using (Autograd.SavedTensorHooks(t => { Interlocked.Increment(ref packed); return t; }, t => (Tensor)t))
        {
            await Task.Yield();
            _ = x * x;
            Assert.Equal(2, packed);
            var thread = new Thread(() => { _ = x * x; elsewhere = packed; });
            thread.UnsafeStart();
            thread.Join();
        }
        Assert.Equal(2, elsewhere);
        await Task.Yield();
        _ = x * x;
        Assert.Equal(2, packed);
    }

    [Fact]
    public void What_was_packed_is_disposed_of_when_backward_has_passed()
    {
        var open = new List<Disposable>();
        Tensor x = Leaf(1, 2), y;
        using (Autograd.SavedTensorHooks(t => { open.Add(new Disposable(t)); return open[^1]; }, p => ((Disposable)p).Value)) y = (x * x).Exp().Sum();
        y.Backward(retainGraph: true);
        Assert.DoesNotContain(open, p => p.Disposed > 0);
        y.Backward();
        Assert.All(open, p => Assert.Equal(1, p.Disposed));
        Assert.Throws<AutogradException>(() => y.Backward());
    }

    private sealed class Disposable(Tensor value) : IDisposable
    {
        public Tensor Value => value;

        public int Disposed { get; private set; }

        public void Dispose() => Disposed++;
    }

    // ---- half precision -------------------------------------------------------------------------------------------------

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Half_precision_changes_gradients_by_a_thousandth(DType dtype)
    {
        Tensor x = Tensor.Linspace(0.1, 3, 50).To(dtype).RequireGrad(), y;
        using (Autograd.SaveInHalfPrecision()) y = (x * x * x.Sin()).Sum();
        y.Backward();
        double[] values = Values(x);
        double[] found = Values(x.Grad);
        bool differs = false;
        for (int i = 0; i < values.Length; i++)
        {
            double v = values[i], expected = (2 * v * Math.Sin(v)) + (v * v * Math.Cos(v));
            Assert.Equal(expected, found[i], 0.03);
            differs |= Math.Abs(expected - found[i]) > 1e-5;
        }
        Assert.True(differs);
        Assert.Equal(dtype, x.Grad!.DType);
    }

    [Fact]
    public void Numbers_that_half_precision_cannot_hold_stay_as_they_are()
    {
        Tensor x = Leaf(1e10, 0.1), y;
        using (Autograd.SaveInHalfPrecision()) y = (x * x).Sum();
        y.Backward();
        Assert.Equal([2e10, 0.2], Values(x.Grad));
        Tensor z = Leaf(double.PositiveInfinity, 0.5), w;
        using (Autograd.SaveInHalfPrecision()) w = (z * z).Sum();
        w.Backward();
        Assert.Equal([double.PositiveInfinity, 1], Values(z.Grad));
    }

    // ---- disk -----------------------------------------------------------------------------------------------------------

    [Fact]
    public void Tensors_on_disk_come_back_exactly_and_their_files_go_with_backward()
    {
        string folder = Directory.CreateTempSubdirectory("nabla-test").FullName;
        try
        {
            Tensor x = Tensor.RandN([100, 100], DType.Float64, requiresGrad: true, generator: new Generator(1)), y;
            using (Autograd.SaveOnDisk(folder)) y = (x.T.MatMul(x) * x).Tanh().Sum() + x.Narrow(0, 0, 1).Pow(3).Narrow(1, 0, 1).Sum();
            string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
            Assert.True(files.Length >= 5);
            Assert.All(files, file => Assert.EndsWith(".bin", file, StringComparison.Ordinal));
            y.Backward();
            Assert.Empty(Directory.GetDirectories(folder));
            double[] found = Values(x.Grad);
            x.Grad = null;
            ((x.T.MatMul(x) * x).Tanh().Sum() + x.Narrow(0, 0, 1).Pow(3).Narrow(1, 0, 1).Sum()).Backward();
            Assert.Equal(found, Values(x.Grad));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Files_of_a_graph_that_is_dropped_are_deleted()
    {
        string folder = Directory.CreateTempSubdirectory("nabla-test").FullName;
        try
        {
            Drop(folder);
            for (int i = 0; i < 50 && Directory.GetDirectories(folder).Length > 0; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            Assert.Empty(Directory.GetDirectories(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Drop(string folder)
        {
            Tensor x = Tensor.Ones([2000], DType.Float64, requiresGrad: true);
            using (Autograd.SaveOnDisk(folder)) _ = x * x;
            Assert.NotEmpty(Directory.GetFiles(folder, "*", SearchOption.AllDirectories));
        }
    }

    [Fact]
    public void What_cannot_be_written_is_named_with_the_place()
    {
        string folder = Directory.CreateTempSubdirectory("nabla-test").FullName, file = Path.Combine(folder, "file");
        try
        {
            File.WriteAllText(file, "no folder");
            string message = Assert.ThrowsAny<IOException>(() => Autograd.SaveOnDisk(file)).Message;
            Assert.Contains($"SaveOnDisk: no folder for saved tensors can be made in {file}", message, StringComparison.Ordinal);

            Tensor x = Tensor.Ones([2000], DType.Float64, requiresGrad: true);
            using (Autograd.SaveOnDisk(Path.Combine(folder, "sub")))
            {
                Directory.Delete(Path.Combine(folder, "sub"), recursive: true);
                message = Assert.ThrowsAny<IOException>(() => x * x).Message;
            }
            Assert.Contains($"SaveOnDisk: the float64 tensor [2000] cannot be written to {Path.Combine(folder, "sub")}", message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_file_that_is_gone_or_cut_is_named()
    {
        string folder = Directory.CreateTempSubdirectory("nabla-test").FullName;
        try
        {
            Tensor x = Tensor.Ones([2000], DType.Float64, requiresGrad: true), y;
            using (Autograd.SaveOnDisk(folder)) y = (x * x).Sum();
            string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
            File.WriteAllBytes(files[0], [1, 2, 3]);
            Assert.Contains("3 bytes instead of 16000", Assert.Throws<IOException>(() => y.Backward(retainGraph: true)).Message, StringComparison.Ordinal);
            foreach (string file in files) File.Delete(file);
            Assert.Contains("deleted", Assert.Throws<IOException>(() => y.Backward()).Message, StringComparison.Ordinal);
            Assert.Null(x.Grad);
            Assert.Throws<ArgumentOutOfRangeException>(() => Autograd.SaveOnDisk(smallestBytes: -1));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
