namespace Nabla.Tests.Ops;

/// <summary>
/// Every elementwise operation of the table, tested from its declaration alone: values against the formula, both modes against
/// central differences and against each other, second order, shapes, types, strides, broadcasting and special values.
/// </summary>
public sealed class ElementwiseOpTests
{
    private const int Count = 12;

    public static TheoryData<string> Operations => OpSamples.Names(_ => true);

    public static TheoryData<string> DifferentiableOperations => OpSamples.Names(op => !op.IsPredicate);

    [Theory]
    [MemberData(nameof(Operations))]
    public void Value_is_that_of_the_formula(string name)
    {
        ElementwiseOp op = OpSamples.Find(name);
        foreach (int length in new[] { 0, 1, 7, 8, 9, 31 })
        {
            Tensor[] inputs = OpSamples.Inputs(op, [length]);
            double[] values = op.Apply(inputs).To(DType.Float64).ToArray<double>();
            Assert.Equal(length, values.Length);
            for (int i = 0; i < length; i++) OpSamples.AssertClose($"{name}, length {length}", inputs, i, OpSamples.Evaluate(op, inputs, i), values[i], 1e-12);
        }
        Tensor[] scalars = OpSamples.Inputs(op, []);
        Tensor scalar = op.Apply(scalars);
        Assert.Equal(0, scalar.Rank);
        OpSamples.AssertClose($"{name}, scalar", scalars, 0, OpSamples.Evaluate(op, scalars, 0), scalar.To(DType.Float64).Item(), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Float32_agrees_with_float64_and_long_arrays_with_short_ones(string name)
    {
        ElementwiseOp op = OpSamples.Find(name);
        Tensor[] inputs = OpSamples.Inputs(op, [1000]);
        Tensor wide = op.Apply(inputs);
        Tensor narrow = op.Apply([.. inputs.Select(x => x.To(DType.Float32))]);

        Assert.Equal(op.IsPredicate ? DType.Bool : DType.Float32, narrow.DType);
        OpSamples.AssertClose($"{name}, float32", inputs, wide, narrow, 2e-5);
        OpSamples.AssertClose($"{name}, first 9 of 1000", inputs, op.Apply([.. inputs.Select(x => x.Narrow(0, 0, 9))]), wide.Narrow(0, 0, 9), 1e-14);
    }

    [Theory]
    [MemberData(nameof(DifferentiableOperations))]
    public void Tangent_is_that_of_central_differences(string name)
    {
        ElementwiseOp op = OpSamples.Find(name);
        Tensor[] inputs = OpSamples.Inputs(op, [Count]);
        foreach (int input in OpSamples.Differentiable(op))
        {
            Tensor expected = CentralDifference(x => op.Apply(Replace(inputs, input, x)), inputs[input]);
            Tensor tangent = Tangent(op, inputs, input, Tensor.OnesLike(inputs[input]));
            OpSamples.AssertClose($"{name}: tangent by input {input}", inputs, expected, tangent, 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(DifferentiableOperations))]
    public void Gradient_and_tangent_are_transposes(string name)
    {
        ElementwiseOp op = OpSamples.Find(name);
        Tensor[] inputs = OpSamples.Inputs(op, [Count]);
        Tensor u = Direction(1), t = Direction(2);
        foreach (int input in OpSamples.Differentiable(op))
        {
            Tensor tangent = Tangent(op, inputs, input, t);
            Tensor gradient = Gradient(op, inputs, input, u, createGraph: false);
            OpSamples.AssertClose($"{name}: u·Jt by input {input}", inputs, tangent * u, gradient * t, 1e-10);
        }
    }

    [Theory]
    [MemberData(nameof(DifferentiableOperations))]
    public void Second_derivatives_are_those_of_central_differences(string name)
    {
        ElementwiseOp op = OpSamples.Find(name);
        Tensor[] inputs = OpSamples.Inputs(op, [Count]);
        Tensor u = Direction(1), ones = Tensor.Ones([Count], DType.Float64);
        int[] wanted = OpSamples.Differentiable(op);
        foreach (int first in wanted)
        {
            foreach (int second in wanted)
            {
                Tensor expected = CentralDifference(x => Gradient(op, Replace(inputs, second, x), first, u, createGraph: false), inputs[second]);

                Tensor[] leaves = [.. inputs.Select((x, i) => x.Detach().RequireGrad(i == first || i == second))];
                Tensor gradient = Autograd.Grad([op.Apply(leaves)], [leaves[first]], [u], createGraph: true)[0]!;
                Tensor reverse = (gradient.RequiresGrad ? Autograd.Grad([gradient], [leaves[second]], [ones], allowUnused: true)[0] : null) ?? Tensor.ZerosLike(ones);
                OpSamples.AssertClose($"{name}: ∂²/∂{first}∂{second}, reverse over reverse", inputs, expected, reverse, 1e-5);

                Tensor forward = ForwardOverForward(op, inputs, first, second) * u;
                OpSamples.AssertClose($"{name}: ∂²/∂{first}∂{second}, forward over forward", inputs, reverse, forward, 1e-9);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Strides_do_not_matter(string name)
    {
        ElementwiseOp op = OpSamples.Find(name);
        Tensor[] inputs = OpSamples.Inputs(op, [6, 8]);
        Tensor plain = op.Apply(inputs);

        Tensor transposed = op.Apply([.. inputs.Select(x => x.Transpose(0, 1).Contiguous().Transpose(0, 1))]);
        OpSamples.AssertClose($"{name}, transposed", inputs, plain, transposed, 1e-14);

        Tensor sliced = op.Apply([.. inputs.Select(x => x.Narrow(1, 2, 5))]);
        OpSamples.AssertClose($"{name}, slice", inputs, plain.Narrow(1, 2, 5).Contiguous(), sliced, 1e-14);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Broadcasting_is_repetition_and_its_gradient_a_sum(string name)
    {
        ElementwiseOp op = OpSamples.Find(name);
        if (op.Arity == 1) return;
        Tensor[] rows = [.. OpSamples.Inputs(op, [5, 1]).Select((x, i) => i == 0 ? x : x.Reshape([5])).Select((x, i) => i == 2 ? x.Narrow(0, 1, 1).Reshape([]) : x)];
        Tensor[] repeated = [.. rows.Select(x => x.Expand([5, 5]).Contiguous())];
        OpSamples.AssertClose(name, repeated, op.Apply(repeated), op.Apply(rows), 1e-14);
        if (op.IsPredicate) return;

        Tensor u = Tensor.Of(Directions(25, 3), DType.Float64).Reshape([5, 5]);
        foreach (int input in OpSamples.Differentiable(op))
        {
            Tensor sum = Gradient(op, repeated, input, u, createGraph: false).SumTo(rows[input].Shape);
            OpSamples.AssertClose($"{name}: gradient {input}", rows, sum, Gradient(op, rows, input, u, createGraph: false), 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Special_values_and_whole_numbers_do_not_throw(string name)
    {
        ElementwiseOp op = OpSamples.Find(name);
        double[] special = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, double.Epsilon, 1e300, -1e300, 1, -1];
        foreach (DType dtype in new[] { DType.Float32, DType.Float64 })
        {
            // Every input runs through the values at another pace, so that pairs differ.
            Tensor[] inputs = [.. Enumerable.Range(0, op.Arity).Select(k => Tensor.Of([.. Enumerable.Range(0, 100).Select(i => special[(k == 0 ? i : i / 10) % 10])], dtype))];
            int[] wanted = OpSamples.Differentiable(op);
            Tensor[] leaves = [.. inputs.Select((x, i) => op.IsPredicate || !wanted.Contains(i) ? x : x.RequireGrad())];
            Tensor result = op.Apply(leaves);
            Assert.Equal(100, result.Numel);
            if (result.RequiresGrad) result.Sum().Backward();
        }
        foreach (DType dtype in new[] { DType.Int64, DType.Int32, DType.UInt8 })
        {
            Tensor[] inputs = [.. Enumerable.Range(0, op.Arity).Select(_ => Tensor.Of([1, 2, 3, 4, 5, 6, 7, 1, 2], dtype))];
            Tensor result = op.Apply(inputs);
            Assert.Contains(result.DType, new[] { dtype, DType.Float32, DType.Bool });
        }
    }

    // ---- derivatives --------------------------------------------------------------------------------------------------

    private static Tensor Tangent(ElementwiseOp op, Tensor[] inputs, int input, Tensor direction)
    {
        var level = new TransformLevel("test");
        Tensor result = op.Apply(Replace(inputs, input, ForwardMode.Pair(level, inputs[input], direction)));
        return ForwardMode.Split(result, level).Tangent ?? Tensor.ZerosLike(inputs[input]);
    }

    /// <summary>The second derivative by two levels of pairs, both with direction 1.</summary>
    private static Tensor ForwardOverForward(ElementwiseOp op, Tensor[] inputs, int first, int second)
    {
        Tensor ones = Tensor.OnesLike(inputs[0]);
        TransformLevel outer = new("outer"), inner = new("inner");
        Tensor[] arguments = Replace(inputs, second, ForwardMode.Pair(outer, inputs[second], ones));
        arguments = Replace(arguments, first, ForwardMode.Pair(inner, arguments[first], ones));
        Tensor? tangent = ForwardMode.Split(op.Apply(arguments), inner).Tangent;
        return (tangent is null ? null : ForwardMode.Split(tangent, outer).Tangent) ?? Tensor.ZerosLike(ones);
    }

    private static Tensor Gradient(ElementwiseOp op, Tensor[] inputs, int input, Tensor u, bool createGraph)
    {
        Tensor leaf = inputs[input].Detach().RequireGrad();
        Tensor result = op.Apply(Replace(inputs, input, leaf));
        return Autograd.Grad([result], [leaf], [u], createGraph: createGraph)[0]!;
    }

    private static Tensor CentralDifference(Func<Tensor, Tensor> f, Tensor x)
    {
        const double h = 1e-5;
        return (f(x + h) - f(x - h)) / (2 * h);
    }

    private static Tensor[] Replace(Tensor[] inputs, int index, Tensor by)
    {
        var copy = (Tensor[])inputs.Clone();
        copy[index] = by;
        return copy;
    }

    private static Tensor Direction(int seed) => Tensor.Of(Directions(Count, seed), DType.Float64);

    private static double[] Directions(int count, int seed) => [.. Enumerable.Range(1, count).Select(i => Math.Sin(i * (seed + 0.7)))];
}
