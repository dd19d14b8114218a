using System.Text;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>An input of a traced function: one symbol for each element.</summary>
public sealed class TracedInput
{
    private readonly Symbol[] symbols;

    internal TracedInput(string name, Shape shape, Symbol[] symbols) => (Name, Shape, this.symbols) = (name, shape, symbols);

    /// <summary>The name that the symbols begin with.</summary>
    public string Name { get; }

    /// <summary>The shape of the input.</summary>
    public Shape Shape { get; }

    /// <summary>The symbols in row-major order.</summary>
    public IReadOnlyList<Symbol> Symbols => symbols;

    internal ReadOnlySpan<Symbol> Span => symbols;

    /// <summary>The symbol of one element.</summary>
    /// <param name="index">A position for each axis; negative counts from the back.</param>
    /// <exception cref="ShapeException">Not as many positions as axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside its axis.</exception>
    public Symbol this[params ReadOnlySpan<int> index] => symbols[TracedFormula.Position(Name, Shape, index)];

    /// <summary>The name and the shape.</summary>
    public override string ToString() => $"{Name} {Shape}";
}

/// <summary>
/// The formulas of a function of tensors, one for each element of its result: what <see cref="Formula.Trace(Func{Tensor, Tensor}, Shape, string, DType?)"/>
/// returns. Immutable.
/// </summary>
public sealed class TracedFormula
{
    private readonly TracedInput[] inputs;
    private readonly Expr[] outputs;
    private readonly Lazy<Program> program;

    internal TracedFormula(TracedInput[] inputs, Expr[] outputs, Shape shape)
    {
        (this.inputs, this.outputs, Shape) = (inputs, outputs, shape);
        program = new Lazy<Program>(() => Program.Of(this.outputs, [.. Symbols]));
    }

    /// <summary>The inputs, in the order of the function's arguments.</summary>
    public IReadOnlyList<TracedInput> Inputs => inputs;

    /// <summary>The symbols of all inputs, one after the other.</summary>
    public IReadOnlyList<Symbol> Symbols => [.. inputs.SelectMany(input => input.Symbols)];

    /// <summary>The shape of the result.</summary>
    public Shape Shape { get; }

    /// <summary>The formulas of the elements of the result, in row-major order.</summary>
    public IReadOnlyList<Expr> Outputs => outputs;

    /// <summary>The formula of a result of one element.</summary>
    /// <exception cref="ShapeException">The result has more or less than one element.</exception>
    public Expr Output => outputs.Length == 1
        ? outputs[0]
        : throw new ShapeException($"Output: the result {Shape} has {outputs.Length} elements. Use an index, or Outputs.");

    /// <summary>The formula of one element of the result.</summary>
    /// <param name="index">A position for each axis; negative counts from the back.</param>
    /// <exception cref="ShapeException">Not as many positions as axes.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside its axis.</exception>
    public Expr this[params ReadOnlySpan<int> index] => outputs[Position("result", Shape, index)];

    // ---- derivatives --------------------------------------------------------------------------------------------------

    /// <summary>The gradient of a result of one element with respect to an input: of the input's shape.</summary>
    /// <param name="input">The position of the input among the arguments.</param>
    /// <exception cref="ShapeException">The result has more or less than one element.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public TracedFormula Gradient(int input = 0)
    {
        TracedInput x = Input(nameof(Gradient), input);
        if (outputs.Length != 1) throw TransformErrors.NotOneElement("Gradient", Shape);
        return new TracedFormula(inputs, outputs[0].Gradient(x.Span), x.Shape);
    }

    /// <summary>The gradients of a result of one element with respect to all inputs, from one reverse sweep.</summary>
    /// <exception cref="ShapeException">The result has more or less than one element.</exception>
    public IReadOnlyList<TracedFormula> Gradients()
    {
        if (outputs.Length != 1) throw TransformErrors.NotOneElement("Gradients", Shape);
        Expr[] partials = outputs[0].Gradient([.. Symbols]);
        var gradients = new TracedFormula[inputs.Length];
        for (int i = 0, at = 0; i < inputs.Length; at += inputs[i++].Symbols.Count)
            gradients[i] = new TracedFormula(inputs, partials[at..(at + inputs[i].Symbols.Count)], inputs[i].Shape);
        return gradients;
    }

    /// <summary>All derivatives of all elements of the result: of the result's shape followed by the input's.</summary>
    /// <param name="input">The position of the input among the arguments.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public TracedFormula Jacobian(int input = 0)
    {
        TracedInput x = Input(nameof(Jacobian), input);
        var partials = new List<Expr>(outputs.Length * x.Symbols.Count);
        foreach (Expr output in outputs) partials.AddRange(output.Gradient(x.Span));
        return new TracedFormula(inputs, [.. partials], [.. Shape, .. x.Shape]);
    }

    /// <summary>The second derivatives of a result of one element: of the input's shape twice.</summary>
    /// <param name="input">The position of the input among the arguments.</param>
    /// <exception cref="ShapeException">The result has more or less than one element.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public TracedFormula Hessian(int input = 0) => Gradient(input).Jacobian(input);

    /// <summary>The same formulas, each changed by a function: simplified, expanded, with numbers for symbols.</summary>
    /// <param name="change">From a formula to another.</param>
    public TracedFormula Map(Func<Expr, Expr> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new TracedFormula(inputs, Array.ConvertAll(outputs, output => change(output)), Shape);
    }

    private TracedInput Input(string op, int input) => (uint)input < (uint)inputs.Length
        ? inputs[input]
        : throw new ArgumentOutOfRangeException(nameof(input), input, $"{op}: input {input} does not exist. The function has {inputs.Length}: {string.Join(", ", (object[])inputs)}.");

    // ---- values -------------------------------------------------------------------------------------------------------

    /// <summary>The values of the formulas, in double precision.</summary>
    /// <param name="values">One tensor for each input, of its shape.</param>
    /// <returns>float64, of the result's shape.</returns>
    /// <exception cref="ArgumentException">Not as many tensors as inputs.</exception>
    /// <exception cref="ShapeException">A tensor has another shape than its input.</exception>
    public Tensor Evaluate(params ReadOnlySpan<Tensor> values)
    {
        if (values.Length != inputs.Length)
            throw new ArgumentException($"Evaluate: {values.Length} tensors for {inputs.Length} inputs: {string.Join(", ", (object[])inputs)}. Give one for each.");
        var registers = new double[Math.Max(program.Value.RegisterCount, Symbols.Count)];
        int at = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(values[i]);
            if (values[i].Shape != inputs[i].Shape)
                throw new ShapeException($"Evaluate: input {i} is {values[i].Shape}, the function was traced for {inputs[i]}. Give that shape, or trace again.");
            foreach (double value in values[i].ToArray()) registers[at++] = value;
        }
        ScalarExecutor.Run(program.Value, registers, single: false);
        return Tensor.FromSpan<double>(Array.ConvertAll(program.Value.Outputs, register => registers[register]), Shape);
    }

    // ---- text ---------------------------------------------------------------------------------------------------------

    /// <summary>The formulas in the brackets of their axes, each as text that <see cref="Expr.Parse(string)"/> reads back.</summary>
    public override string ToString() => Text(output => output.ToString());

    /// <summary>The formulas as lines of text, <c>name = …</c> or <c>name[0, 1] = …</c>, with what they share named after "where".</summary>
    /// <param name="name">What to call the result.</param>
    public string ToString(string name) => SharedParts.Of(outputs).ToString(Labels(index => index.Length == 0 ? name : $"{name}[{string.Join(", ", index)}]"));

    /// <summary>
    /// The formulas as LaTeX for amsmath, without dollar signs: one formula, or a matrix; with a name, lines of equations in which
    /// what they share is named.
    /// </summary>
    /// <param name="name">What to call the result: a name as symbols have, not LaTeX.</param>
    public string ToLatex(string? name = null)
    {
        if (name is not null) return SharedParts.Of(outputs).ToLatex(Labels(index => index.Length == 0 ? name : $"{name}_{string.Join("_", index)}"));
        if (Shape.Rank == 0) return outputs[0].ToLatex();
        int columns = Shape.Rank == 1 ? 1 : Math.Max(Shape[^1], 1);
        IEnumerable<string> rows = outputs.Chunk(columns).Select(row => string.Join(" & ", row.Select(output => output.ToLatex())));
        return $"\\begin{{bmatrix}} {string.Join(" \\\\ ", rows)} \\end{{bmatrix}}";
    }

    private string[] Labels(Func<int[], string> label)
    {
        var labels = new string[outputs.Length];
        for (int i = 0; i < labels.Length; i++)
        {
            var index = new int[Shape.Rank];
            for (int axis = Shape.Rank - 1, rest = i; axis >= 0; rest /= Shape[axis--]) index[axis] = rest % Shape[axis];
            labels[i] = label(index);
        }
        return labels;
    }

    private string Text(Func<Expr, string> show)
    {
        var text = new StringBuilder();
        int at = 0;
        Write(0);
        return text.ToString();

        void Write(int axis)
        {
            if (axis == Shape.Rank)
            {
                text.Append(show(outputs[at++]));
                return;
            }
            text.Append('[');
            for (int i = 0; i < Shape[axis]; i++)
            {
                if (i > 0) text.Append(axis == Shape.Rank - 1 ? ", " : ",\n" + new string(' ', axis + 1));
                Write(axis + 1);
            }
            text.Append(']');
        }
    }

    internal static int Position(string what, Shape shape, ReadOnlySpan<int> index)
    {
        if (index.Length != shape.Rank) throw new ShapeException($"{what}[…]: {index.Length} positions are given, {shape} has {shape.Rank} axes. Give one for each.");
        int position = 0;
        for (int axis = 0; axis < index.Length; axis++)
        {
            int length = shape[axis], at = index[axis] < 0 ? index[axis] + length : index[axis];
            if ((uint)at >= (uint)length) throw OpErrors.OutsideAxis($"{what}[…]", index[axis], axis, length, shape);
            position = (position * length) + at;
        }
        return position;
    }
}
