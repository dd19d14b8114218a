using Nabla.Nn;
using Nabla.Symbolics;

namespace Nabla.Tests.Transforms;

public sealed class FormulaTraceTests
{
    // ---- what a trace gives -------------------------------------------------------------------------------------------

    [Fact]
    public void Formula_of_a_scalar_function_is_written_in_the_parameter_of_the_lambda()
    {
        TracedFormula bell = Formula.Trace(x => (-x.Square() / 2).Exp());

        Assert.Equal("exp(-x^2/2)", bell.ToString());
        Assert.Equal("-x*exp(-x^2/2)", bell.Gradient().ToString());
        Assert.Equal(-2 * Math.Exp(-2), bell.Gradient().Evaluate(2.0).Item(), 1e-15);
    }

    [Fact]
    public void Elements_of_vectors_and_matrices_are_symbols_with_their_positions()
    {
        TracedFormula product = Formula.Trace((x, W) => W.MatMul(x), 2, (2, 2));

        Assert.Equal("[W00*x0 + W01*x1, W10*x0 + W11*x1]", product.ToString());
        Assert.Equal(new Shape[] { 2, (2, 2) }, product.Inputs.Select(input => input.Shape));
        Assert.Same(Expr.Symbol("W10"), product.Inputs[1][1, 0]);
        Assert.Equal("W10*x0 + W11*x1", product[-1].ToString());
        Assert.Equal(["x0", "x1", "W00", "W01", "W10", "W11"], product.Symbols.Select(symbol => symbol.Name));
    }

    [Fact]
    public void Positions_of_long_axes_are_kept_apart()
    {
        TracedFormula formula = Formula.Trace(x => x[1, 11] + x[11, 1], (12, 12));

        Assert.Equal("x_11_1 + x_1_11", formula.ToString());
    }

    [Fact]
    public void Names_can_be_given_and_lists_have_letters()
    {
        Assert.Equal("a*b1", Formula.Trace((x, y) => x * y[1], [], 2, names: ["a", "b"]).ToString());
        Assert.Equal("x*y + z", Formula.Trace(list => (list[0] * list[1]) + list[2], [[], [], []]).ToString());
    }

    [Fact]
    public void Formulas_read_back_whatever_the_parameters_are_called()
    {
        Assert.Equal("x", Formula.Trace(e => e).ToString());
        foreach (string name in (string[])["e", "pi", "log", "E", "μ", "if", "_"])
        {
            TracedFormula formula = Formula.Trace(x => x[0].Sin() * x[1], 2, name);
            Assert.Same(formula.Output, Expr.Parse(formula.ToString()));
        }
    }

    [Fact]
    public void Captured_tensors_and_numbers_enter_with_their_values()
    {
        Tensor weights = Tensor.Of([2.0, 0.5, 0.1], DType.Float64);

        TracedFormula formula = Formula.Trace(x => (weights * x) + 1, 3);

        Assert.Equal("[2*x0 + 1, x1/2 + 1, 0.1*x2 + 1]", formula.ToString());
    }

    [Fact]
    public void Captured_parameters_in_single_precision_are_met_in_single_precision()
    {
        var layer = new Linear(2, 1, generator: new Generator(3));
        Tensor x = Tensor.Of([0.5, -1.5], DType.Float64);

        TracedFormula formula = Formula.Trace(layer.Forward, 2);

        Assert.Equal(layer.Forward(x.Float()).Item(), formula.Evaluate(x).Item(), 1e-6);
    }

    [Fact]
    public void Derivatives_of_a_traced_function_have_shapes_of_their_own()
    {
        TracedFormula formula = Formula.Trace((x, y) => x.Square() * y, 2, []);

        Assert.Equal("[[2*x0*y, 0],\n [0, 2*x1*y]]", formula.Jacobian().ToString());
        Assert.Equal("[x0^2, x1^2]", formula.Jacobian(1).ToString());
        Assert.Equal("[[2, 0],\n [0, 2]]", Formula.Trace(x => x.Square().Sum(), 2).Hessian().ToString());
        Assert.Equal(["[y, y]", "x0 + x1"], Formula.Trace((x, y) => (x * y).Sum(), 2, []).Gradients().Select(gradient => gradient.ToString()));
        Assert.Equal("[y, x]", Formula.Trace((x, y) => x * y, [], []).Map(product => product).Output.Gradient(Expr.Symbol("x"), Expr.Symbol("y")) is [var a, var b] ? $"[{a}, {b}]" : "");
    }

    // ---- the whole language -------------------------------------------------------------------------------------------

    [Fact]
    public void Loops_in_place_operations_and_views_are_followed()
    {
        static Tensor Fibonacci(Tensor x)
        {
            Tensor y = Tensor.Zeros([5], x.DType);
            y[0..2] = x;
            Tensor tail = y[2..];
            for (int i = 2; i < 5; i++) y[i] = y[i - 1] + y[i - 2];
            tail.MulInPlace(2);
            return y;
        }

        TracedFormula formula = Formula.Trace(Fibonacci, 2);

        Assert.Equal("[x0, x1, 2*(x0 + x1), 2*(x0 + 2*x1), 2*(2*x0 + 3*x1)]", formula.ToString());
        Assert.Equal(Fibonacci(Tensor.Of([1.0, 1], DType.Float64)).ToArray(), formula.Evaluate(Tensor.Of([1.0, 1])).ToArray());
    }

    [Fact]
    public void Choices_by_Where_are_formulas()
    {
        static Tensor Huber(Tensor x) => Tensor.Where(x.Abs() < 1, 0.5 * x.Square(), x.Abs() - 0.5);

        TracedFormula slope = Formula.Trace(Huber).Gradient();

        Assert.Equal([-1.0, -0.5, 0, 0.5, 1], new[] { -3, -0.5, 0, 0.5, 3 }.Select(x => slope.Evaluate(x).Item()));
    }

    [Fact]
    public void Derivatives_inside_the_function_are_followed_by_either_mode()
    {
        static Tensor Cube(Tensor x) => x.Pow(3).Sum();

        Assert.Equal("[3*x0^2, 3*x1^2]", Formula.Trace(x => Functional.Grad(Cube, x), 2).ToString());
        Assert.Equal("[6*x0, 6*x1]", Formula.Trace(x => Functional.Grad(y => Functional.Grad(Cube, y).Sum(), x), 2).ToString());
        Assert.Equal("3*x0^2 + 3*x1^2", Formula.Trace(x => Functional.Jvp(Cube, x, Tensor.OnesLike(x)).Tangent, 2).ToString());
        Assert.Equal("[6*x0, 6*x1]", Formula.Trace(x => Functional.Jvp(y => Functional.Grad(Cube, y), x, Tensor.OnesLike(x)).Tangent, 2).ToString());
    }

    [Fact]
    public void Backward_and_Grad_work_on_symbols()
    {
        TracedFormula formula = Formula.Trace(x =>
        {
            x.RequiresGrad = true;
            x.Sin().Sum().Backward();
            x.Square().Sum().Backward();
            return x.Grad!;
        }, 2);

        Assert.Equal("[2*x0 + cos(x0), 2*x1 + cos(x1)]", formula.ToString());
    }

    [Fact]
    public void Tangents_may_be_symbols_where_the_point_is_a_number()
    {
        Tensor at = Tensor.Of([1.0, 2], DType.Float64);

        Assert.Equal("2*v0 + 4*v1", Formula.Trace(v => Functional.Jvp(x => x.Square().Sum(), at, v).Tangent, 2).ToString());
    }

    [Fact]
    public void Sorting_gives_minima_and_maxima_and_positions_are_formulas_too()
    {
        Assert.Equal("[min(x0, x1), max(x0, x1)]", Formula.Trace(x => x.Sort().Values, 2).ToString());
        Assert.Equal("max(x0, x1)", Formula.Trace(x => x.Max(0).Values, 2).ToString());
        TracedFormula winner = Formula.Trace(x => Tensor.Of([10.0, 20, 30], x.DType)[x.ArgMax()], 3);
        Assert.Equal([20.0, 10, 30], new double[][] { [1, 2, 0], [5, 2, 5], [1, 2, 9] }.Select(x => winner.Evaluate(Tensor.Of(x)).Item()));
    }

    [Fact]
    public void Inverse_of_a_matrix_holds_where_leading_minors_vanish()
    {
        TracedFormula inverse = Formula.Trace(A => Linalg.Inv(A), (2, 2));
        Tensor swap = Tensor.Of([[0.0, 1], [1, 0]]);

        Assert.Equal("A00*A11 - A01*A10", Formula.Trace(A => Linalg.Det(A), (2, 2)).ToString());
        Assert.Equal(swap.ToArray(), inverse.Evaluate(swap).ToArray());
        Assert.Equal([0.0, -1, -1, 0], Formula.Trace(A => Linalg.Det(A), (2, 2)).Gradient().Evaluate(swap).ToArray());
    }

    [Fact]
    public void Eigenvalues_of_two_rows_have_a_formula_and_so_have_the_vectors()
    {
        Tensor conic = Tensor.Of([[2.0, 0.6], [0.6, 1]], DType.Float64), diagonal = Tensor.Of([[2.0, 0], [0, 3]], DType.Float64);
        (Tensor values, Tensor vectors) = Linalg.Eigh(conic);

        Assert.True(Formula.Trace(A => Linalg.Eigvalsh(A), (2, 2)).Evaluate(conic).AllClose(values, rtol: 1e-14));
        Assert.True(Formula.Trace(A => Linalg.Eigh(A).Vectors.Square(), (2, 2)).Evaluate(conic).AllClose(vectors.Square(), rtol: 1e-12));
        Assert.True(Formula.Trace(A => Linalg.Eigh(A).Vectors.Square(), (2, 2)).Evaluate(diagonal).AllClose(Tensor.Eye(2, dtype: DType.Float64)));
    }

    [Fact]
    public void Solving_with_a_matrix_of_numbers_is_linear_in_the_right_side()
    {
        Tensor matrix = Tensor.Of([[2.0, 0], [0, 4]], DType.Float64);

        Assert.Equal("[b0/2, b1/4]", Formula.Trace(b => Linalg.Solve(matrix, b), 2).ToString());
    }

    [Fact]
    public void A_function_of_a_user_is_traced_through_its_forward_pass() =>
        Assert.Equal("x^2", Formula.Trace(x => new SquareFunction().Apply(x)).ToString());

    private sealed class SquareFunction : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs) => [inputs[0] * inputs[0]];

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [gradOutputs[0]];
    }

    [Fact]
    public void A_trace_inside_of_a_trace_sees_the_outer_symbols_as_what_they_are()
    {
        TracedFormula outer = Formula.Trace(a =>
        {
            TracedFormula inner = Formula.Trace(x => x * a);
            return a + Tensor.Of(inner.Outputs.Count, a.DType);
        });

        Assert.Equal("a + 1", outer.ToString());
    }

    [Fact]
    public void Tensors_print_their_formulas_while_traced()
    {
        string printed = "";
        Formula.Trace(x =>
        {
            printed = x.Square().ToString();
            return x;
        }, 2);

        Assert.Equal("formulas([x0^2, x1^2], dtype=float64)", printed);
    }

    [Fact]
    public void Empty_and_constant_results_are_traced()
    {
        Assert.Equal("[]", Formula.Trace(x => x[..0], 3).ToString());
        Assert.Equal("7", Formula.Trace(_ => Tensor.Of(7.0)).ToString());
        Assert.Equal("0", Formula.Trace(_ => Tensor.Of(7.0)).Gradient().ToString());
        Assert.Equal("0", Formula.Trace(x => x.Sum(), 0).ToString());
    }

    // ---- random programs ----------------------------------------------------------------------------------------------

    [Fact]
    public void Five_hundred_random_programs_agree_with_autograd_in_value_and_gradient()
    {
        for (int seed = 0; seed < 500; seed++)
        {
            var program = new RandomProgram(seed);
            Tensor[] x = [Tensor.Rand([2, 3], DType.Float64, generator: new Generator((ulong)seed)), Tensor.Rand(3, DType.Float64, generator: new Generator((ulong)seed + 1000))];
            TracedFormula formula = Formula.Trace(program.Run, x[0].Shape, x[1].Shape);
            (Tensor value, Tensor first, Tensor second) = Functional.ValueAndGrad(program.Run, x[0], x[1]);
            IReadOnlyList<TracedFormula> gradients = formula.Gradients();

            Assert.True(formula.Evaluate(x).AllClose(value, rtol: 1e-12, atol: 1e-14), $"value of program {seed}: {formula.Evaluate(x)} and {value}");
            Assert.True(gradients[0].Evaluate(x).AllClose(first, rtol: 1e-9, atol: 1e-12), $"first gradient of program {seed}: {gradients[0].Evaluate(x)} and {first}, value {value}");
            Assert.True(gradients[1].Evaluate(x).AllClose(second, rtol: 1e-9, atol: 1e-12), $"second gradient of program {seed}: {gradients[1].Evaluate(x)} and {second}, value {value}");
        }
    }

    /// <summary>A sequence of operations on tensors of shape [2, 3], the same on every run, that stays in a moderate range.</summary>
    private sealed class RandomProgram(int seed)
    {
        private const int Steps = 6;

        public Tensor Run(Tensor x, Tensor y)
        {
            var random = new Random(seed);
            var values = new List<Tensor> { x, y.Expand(2, 3), x + y };
            Tensor Any() => values[random.Next(values.Count)];
            for (int step = 0; step < Steps; step++)
            {
                Tensor a = Any(), b = Any();
                values.Add(random.Next(16) switch
                {
                    0 => a * b,
                    1 => a - (0.3 * b),
                    2 => a / (1 + b.Square()),
                    3 => a.Sin(),
                    4 => (-a.Square()).Exp(),
                    5 => a.MatMul(b.MT).MatMul(a) * 0.1,
                    6 => a.Softmax(random.Next(2)),
                    7 => Tensor.Where(a > b, a, b.Tanh()),
                    8 => a.Flip(random.Next(2)),
                    9 => a.CumSum(1) * 0.4,
                    10 => Tensor.Cat([a[1..], b[..1]]),
                    11 => a.Norm(axis: 1, keepAxis: true) * b,
                    12 => a.Mean(0) + b,
                    13 => a.Roll([1], 1).Maximum(b),
                    14 => Linalg.Solve((0.2 * a.MatMul(a.MT)) + (2 * Tensor.Eye(2, dtype: a.DType)), b),
                    _ => Written(a, b),
                });
            }
            return (values[^1] * values[^2]).Sum() + values[^3].LogSumExp();
        }

        private static Tensor Written(Tensor a, Tensor b)
        {
            Tensor copy = a.Clone();
            copy[0] = b[1];
            copy[.., 2].AddInPlace(b[.., 0]);
            return copy;
        }
    }
}
