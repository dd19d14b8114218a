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
            if (!x.DType.HasDerivatives()) throw TransformErrors.NotFloatingPoint(op, inputs, i);
            variables[i] = connected && x.RequiresGrad ? new AliasOp().Of(x) : x.WithoutHistory().RequireGrad();
        }
        return variables;
    }

    /// <summary>The inputs for messages of a map that outlives the call: those of a structure know their places, a list may have changed meanwhile.</summary>
    public static IReadOnlyList<Tensor> Named(IReadOnlyList<Tensor> inputs, Tensor[] variables) => inputs is StructureTensors ? inputs : variables;

    /// <summary>The result of a function that returns one tensor and leaves its arguments alone.</summary>
    /// <exception cref="AutogradException">It returned null, or changed an argument in place.</exception>
    public static Tensor Call(string op, Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> variables, Func<int, string>? place = null)
    {
        using var guard = new InputGuard(op, variables, place);
        Tensor value = function(variables) ?? throw TransformErrors.ReturnedNull(op);
        guard.Check();
        return value;
    }

    /// <summary>The results of a function that returns tensors and leaves its arguments alone.</summary>
    /// <exception cref="AutogradException">It returned null, or changed an argument in place.</exception>
    public static Tensor[] CallMany(
        string op, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> variables, Func<int, string>? place = null)
    {
        using var guard = new InputGuard(op, variables, place);
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
        CheckDirections(op, "tangent", inputs, tangents);
        var pairs = new Tensor[inputs.Count];
        IReadOnlyList<Tensor> outputs;
        var level = new TransformLevel(op);
        try
        {
            for (int i = 0; i < pairs.Length; i++) pairs[i] = tangents[i] is { } tangent ? ForwardMode.Pair(level, inputs[i], tangent) : inputs[i];
            using var guard = new InputGuard(op, pairs, StructureTensors.PlacesOf(inputs));
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

    /// <summary>Refuses directions that are not those of inputs.</summary>
    /// <param name="op">For messages.</param>
    /// <param name="word">What the user calls a direction.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="directions">One for each, null where it is held fixed.</param>
    /// <param name="all">Whether each must be given.</param>
    public static void CheckDirections(string op, string word, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> directions, bool all = false)
    {
        if (directions.Count != inputs.Count) throw TransformErrors.DirectionCount(op, word, directions.Count, inputs.Count);
        for (int i = 0; i < inputs.Count; i++)
        {
            Tensor x = inputs[i] ?? throw TransformErrors.NullInput(op, i);
            if (directions[i] is not { } direction)
            {
                if (all) throw TransformErrors.NullDirection(op, word, i);
                continue;
            }
            if (!x.DType.HasDerivatives()) throw TransformErrors.NotFloatingPoint(op, inputs, i);
            if (direction.Shape != x.Shape) throw TransformErrors.DirectionShape(op, word, inputs, i, direction);
            if (direction.DType != x.DType) throw TransformErrors.DirectionDType(op, word, inputs, i, direction);
        }
    }

    /// <summary>The unit vectors of a tensor's space, from one position on, stacked along a first axis.</summary>
    public static Tensor UnitVectors(Tensor space, int from, int count)
    {
        int n = space.Numel;
        NdArray units = NdArray.Zeros([count, .. space.Dims], space.DType);
        for (int i = 0; i < count; i++) units.SetDouble((i * n) + from + i, 1);
        return new Tensor(units);
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
    public static Tensor[] Filled(Tensor?[] gradients, IReadOnlyList<Tensor> like, string? strict = null)
    {
        var results = new Tensor[gradients.Length];
        for (int i = 0; i < results.Length; i++)
            results[i] = gradients[i] ?? (strict is null ? ZerosLike(like[i]) : throw TransformErrors.Independent(strict, like, i));
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
