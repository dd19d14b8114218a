namespace Nabla;

/// <summary>
/// An operation linear in its floating-point inputs: the tangent is the operation itself, the gradient its transpose.
/// Integer inputs (indices) select, and have no derivative.
/// </summary>
internal abstract class LinearOp(string name) : Op(name)
{
    protected override bool SavesOutputs => false;

    /// <summary>Whether every element of the result is an element of an input, or 0: nothing is added up.</summary>
    protected virtual bool OnlyMoves => false;

    /// <summary>Whether an input holds positions that select elements of the others.</summary>
    protected virtual bool IsIndex(int input) => false;

    /// <summary>Whether an input selects elements of the others instead of being one of what is combined.</summary>
    internal bool SelectsBy(int input) => IsIndex(input);

    internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
            if (IsIndex(i) && inputs[i].IsSymbolic) throw SymbolicErrors.ValueDependent(Name, "positions");
        return OnlyMoves ? SymbolicMode.Move(this, inputs, IsIndex) : SymbolicMode.Combine(this, inputs, IsIndex);
    }

    /// <summary>The transpose for an operation of one input: the gradient of the input from that of the output.</summary>
    protected virtual Tensor Transpose(OpContext context, Tensor gradient) =>
        throw new InvalidOperationException($"{Name} states neither form of its transpose.");

    /// <summary>The transpose: the gradient of each input that <see cref="OpContext.Needs"/> one.</summary>
    protected virtual Tensor?[] TransposeAll(OpContext context, Tensor gradient)
    {
        var results = new Tensor?[context.InputCount];
        results[0] = Transpose(context, gradient);
        return results;
    }

    protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => !inputs[input].DType.HasDerivatives();

    internal override void Vjp(OpContext context, Tensor gradient, Span<Tensor?> results) => TransposeAll(context, gradient).CopyTo(results);

    internal sealed override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) =>
        gradients[0] is { } gradient ? TransposeAll(context, gradient) : new Tensor?[context.InputCount];

    internal sealed override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
    {
        var inputs = new Tensor[tangents.Length];
        bool any = false;
        for (int i = 0; i < inputs.Length; i++)
        {
            any |= tangents[i] is not null;
            inputs[i] = tangents[i]
                ?? (context.DType(i).HasDerivatives() ? VectorSpace.Current.Full(context.Shape(i).Dims, 0, context.DType(i)) : context[i]);
        }
        return any ? [Apply(inputs)] : [null];
    }
}

/// <summary>
/// An operation of two inputs, linear in each: states the transpose for either with the other held fixed; the tangent
/// follows by the product rule.
/// </summary>
internal abstract class BilinearOp(string name) : Op(name)
{
    protected override bool SavesOutputs => false;

    /// <summary>The gradient of the left input: the transpose of x ↦ f(x, right).</summary>
    protected abstract Tensor TransposeLeft(Tensor gradient, Tensor right, OpContext context);

    /// <summary>The gradient of the right input: the transpose of y ↦ f(left, y).</summary>
    protected abstract Tensor TransposeRight(Tensor gradient, Tensor left, OpContext context);

    protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => inputs[1 - input].RequiresGrad;

    internal sealed override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
    {
        var results = new Tensor?[2];
        if (gradients[0] is { } gradient) Vjp(context, gradient, results);
        return results;
    }

    internal sealed override void Vjp(OpContext context, Tensor gradient, Span<Tensor?> results)
    {
        if (context.Needs(0)) results[0] = TransposeLeft(gradient, context[1], context);
        if (context.Needs(1)) results[1] = TransposeRight(gradient, context[0], context);
    }

    internal sealed override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
    {
        Tensor? left = tangents[0] is { } dx ? Apply(dx, context[1]) : null;
        Tensor? right = tangents[1] is { } dy ? Apply(context[0], dy) : null;
        return [left is null ? right : right is null ? left : VectorSpace.Current.Add(left, right)];
    }
}

/// <summary>An operation that states its value, tangent and gradient itself, in public operations.</summary>
internal abstract class CustomOp(string name) : Op(name)
{
}
