using F = Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests.Execution;

[Collection("the switch that interprets formulas")]
public sealed unsafe class LoopKernelTests
{
    private static readonly Symbol X = Expr.Symbol("x"), Y = Expr.Symbol("y"), Z = Expr.Symbol("z");
    private static readonly double[] Special =
    [
        0, -0.0, 1, -1, 0.5, -0.5, 2, 3, -7, 1e-3, 1e-40, -1e-310, 1e6, -1e6, 40000, 3e6, 1e30, -1e30, 1e300, 1e-310, double.NaN,
        double.PositiveInfinity, double.NegativeInfinity, 88.7, -103, 710, -745, Math.PI, 1.5707963267948966, 0.99999, 1.00001,
    ];

    public static TheoryData<string> Primitive => [.. Primitives.All.Where(static p => p.HasScalar).Select(static p => p.Name)];

    [Theory]
    [MemberData(nameof(Primitive))]
    public void Every_primitive_gives_the_bits_of_tiles(string name)
    {
        Primitive primitive = Primitives.Find(name)!;
        Expr[] arguments = [.. new Expr[] { X, Y, Z }.Take(primitive.Arity)];
        foreach (Expr[] outputs in new Expr[][] { [primitive.Apply(arguments)], [F.Select(primitive.Apply(arguments), X, 2), X + primitive.Apply(arguments)] })
        {
            var program = Program.Of(outputs, [X, Y, Z]);
            Compare<float>(program, [false, false, false], Stores(outputs.Length), BothWidths);
            Compare<double>(program, [false, true, false], Stores(outputs.Length), BothWidths);
            if (program.IntegerExact) Compare<long>(program, [true, false, false], Stores(outputs.Length), BothWidths);
        }
    }

    [Fact]
    public void Fused_steps_give_the_bits_of_tiles_and_of_single_numbers()
    {
        var program = Program.Of([(X * Y) + Z, (X * 5) - Z, Y - (X * 7), (X * X) + Y], [X, Y, Z], strict: false);
        Assert.Equal(4, program.Instructions.Count(static step => step.Code is OpCode.MultiplyAdd or OpCode.MultiplySubtract or OpCode.SubtractProduct));
        Compare<float>(program, [false, false, false], Stores(4), AllWidths);
        Compare<double>(program, [false, false, false], Stores(4), AllWidths);
        Compare<long>(program, [false, false, false], Stores(4), AllWidths);

        // 1/3 · 3 - 1 is the rounding error of 1/3 when it is rounded once.
        double third = 1.0 / 3;
        Span<double> registers = stackalloc double[program.RegisterCount];
        (registers[0], registers[1], registers[2]) = (third, 3, -1);
        ScalarExecutor.Run(program, registers, single: false);
        Assert.Equal(Math.FusedMultiplyAdd(third, 3, -1), registers[program.Outputs[0]]);
        Assert.NotEqual(0, registers[program.Outputs[0]]);
        (registers[0], registers[1], registers[2]) = (1f / 3, 3, -1);
        ScalarExecutor.Run(program, registers, single: true);
        Assert.Equal(MathF.FusedMultiplyAdd(1f / 3, 3, -1), registers[program.Outputs[0]]);
    }

    [Fact]
    public void A_strict_program_rounds_every_product()
    {
        var strict = Program.Of([(X * Y) - Z], [X, Y, Z], strict: true);
        Span<double> registers = stackalloc double[strict.RegisterCount];
        (registers[0], registers[1], registers[2]) = (1.0 / 3, 3, 1);
        ScalarExecutor.Run(strict, registers, single: false);
        Assert.Equal(0, registers[strict.Outputs[0]]);
        Compare<float>(strict, [false, false, false], Stores(1), AllWidths);
    }

    [Fact]
    public void A_difference_of_products_is_zero_where_they_are_equal()
    {
        var program = Program.Of([(X * Y) - (Z * Z)], [X, Y, Z], strict: false);
        Span<double> registers = stackalloc double[program.RegisterCount];
        (registers[0], registers[1], registers[2]) = (0.1, 0.1, 0.1);
        ScalarExecutor.Run(program, registers, single: false);
        Assert.Equal(0, registers[program.Outputs[0]]);
    }

    [Theory]
    [InlineData(10, 60)]
    [InlineData(60, 20)]
    [InlineData(400, 5)]
    public void Random_programs_give_the_bits_of_tiles(int nodes, int programs)
    {
        Symbol[] symbols = [X, Y, Z];
        var formulas = new RandomFormulas(nodes) { Symbols = symbols, WithIndices = false };
        for (int i = 0; i < programs; i++)
        {
            Expr[] outputs = [formulas.Next(nodes), formulas.Next(nodes), i % 3 == 0 ? Y : formulas.Next(5)];
            var program = Program.Of(outputs, symbols, strict: i % 4 == 0);
            bool[] uniform = [i % 2 == 0, i % 3 == 1, i % 5 == 2];
            LoopSink[] sinks = [i % 2 == 0 ? LoopSink.Store : LoopSink.Row((LoopFold)(i % 4)), LoopSink.Store, i % 3 == 0 ? LoopSink.Column((LoopFold)(i % 4)) : LoopSink.Store];
            if (i % 2 == 0) Compare<float>(program, uniform, sinks, AllWidths);
            else Compare<double>(program, uniform, sinks, AllWidths);
        }
    }

    [Theory]
    [InlineData((int)LoopFold.Sum)]
    [InlineData((int)LoopFold.Product)]
    [InlineData((int)LoopFold.Max)]
    [InlineData((int)LoopFold.Min)]
    public void Folds_have_one_order(int fold)
    {
        var kind = (LoopFold)fold;
        var program = Program.Of([X * Y, X + 1, X - Y], [X, Y], strict: true);
        LoopSink[] sinks = [LoopSink.Row(kind), LoopSink.Column(kind), LoopSink.Row(kind)];
        Compare<float>(program, [false, true], sinks, AllWidths);
        Compare<double>(program, [false, false], sinks, AllWidths);
        Compare<long>(program, [false, false], sinks, AllWidths);
    }

    [Fact]
    public void A_long_chain_is_cut_into_pieces()
    {
        Expr f = X, g = Y;
        for (int i = 0; i < 60; i++) (f, g) = (F.Tanh(f + g) * Y, F.Exp(-F.Abs(g)) + Primitives.Find("lgamma")!.Apply(2 + F.Abs(f)));
        var program = Program.Of([f, g, X, f + 1], [X, Y, Z]);
        Compare<float>(program, [false, false, false], [LoopSink.Store, LoopSink.Row(LoopFold.Sum), LoopSink.Store, LoopSink.Column(LoopFold.Max)], BothWidths);
        Compare<double>(program, [false, true, false], Stores(4), BothWidths);
    }

    [Fact]
    public void An_output_may_lie_over_an_input()
    {
        Expr f = X;
        for (int i = 0; i < 30; i++) f = F.Sin(f) + (F.Exp(-F.Abs(f)) * Y);
        foreach (Expr[] outputs in new Expr[][] { [X + Y, X - Y], [f, f * X], [Y, X] })
        {
            var program = Program.Of(outputs, [X, Y]);
            float[] x = Points<float>(0, 70), y = Points<float>(5, 70), first = new float[70], second = new float[70];
            LoopKernel apart = LoopKernel.Of<float>(program, [false, false], Stores(2));
            Run(apart, [x, y], [first, second], [false, false], 70, 1);
            Assert.True(apart.CompileNow());
            Run(apart, [x, y], [x, y], [false, false], 70, 1);
            Assert.Equal(first.Select(Bits), x.Select(Bits));
            Assert.Equal(second.Select(Bits), y.Select(Bits));
        }
    }

    [Fact]
    public void Work_makes_machine_code_unless_it_is_switched_off()
    {
        Expr f = F.Exp(X) * Y;
        float[] x = Points<float>(0, 1000), y = Points<float>(1, 1000), z = new float[1000];
        LoopKernel kernel = LoopKernel.Of<float>(Program.Of([f], [X, Y]), [false, false], Stores(1));
        Run(kernel, [x, y], [z], [false, false], 1000, 1);
        Assert.False(kernel.IsCode);
        float[] before = [.. z];
        for (int i = 0; i < 100_000 && !kernel.IsCode; i++) Run(kernel, [x, y], [z], [false, false], 1000, 1);
        Assert.True(kernel.IsCode);
        Run(kernel, [x, y], [z], [false, false], 1000, 1);
        Assert.Equal(before.Select(Bits), z.Select(Bits));
        Assert.Same(kernel, LoopKernel.Of<float>(kernel.Program, [false, false], Stores(1)));

        LoopKernel interpreted = Interpreted<float>(Program.Of([f], [X, Y]), [false, false], Stores(1));
        Assert.False(interpreted.CompileNow());
        Run(interpreted, [x, y], [z], [false, false], 1000, 1);
        Assert.Equal(before.Select(Bits), z.Select(Bits));
    }

    [Fact]
    public void Threads_that_meet_at_a_cold_kernel_get_one_code()
    {
        Expr f = F.Tanh(X) + F.Sqrt(F.Abs(Y));
        var program = Program.Of([f], [X, Y]);
        float[] x = Points<float>(0, 500), y = Points<float>(1, 500), expected = new float[500];
        Run(Interpreted<float>(Program.Of([f], [X, Y]), [false, false], Stores(1)), [x, y], [expected], [false, false], 500, 1);
        Parallel.For(0, 64, _ =>
        {
            var z = new float[500];
            LoopKernel kernel = LoopKernel.Of<float>(program, [false, false], Stores(1));
            kernel.CompileNow();
            Run(kernel, [x, y], [z], [false, false], 500, 1);
            Assert.Equal(expected.Select(Bits), z.Select(Bits));
        });
        Assert.Equal(1, program.Loops.Length);
    }

    // ---- comparison ---------------------------------------------------------------------------------------------------------

    private static int[] BothWidths => [VectorWidth.OfHardware, 128];

    private static int[] AllWidths => [.. new[] { 512, 256, 128 }.Where(static width => width <= VectorWidth.OfHardware)];

    private static LoopSink[] Stores(int count) => new LoopSink[count];

    /// <summary>Machine code of every width, and tiles, over rows of every length.</summary>
    private static void Compare<T>(Program program, bool[] uniform, LoopSink[] sinks, int[] widths)
        where T : unmanaged
    {
        LoopKernel tiles = Interpreted<T>(program.With(program.Outputs), uniform, sinks);
        foreach (int width in widths)
        {
            LoopKernel code = LoopKernel.Of<T>(program.With(program.Outputs), uniform, sinks);
            VectorWidth.Current = width;
            try
            {
                code.CompileNow();
            }
            finally
            {
                VectorWidth.Current = VectorWidth.OfHardware;
            }
            foreach (int length in (int[])[0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 100, 1030])
            {
                const int rows = 3;
                T[][] inputs = [.. uniform.Select((one, i) => Points<T>(i * 7, one ? rows : rows * length))];
                T[][] expected = Outputs<T>(sinks, rows, length), actual = Outputs<T>(sinks, rows, length);
                Run(tiles, inputs, expected, uniform, length, rows);
                Run(code, inputs, actual, uniform, length, rows);
                for (int i = 0; i < sinks.Length; i++)
                    for (int j = 0; j < expected[i].Length; j++)
                        if (Bits(expected[i][j]) != Bits(actual[i][j])) Assert.Fail($"{typeof(T).Name}, width {width}, length {length}: output {i} at {j} is {actual[i][j]}, in tiles {expected[i][j]}; first input {inputs[0][Math.Min(j, inputs[0].Length - 1)]}.");
            }
        }
    }

    private static T[][] Outputs<T>(LoopSink[] sinks, int rows, int length)
        where T : unmanaged
    {
        var outputs = new T[sinks.Length][];
        for (int i = 0; i < sinks.Length; i++)
        {
            outputs[i] = new T[sinks[i].Kind == LoopSinkKind.Row ? rows * LoopFolds.Lanes<T>() : sinks[i].Kind == LoopSinkKind.Column ? length : rows * length];
            if (sinks[i].Kind == LoopSinkKind.Column) outputs[i].AsSpan().Fill(LoopFolds.Neutral<T>(sinks[i].Fold));
        }
        return outputs;
    }

    private static void Run<T>(LoopKernel kernel, T[][] inputs, T[][] outputs, bool[] uniform, int length, int rows)
        where T : unmanaged
    {
        byte** from = stackalloc byte*[inputs.Length], to = stackalloc byte*[outputs.Length];
        nint* fromSteps = stackalloc nint[inputs.Length], toSteps = stackalloc nint[outputs.Length];
        var pins = new List<System.Runtime.InteropServices.GCHandle>();
        try
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                from[i] = Pin(inputs[i]);
                fromSteps[i] = (uniform[i] ? 1 : length) * sizeof(T);
            }
            for (int i = 0; i < outputs.Length; i++)
            {
                to[i] = Pin(outputs[i]);
                toSteps[i] = outputs[i].Length / rows * sizeof(T);
                if (outputs[i].Length == length && rows > 1) toSteps[i] = 0;
            }
            var call = new LoopCall { Inputs = from, InputSteps = fromSteps, Outputs = to, OutputSteps = toSteps, Length = length, Rows = rows };
            kernel.Run(&call);
        }
        finally
        {
            foreach (System.Runtime.InteropServices.GCHandle pin in pins) pin.Free();
        }

        byte* Pin(T[] array)
        {
            var pin = System.Runtime.InteropServices.GCHandle.Alloc(array, System.Runtime.InteropServices.GCHandleType.Pinned);
            pins.Add(pin);
            return (byte*)pin.AddrOfPinnedObject();
        }
    }

    private static LoopKernel Interpreted<T>(Program program, bool[] uniform, LoopSink[] sinks)
        where T : unmanaged
    {
        AppContext.SetSwitch(CompiledFormula.InterpretSwitch, true);
        try
        {
            return LoopKernel.Of<T>(program, uniform, sinks);
        }
        finally
        {
            AppContext.SetSwitch(CompiledFormula.InterpretSwitch, false);
        }
    }

    private static T[] Points<T>(int start, int count)
        where T : unmanaged
    {
        var points = new T[count];
        for (int i = 0; i < count; i++)
        {
            int k = i + start;
            double value = k % 3 == 0 ? Special[k / 3 % Special.Length] : ((k * 37 % 101) - 50) / 11.0;
            points[i] = typeof(T) == typeof(float) ? (T)(object)(float)value : typeof(T) == typeof(double) ? (T)(object)value : (T)(object)(long)(((k * 37 % 101) - 50) | 1);
        }
        return points;
    }

    // What a NaN carries is the processor's choice.
    private static long Bits<T>(T value) => value switch
    {
        float f => float.IsNaN(f) ? -1 : BitConverter.SingleToInt32Bits(f),
        double d => double.IsNaN(d) ? -1 : BitConverter.DoubleToInt64Bits(d),
        _ => (long)(object)value!,
    };
}
