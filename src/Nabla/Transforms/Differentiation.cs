namespace Nabla;

/// <summary>
/// What all transforms share: handles to differentiate with respect to, the decision whether to record the derivative
/// itself, and one step of each mode.
/// </summary>
/// <remarks>
/// Reverse mode has one graph and no levels, so nesting is a matter of identity: every transform makes fresh handles for its
/// inputs, and asks for gradients at those handles only. Contributions through other paths are other derivatives.
/// </remarks>
internal static class Differentiation
{
    /// <summary>
    /// Whether a derivative must itself be differentiable: as asked; else if an enclosing transform or an input wants it.
    /// </summary>
    public static bool Records(bool? createGraph, IReadOnlyList<Tensor> inputs)
    {
        if (createGraph is { } asked) return asked;
        if (!GradMode.IsEnabled) return false;
        if (GradMode.IsTransform) return true;
        foreach (Tensor input in inputs)
            if (input is not null && IsRecorded(input)) return true;
        return false;

        static bool IsRecorded(Tensor x) => x.RequiresGrad
            || (x.Extra?.Dual is { } dual && (IsRecorded(dual.Primal) || IsRecorded(dual.Tangent)))
            || (x.Extra?.Batch is { } batch && IsRecorded(batch.Items));
    }

    /// <summary>Until disposed of: inside a function that is being differentiated.</summary>
    public static IDisposable Enter() => GradMode.Enter(Modes.Transform, Modes.NoGrad);

    /// <summary>Fresh handles for inputs; connected to their history if the derivative is to be recorded.</summary>
    /// <exception cref="DTypeException">An input has no derivatives.</exception>
    public static Tensor[] Variables(string op, IReadOnlyList<Tensor> inputs, bool connected)
    {
        if (inputs.Count == 0) throw TransformErrors.NoInputs(op);
        var variables = new Tensor[inputs.Count];
        for (int i = 0; i < variables.Length; i++)
        {
            Tensor x = inputs[i] ?? throw TransformErrors.NullInput(op, i);
            if (!x.DType.HasDerivatives()) throw TransformErrors.NotFloatingPoint(op, i, x);
            variables[i] = connected && x.RequiresGrad ? new AliasOp().Of(x) : x.WithoutHistory().RequireGrad();
        }
        return variables;
    }

    /// <summary>The result of a function that returns one tensor and leaves its arguments alone.</summary>
    /// <exception cref="AutogradException">It returned null, or changed an argument in place.</exception>
    public static Tensor Call(string op, Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> variables)
    {
        using var guard = new InputGuard(op, variables);
        Tensor value = function(variables) ?? throw TransformErrors.ReturnedNull(op);
        guard.Check();
        return value;
    }

    /// <summary>The results of a function that returns tensors and leaves its arguments alone.</summary>
    /// <exception cref="AutogradException">It returned null, or changed an argument in place.</exception>
    public static Tensor[] CallMany(string op, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> variables)
    {
        using var guard = new InputGuard(op, variables);
        IReadOnlyList<Tensor> results = function(variables) ?? throw TransformErrors.ReturnedNull(op);
        var values = new Tensor[results.Count];
        for (int k = 0; k < values.Length; k++) values[k] = results[k] ?? throw TransformErrors.ReturnedNull(op);
        guard.Check();
        return values;
    }

    /// <summary>The gradients of outputs with respect to variables; null where there is no dependence.</summary>
    public static Tensor?[] Pull(IReadOnlyList<Tensor> outputs, Tensor[] variables, IReadOnlyList<Tensor?>? cotangents, bool retainGraph, bool record, string op)
    {
        var dependent = new List<Tensor>(outputs.Count);
        var weights = new List<Tensor?>(outputs.Count);
        for (int k = 0; k < outputs.Count; k++)
        {
            if (!outputs[k].RequiresGrad) continue;
            dependent.Add(outputs[k]);
            weights.Add(cotangents?[k]);
        }
        return dependent.Count == 0
            ? new Tensor?[variables.Length]
            : BackwardPass.Gradients(dependent, variables, weights, retainGraph || record, record, allowUnused: true, op);
    }

    /// <summary>Outputs and their tangents (null where zero) for given tangents of the inputs.</summary>
    /// <exception cref="ShapeException">A tangent has another shape than its input.</exception>
    /// <exception cref="DTypeException">A tangent has another type than its input.</exception>
    public static (Tensor[] Values, Tensor?[] Tangents) Push(
        string op, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> tangents)
    {
        if (tangents.Count != inputs.Count) throw TransformErrors.TangentCount(op, tangents.Count, inputs.Count);
        for (int i = 0; i < inputs.Count; i++)
        {
            Tensor x = inputs[i] ?? throw TransformErrors.NullInput(op, i);
            if (tangents[i] is not { } tangent) continue;
            if (!x.DType.HasDerivatives()) throw TransformErrors.NotFloatingPoint(op, i, x);
            if (tangent.Shape != x.Shape) throw TransformErrors.TangentShape(op, i, tangent.Shape, x.Shape);
            if (tangent.DType != x.DType) throw TransformErrors.TangentDType(op, i, tangent.DType, x.DType);
        }
        var pairs = new Tensor[inputs.Count];
        IReadOnlyList<Tensor> outputs;
        var level = new TransformLevel(op);
        try
        {
            for (int i = 0; i < pairs.Length; i++) pairs[i] = tangents[i] is { } tangent ? ForwardMode.Pair(level, inputs[i], tangent) : inputs[i];
            using var guard = new InputGuard(op, pairs);
            outputs = function(pairs) ?? throw TransformErrors.ReturnedNull(op);
            guard.Check();
        }
        finally
        {
            level.End();
        }
        var values = new Tensor[outputs.Count];
        var results = new Tensor?[outputs.Count];
        for (int k = 0; k < values.Length; k++) (values[k], results[k]) = ForwardMode.Split(outputs[k] ?? throw TransformErrors.ReturnedNull(op), level);
        return (values, results);
    }

    /// <summary>Zeros with a single one, at a row-major position.</summary>
    public static Tensor OneHot(Tensor like, int position)
    {
        var values = new double[like.Numel];
        values[position] = 1;
        return Tensor.FromSpan<double>(values, like.Shape).To(like.DType);
    }

    public static Tensor ZerosLike(Tensor x) => Tensor.Zeros(x.Shape, x.DType);

    /// <summary>A result without the history of this derivative, unless that is to be recorded.</summary>
    public static Tensor Finish(Tensor result, bool record) => record ? result : result.WithoutHistory();

    /// <summary>Zeros where there is no dependence; an error if an operation is named that insists on it.</summary>
    public static Tensor[] Filled(Tensor?[] gradients, Tensor[] like, string? strict = null)
    {
        var results = new Tensor[gradients.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = gradients[i] ?? (strict is null ? ZerosLike(like[i]) : throw TransformErrors.Independent(strict, i));
        return results;
    }

    /// <summary>Zeros for the results that do not depend on the inputs.</summary>
    public static Tensor[] FilledTangents(string op, Tensor?[] tangents, Tensor[] values, bool strict)
    {
        var results = new Tensor[tangents.Length];
        for (int k = 0; k < results.Length; k++)
            results[k] = tangents[k] ?? (strict ? throw TransformErrors.ConstantResult(op, k) : ZerosLike(values[k]));
        return results;
    }

    /// <summary>The same memory under another handle.</summary>
    private sealed class AliasOp() : ViewOp("Alias")
    {
        public override NdArray View(in NdArray x) => x;

        public override ViewOp OfItems(int count) => this;

        protected override Tensor Transpose(OpContext context, Tensor gradient) => gradient;
    }
}
