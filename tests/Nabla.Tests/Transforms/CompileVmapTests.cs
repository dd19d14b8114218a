namespace Nabla.Tests.Transforms;

/// <summary>A function of one item, compiled for many.</summary>
public sealed class CompileVmapTests
{
    private static readonly CompileOptions StraightLine = new() { Backend = CompileBackend.StraightLine };

    public static TheoryData<int, string> Sizes
    {
        get
        {
            var data = new TheoryData<int, string>();
            foreach (int count in (int[])[1, 3, 7, 8, 9, 16, 31, 100, 1000])
                foreach (DType dtype in (DType[])[DType.Float32, DType.Float64]) data.Add(count, dtype.ToString());
            return data;
        }
    }

    // Five numbers to two: a rotation by the third, a function and a choice.
    private static Tensor Residual(Tensor x, Tensor target)
    {
        Tensor angle = x[2], turned = Tensor.Stack([x[0] * angle.Cos() - x[1] * angle.Sin(), x[0] * angle.Sin() + x[1] * angle.Cos()]);
        return Tensor.Where(turned > 0, turned * x[3].Exp(), x[4] * turned) - target;
    }

    private static Tensor Items(int count, int numbers, DType dtype, ulong seed) => Tensor.RandN((count, numbers), dtype, generator: new Generator(seed));

    private static void Near(Tensor expected, Tensor actual, DType dtype)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DType, actual.DType);
        double[] a = [.. expected.Double().Flatten().ToArray<double>()], b = [.. actual.Double().Flatten().ToArray<double>()];
        for (int i = 0; i < a.Length; i++) Assert.Equal(a[i], b[i], (dtype == DType.Float32 ? 1e-5 : 1e-13) * Math.Max(1, Math.Abs(a[i])));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Values_and_Jacobians_of_all_items_are_those_of_Vmap(int count, string type)
    {
        DType dtype = Enum.Parse<DType>(type);
        Tensor x = Items(count, 5, dtype, 1), target = Items(count, 2, dtype, 2);
        static Tensor[] ValueAndJacobian(IReadOnlyList<Tensor> item) => [Residual(item[0], item[1]), Functional.Jacobian(v => Residual(v, item[1]), item[0])];
        CompiledVmap compiled = Functional.CompileVmap(ValueAndJacobian, options: StraightLine);
        Tensor[] expected = Functional.Vmap(ValueAndJacobian, [x, target]), actual = compiled.Call(x, target);
        Assert.Equal((Shape)(count, 2, 5), actual[1].Shape);
        for (int i = 0; i < 2; i++) Near(expected[i], actual[i], dtype);
        Assert.Contains("loop over items in machine code", compiled.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_is_assigned_another_tensor_is_seen()
    {
        Tensor w = Tensor.Full([], 2.0);
        CompiledVmap f = Functional.CompileVmap((Tensor x) => x * w);
        Assert.Equal([2, 4], f.Call(Tensor.Of([1.0, 2.0]))[0].ToArray());

        w = Tensor.Full([], 3.0);

        Assert.Equal([3, 6], f.Call(Tensor.Of([1.0, 2.0]))[0].ToArray());
    }

    [Fact]
    public void Every_width_of_vectors_gives_the_same_and_so_does_the_interpreter()
    {
        Tensor x = Items(37, 5, DType.Float64, 3), target = Items(37, 2, DType.Float64, 4);
        Tensor expected = Functional.Vmap(Residual, x, target);
        RecordedGraph graph = Recorder.Run("test", item => [Residual(item[0], item[1])], [x[0], target[0]], out _).WithoutDeadSteps();
        foreach (int bits in (int[])[128, 256, 512])
        {
            ItemLoop loop = ItemLoop.TryBuild(graph, [true, true], StraightLine, bits, out _)!;
            Tensor result = Tensor.Zeros((37, 2), DType.Float64);
            loop.Run(37, [x, target], [result]);
            Near(expected, result, DType.Float64);
        }

        AppContext.SetSwitch(InterpretedLine.Switch, true);
        try
        {
            CompiledVmap interpreted = Functional.CompileVmap(Residual, options: StraightLine);
            Near(expected, interpreted.Call(x, target)[0], DType.Float64);
            Assert.Contains("interpreted", interpreted.Explain(), StringComparison.Ordinal);
        }
        finally
        {
            AppContext.SetSwitch(InterpretedLine.Switch, false);
        }
    }

    [Fact]
    public void One_program_serves_any_number_of_items_and_what_is_shared_or_captured_is_read_anew()
    {
        Tensor scale = Tensor.Of(2.0, DType.Float64);
        CompiledVmap compiled = Functional.CompileVmap((x, w) => (x * w).Sum() * scale, (1, null), StraightLine);
        Tensor w = Tensor.Of([1.0, 10], DType.Float64);

        // Items are columns: 1·1 + 10·4, …
        Assert.Equal([82.0, 104, 126], compiled.Call(Tensor.Of([[1.0, 2, 3], [4, 5, 6]], DType.Float64), w)[0].ToArray<double>());
        scale.MulInPlace(0.5);
        Assert.Equal([41.0], compiled.Call(Tensor.Of([[1.0], [4]], DType.Float64), w)[0].ToArray<double>());
        Assert.Equal(1, compiled.Explain().Split("an item of").Length - 1);
        Assert.Equal([0], [.. compiled.Call(Tensor.Zeros((2, 0), DType.Float64), w)[0].Shape]);
    }

    [Fact]
    public void Results_go_into_tensors_of_the_caller_and_wrong_ones_are_refused()
    {
        CompiledVmap compiled = Functional.CompileVmap(x => x.Square().Sum());
        Tensor x = Tensor.Of([[1.0, 2], [3, 4]], DType.Float64), into = Tensor.Zeros(2, DType.Float64), every = Tensor.Zeros((2, 2), DType.Float64);
        compiled.CallInto([x], [into]);
        Assert.Equal([5.0, 25], into.ToArray<double>());
        compiled.CallInto([x], [every.Select(1, 0)]);
        Assert.Equal([5.0, 0, 25, 0], every.Flatten().ToArray<double>());
        Assert.Throws<ShapeException>(() => compiled.CallInto([x], [Tensor.Zeros(3, DType.Float64)]));
        Assert.Throws<DTypeException>(() => compiled.CallInto([x], [Tensor.Zeros(2, DType.Float32)]));
    }

    [Fact]
    public void A_function_that_suits_no_loop_is_compiled_as_a_graph_and_says_why()
    {
        CompiledVmap compiled = Functional.CompileVmap(x => x.Long().Sum());
        Assert.Equal([3, 7], compiled.Call(Tensor.Of([[1.0, 2], [3, 4]], DType.Float64))[0].ToArray<long>());
        Assert.Contains("no loop over items: ", compiled.Explain(), StringComparison.Ordinal);

        NotSupportedException error = Assert.Throws<NotSupportedException>(
            () => Functional.CompileVmap(x => x.Long().Sum(), StraightLine).Call(Tensor.Zeros((2, 2), DType.Float64)));
        Assert.Contains("To is int64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_pass_through()
    {
        CompiledVmap compiled = Functional.CompileVmap(x => (x * x).Sum());
        Tensor x = Tensor.Of([[1.0, 2], [3, 4]], DType.Float64, requiresGrad: true);
        compiled.Call(x)[0].Sum().Backward();
        Assert.Equal([2.0, 4, 6, 8], x.Grad!.Flatten().ToArray<double>());
    }

    [Fact]
    public void The_result_is_the_same_for_any_number_of_threads()
    {
        Tensor x = Items(20_011, 5, DType.Float64, 5), target = Items(20_011, 2, DType.Float64, 6);
        CompiledVmap compiled = Functional.CompileVmap(Residual);
        int before = Threads.Count;
        try
        {
            Threads.Count = 1;
            double[] one = compiled.Call(x, target)[0].Flatten().ToArray<double>();
            Threads.Count = 2;
            Assert.Equal(one, compiled.Call(x, target)[0].Flatten().ToArray<double>());
        }
        finally
        {
            Threads.Count = before;
        }
    }

    [Fact]
    public void Too_few_axes_and_different_numbers_of_items_are_refused()
    {
        CompiledVmap compiled = Functional.CompileVmap((x, y) => x + y, (0, 0));
        Assert.Throws<ShapeException>(() => compiled.Call(Tensor.Zeros(2), Tensor.Zeros(3)));
        Assert.Throws<ArgumentException>(() => compiled.Call(Tensor.Zeros(2)));
    }
}
