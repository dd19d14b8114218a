namespace Nabla.Symbolics.Tests.Execution;

/// <summary>Straight-line code computes what the scalar executor computes, on one number and on vectors of items.</summary>
public sealed unsafe class StraightCodeTests
{
    private const int Inputs = 3;

    /// <summary>float32?, and the bits of a vector; 0 for one number at a time.</summary>
    public static TheoryData<bool, int> Kinds => new() { { false, 0 }, { false, 128 }, { false, 256 }, { false, 512 }, { true, 0 }, { true, 128 }, { true, 256 }, { true, 512 } };

    private static Expr[] Formulas()
    {
        Symbol x = Expr.Symbol("x"), y = Expr.Symbol("y"), z = Expr.Symbol("z");
        Expr[] values =
        [
            Functions.Exp(-x * x / 2), Functions.Sin(x * y) + Functions.Sqrt(1 + z * z), Functions.Select(Functions.Less(x, y), x * z, y),
            Functions.Select(x, y, z), Functions.LessEqual(x, y), Functions.Equal(x, y), Functions.NotEqual(x, y), Functions.Max(x, y) * Functions.Abs(z),
            Functions.Pow(Functions.Abs(x), y), Functions.Rsqrt(1 + x * x), Functions.Floor(3 * z) + Functions.Atan2(x, y), Functions.Sign(x) - Functions.Min(y, z),
            x * y - z * y, x * y + z, z - x * y, x * y - z, 1 / (1 + x * x), x, 2,
        ];
        var all = new List<Expr>(values);
        foreach (Expr value in values) all.AddRange(value.Gradient(x, y, z));
        return [.. all];
    }

    private static Expr[] LongSum()
    {
        // More than a thousand steps, of which early ones are read late: three pieces at least.
        Symbol x = Expr.Symbol("x"), y = Expr.Symbol("y"), z = Expr.Symbol("z");
        var parts = new List<Expr>();
        for (int i = 1; i <= 400; i++) parts.Add(Functions.Sqrt(x * x + i) * Functions.Select(Functions.Less(y, i - 200), y + i, z));
        Expr total = Functions.Sum([.. parts]);
        return [total, .. parts.Select(part => part * total)];
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Values_and_derivatives_are_those_of_the_scalar_executor(bool single, int bits) => Compare(Formulas(), single, bits, pieces: 1);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Long_code_is_cut_into_pieces_that_hand_values_on(bool single, int bits) => Compare(LongSum(), single, bits, pieces: 3);

    private static void Compare(Expr[] formulas, bool single, int bits, int pieces)
    {
        Program program = Program.Of(formulas, [Expr.Symbol("x"), Expr.Symbol("y"), Expr.Symbol("z")]);
        var graph = new StepGraph(Inputs, single ? Arithmetic.Single : Arithmetic.Double, Folding.SameFormulas);
        int[] outputs = new int[formulas.Length], results = new int[formulas.Length];
        graph.Replay(program, [0, 1, 2], outputs);
        (List<Instruction> code, double[] constants) = graph.Needed(outputs, results, strict: true);

        // x and y of the first array, z of the second and for all items the same; results in two arrays by turns.
        int items = bits == 0 ? 1 : 32;
        var layout = new StraightLayout(
            [new NumberPlace(0, 0), new NumberPlace(0, 1), new NumberPlace(1, 0, Shared: true)],
            [.. Enumerable.Range(0, formulas.Length).Select(i => new NumberPlace(i % 2, i / 2))], items);
        StraightCode straight = StraightCode.Of(code, constants, results, layout, bits == 0 ? LaneCode.Scalar(single) : LaneCode.Vector(single, bits));
        Assert.True(straight.PieceCount >= pieces, $"{straight.PieceCount} pieces");

        var from = new double[(2 * items) + 1];
        for (int i = 0; i < 2 * items; i++) from[i] = i % 5 == 0 ? 0.5 : Math.Sin(i + 1) * 2;
        from[1] = double.NaN;
        from[2] = 0;
        from[^1] = 0.75;
        double[] computed = Run(straight, from, formulas.Length, items, single);

        var registers = new double[Math.Max(program.RegisterCount, Inputs)];
        for (int item = 0; item < items; item++)
        {
            for (int i = 0; i < Inputs; i++) registers[i] = Rounded(from[i < 2 ? (i * items) + item : 2 * items], single);
            ScalarExecutor.Run(program, registers, single);
            for (int i = 0; i < formulas.Length; i++)
            {
                double expected = registers[program.Outputs[i]], actual = computed[(i * items) + item];

                // Kernels of vectors differ from scalar functions by some units in the last place; everything else is the same.
                double allowed = (single ? 2e-6 : 1e-14) * Math.Max(1, Math.Abs(expected));
                Assert.True(expected.Equals(actual) || Math.Abs(expected - actual) <= allowed, $"{formulas[i]} of item {item}: {actual}, not {expected}");
            }
        }
    }

    private static double[] Run(StraightCode code, double[] from, int outputs, int items, bool single)
    {
        int size = single ? sizeof(float) : sizeof(double);
        var memory = new byte[(from.Length + (2 * ((outputs + 1) / 2) * items)) * size + code.FrameBytes];
        fixed (byte* start = memory)
        {
            for (int i = 0; i < from.Length; i++) Write(start, i, from[i]);
            byte* results = start + (from.Length * size);
            int half = (outputs + 1) / 2 * items;
            byte** reads = stackalloc byte*[2] { start, start + (2 * items * size) };
            byte** writes = stackalloc byte*[2] { results, results + (half * size) };
            code.Run(reads, writes, results + (2 * half * size), items);
            var computed = new double[outputs * items];
            for (int i = 0; i < outputs; i++)
                for (int item = 0; item < items; item++) computed[(i * items) + item] = Read(results, (i % 2 * half) + (i / 2 * items) + item);
            return computed;
        }

        void Write(byte* at, int index, double value)
        {
            if (single) ((float*)at)[index] = (float)value;
            else ((double*)at)[index] = value;
        }
        double Read(byte* at, int index) => single ? ((float*)at)[index] : ((double*)at)[index];
    }

    private static double Rounded(double value, bool single) => single ? (float)value : value;
}
