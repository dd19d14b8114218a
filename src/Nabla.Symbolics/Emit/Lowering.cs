namespace Nabla.Symbolics;

/// <summary>
/// Turns formulas into nodes of code. Sums and products become binary operations that share what they have in common; whole powers
/// become multiplications, half ones square roots; a divisor that occurs more than once becomes one reciprocal; constants are computed
/// here. Execution has a lowering of its own (<see cref="Program"/>), which keeps the order of operations of the interpreter.
/// </summary>
internal sealed partial class Lowering
{
    private const int LargestWholePower = 64;
    private static readonly Dictionary<Symbol, double> NoValues = [];

    private readonly CodeNodes nodes;
    private readonly bool hasRsqrt;
    private readonly bool factors;
    private readonly Dictionary<Symbol, int> slots = [];
    private readonly Dictionary<Expr, int> ids = [];
    private readonly List<Expr> order = [];
    private readonly Dictionary<Expr, int> readers = [];
    private readonly Dictionary<Expr, int> reciprocals = [];
    private readonly Dictionary<Expr, Recipe> recipes = [];
    private readonly Dictionary<int, CodeNode> values = [];
    private readonly List<Part> parts = [];
    private readonly HashSet<Expr> dissolved = [];

    private Lowering(CodeNodes nodes, IReadOnlyList<Symbol> inputs, bool hasRsqrt, bool factors)
    {
        (this.nodes, this.hasRsqrt, this.factors) = (nodes, hasRsqrt, factors);
        for (int i = 0; i < inputs.Count; i++) slots[inputs[i]] = i;
    }

    /// <summary>The nodes of the formulas, whose symbols become the inputs of the same number.</summary>
    /// <exception cref="ArgumentException">A symbol is not among the inputs, or a node has no value.</exception>
    public static CodeNode[] Of(CodeNodes nodes, ReadOnlySpan<Expr> roots, IReadOnlyList<Symbol> inputs, bool hasRsqrt)
    {
        // Taking factors out of sums saves multiplications, but may hide products that occur elsewhere too: the cheaper way is taken.
        CodeNode[] plain = new Lowering(nodes, inputs, hasRsqrt, factors: false).Run(roots);
        CodeNode[] factored = new Lowering(nodes, inputs, hasRsqrt, factors: true).Run(roots);
        return CostOf(factored) < CostOf(plain) ? factored : plain;
    }

    private static long CostOf(CodeNode[] roots) => CodeGraph.PostOrder(roots).Sum(node => (long)node.Cost);

    private CodeNode[] Run(ReadOnlySpan<Expr> roots)
    {
        Discover(roots);
        CountReciprocals();
        foreach (Expr expr in order) WriteRecipe(expr);
        if (factors) FactorSums();
        Share();
        foreach (Expr expr in order)
            if (!dissolved.Contains(expr)) values[ids[expr]] = Lower(expr);
        var result = new CodeNode[roots.Length];
        for (int i = 0; i < result.Length; i++) result[i] = Real(roots[i]);
        return result;
    }

    // ---- Which subterms are needed, operands first ------------------------------------------------------------------------------

    private void Discover(ReadOnlySpan<Expr> roots)
    {
        var stack = new Stack<(Expr Node, Expr[] Needs, int Next)>();
        foreach (Expr root in roots)
        {
            readers[root] = readers.GetValueOrDefault(root) + 1;
            if (ids.ContainsKey(root)) continue;
            Enter(root);
            while (stack.TryPop(out var top))
            {
                if (top.Next == top.Needs.Length)
                {
                    ids[top.Node] = order.Count;
                    order.Add(top.Node);
                    continue;
                }

                stack.Push((top.Node, top.Needs, top.Next + 1));
                Expr need = top.Needs[top.Next];
                readers[need] = readers.GetValueOrDefault(need) + 1;
                if (ids.TryAdd(need, -1)) Enter(need);
            }
        }

        void Enter(Expr node)
        {
            ids[node] = -1;
            stack.Push((node, Needs(node), 0));
        }
    }

    private static Expr[] Needs(Expr node)
    {
        if (IsConstant(node)) return [];
        switch (node)
        {
            case Sum:
                return [.. node.Args.Where(term => !IsConstant(term)).Select(term => SplitSign(term).Term)];
            case Product:
                return [.. node.Args.Where(factor => !IsConstant(factor))];
            case Call { Primitive: var p } when p == Primitives.Pow && node.Args[1] is Number:
                return [node.Args[0]];
            default:
                return node.Args;
        }
    }

    /// <summary>How often 1/b is multiplied with, counting 1/b² as one use; from two uses on it is worth a name.</summary>
    private void CountReciprocals()
    {
        foreach (Expr expr in order)
        {
            if (!IsConstant(expr) && WholeExponent(expr) is < 0)
                reciprocals[expr.Args[0]] = reciprocals.GetValueOrDefault(expr.Args[0]) + readers[expr];
        }
    }

    // ---- Sums and products as lists, and what they share ------------------------------------------------------------------------

    private void WriteRecipe(Expr expr)
    {
        if (IsConstant(expr)) return;
        if (expr is Sum)
        {
            var recipe = new Recipe(isSum: true);
            foreach (Expr term in expr.Args)
            {
                if (IsConstant(term))
                {
                    recipe.Constant += term.Evaluate(NoValues);
                    continue;
                }

                (Expr positive, bool negative) = SplitSign(term);
                recipe.Terms.Add(new SharedPairs.Term(ids[positive], negative));
            }

            recipes[expr] = recipe;
        }
        else if (expr is Product)
        {
            var recipe = new Recipe(isSum: false);
            foreach (Expr factor in expr.Args)
            {
                if (IsConstant(factor)) recipe.Constant *= factor.Evaluate(NoValues);
                else if (IsDivisor(factor)) recipe.Divisors.Add(factor);
                else recipe.Terms.Add(new SharedPairs.Term(ids[factor], false));
            }

            recipes[expr] = recipe;
        }
    }

    // A power -n that is read once is divided by; 1/sqrt too where the language has no function for it.
    private bool IsDivisor(Expr factor) => readers[factor] == 1
        && (WholeExponent(factor) is < 0
            ? reciprocals[factor.Args[0]] == 1
            : !hasRsqrt && factor is Call { Args: [_, Number { IsExact: true } exponent] } call && call.Primitive == Primitives.Pow && exponent.ToDouble() == -0.5);

    private void Share()
    {
        foreach (bool sums in (ReadOnlySpan<bool>)[false, true])
        {
            var chosen = new List<Recipe>();
            foreach (Expr expr in order)
                if (recipes.TryGetValue(expr, out Recipe? recipe) && !dissolved.Contains(expr)) chosen.Add(recipe);
            foreach (Part part in parts)
                if (part.Recipe is { } recipe) chosen.Add(recipe);
            chosen.RemoveAll(recipe => recipe.IsSum != sums || recipe.Terms.Count < 2);
            foreach (SharedPairs.Pair pair in SharedPairs.Extract([.. chosen.Select(recipe => recipe.Terms)], order.Count + parts.Count)) parts.Add(new Part(pair, sums, null));
        }
    }

    // ---- Nodes ------------------------------------------------------------------------------------------------------------------

    private CodeNode Lower(Expr expr)
    {
        if (IsConstant(expr)) return nodes.Literal(expr.Evaluate(NoValues));
        return expr switch
        {
            Symbol symbol => slots.TryGetValue(symbol, out int slot)
                ? nodes.Input(slot)
                : throw new ArgumentException($"Emit: the formula has the symbol '{symbol.Name}', which no parameter provides. Add it to the parameters."),
            Sum => LowerSum(recipes[expr]),
            Product => LowerProduct(recipes[expr]),
            Call { Primitive: var p } when p == Primitives.Pow => LowerPower(expr),
            Call call => LowerCall(call),
            _ => throw new ArgumentException($"Emit: {expr.GetType().Name} '{expr.ToString(60)}' cannot be generated. Write it out with symbols and functions first."),
        };
    }

    private CodeNode LowerSum(Recipe recipe)
    {
        // Positive terms first, so that a - b does not become (-b) + a; a constant leads if nothing else does.
        CodeNode? total = null;
        foreach (SharedPairs.Term term in recipe.Terms)
            if (!term.Negative) total = total is null ? RealOf(term.Id) : nodes.Make(Operation.Add, total, RealOf(term.Id));
        double constant = recipe.Constant;
        if (total is null && constant != 0)
        {
            total = nodes.Literal(constant);
            constant = 0;
        }

        foreach (SharedPairs.Term term in recipe.Terms)
        {
            if (!term.Negative) continue;
            total = total is null ? nodes.Make(Operation.Negate, RealOf(term.Id)) : nodes.Make(Operation.Subtract, total, RealOf(term.Id));
        }

        if (constant == 0) return total!;
        return constant < 0
            ? nodes.Make(Operation.Subtract, total!, nodes.Literal(-constant))
            : nodes.Make(Operation.Add, total!, nodes.Literal(constant));
    }

    private CodeNode LowerProduct(Recipe recipe)
    {
        // A coefficient in front of several factors is multiplied first: c * a * b needs no brackets.
        CodeNode? above = recipe.Terms.Count > 1 && recipe.Constant != 1 && recipe.Constant != -1 ? nodes.Literal(recipe.Constant) : null;
        double constant = above is null ? recipe.Constant : 1;
        foreach (SharedPairs.Term factor in recipe.Terms) above = above is null ? RealOf(factor.Id) : nodes.Make(Operation.Multiply, above, RealOf(factor.Id));
        CodeNode? below = null;
        foreach (Expr divisor in recipe.Divisors)
        {
            CodeNode value = WholeExponent(divisor) is { } n
                ? nodes.WholePower(Real(divisor.Args[0]), -n)
                : nodes.Call(Primitives.Sqrt, Real(divisor.Args[0]));
            below = below is null ? value : nodes.Make(Operation.Multiply, below, value);
        }

        above = above is null ? nodes.Literal(constant) : nodes.Make(Operation.Multiply, nodes.Literal(constant), above);
        return below is null ? above : nodes.Make(Operation.Divide, above, below);
    }

    private CodeNode LowerPower(Expr power)
    {
        CodeNode x = Real(power.Args[0]);
        if (WholeExponent(power) is { } n)
        {
            if (n > 0) return nodes.WholePower(x, n);
            return reciprocals[power.Args[0]] > 1
                ? nodes.WholePower(nodes.Make(Operation.Divide, nodes.Literal(1), x), -n)
                : nodes.Make(Operation.Divide, nodes.Literal(1), nodes.WholePower(x, -n));
        }

        if (power.Args[1] is Number { IsExact: true } exponent && exponent.ToDouble() * 2 is var twice && twice == Math.Floor(twice) && Math.Abs(twice) <= 2 * LargestWholePower)
        {
            int halves = (int)twice;
            if (halves < 0)
            {
                CodeNode inverse = hasRsqrt
                    ? nodes.Call(Primitives.Rsqrt, x)
                    : nodes.Make(Operation.Divide, nodes.Literal(1), nodes.Call(Primitives.Sqrt, x));
                return nodes.WholePower(inverse, -halves);
            }

            CodeNode root = nodes.Call(Primitives.Sqrt, x);
            return halves == 1 ? root : nodes.Make(Operation.Multiply, nodes.WholePower(x, halves / 2), root);
        }

        return nodes.Call(Primitives.Pow, x, power.Args[1] is Number number ? nodes.Literal(number.ToDouble()) : Real(power.Args[1]));
    }

    private CodeNode LowerCall(Call call)
    {
        Primitive p = call.Primitive;
        if (p == Primitives.Select) return nodes.Make(Operation.Choose, Truth(call.Args[0]), Real(call.Args[1]), Real(call.Args[2]));
        if (p == Primitives.Not) return nodes.Make(Operation.Not, Truth(call.Args[0]));
        if (p == Primitives.IsNaN) return nodes.Make(Operation.IsNaN, Real(call.Args[0]));
        if (p.IsTruth)
        {
            if (p == Primitives.And) return nodes.Make(Operation.And, Truth(call.Args[0]), Truth(call.Args[1]));
            if (p == Primitives.Or) return nodes.Make(Operation.Or, Truth(call.Args[0]), Truth(call.Args[1]));
            if (p == Primitives.Xor) return nodes.Make(Operation.Xor, Truth(call.Args[0]), Truth(call.Args[1]));
            Operation compare = p == Primitives.Less ? Operation.Less : p == Primitives.LessEqual ? Operation.LessEqual
                : p == Primitives.NotEqual ? Operation.NotEqual : Operation.Equal;
            return nodes.Make(compare, Real(call.Args[0]), Real(call.Args[1]));
        }

        var args = new CodeNode[call.Args.Length];
        for (int i = 0; i < args.Length; i++) args[i] = Real(call.Args[i]);
        return nodes.Call(p, args);
    }

    private CodeNode Real(Expr expr) => AsReal(values[ids[expr]]);

    private CodeNode Truth(Expr expr)
    {
        CodeNode value = values[ids[expr]];
        return value.IsTruth ? value : nodes.Make(Operation.Test, value);
    }

    private CodeNode RealOf(int id)
    {
        if (values.TryGetValue(id, out CodeNode? known)) return AsReal(known);
        Part part = parts[id - order.Count];
        if (part.Recipe is { } recipe) return values[id] = recipe.IsSum ? LowerSum(recipe) : LowerProduct(recipe);
        CodeNode first = RealOf(part.Pair.First), second = RealOf(part.Pair.Second);
        return values[id] = nodes.Make(!part.IsSum ? Operation.Multiply : part.Pair.Opposite ? Operation.Subtract : Operation.Add, first, second);
    }

    private CodeNode AsReal(CodeNode node) => node.IsTruth ? nodes.Make(Operation.Truth, node) : node;

    private static bool IsConstant(Expr expr) => expr.SymbolMask == 0;

    private static int? WholeExponent(Expr power) =>
        power is Call { Args: [_, Number { IsExact: true } exponent] } call && call.Primitive == Primitives.Pow && exponent.IsInteger
        && Math.Abs(exponent.ToDouble()) <= LargestWholePower ? (int)exponent.ToDouble() : null;

    private static (Expr Term, bool Negative) SplitSign(Expr term) =>
        term is Product { Coefficient.IsNegative: true } ? (-term, true) : (term, false);

    /// <summary>A sum or a product: its terms or factors, its constant, and what it is divided by.</summary>
    private sealed class Recipe(bool isSum)
    {
        public bool IsSum { get; } = isSum;

        public List<SharedPairs.Term> Terms { get; } = [];

        public List<Expr> Divisors { get; } = [];

        public double Constant { get; set; } = isSum ? 0 : 1;
    }

    /// <summary>A value that is no node of the formula: a shared pair, or a sum or product that factoring made.</summary>
    private sealed record Part(SharedPairs.Pair Pair, bool IsSum, Recipe? Recipe);
}
