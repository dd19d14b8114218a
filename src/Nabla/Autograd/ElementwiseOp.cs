using System.Collections.Concurrent;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// An operation that applies one scalar formula to every element of its broadcast inputs. Value, tangent, gradient and every
/// higher derivative follow from the formula: its backward pass is again an elementwise operation, the symbolic derivative
/// times the incoming gradient, with the saved result in place of any subterm that equals it.
/// </summary>
public sealed partial class ElementwiseOp
{
    private readonly Func<Expr[], Expr[]> define;
    private readonly ConcurrentDictionary<int, GradientPlan> plans = new();
    private readonly Lazy<Definition> definition;
    private GradientPlan? lastPlan;
    private string? insteadOfBool;
    private Func<Expr[], Expr>? computed;
    private Func<Tensor[], Tensor>? onComplex;

    private ElementwiseOp(string name, int arity, Func<Expr[], Expr[]> define, bool isPredicate, ReadOnlySpan<Domain> domains)
    {
        Name = name;
        Arity = arity;
        this.define = define;
        IsPredicate = isPredicate;
        var all = new Domain[arity];
        for (int i = 0; i < arity; i++) all[i] = i < domains.Length ? domains[i] : domains.Length > 0 ? domains[^1] : Domain.Real;
        Domains = all;
        definition = new Lazy<Definition>(() => new Definition(this));
    }

    /// <summary>The operation's name: that of its public method.</summary>
    public string Name { get; }

    /// <summary>The number of inputs.</summary>
    public int Arity { get; }

    /// <summary>Whether the result is a truth value.</summary>
    public bool IsPredicate { get; }

    /// <summary>Where each input is meant to be; tests sample their points from it.</summary>
    public IReadOnlyList<Domain> Domains { get; }

    /// <summary>The convention where the function is not differentiable, in words; empty if it is smooth on its domain.</summary>
    public string Kinks { get; private set; } = "";

    /// <summary>States the convention at kinks, as part of the declaration.</summary>
    internal ElementwiseOp WithKinks(string kinks)
    {
        Kinks = kinks;
        return this;
    }

    /// <summary>Refuses bool tensors, as part of the declaration.</summary>
    /// <param name="remedy">What to use instead, as the end of the message.</param>
    internal ElementwiseOp RefusingBool(string remedy)
    {
        insteadOfBool = remedy;
        return this;
    }

    /// <summary>
    /// States a cheaper formula of the same values, as part of the declaration: it is what is computed, while the derivatives
    /// follow from the declared one with its conventions at kinks.
    /// </summary>
    internal ElementwiseOp ComputedAs(Func<Expr[], Expr> formula)
    {
        computed = formula;
        return this;
    }

    /// <summary>States what the operation is on complex numbers, in public operations, as part of the declaration.</summary>
    internal ElementwiseOp OnComplex(Func<Tensor[], Tensor> rule)
    {
        onComplex = rule;
        return this;
    }

    /// <summary>Whether the operation is a public one; steps inside another operation are not listed in the table.</summary>
    internal bool IsListed { get; private set; } = true;

    /// <summary>States that this is only a step inside another operation, as part of the declaration.</summary>
    internal ElementwiseOp Unlisted()
    {
        IsListed = false;
        return this;
    }

    /// <summary>The inputs as they stand in <see cref="Formula"/>: <c>x</c>, <c>y</c>, <c>z</c>, …</summary>
    public IReadOnlyList<Symbol> Inputs => definition.Value.Inputs;

    /// <summary>What is computed for every element.</summary>
    public Expr Formula => definition.Value.Outputs[0];

    internal Definition Declared => definition.Value;

    /// <summary>Declares an operation of one input, with its domain (all reals if none is given).</summary>
    internal static ElementwiseOp Of(string name, Func<Expr, Expr> formula, params ReadOnlySpan<Domain> domains) => new(name, 1, x => [formula(x[0])], false, domains);

    /// <summary>Declares an operation of two inputs, with the domain of each; the last given stands for the rest.</summary>
    internal static ElementwiseOp Of(string name, Func<Expr, Expr, Expr> formula, params ReadOnlySpan<Domain> domains) => new(name, 2, x => [formula(x[0], x[1])], false, domains);

    /// <summary>Declares an operation of three inputs, with the domain of each; the last given stands for the rest.</summary>
    internal static ElementwiseOp Of(string name, Func<Expr, Expr, Expr, Expr> formula, params ReadOnlySpan<Domain> domains) => new(name, 3, x => [formula(x[0], x[1], x[2])], false, domains);

    /// <summary>Declares an operation of four inputs, with the domain of each; the last given stands for the rest.</summary>
    internal static ElementwiseOp Of(string name, Func<Expr, Expr, Expr, Expr, Expr> formula, params ReadOnlySpan<Domain> domains) => new(name, 4, x => [formula(x[0], x[1], x[2], x[3])], false, domains);

    /// <summary>Declares an operation of one input whose result is a truth value.</summary>
    internal static ElementwiseOp Predicate(string name, Func<Expr, Expr> formula) => new(name, 1, x => [formula(x[0])], true, []);

    /// <summary>Declares an operation of two inputs whose result is a truth value.</summary>
    internal static ElementwiseOp Predicate(string name, Func<Expr, Expr, Expr> formula) => new(name, 2, x => [formula(x[0], x[1])], true, []);

    /// <summary>Declares an operation of four inputs whose result is a truth value.</summary>
    internal static ElementwiseOp Predicate(string name, Func<Expr, Expr, Expr, Expr, Expr> formula) => new(name, 4, x => [formula(x[0], x[1], x[2], x[3])], true, []);

    /// <summary>An operation made from others: a backward pass, a tangent, a fusion.</summary>
    internal static ElementwiseOp Derived(string name, int arity, Func<Expr[], Expr[]> formulas) => new(name, arity, formulas, false, []);

    /// <summary>The formula with its inputs and its program, made when first used.</summary>
    internal sealed class Definition
    {
        private static readonly string[] Letters = ["x", "y", "z", "w"];

        public Definition(ElementwiseOp op)
        {
            Inputs = new Symbol[op.Arity];
            for (int i = 0; i < op.Arity; i++) Inputs[i] = Expr.Symbol(op.Arity <= Letters.Length ? Letters[i] : $"x{i}");
            Outputs = op.define([.. Inputs]);
            Program = Program.Of(op.computed is { } cheaper ? [cheaper([.. Inputs])] : Outputs, Inputs);
        }

        public Symbol[] Inputs { get; }

        public Expr[] Outputs { get; }

        internal Program Program { get; }
    }

    // ---- application ------------------------------------------------------------------------------------------------

    /// <summary>Applies an operation of one output.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    internal Tensor Apply(params ReadOnlySpan<Tensor> inputs)
    {
        Tensor? output = null;
        Apply(inputs, new Span<Tensor>(ref output!));
        return output;
    }

    /// <summary>Applies an operation of any number of outputs.</summary>
    internal Tensor[] ApplyMany(params ReadOnlySpan<Tensor> inputs)
    {
        var outputs = new Tensor[Declared.Outputs.Length];
        Apply(inputs, outputs);
        return outputs;
    }

    /// <summary>Applies the operation; there is room for as many outputs as it has.</summary>
    internal void Apply(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        bool complex = false;
        TensorFlags flags = TensorFlags.None;
        foreach (Tensor input in inputs)
        {
            // A view refreshes its history when asked.
            if ((input.Flags & TensorFlags.View) != 0) _ = input.RequiresGrad;
            complex |= input.Value.DType.IsComplex();
            flags |= input.Flags;
        }
        ResultMemory.Current?.Meet(Name, inputs);
        if (complex)
        {
            outputs[0] = EvaluateComplex(inputs, flags);
            return;
        }
        if ((flags & TensorFlags.Traced) != 0)
        {
            ((flags & TensorFlags.Levelled) != 0 ? EvaluateTraced(inputs) : EvaluateSymbols(inputs)).CopyTo(outputs);
        }
        else if (!TryScalars(inputs, outputs))
        {
            Evaluate(inputs, outputs);
        }
        ResultMemory.Current?.Leave();
        if ((flags & TensorFlags.Traced) == 0) Recorder.Current?.Add(this, inputs, outputs);
        if ((flags & TensorFlags.RequiresGrad) != 0 && GradMode.IsEnabled && !IsPredicate) Record(inputs, outputs);
    }

    private Tensor EvaluateComplex(ReadOnlySpan<Tensor> inputs, TensorFlags flags)
    {
        if (onComplex is null) throw AutogradErrors.RefusesComplex(Name, inputs);
        if ((flags & TensorFlags.Symbolic) != 0) throw SymbolicErrors.NoFormula(Name, inputs);
        return onComplex(inputs.ToArray());
    }

    private void Evaluate(ReadOnlySpan<Tensor> inputs, Span<Tensor> outputs)
    {
        var room = default(FewArrays);
        Span<NdArray> values = outputs.Length <= FewArrays.Length ? ((Span<NdArray>)room)[..outputs.Length] : new NdArray[outputs.Length];
        BufferPool.Enter();
        try
        {
            Compute(inputs, values);
        }
        finally
        {
            BufferPool.Exit();
            ResultMemory.Current?.Leave();
            foreach (Tensor input in inputs) GC.KeepAlive(input);
        }
        for (int i = 0; i < outputs.Length; i++) outputs[i] = new Tensor(values[i]);
    }

    private void Compute(ReadOnlySpan<Tensor> inputs, Span<NdArray> outputs)
    {
        int[] dims = ResultDims(inputs);
        DType type = ResultType(inputs);
        Program program = Declared.Program;
        DType result = IsPredicate ? DType.Bool : type;
        var room = default(FewArrays);
        Span<NdArray> arrays = inputs.Length <= FewArrays.Length ? ((Span<NdArray>)room)[..inputs.Length] : new NdArray[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) arrays[i] = inputs[i].Value;
        if (!ItemsLast.Continues(arrays, dims))
        {
            ElementwiseKernel.Run(program, arrays, dims, ComputeType(type), result, outputs);
            return;
        }
        for (int i = 0; i < arrays.Length; i++) arrays[i] = ItemsLast.Turned(arrays[i], dims.Length);
        ElementwiseKernel.Run(program, arrays, ItemsLast.Turned(dims), ComputeType(type), result, outputs);
        for (int i = 0; i < outputs.Length; i++) outputs[i] = ItemsLast.Back(outputs[i]);
    }

    /// <summary>
    /// Computes straight into the first input's memory, where nobody can tell that from computing first and copying then: nothing
    /// is recorded or traced, and the result has that input's shape and type.
    /// </summary>
    /// <returns>False if it was not done.</returns>
    internal bool TryInPlace(ReadOnlySpan<Tensor> inputs)
    {
        NdArray target = inputs[0].Value;
        if (IsPredicate || inputs.Length > FewArrays.Length || !target.IsContiguous || Recorder.Current is not null || AllocationScope.Current is not null) return false;
        var room = default(FewArrays);
        Span<NdArray> arrays = ((Span<NdArray>)room)[..inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            NdArray value = arrays[i] = inputs[i].Value;
            if ((inputs[i].Flags & TensorFlags.Traced) != 0 || value.DType.IsComplex()) return false;

            // Elements that were overwritten must not be read for other ones.
            if (value.Storage.IsMemoryOf(target.Storage) && !(value.Offset == target.Offset && value.IsContiguous && value.Dims.AsSpan().SequenceEqual(target.Dims))) return false;
        }
        DType type = ResultType(inputs);
        if (type != target.DType || !ResultDims(inputs).AsSpan().SequenceEqual(target.Dims)) return false;
        if (target.Numel > 0) ElementwiseKernel.RunInto(Declared.Program, arrays, target.Dims, ComputeType(type), new Span<NdArray>(ref target));
        foreach (Tensor input in inputs) GC.KeepAlive(input.Value.Storage);
        return true;
    }

    private int[] ResultDims(ReadOnlySpan<Tensor> inputs)
    {
        int[] dims = inputs[0].Dims;
        for (int i = 1; i < inputs.Length; i++) dims = Broadcasting.Shapes(Name, dims, inputs[i].Dims);
        return dims;
    }

    /// <summary>The type in which the formula is computed for these inputs: float32, float64, or int64 for whole numbers.</summary>
    internal DType ArithmeticType(ReadOnlySpan<Tensor> inputs) => ComputeType(ResultType(inputs));

    private static DType ComputeType(DType result) => result.IsFloatingPoint() ? result : DType.Int64;

    private DType ResultType(ReadOnlySpan<Tensor> inputs)
    {
        DType type = ElementTypes.Result(inputs);
        if (insteadOfBool is not null)
        {
            foreach (Tensor input in inputs)
                if (input.DType == DType.Bool) throw AutogradErrors.RefusesBool(Name, insteadOfBool, input);
        }
        return !Declared.Program.IntegerExact && !type.IsFloatingPoint() ? DType.Float32 : type;
    }

    [System.Runtime.CompilerServices.InlineArray(Length)]
    private struct FewArrays
    {
        public const int Length = 4;
        private NdArray first;
    }

    private void Record(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        if (!outputs[0].DType.IsFloatingPoint()) return;
        int mask = 0;
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i].RequiresGrad && inputs[i].DType.IsFloatingPoint()) mask |= 1 << i;
        if (mask == 0) return;
        GradientPlan plan = Plan(mask);
        var node = new ElementwiseNode(plan, inputs, outputs);
        for (int i = 0; i < outputs.Length; i++) outputs[i].SetHistory(node, i);
        GraphRecording.Current?.Add(node, inputs, outputs);
    }

    internal GradientPlan Plan(int mask)
    {
        GradientPlan? plan = lastPlan;
        if (plan is not null && plan.Mask == mask) return plan;
        return lastPlan = plans.GetOrAdd(mask, static (m, op) => new GradientPlan(op, m), this);
    }

    // ---- transforms -------------------------------------------------------------------------------------------------

    private Tensor[] EvaluateTraced(ReadOnlySpan<Tensor> inputs)
    {
        TransformLevel level = TransformLevel.Highest(inputs)!;
        level.CheckActive(Name);
        foreach (Tensor input in inputs)
            if (BatchMode.ItemsOf(input, level) is not null) return Array.ConvertAll(ApplyMany(BatchMode.Aligned(inputs, level)), items => BatchMode.Wrap(level, items));
        return EvaluateDual(inputs, level);
    }

    private Tensor[] EvaluateDual(ReadOnlySpan<Tensor> inputs, TransformLevel level)
    {
        var primals = new Tensor[inputs.Length];
        var tangents = new Tensor?[inputs.Length];
        int mask = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            (primals[i], tangents[i]) = ForwardMode.Split(inputs[i], level);
            if (tangents[i] is not null) mask |= 1 << i;
        }
        Tensor[] outputs = ApplyMany(primals);
        if (IsPredicate || !outputs[0].DType.IsFloatingPoint()) return outputs;
        Tensor[] derivatives = Plan(mask).Tangents(primals, tangents, outputs);
        var pairs = new Tensor[outputs.Length];
        for (int i = 0; i < pairs.Length; i++) pairs[i] = ForwardMode.Pair(level, outputs[i], derivatives[i]);
        return pairs;
    }
}
