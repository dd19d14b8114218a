namespace Nabla.Symbolics.Tests.Execution;

public sealed class StepGraphTests
{
    private const int X = 0, Y = 1;

    private readonly StepGraph graph = new(inputCount: 2, Arithmetic.Double, Folding.SameFormulas);

    private int Number(double value) => graph.Constant(value);

    [Fact]
    public void The_same_step_is_made_once_in_either_order()
    {
        Assert.Equal(graph.Add(X, Y), graph.Add(Y, X));
        Assert.Equal(graph.Multiply(X, X), graph.Apply(OpCode.Square, Primitives.Square, X));
        Assert.Equal(2, graph.Count);
    }

    [Fact]
    public void Numbers_fold_and_trivial_steps_disappear()
    {
        Assert.Equal(Number(7), graph.Add(Number(3), Number(4)));
        Assert.Equal(X, graph.Add(X, Number(0)));
        Assert.Equal(X, graph.Multiply(Number(1), X));
        Assert.Equal(Number(0), graph.Multiply(X, Number(0)));
        Assert.Equal(Number(Math.Exp(2)), graph.Apply(OpCode.Call1, Primitives.Exp, Number(2)));
        Assert.Equal(Y, graph.Apply(OpCode.Select, Primitives.Select, Number(0), X, Y));
        Assert.Equal(X, graph.Apply(OpCode.Select, Primitives.Select, Y, X, X));
        Assert.Equal(0, graph.Count);
    }

    [Fact]
    public void Negations_go_into_sums_and_differences()
    {
        int negative = graph.Apply(OpCode.Neg, Primitives.Neg, Y);
        Assert.Equal(graph.Apply(OpCode.Sub, Primitives.Sub, X, Y), graph.Add(X, negative));
        Assert.Equal(graph.Add(X, Y), graph.Apply(OpCode.Sub, Primitives.Sub, X, negative));
        Assert.Equal(Y, graph.Apply(OpCode.Neg, Primitives.Neg, negative));
        Assert.Equal(graph.Multiply(Y, Number(-3)), graph.Multiply(negative, Number(3)));
        Assert.Equal(graph.Multiply(Y, Number(-3)), graph.Apply(OpCode.Neg, Primitives.Neg, graph.Multiply(Y, Number(3))));
    }

    [Fact]
    public void Numbers_fold_as_float32_where_the_arithmetic_is()
    {
        var singles = new StepGraph(inputCount: 0, Arithmetic.Single, Folding.SameFormulas);
        int third = singles.Apply(OpCode.Div, Primitives.Div, singles.Constant(1), singles.Constant(3));
        Assert.True(singles.IsConstant(third, out double value));
        Assert.Equal(1f / 3f, value);
    }

    [Fact]
    public void What_a_step_may_be_left_out_for_is_said_by_the_folding()
    {
        foreach (Folding folding in Enum.GetValues<Folding>())
        {
            var steps = new StepGraph(inputCount: 2, Arithmetic.Double, folding);
            int zero = steps.Constant(0), negative = steps.Apply(OpCode.Neg, Primitives.Neg, Y);
            Assert.Equal(X, steps.Multiply(steps.Constant(1), X));
            Assert.Equal(Y, steps.Apply(OpCode.Neg, Primitives.Neg, negative));
            Assert.Equal(steps.Apply(OpCode.Sub, Primitives.Sub, X, Y), steps.Add(X, negative));

            // -0 + 0 is 0, and 0·x is not 0 for all x.
            Assert.Equal(folding != Folding.SameBits, steps.Add(X, zero) == X);
            Assert.Equal(folding == Folding.SameFormulas, steps.Multiply(X, zero) == zero);
        }
    }

    [Fact]
    public void Whole_numbers_do_not_fold_as_floating_point_ones()
    {
        var whole = new StepGraph(inputCount: 1, Arithmetic.Whole, Folding.SameNumbers);
        int quotient = whole.Apply(OpCode.Div, Primitives.Div, whole.Constant(7), whole.Constant(2));
        Assert.False(whole.IsConstant(quotient, out _));
    }

    [Fact]
    public void The_truth_of_a_truth_is_itself()
    {
        int less = graph.Apply(OpCode.Call2, Primitives.Less, X, Y);
        Assert.Equal(less, graph.IsNotZero(less));
        Assert.Equal(Primitives.NotEqual, graph.ToProgram([graph.IsNotZero(X)], strict: true, out _).Instructions[0].Primitive);
    }

    [Fact]
    public void Inputs_that_nobody_reads_are_no_inputs_of_the_program()
    {
        var steps = new StepGraph(inputCount: 4, Arithmetic.Double, Folding.SameBits);
        Program program = steps.ToProgram([steps.Apply(OpCode.Sub, Primitives.Sub, 3, 1), steps.Constant(5), 3], strict: true, out int[] inputs);
        Assert.Equal([1, 3], inputs);
        Assert.Equal(2, program.InputCount);
        var registers = new double[program.RegisterCount];
        (registers[0], registers[1]) = (4, 10);
        ScalarExecutor.Run(program, registers, single: false);
        Assert.Equal([6.0, 5.0, 10.0], program.Outputs.Select(output => registers[output]));
    }

    [Fact]
    public void Steps_that_no_output_needs_are_left_out()
    {
        int kept = graph.Apply(OpCode.Call1, Primitives.Exp, graph.Add(X, Number(2)));
        graph.Apply(OpCode.Call1, Primitives.Sin, Y);
        Program program = graph.ToProgram([kept], strict: true, out int[] inputs);
        Assert.Equal([X], inputs);
        Assert.Equal([Primitives.Add, Primitives.Exp], program.Instructions.Select(step => step.Primitive));
        Assert.Equal([2.0], program.Constants);
    }

    [Fact]
    public void What_is_fused_across_operations_is_numbered_without_gaps()
    {
        // x·y + 2 as two operations, then its exponential.
        int sum = graph.Add(graph.Multiply(X, Y), Number(2));
        var results = new int[1];
        (List<Instruction> code, double[] constants) = graph.Needed([graph.Apply(OpCode.Call1, Primitives.Exp, sum)], results, strict: !FusedArithmetic.IsOn);
        Assert.Equal(Enumerable.Range(2, code.Count), code.Select(step => step.Target));
        Assert.Equal(code[^1].Target, results[0]);
        Assert.Equal([2.0], constants);
        Assert.Equal(FusedArithmetic.IsOn ? 2 : 3, code.Count);
    }
}
