namespace Nabla;

// Einstein's summation convention: letters name axes, letters that the result lacks are summed over. Operands are joined from
// left to right, each pair by one matrix product.
public sealed partial class Tensor
{
    /// <summary>Sums of products written in Einstein's convention.</summary>
    /// <param name="equation">One group of letters for each operand, then <c>-&gt;</c> and those of the result: <c>"ij,jk-&gt;ik"</c>.
    /// A letter twice in a group takes the diagonal; <c>...</c> stands for further axes, which broadcast. Without an arrow the
    /// result has the letters that occur once, in alphabetical order, after those of the ellipsis.</param>
    /// <param name="operands">The tensors, as many as groups.</param>
    /// <exception cref="ArgumentException">The equation is malformed or does not fit the number of operands.</exception>
    /// <exception cref="ShapeException">A group does not fit its operand, or a letter stands for different lengths.</exception>
    [Op(OpKind.Composite, Shapes = "by the equation", DTypes = "equal; not bool")]
    public static Tensor Einsum(string equation, params ReadOnlySpan<Tensor> operands)
    {
        ArgumentNullException.ThrowIfNull(equation);
        var parsed = new EinsumEquation(equation, operands);
        Term result = default;
        for (int i = 0; i < operands.Length; i++)
        {
            Term next = new Term(operands[i], parsed.Groups[i]).WithoutRepeats().Expanded(parsed.Lengths);
            string later = parsed.Result + string.Concat(parsed.Groups[(i + 1)..]);
            result = i == 0 ? next : Term.Join(result.SummedExcept(later + next.Labels), next.SummedExcept(later + result.Labels), later);
        }
        result = result.SummedExcept(parsed.Result);
        return result.Value.PermuteTo(Array.ConvertAll(parsed.Result.ToCharArray(), label => result.Labels.IndexOf(label, StringComparison.Ordinal)));
    }

    /// <summary>A tensor and the letters of its axes.</summary>
    private readonly record struct Term(Tensor Value, string Labels)
    {
        /// <summary>Diagonals in place of letters that occur twice.</summary>
        public Term WithoutRepeats()
        {
            (Tensor value, string labels) = this;
            for (int i = 0; i < labels.Length; i++)
            {
                for (int j = labels.LastIndexOf(labels[i]); j > i; j = labels.LastIndexOf(labels[i]))
                {
                    if (value.Dims[i] != value.Dims[j])
                        throw new ShapeException($"Einsum: letter '{labels[i]}' names axes of lengths {value.Dims[i]} and {value.Dims[j]} of {Value.Shape}. A diagonal needs equal lengths.");
                    (value, labels) = (value.Diagonal(0, i, j).MoveAxis(^1, i), labels.Remove(j, 1));
                }
            }
            return new Term(value, labels);
        }

        /// <summary>Axes of length 1 repeated to the length of their letter.</summary>
        public Term Expanded(Dictionary<char, int> lengths)
        {
            var dims = new int[Labels.Length];
            for (int i = 0; i < dims.Length; i++) dims[i] = lengths[Labels[i]];
            return new Term(Value.Expand(dims), Labels);
        }

        /// <summary>Summed over the letters that nobody needs any more.</summary>
        public Term SummedExcept(string needed)
        {
            var axes = new List<Axis>();
            string kept = "";
            for (int i = 0; i < Labels.Length; i++)
            {
                if (needed.Contains(Labels[i], StringComparison.Ordinal)) kept += Labels[i];
                else axes.Add(i);
            }
            return axes.Count == 0 ? this : new Term(Value.Sum(Axes.Create([.. axes])), kept);
        }

        /// <summary>The product of two terms, summed over the letters that both have and nobody needs later.</summary>
        public static Term Join(Term x, Term y, string later)
        {
            string batch = "", summed = "", left = "", right = "";
            foreach (char label in x.Labels)
            {
                if (!y.Labels.Contains(label, StringComparison.Ordinal)) left += label;
                else if (later.Contains(label, StringComparison.Ordinal)) batch += label;
                else summed += label;
            }
            foreach (char label in y.Labels)
                if (!x.Labels.Contains(label, StringComparison.Ordinal)) right += label;

            Tensor a = x.Ordered(batch + left + summed), b = y.Ordered(batch + summed + right);
            int[] outer = [.. a.Dims.AsSpan(0, batch.Length)], rows = [.. a.Dims.AsSpan(batch.Length, left.Length)];
            int[] columns = [.. b.Dims.AsSpan(batch.Length + summed.Length)];
            int m = Shape.Product(rows), n = Shape.Product(columns), k = Shape.Product(a.Dims.AsSpan(batch.Length + left.Length));
            Tensor product;
            if (summed.Length == 0)
                product = a.Reshape([.. outer, m, 1]) * b.Reshape([.. outer, 1, n]);
            else if (batch.Length == 0 && m == 1 && n == 1)
                product = a.Reshape(k).Dot(b.Reshape(k));
            else
                product = a.Reshape([.. outer, m, k]).MatMul(b.Reshape([.. outer, k, n]));
            return new Term(product.Reshape([.. outer, .. rows, .. columns]), batch + left + right);
        }

        private Tensor Ordered(string labels)
        {
            string from = Labels;
            return Value.PermuteTo(Array.ConvertAll(labels.ToCharArray(), label => from.IndexOf(label, StringComparison.Ordinal)));
        }
    }

    /// <summary>The letters of each operand and of the result, with letters of our own for the axes of an ellipsis.</summary>
    private sealed class EinsumEquation
    {
        // The last axis of every ellipsis is the first of these, so that they align from the right.
        private const char FirstOfEllipsis = '\uE000';

        private readonly string equation;

        public EinsumEquation(string equation, ReadOnlySpan<Tensor> operands)
        {
            this.equation = equation;
            string[] sides = equation.Replace(" ", "", StringComparison.Ordinal).Split("->");
            string[] groups = sides[0].Split(',');
            if (sides.Length > 2) throw Malformed("it has more than one arrow");
            if (groups.Length != operands.Length) throw Malformed($"it has {groups.Length} groups of letters for {operands.Length} operands");
            Groups = new string[groups.Length];
            int widest = 0;
            for (int i = 0; i < groups.Length; i++)
            {
                int letters = groups[i].Replace("...", "", StringComparison.Ordinal).Length, rank = operands[i].Rank;
                bool ellipsis = letters < groups[i].Length;
                if (ellipsis ? letters > rank : letters != rank)
                    throw new ShapeException($"Einsum: \"{groups[i]}\" names {letters} axes, operand {i} is {operands[i].Shape}. Give one letter for each axis, or ... for the rest.");
                widest = Math.Max(widest, rank - letters);
                Groups[i] = Letters(groups[i], rank - letters);
                for (int axis = 0; axis < rank; axis++) Measure(Groups[i][axis], operands[i].Dims[axis], groups[i], operands[i]);
            }
            Result = sides.Length == 2 ? Letters(sides[1], widest) : Implicit(widest);
            for (int i = 0; i < Result.Length; i++)
            {
                if (!Lengths.ContainsKey(Result[i])) throw Malformed($"the result's '{Result[i]}' is in no operand");
                if (Result.IndexOf(Result[i], StringComparison.Ordinal) != i) throw Malformed($"the result names '{Result[i]}' twice");
            }
        }

        public string[] Groups { get; }

        public string Result { get; }

        public Dictionary<char, int> Lengths { get; } = [];

        private string Letters(string group, int ellipsisAxes)
        {
            int at = group.IndexOf("...", StringComparison.Ordinal);
            string letters = at < 0 ? group : group.Remove(at, 3);
            foreach (char letter in letters)
                if (!char.IsAsciiLetter(letter)) throw Malformed($"'{letter}' is no letter");
            return at < 0 ? group : letters.Insert(at, Ellipsis(ellipsisAxes));
        }

        private static string Ellipsis(int axes)
        {
            string labels = "";
            for (int i = axes - 1; i >= 0; i--) labels += (char)(FirstOfEllipsis + i);
            return labels;
        }

        private string Implicit(int widest)
        {
            string all = string.Concat(Groups), once = "";
            foreach (char label in all)
                if (label < FirstOfEllipsis && all.IndexOf(label, StringComparison.Ordinal) == all.LastIndexOf(label)) once += label;
            char[] sorted = once.ToCharArray();
            Array.Sort(sorted);
            return Ellipsis(widest) + new string(sorted);
        }

        private void Measure(char label, int length, string group, Tensor operand)
        {
            if (!Lengths.TryGetValue(label, out int known) || known == 1) Lengths[label] = length;
            else if (length != known && length != 1)
                throw new ShapeException($"Einsum: in \"{equation}\" {(label < FirstOfEllipsis ? $"letter '{label}'" : "an axis of the ellipsis")} has length {known} and, in \"{group}\" {operand.Shape}, {length}. Equal letters need equal lengths, or 1.");
        }

        private ArgumentException Malformed(string why) =>
            new($"Einsum: \"{equation}\" cannot be used: {why}. Write one group of letters for each operand, as in \"ij,jk->ik\".");
    }
}
