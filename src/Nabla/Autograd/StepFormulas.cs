using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// The values of a function as steps, one for each operation on a number. A formula never grows: every element of a result is a step, and
/// to those that make formulas of it, a symbol. So what is computed is what the operations compute, in their order, and nothing twice.
/// </summary>
/// <remarks>The numbers that stand in tensors: 0 is the number 0, as everywhere in a trace; n &gt; 0 the value n - 1 of the graph, n &lt; 0 its constant n.</remarks>
internal sealed class StepFormulas(StepGraph graph) : FormulaList
{
    // The same symbols in every trace: making one takes longer than a step.
    private static Symbol[] pool = [];

    private readonly Dictionary<Symbol, int> values = [];
    private readonly Dictionary<Expr, int> known = [];

    public StepGraph Graph => graph;

    public override Expr this[int number]
    {
        get
        {
            int value = ValueOf(number);
            if (graph.IsConstant(value, out double constant)) return constant;
            Symbol symbol = SymbolOf(value);
            values[symbol] = value;
            return symbol;
        }
    }

    public override int Add(Expr formula)
    {
        if (formula is Symbol symbol && values.TryGetValue(symbol, out int value)) return NumberOf(value);
        if (formula is Number number) return NumberOf(graph.Constant(number.ToDouble()));
        if (known.TryGetValue(formula, out int earlier)) return NumberOf(earlier);
        Symbol[] symbols = [.. formula.FreeSymbols];
        Program program = Program.Of([formula], symbols, strict: true);
        Span<int> result = [0];
        graph.Replay(program, Array.ConvertAll(symbols, each => values[each]), result);
        known[formula] = result[0];
        if (IsPosition(formula) && result[0] >= 0)
        {
            values[SymbolOf(result[0])] = result[0];
            Rename(formula, SymbolOf(result[0]));
        }
        return NumberOf(result[0]);
    }

    /// <summary>The number in tensors of a value of the graph.</summary>
    public int NumberOf(int value) => value >= 0 ? value + 1 : graph.IsConstant(value, out double constant) && BitConverter.DoubleToInt64Bits(constant) == 0 ? 0 : value;

    /// <summary>The value of the graph that a number in tensors stands for.</summary>
    public int ValueOf(int number) => number > 0 ? number - 1 : number < 0 ? number : graph.Constant(0);

    /// <summary>The values of a tensor's elements, broadcast to a larger shape, in row-major order.</summary>
    public int[] Values(Tensor x, int[] dims)
    {
        SymbolicValue? symbols = x.IsSymbolic ? x.Extra!.Symbols : null;
        NdArray array = symbols?.Ids ?? x.Value;
        NdArray from = array.View(dims, Broadcasting.Strides(array, dims), array.Offset);
        var values = new int[from.Numel];
        var step = new Odometer(from);
        for (int i = 0; i < values.Length; i++, step.Advance())
            values[i] = symbols is null ? graph.Constant(from.GetDouble(step.Position)) : ValueOf((int)from.At<double>(step.Position));
        GC.KeepAlive(x);
        return values;
    }

    /// <summary>Applies a program to each element of columns of values.</summary>
    public int[][] Apply(Program program, int[][] columns, int count)
    {
        var results = new int[program.Outputs.Length][];
        for (int j = 0; j < results.Length; j++) results[j] = new int[count];
        Span<int> arguments = stackalloc int[columns.Length], outputs = stackalloc int[results.Length];
        for (int element = 0; element < count; element++)
        {
            for (int i = 0; i < columns.Length; i++) arguments[i] = columns[i][element];
            graph.Replay(program, arguments, outputs);
            for (int j = 0; j < results.Length; j++) results[j][element] = outputs[j];
        }
        return results;
    }

    /// <summary>The sum of values: one after the other if they are few, else four chains side by side, which wait less for each other.</summary>
    public int Sum(ReadOnlySpan<int> terms)
    {
        const int Few = 8, Chains = 4;
        if (terms.Length == 0) return graph.Constant(0);
        if (terms.Length <= Few) return Chain(terms, 0, 1);
        int total = Chain(terms, 0, Chains);
        for (int chain = 1; chain < Chains; chain++) total = graph.Add(total, Chain(terms, chain, Chains));
        return total;

        int Chain(ReadOnlySpan<int> terms, int start, int stride)
        {
            int sum = terms[start];
            for (int i = start + stride; i < terms.Length; i += stride) sum = graph.Add(sum, terms[i]);
            return sum;
        }
    }

    private static Symbol SymbolOf(int value)
    {
        Symbol[] symbols = pool;
        if (value < symbols.Length) return symbols[value];
        var longer = new Symbol[Math.Max(64, Math.Max(value + 1, 2 * symbols.Length))];
        symbols.CopyTo(longer, 0);
        for (int i = symbols.Length; i < longer.Length; i++) longer[i] = Expr.Symbol($"#{i}");
        pool = longer;
        return longer[value];
    }
}
