using System.Text;

namespace Nabla.Symbolics;

/// <summary>
/// Formulas taken apart into operations that can be cut and regrouped, which canonical formulas cannot: they would flatten again. Signs
/// are kept apart from what they belong to, so that a - b and b - a are one operation.
/// </summary>
internal sealed class OperationGraph
{
    // Beyond this many nodes only whole nodes are shared; beyond this many operands of one node its pairs are not counted.
    private const int LargestGraph = 20_000;
    private const int LargestNode = 48;

    private readonly List<GraphOperation> operations = [];
    private readonly Dictionary<string, int> known = [];
    private readonly Dictionary<Expr, int> leaves = [];
    private readonly Part[] outputs;
    private int? cost;

    public OperationGraph(ReadOnlySpan<Expr> roots)
    {
        var order = Traversal.PostOrder(roots);
        IsLarge = order.Count > LargestGraph;
        var parts = new Dictionary<Expr, Part>(order.Count);
        foreach (var node in order) parts[node] = Read(node, parts);
        outputs = new Part[roots.Length];
        for (var i = 0; i < outputs.Length; i++) outputs[i] = parts[roots[i]];
    }

    public bool IsLarge { get; }

    public IReadOnlyList<Part> Outputs => outputs;

    public GraphOperation this[int id] => operations[id];

    public int Count => operations.Count;

    /// <summary>How often each operation is used by others that are needed, and as a result.</summary>
    public int[] Uses()
    {
        var uses = new int[operations.Count];
        foreach (var output in outputs) uses[output.Id]++;
        foreach (var id in Order())
        {
            foreach (var part in operations[id].Parts) uses[part.Id]++;
        }

        return uses;
    }

    public int Cost()
    {
        if (cost is { } found) return found;
        var total = 0;
        foreach (var id in Order()) total += operations[id].Cost();
        cost = total;
        return total;
    }

    /// <summary>The operations that the outputs need, operands first.</summary>
    public List<int> Order()
    {
        var order = new List<int>();
        var seen = new bool[operations.Count];
        var stack = new Stack<(int Id, int Next)>();
        foreach (var output in outputs)
        {
            if (!seen[output.Id]) stack.Push((output.Id, 0));
            seen[output.Id] = true;
            while (stack.TryPop(out var top))
            {
                var parts = operations[top.Id].Parts;
                var next = top.Next;
                while (next < parts.Count && seen[parts[next].Id]) next++;
                if (next == parts.Count)
                {
                    order.Add(top.Id);
                    continue;
                }

                seen[parts[next].Id] = true;
                stack.Push((top.Id, next + 1));
                stack.Push((parts[next].Id, 0));
            }
        }

        return order;
    }

    // ---- Regrouping -------------------------------------------------------------------------------------------------------------

    /// <summary>Takes factors out of the terms of sums, where nothing else uses those terms.</summary>
    public void Factor(Factoring factoring)
    {
        cost = null;
        List<int> uses = [.. Uses()];
        foreach (var id in Order())
        {
            if (operations[id].Kind == OperationKind.Sum) FactorSum(id, factoring, uses);
        }
    }

    /// <summary>Gives each pair of operands that several sums, or several products, have in common an operation of its own, the most frequent first.</summary>
    public void ShareParts()
    {
        cost = null;
        new PairSharing(this, OperationKind.Product, LargestNode).Run();
        new PairSharing(this, OperationKind.Sum, LargestNode).Run();
    }

    /// <summary>The sum or product of these parts, or the call with these arguments.</summary>
    public int Add(OperationKind kind, Primitive? primitive, List<Part> parts)
    {
        if (kind != OperationKind.Call) parts.Sort();
        var key = new StringBuilder().Append(kind == OperationKind.Call ? primitive!.Name : kind == OperationKind.Sum ? "Σ" : "Π");
        foreach (var part in parts) key.Append(part.Inverted ? '-' : '+').Append(part.Id);
        ref var id = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(known, key.ToString(), out var exists);
        if (exists) return id;
        operations.Add(new GraphOperation(kind, null, primitive, parts));
        return id = operations.Count - 1;
    }

    private void FactorSum(int id, Factoring factoring, List<int> uses)
    {
        var sum = operations[id];
        while (sum.Parts.Count > 1)
        {
            if (MostFrequentFactor(sum, factoring, uses) is not { } factor) return;
            var (taken, left) = (new List<Part>(), new List<Part>());
            foreach (var term in sum.Parts)
            {
                var operation = operations[term.Id];
                if (!HasFactor(term, factor, uses))
                {
                    left.Add(term);
                    continue;
                }

                var rest = new List<Part>(operation.Parts);
                rest.Remove(factor);
                var quotient = rest switch
                {
                    [] => Leaf(Number.One),
                    [{ Inverted: false } only] => only.Id,
                    _ => Add(OperationKind.Product, null, rest),
                };
                taken.Add(new Part(quotient, term.Inverted));
            }

            taken.Sort();
            var negative = taken[0].Inverted;
            for (var i = 0; i < taken.Count; i++) taken[i] = taken[i].Flip(negative);
            var inner = Add(OperationKind.Sum, null, taken);
            foreach (var part in taken) Use(part.Id);
            FactorSum(inner, factoring, uses);
            left.Add(new Part(Add(OperationKind.Product, null, [factor, new Part(inner, false)]), negative));
            Use(left[^1].Id);
            left.Sort();
            sum.Parts = left;
        }

        void Use(int part)
        {
            while (uses.Count <= part) uses.Add(0);
            uses[part]++;
        }
    }

    private Part? MostFrequentFactor(GraphOperation sum, Factoring factoring, List<int> uses)
    {
        var counts = new SortedDictionary<Part, int>();
        var needed = factoring == Factoring.WholeSums ? sum.Parts.Count : 2;
        foreach (var term in sum.Parts)
        {
            var operation = operations[term.Id];
            if (operation.Kind != OperationKind.Product || uses[term.Id] > 1) continue;
            Part? previous = null;
            foreach (var part in operation.Parts)
            {
                if (part != previous) counts[part] = counts.GetValueOrDefault(part) + 1;
                previous = part;
            }
        }

        Part? best = null;
        foreach (var (part, count) in counts)
        {
            if (count < needed) continue;
            needed = count + 1;
            best = part;
        }

        return best;
    }

    private bool HasFactor(Part term, Part factor, List<int> uses) =>
        operations[term.Id].Kind == OperationKind.Product && uses[term.Id] <= 1 && operations[term.Id].Parts.Contains(factor);

    // ---- Reading ----------------------------------------------------------------------------------------------------------------

    // The operation of a node, and whether the node is its negative.
    private Part Read(Expr node, Dictionary<Expr, Part> read)
    {
        switch (node)
        {
            case Number { IsNegative: true } number: return new Part(Leaf(Number.Negate(number)), true);
            case Sum: return ReadSum(node, read);
            case Product: return ReadProduct(node, read);
            case Call call when call.Primitive == Primitives.Pow && call.Args[1] is Number: return ReadProduct(node, read);
            case Call call:
                var args = new List<Part>(call.Args.Length);
                foreach (var arg in call.Args) args.Add(read[arg]);
                return new Part(Add(OperationKind.Call, call.Primitive, args), false);
            default: return new Part(Leaf(node), false);
        }
    }

    private int Leaf(Expr node)
    {
        if (leaves.TryGetValue(node, out var id)) return id;
        operations.Add(new GraphOperation(OperationKind.Leaf, node, null, []));
        return leaves[node] = operations.Count - 1;
    }

    private Part ReadSum(Expr sum, Dictionary<Expr, Part> read)
    {
        var parts = new List<Part>(sum.Args.Length);
        foreach (var term in sum.Args) parts.Add(read[term]);
        parts.Sort();
        var negative = parts[0].Inverted;
        for (var i = 0; i < parts.Count; i++) parts[i] = parts[i].Flip(negative);
        return new Part(Add(OperationKind.Sum, null, parts), negative);
    }

    private Part ReadProduct(Expr product, Dictionary<Expr, Part> read)
    {
        var coefficient = Number.One;
        var parts = new List<Part>();
        var negative = false;
        foreach (var factor in Product.FactorsOf(ref product))
        {
            if (factor is Number number)
            {
                coefficient = number;
                continue;
            }

            var @base = Power.BaseOf(factor);
            var part = read[@base];
            var exponent = Power.ExponentOf(factor);
            var magnitude = exponent.IsNegative ? Number.Negate(exponent) : exponent;
            if (ReferenceEquals(magnitude, Number.One) || ReferenceEquals(magnitude, Number.Two))
            {
                var copy = new Part(part.Id, exponent.IsNegative);
                parts.Add(copy);
                if (magnitude.IsOne) negative ^= part.Inverted;
                else parts.Add(copy);
            }
            else if (ReferenceEquals(exponent, Number.MinusHalf))
            {
                parts.Add(new Part(PowerOf(part, exponent), false));
            }
            else
            {
                parts.Add(new Part(PowerOf(part, magnitude), exponent.IsNegative));
            }
        }

        if (coefficient.IsNegative) (coefficient, negative) = (Number.Negate(coefficient), !negative);
        AddCoefficient(coefficient, parts);
        if (parts is [{ Inverted: false } only]) return only.Flip(negative);
        return new Part(Add(OperationKind.Product, null, parts), negative);
    }

    // 2/3 multiplies and divides; 1/3 only divides; 3/4 only multiplies, being a double.
    private void AddCoefficient(Number coefficient, List<Part> parts)
    {
        if (coefficient.IsOne) return;
        if (!coefficient.IsExact || coefficient.Value.Denominator.IsPowerOfTwo)
        {
            parts.Add(new Part(Leaf(coefficient), false));
            return;
        }

        if (!coefficient.Value.Numerator.IsOne) parts.Add(new Part(Leaf(Number.Of(new Rational(coefficient.Value.Numerator))), false));
        parts.Add(new Part(Leaf(Number.Of(new Rational(coefficient.Value.Denominator))), true));
    }

    private int PowerOf(Part @base, Number exponent) => Add(OperationKind.Call, Primitives.Pow, [@base, new Part(Leaf(exponent), false)]);
}
