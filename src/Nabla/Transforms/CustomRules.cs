namespace Nabla;

public static partial class Functional
{
    // ---- rules of one's own ---------------------------------------------------------------------------------------------

    /// <summary>
    /// A function with a derivative that is stated instead of computed, by its forward-mode rule, as <c>jax.custom_jvp</c>. Reverse
    /// mode is the transpose of the rule, so one rule serves both modes; written in tensor operations it can be differentiated
    /// again, and batched.
    /// </summary>
    /// <param name="function">From one tensor to one tensor. It is not differentiated, so it may do anything.</param>
    /// <param name="rule">(x, t) ↦ the derivative at x along t, of the value's shape; linear in t.</param>
    /// <exception cref="AutogradException">When called: the function or the rule returns null.</exception>
    /// <exception cref="ShapeException">When called: the rule returns another shape than the function.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] // an untyped lambda is one of tensors
    public static Func<Tensor, Tensor> CustomJvp(Func<Tensor, Tensor> function, Func<Tensor, Tensor, Tensor> rule)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(rule);
        Func<IReadOnlyList<Tensor>, Tensor> ofList = CustomJvp((IReadOnlyList<Tensor> xs) => function(xs[0]), (xs, ts) => rule(xs[0], ts[0]));
        return x => ofList([x]);
    }

    /// <summary>A function of any number of tensors with a forward-mode rule of its own.</summary>
    /// <inheritdoc cref="CustomJvp(Func{Tensor, Tensor}, Func{Tensor, Tensor, Tensor})"/>
    /// <param name="function">From a list of tensors to one; a lambda says so: <c>(IReadOnlyList&lt;Tensor&gt; xs) => …</c>. It is not differentiated.</param>
    /// <param name="rule">(inputs, directions) ↦ the derivative along them, of the value's shape; linear in the directions.</param>
    public static Func<IReadOnlyList<Tensor>, Tensor> CustomJvp(
        Func<IReadOnlyList<Tensor>, Tensor> function, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> rule)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(rule);
        return inputs => new CustomJvpFunction(function, rule).Apply([.. inputs]);
    }

    /// <summary>
    /// A function with a gradient that is stated instead of computed, as <c>jax.custom_vjp</c>: forward gives the value and what
    /// backward needs of it. As there, forward mode has no rule then (but forward mode around reverse mode has, so Hessian-vector
    /// products work).
    /// </summary>
    /// <remarks>For second derivatives forward is run once more and differentiated, so that what it hands over is no constant.</remarks>
    /// <typeparam name="TResidual">A tensor, or a tuple, record, array, list or dictionary of tensors and of values that are none.</typeparam>
    /// <param name="forward">x ↦ the value, and what backward needs.</param>
    /// <param name="backward">(what forward handed over, the gradient of the value) ↦ the gradient of x.</param>
    /// <exception cref="AutogradException">When called: forward or backward returns null.</exception>
    /// <exception cref="ShapeException">During backward: the gradient has another shape than x.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static Func<Tensor, Tensor> CustomVjp<TResidual>(Func<Tensor, (Tensor Value, TResidual Residual)> forward, Func<TResidual, Tensor, Tensor> backward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        return x => new CustomVjpFunction<TResidual>(xs => forward(xs[0]), (residual, gradient) => [backward(residual, gradient) ?? throw TransformErrors.RuleReturnedNull("Functional.CustomVjp", "the backward rule")]).Apply(x);
    }

    /// <summary>A function of any number of tensors with a gradient of its own.</summary>
    /// <inheritdoc cref="CustomVjp{TResidual}(Func{Tensor, ValueTuple{Tensor, TResidual}}, Func{TResidual, Tensor, Tensor})"/>
    /// <param name="forward">The inputs ↦ the value, and what backward needs.</param>
    /// <param name="backward">(what forward handed over, the gradient of the value) ↦ the gradient of each input, null where it is zero.</param>
    public static Func<IReadOnlyList<Tensor>, Tensor> CustomVjp<TResidual>(
        Func<IReadOnlyList<Tensor>, (Tensor Value, TResidual Residual)> forward, Func<TResidual, Tensor, IReadOnlyList<Tensor?>> backward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        return inputs => new CustomVjpFunction<TResidual>(forward, backward).Apply([.. inputs]);
    }

    private sealed class CustomJvpFunction(
        Func<IReadOnlyList<Tensor>, Tensor> function, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> rule) : Function
    {
        internal override string Name => "CustomJvp";

        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            context.SaveForBackward([.. inputs]);
            const string op = "Functional.CustomJvp";
            using var guard = new InputGuard(op, inputs);
            Tensor value = function(inputs) ?? throw TransformErrors.ReturnedNull(op);
            guard.Check();
            context.State = value.Dims;
            return [value];
        }

        protected override Tensor?[] Jvp(FunctionContext context, IReadOnlyList<Tensor?> tangents) => [Along(context, context.SavedTensors, tangents)];

        /// <summary>The transpose of the rule, which is linear: the gradient of ⟨rule(x, t), g⟩ with respect to t.</summary>
        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs)
        {
            bool record = GradMode.IsEnabled;
            IReadOnlyList<Tensor> inputs = context.SavedTensors;
            var floating = new List<int>();
            var directions = new Tensor?[inputs.Count];
            for (int i = 0; i < inputs.Count; i++)
            {
                if (!inputs[i].DType.IsFloatingPoint()) continue;
                floating.Add(i);
                directions[i] = Tensor.Ones(inputs[i].Shape, inputs[i].DType).RequireGrad();
            }
            using IDisposable scope = Differentiation.Enter();
            IReadOnlyList<Tensor> points = record ? inputs : [.. inputs.Select(input => input.WithoutHistory())];
            Tensor tangent = Along(context, points, directions);
            Tensor?[] pulled = Differentiation.Pull([tangent], [.. floating.Select(i => directions[i]!)], [gradOutputs[0]], retainGraph: false, record, "Functional.CustomJvp");
            var gradients = new Tensor?[inputs.Count];
            for (int k = 0; k < pulled.Length; k++) gradients[floating[k]] = pulled[k];
            return gradients;
        }

        private Tensor Along(FunctionContext context, IReadOnlyList<Tensor> points, IReadOnlyList<Tensor?> directions)
        {
            const string op = "Functional.CustomJvp";
            Tensor[] all = [.. Enumerable.Range(0, points.Count).Select(i => directions[i] ?? Differentiation.ZerosLike(points[i]))];
            Tensor tangent = rule(points, all) ?? throw TransformErrors.RuleReturnedNull(op, "the rule");
            var shape = new Shape((int[])context.State!);
            return tangent.Shape == shape ? tangent : throw TransformErrors.RuleShape(op, "the rule", tangent.Shape, shape, "the value");
        }
    }

    private sealed class CustomVjpFunction<TResidual>(
        Func<IReadOnlyList<Tensor>, (Tensor Value, TResidual Residual)> forward, Func<TResidual, Tensor, IReadOnlyList<Tensor?>> backward) : Function
    {
        private const string Op = "Functional.CustomVjp";

        internal override string Name => "CustomVjp";

        internal override string ForwardRemedy => "State its derivative by Functional.CustomJvp, which serves both modes";

        /// <summary>What backward needs beside the saved tensors.</summary>
        private sealed record Kept(TResidual Residual, int Inputs, DrawnGenerators Random);

        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            var random = new DrawnGenerators();
            (Tensor value, TResidual residual) = Run(inputs, random);
            if (value is null) throw TransformErrors.ReturnedNull(Op);
            context.SaveForBackward([.. inputs, .. TensorStructure.FlattenOptional(residual)]);
            context.State = new Kept(residual, inputs.Count, random);
            return [value];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs)
        {
            var kept = (Kept)context.State!;
            // Computed again where a derivative of this gradient may be taken: what was saved is a constant.
            TResidual residual = GradMode.IsEnabled || context.LacksTangents
                ? Run([.. Enumerable.Range(0, kept.Inputs).Select(context.Saved)], kept.Random).Residual
                : TensorStructure.Rebuild(kept.Residual, [.. context.SavedTensors.Skip(kept.Inputs)]);
            IReadOnlyList<Tensor?> gradients = backward(residual, gradOutputs[0]!) ?? throw TransformErrors.RuleReturnedNull(Op, "the backward rule");
            return gradients.Count == kept.Inputs ? [.. gradients] : throw TransformErrors.RuleCount(Op, gradients.Count, kept.Inputs);
        }

        internal override Tensor?[]? Tangents(FunctionContext context, IReadOnlyList<Tensor> primals, IReadOnlyList<Tensor?> tangents, bool underReverse)
        {
            if (!underReverse) return null;
            var kept = (Kept)context.State!;
            var directions = new Tensor?[tangents.Count];
            for (int i = 0; i < directions.Length; i++) directions[i] = primals[i].DType.IsFloatingPoint() ? tangents[i] : null;
            return Differentiation.Push(Op, xs => [Run(xs, kept.Random).Value], primals, directions).Tangents;
        }

        private (Tensor Value, TResidual Residual) Run(IReadOnlyList<Tensor> inputs, DrawnGenerators random) => random.Run(() =>
        {
            using var guard = new InputGuard(Op, inputs);
            (Tensor, TResidual) result = forward(inputs);
            guard.Check();
            return result;
        });
    }
}
