using System.Text;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Computes operations on formulas in place of numbers. An elementwise operation applies its formula to each element, an operation
/// that moves elements moves their numbers, a linear one is asked for its coefficients; the others state a rule of their own
/// (<see cref="Op.OnSymbols"/>).
/// </summary>
internal static class SymbolicMode
{
    // A linear operation is asked for its coefficients one basis vector at a time; this bounds the answer to 256 MiB.
    private const long MostCoefficients = 1 << 25;

    /// <summary>The outputs of an operation that has formulas, and no pairs, among its inputs.</summary>
    public static Tensor[] Evaluate(Op op, ReadOnlySpan<Tensor> inputs)
    {
        // The operation is recorded as itself: its rule may use others, which are not.
        Modes before = GradMode.SetRecording(false);
        try
        {
            Tensor[] outputs = op.OnSymbols(inputs) ?? throw SymbolicErrors.NoFormula(op.Name, inputs);
            return op is ViewOp ? outputs : Owned(inputs, outputs);
        }
        finally
        {
            GradMode.Restore(before);
        }
    }

    // ---- between tensors and formulas -----------------------------------------------------------------------------------

    /// <summary>The list that the first tensor with formulas refers to.</summary>
    public static FormulaList ListOf(ReadOnlySpan<Tensor> tensors)
    {
        foreach (Tensor tensor in tensors)
            if (tensor.Extra?.Symbols is { } symbols) return symbols.List;
        throw new InvalidOperationException("None of the tensors holds formulas.");
    }

    /// <summary>The formulas of a tensor's elements in row-major order; numbers stand for themselves.</summary>
    public static Expr[] Formulas(Tensor x) => Formulas(x, x.Dims);

    /// <summary>The formulas of a tensor's elements, broadcast to a larger shape.</summary>
    public static Expr[] Formulas(Tensor x, int[] dims) => Formulas(x, array => array.View(dims, Broadcasting.Strides(array, dims), array.Offset));

    private static Expr[] Formulas(Tensor x, Func<NdArray, NdArray> view)
    {
        SymbolicValue? symbols = x.IsSymbolic ? x.Extra!.Symbols : null;
        NdArray from = view(symbols?.Ids ?? x.Value);
        var formulas = new Expr[from.Numel];
        var step = new Odometer(from);
        for (int i = 0; i < formulas.Length; i++, step.Advance())
            formulas[i] = symbols is null ? Constant(from, step.Position) : symbols.List[(int)from.At<double>(step.Position)];
        GC.KeepAlive(x);
        return formulas;
    }

    /// <summary>A tensor of formulas.</summary>
    /// <param name="list">The formulas of the trace.</param>
    /// <param name="formulas">One for each element, in row-major order.</param>
    /// <param name="dims">The shape.</param>
    /// <param name="dtype">The type that numbers in their place would have.</param>
    public static Tensor Tensor(FormulaList list, ReadOnlySpan<Expr> formulas, int[] dims, DType dtype)
    {
        NdArray ids = NdArray.Allocate(dims, DType.Float64);
        Span<double> numbers = ids.Span<double>();
        for (int i = 0; i < numbers.Length; i++) numbers[i] = list.Add(formulas[i]);
        return Tensor(list, ids, dtype);
    }

    /// <summary>A tensor of steps.</summary>
    /// <param name="list">The steps of the trace.</param>
    /// <param name="values">A value of the graph for each element, in row-major order.</param>
    /// <param name="dims">The shape.</param>
    /// <param name="dtype">The type that numbers in their place would have.</param>
    public static Tensor Tensor(StepFormulas list, ReadOnlySpan<int> values, int[] dims, DType dtype)
    {
        NdArray ids = NdArray.Allocate(dims, DType.Float64);
        Span<double> numbers = ids.Span<double>();
        for (int i = 0; i < numbers.Length; i++) numbers[i] = list.NumberOf(values[i]);
        return Tensor(list, ids, dtype);
    }

    /// <summary>Whether formulas will be computed as they stand, so that they have to guard against overflow as kernels do.</summary>
    public static bool IsComputed(Tensor x) => x.IsSymbolic && x.Extra!.Symbols!.List is StepFormulas;

    private static Tensor Tensor(FormulaList list, in NdArray ids, DType dtype)
    {
        // Memory of the right size that nobody reads: NaN, if somebody did.
        NdArray geometry = NdArray.Allocate(ids.Dims, dtype);
        geometry.Storage.Bytes[..(geometry.Numel * dtype.Size())].Fill(byte.MaxValue);
        return new Tensor(geometry)
        {
            Flags = TensorFlags.Symbolic | (GradMode.IsInference ? TensorFlags.Inference : TensorFlags.None),
            Extra = new TensorExtra { Symbols = new SymbolicValue(list, ids) },
        };
    }

    // A rule may return a view, or numbers where formulas cancelled; a result is a handle of its own, with formulas.
    private static Tensor[] Owned(ReadOnlySpan<Tensor> inputs, Tensor[] outputs)
    {
        FormulaList list = ListOf(inputs);
        return Array.ConvertAll(outputs, output => output.IsSymbolic && !output.IsView ? output : Tensor(list, Formulas(output), output.Dims, output.DType));
    }

    // A whole number, and a fraction of few binary digits, is meant exactly: 0.5 is 1/2. Others stay the double that they are.
    private static Expr Constant(in NdArray x, int position)
    {
        const int FewBinaryDigits = 1024;
        if (!x.DType.IsFloatingPoint()) return x.GetInt64(position);
        double value = x.GetDouble(position), scaled = value * FewBinaryDigits;
        return Math.Abs(scaled) <= 1L << 53 && scaled == Math.Floor(scaled) && scaled != 0 ? (Expr)(long)scaled / FewBinaryDigits : value;
    }

    // ---- linear operations ----------------------------------------------------------------------------------------------

    /// <summary>Runs an operation that only moves elements on the numbers of the formulas.</summary>
    public static Tensor[] Move(Op op, ReadOnlySpan<Tensor> inputs, Func<int, bool> isIndex)
    {
        FormulaList list = ListOf(inputs);
        var ids = new Tensor[inputs.Length];
        DType dtype = inputs[0].DType;
        for (int i = 0; i < ids.Length; i++) ids[i] = isIndex(i) ? inputs[i] : new Tensor(IdsOf(list, inputs[i]));
        return Array.ConvertAll(op.Run(ids), moved => Tensor(list, moved, dtype));
    }

    private static NdArray IdsOf(FormulaList list, Tensor x)
    {
        if (x.IsSymbolic && ReferenceEquals(x.Extra!.Symbols!.List, list)) return x.Extra.Symbols.Ids;
        Expr[] formulas = Formulas(x);
        NdArray ids = NdArray.Allocate(x.Dims, DType.Float64);
        for (int i = 0; i < formulas.Length; i++) ids.At<double>(i) = list.Add(formulas[i]);
        return ids;
    }

    /// <summary>The sums that a linear operation makes, with the coefficients that its kernel gives for basis vectors.</summary>
    public static Tensor[] Combine(Op op, ReadOnlySpan<Tensor> inputs, Func<int, bool> isIndex)
    {
        FormulaList list = ListOf(inputs);
        DType dtype = inputs[0].DType;
        var basis = new Tensor[inputs.Length];
        for (int i = 0; i < basis.Length; i++) basis[i] = isIndex(i) ? inputs[i] : new Tensor(NdArray.Zeros(inputs[i].Dims, DType.Float64));
        NdArray zero = op.Run(basis)[0];
        var terms = new List<Expr>[zero.Numel];
        for (int k = 0; k < terms.Length; k++) terms[k] = [];
        for (int i = 0; i < basis.Length; i++)
        {
            if (isIndex(i)) continue;
            Expr[] formulas = Formulas(inputs[i]);
            if ((long)formulas.Length * terms.Length > MostCoefficients) throw SymbolicErrors.TooLarge(op.Name, formulas.Length, terms.Length);
            for (int j = 0; j < formulas.Length; j++)
            {
                basis[i].Value.At<double>(j) = 1;
                NdArray column = op.Run(basis)[0];
                for (int k = 0; k < terms.Length; k++)
                    if (column.At<double>(k) is var c and not 0) terms[k].Add(c == 1 ? formulas[j] : c * formulas[j]);
                basis[i].Value.At<double>(j) = 0;
            }
        }
        return [Tensor(list, Array.ConvertAll(terms, sum => Functions.Sum([.. sum])), zero.Dims, dtype)];
    }

    /// <summary>The sum of formulas; what all of them are divided by, their sum is divided by once.</summary>
    public static Expr Sum(Expr[] terms)
    {
        HashSet<Expr>? common = null;
        foreach (Expr term in terms)
        {
            if (term is Number { IsZero: true }) continue;
            ReadOnlySpan<Expr> factors = term is Product product ? product.Args : [term];
            var divisors = new HashSet<Expr>();
            foreach (Expr factor in factors)
                if (factor is Call && Power.ExponentOf(factor).IsNegative) divisors.Add(factor);
            if (common is null) common = divisors;
            else common.IntersectWith(divisors);
            if (common.Count == 0) break;
        }
        if (terms.Length < 2 || common is null || common.Count == 0) return Functions.Sum(terms);
        Expr quotient = Functions.Product([.. common]), divisor = 1 / quotient;
        return Functions.Sum(Array.ConvertAll(terms, term => term * divisor)) * quotient;
    }

    /// <summary>The sum over axes.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes, ascending.</param>
    /// <param name="keep">Keep them with length 1.</param>
    public static Tensor SumOver(Tensor x, int[] axes, bool keep)
    {
        if (ListOf([x]) is not StepFormulas steps) return Reduce(x, axes, keep, x.DType, Sum);
        int[] others = [.. Enumerable.Range(0, x.Rank).Except(axes)], order = [.. others, .. axes];
        int[] dims = ReducedDims(x.Dims, axes, keep);
        NdArray ids = x.Extra!.Symbols!.Ids;
        var groups = ids.View(Array.ConvertAll(order, axis => ids.Dims[axis]), Array.ConvertAll(order, axis => ids.Strides[axis]), ids.Offset);
        var sums = new int[Shape.Product(dims)];
        var group = new int[sums.Length == 0 ? 0 : x.Numel / sums.Length];
        var step = new Odometer(groups);
        for (int i = 0; i < sums.Length; i++)
        {
            for (int j = 0; j < group.Length; j++, step.Advance()) group[j] = steps.ValueOf((int)ids.At<double>(step.Position));
            sums[i] = steps.Sum(group);
        }
        return Tensor(steps, sums, dims, x.DType);
    }

    // ---- rows and matrices ----------------------------------------------------------------------------------------------

    /// <summary>Reduces axes: each group of elements to one formula.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="axes">The axes, ascending.</param>
    /// <param name="keep">Keep them with length 1.</param>
    /// <param name="dtype">The type of the result.</param>
    /// <param name="rule">From the elements of a group, in row-major order, to the formula.</param>
    public static Tensor Reduce(Tensor x, int[] axes, bool keep, DType dtype, Func<Expr[], Expr> rule)
    {
        int[] others = [.. Enumerable.Range(0, x.Rank).Except(axes)];
        Expr[][] groups = Groups(x, [.. others, .. axes], axes.Length);
        return Tensor(ListOf([x]), Array.ConvertAll(groups, group => rule(group)), ReducedDims(x.Dims, axes, keep), dtype);
    }

    private static int[] ReducedDims(int[] from, int[] axes, bool keep)
    {
        int[] dims = new int[keep ? from.Length : from.Length - axes.Length];
        for (int i = 0, at = 0; i < from.Length; i++)
        {
            bool reduced = Array.IndexOf(axes, i) >= 0;
            if (keep || !reduced) dims[at++] = reduced ? 1 : from[i];
        }
        return dims;
    }

    /// <summary>Replaces each row along an axis by a row of as many formulas.</summary>
    /// <param name="inputs">Tensors of one shape.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="dtype">The type of the result.</param>
    /// <param name="rule">From the rows of the inputs to that of the result.</param>
    public static Tensor Along(ReadOnlySpan<Tensor> inputs, int axis, DType dtype, Func<Expr[][], Expr[]> rule)
    {
        int[] dims = inputs[0].Dims, order = [.. Enumerable.Range(0, dims.Length).Except([axis]), axis];
        var rows = new Expr[inputs.Length][][];
        for (int i = 0; i < rows.Length; i++) rows[i] = Groups(inputs[i], order, 1);
        int length = dims[axis], inner = Shape.Product(dims.AsSpan(axis + 1));
        var results = new Expr[rows[0].Length * length];
        for (int r = 0; r < rows[0].Length; r++)
        {
            Expr[] row = rule(Array.ConvertAll(rows, each => each[r]));
            for (int i = 0; i < length; i++) results[(((r / inner * length) + i) * inner) + (r % inner)] = row[i];
        }
        return Tensor(ListOf(inputs), results, dims, dtype);
    }

    /// <summary>Runs along an axis, from the front or (reversed) from the back: each result is made of the one before it.</summary>
    /// <param name="inputs">Tensors of one shape and type.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="reverse">From the back.</param>
    /// <param name="rule">From the rows, a position in them and the result before it, null at the beginning, to the result.</param>
    public static Tensor Scan(ReadOnlySpan<Tensor> inputs, int axis, bool reverse, Func<Expr[][], int, Expr?, Expr> rule) =>
        Along(inputs, axis, inputs[0].DType, rows =>
        {
            int n = rows[0].Length;
            var results = new Expr[n];
            Expr? before = null;
            for (int step = 0; step < n; step++)
            {
                int i = reverse ? n - 1 - step : step;
                results[i] = before = rule(rows, i, before);
            }
            return results;
        });

    /// <summary>Replaces each matrix by as many formulas as the result has for it.</summary>
    /// <param name="x">[…, m, n].</param>
    /// <param name="dims">The shape of the result.</param>
    /// <param name="rule">From the elements of a matrix, row by row, to those of its result.</param>
    public static Tensor PerBlock(Tensor x, int[] dims, Func<Expr[], Expr[]> rule) =>
        Tensor(ListOf([x]), [.. Blocks(x).SelectMany(rule)], dims, x.DType);

    /// <summary>The elements of each matrix, row by row.</summary>
    public static Expr[][] Blocks(Tensor x) => Groups(x, [.. Enumerable.Range(0, x.Rank)], 2);

    private static Expr[][] Groups(Tensor x, int[] order, int grouped)
    {
        int[] dims = Array.ConvertAll(order, axis => x.Dims[axis]);
        Expr[] flat = Formulas(x, array => array.View(dims, Array.ConvertAll(order, axis => array.Strides[axis]), array.Offset));
        int size = Shape.Product(dims.AsSpan(dims.Length - grouped)), count = Shape.Product(dims.AsSpan(0, dims.Length - grouped));
        var groups = new Expr[count][];
        for (int i = 0; i < count; i++) groups[i] = flat[(i * size)..((i + 1) * size)];
        return groups;
    }

    // ---- text -----------------------------------------------------------------------------------------------------------

    /// <summary>The formulas in the brackets of their axes: <c>formulas([x0^2, x0*x1])</c>; cut with … where they get too long.</summary>
    public static string Text(Tensor x, IEnumerable<string> notes, int maxLength = 10_000)
    {
        var text = new StringBuilder("formulas(");
        int at = 0;
        Expr[] formulas = Formulas(x);
        Write(0);
        foreach (string note in notes) text.Append(", ").Append(note);
        return text.Append(')').ToString();

        void Write(int axis)
        {
            if (axis == x.Rank)
            {
                text.Append(formulas[at++].ToString(Math.Max(1, maxLength - text.Length)));
                return;
            }
            text.Append('[');
            for (int i = 0; i < x.Dims[axis]; i++)
            {
                if (i > 0) text.Append(", ");
                if (text.Length >= maxLength)
                {
                    text.Append('…');
                    break;
                }
                Write(axis + 1);
            }
            text.Append(']');
        }
    }
}
