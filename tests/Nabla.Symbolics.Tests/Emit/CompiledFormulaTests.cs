using System.Runtime.CompilerServices;
using F = Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests.Emit;

[Collection("the switch that interprets formulas")]
public sealed class CompiledFormulaTests
{
    private static readonly Symbol X = Expr.Symbol("x"), Y = Expr.Symbol("y"), Z = Expr.Symbol("z");

    [Fact]
    public void A_compiled_formula_is_called_like_a_function()
    {
        Func<double, double> square = (X * X).Compile(X).ToFunc1();
        Func<double, double, double> difference = (X - Y).Compile(Y, X).ToFunc2();
        Assert.Equal(9, square(3));
        Assert.Equal(3, difference(2, 5));
        Assert.Equal(6, (X * Y * Z).Compile().ToFunc3()(1, 2, 3));
        Assert.Equal(10, (X + Y + Z + Expr.Symbol("w")).Compile().ToFunc4()(1, 2, 3, 4));
        Assert.Equal(7, (X + Y).Compile().ToFunc()([3, 4]));
        Assert.Equal(12, (X * Y).Compile(X, Y).Invoke(3, 4));
        Assert.Equal(5, ((Expr)5).Compile().Invoke());
    }

    [Fact]
    public void Value_and_gradient_are_computed_together()
    {
        Expr f = F.Sin(X) * Y;
        CompiledFormula both = Formulas.Compile([f, .. f.Gradient(X, Y)], X, Y);
        var result = new double[3];
        both.Invoke([0.5, 2], result);
        Assert.Equal([Math.Sin(0.5) * 2, Math.Cos(0.5) * 2, Math.Sin(0.5)], result);
    }

    [Fact]
    public void Outputs_may_lie_over_the_inputs()
    {
        CompiledFormula swap = Formulas.Compile([Y, X], X, Y);
        double[] values = [1, 2];
        swap.Invoke(values, values);
        Assert.Equal([2, 1], values);
    }

    [Theory]
    [InlineData(20, 300)]
    [InlineData(400, 40)]
    [InlineData(5000, 4)]
    public void Machine_code_gives_the_bits_of_the_interpreter(int steps, int formulas)
    {
        var random = new Random(steps);
        for (int i = 0; i < formulas; i++)
        {
            Expr[] outputs = RandomFormulas(random, steps);
            CompiledFormula machine = Formulas.Compile(outputs, X, Y, Z), interpreted = Interpreted(outputs);
            Assert.Equal(RuntimeFeature.IsDynamicCodeSupported, machine.IsMachineCode);
            Assert.False(interpreted.IsMachineCode);
            double[] expected = new double[outputs.Length], actual = new double[outputs.Length];
            for (int point = 0; point < 5; point++)
            {
                double[] at = [(4 * random.NextDouble()) - 2, (4 * random.NextDouble()) - 2, point == 0 ? 0 : random.NextDouble()];
                machine.Invoke(at, actual);
                interpreted.Invoke(at, expected);
                Assert.Equal(expected.Select(BitConverter.DoubleToInt64Bits), actual.Select(BitConverter.DoubleToInt64Bits));
            }
        }
    }

    [Fact]
    public void Every_primitive_gives_the_bits_of_the_interpreter()
    {
        foreach (Primitive primitive in Primitives.All)
        {
            Expr[] args = [.. new Expr[] { X, Y, Z }.Take(primitive.Arity)];
            if (!primitive.HasScalar) continue;
            Expr formula = primitive.Apply(args);
            CompiledFormula machine = formula.Compile(X, Y, Z), interpreted = Interpreted([formula]);
            foreach (double x in (double[])[0, 1, -1, 0.3, 2.5, double.NaN, double.PositiveInfinity])
            {
                foreach (double y in (double[])[0, 1, -2, 0.7, double.NaN])
                    Assert.Equal(Bits(interpreted.Invoke(x, y, 3)), Bits(machine.Invoke(x, y, 3)));
            }
        }
    }

    // The sign of NaN is the processor's choice.
    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? double.NaN : value);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(992)]
    [InlineData(993)]
    [InlineData(5000)]
    public void Columns_give_what_single_calls_give(int length)
    {
        Expr f = (F.Exp(-X * X) * Y) + F.Sqrt(F.Abs(X)) + 2;
        CompiledFormula compiled = Formulas.Compile([f, F.Tanh(X)], X, Y);
        double[] x = [.. Enumerable.Range(0, length).Select(i => (i % 37 / 9.0) - 2)], y = [1.5];
        double[] first = new double[length], second = new double[length];
        compiled.Evaluate([first, second], [x, y]);
        var single = new double[2];
        for (int i = 0; i < length; i++)
        {
            compiled.Invoke([x[i], 1.5], single);
            Assert.Equal(single[0], first[i], 1e-14);
            Assert.Equal(single[1], second[i], 1e-14);
        }

        float[] xs = [.. x.Select(value => (float)value)], floats = new float[length];
        f.Compile(X, Y).Evaluate(floats, xs, new float[] { 1.5f });
        for (int i = 0; i < length; i++) Assert.Equal(first[i], floats[i], 1e-5);
    }

    [Fact]
    public void One_compiled_formula_serves_many_threads()
    {
        Expr[] outputs = RandomFormulas(new Random(1), 2000);
        CompiledFormula compiled = Formulas.Compile(outputs, X, Y, Z);
        double[][] expected = [.. Enumerable.Range(0, 50).Select(i => Result(compiled, i))];
        Parallel.For(0, 1000, i => Assert.Equal(expected[i % 50], Result(compiled, i % 50)));

        static double[] Result(CompiledFormula compiled, int i)
        {
            var result = new double[compiled.OutputCount];
            compiled.Invoke([i / 10.0, 1 - (i / 20.0), 0.5], result);
            return result;
        }
    }

    [Fact]
    public void A_deep_formula_compiles()
    {
        Expr f = X;
        for (int i = 0; i < 20_000; i++) f = F.Sin(f) + Y;
        Assert.Equal(Interpreted([f]).Invoke(0.3, 0.1, 0), f.Compile(X, Y, Z).Invoke(0.3, 0.1, 0));
    }

    [Fact]
    public void Machine_code_is_collected_with_its_formula()
    {
        WeakReference[] all = [.. Enumerable.Range(0, 20).Select(i => Make(i))];
        for (int i = 0; i < 10 && all.Any(reference => reference.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.DoesNotContain(all, reference => reference.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Make(int i)
        {
            CompiledFormula compiled = (X + i).Compile(X);
            Assert.Equal(i + 1.0, compiled.Invoke(1));
            return new WeakReference(compiled);
        }
    }

    [Fact]
    public void Wrong_calls_say_what_is_wrong()
    {
        Assert.Contains("y", Assert.Throws<ArgumentException>(() => (X + Y).Compile(X)).Message);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => (X + Y).Compile(X, Y, X)).Message);
        Assert.Contains("2 symbol", Assert.Throws<ArgumentException>(() => (X + Y).Compile().Invoke(1)).Message);
        Assert.Contains("ToFunc1", Assert.Throws<InvalidOperationException>(() => (X + Y).Compile().ToFunc1()).Message);
        CompiledFormula two = Formulas.Compile([X, Y]);
        Assert.Contains("2 formulas", Assert.Throws<InvalidOperationException>(() => two.Invoke(1, 2)).Message);
        Assert.Contains("3", Assert.Throws<ArgumentException>(() => (X + Y).Compile().Evaluate(new double[4], new double[4], new double[3])).Message);
        var shared = new double[4];
        Assert.Contains("overlaps", Assert.Throws<ArgumentException>(() => X.Compile().Evaluate(shared, shared)).Message);
    }

    private static CompiledFormula Interpreted(Expr[] outputs)
    {
        AppContext.SetSwitch(CompiledFormula.InterpretSwitch, true);
        try
        {
            return Formulas.Compile(outputs, X, Y, Z);
        }
        finally
        {
            AppContext.SetSwitch(CompiledFormula.InterpretSwitch, false);
        }
    }

    private static Expr[] RandomFormulas(Random random, int steps)
    {
        var terms = new List<Expr> { X, Y, Z, 2, new Rational(1, 3), 0.7 };
        for (int i = 0; i < steps; i++)
        {
            Expr a = terms[random.Next(Math.Max(0, terms.Count - 60), terms.Count)], b = terms[random.Next(terms.Count)];
            terms.Add(random.Next(12) switch
            {
                0 => a + b,
                1 => a - b,
                2 => F.Sin(a) * b,
                3 => a / (1 + F.Abs(b)),
                4 => F.Tanh(a),
                5 => F.Select(F.Less(a, b), a, b),
                6 => F.Max(a, b),
                7 => F.Sqrt(F.Abs(a)),
                8 => F.Square(F.Sin(a)),
                9 => F.Sigmoid(a) - F.LessEqual(a, b),
                10 => F.Atan2(a, b),
                _ => F.Exp(-F.Abs(a)),
            });
        }

        return [.. terms.TakeLast(5)];
    }
}
