namespace Nabla.Symbolics;

/// <summary>What a statement does.</summary>
internal enum StatementKind
{
    /// <summary>Gives a value a name.</summary>
    Define,

    /// <summary>Names the sine and the cosine of one angle.</summary>
    SinCos,

    /// <summary>Makes the choices of a branch.</summary>
    Branch,

    /// <summary>Writes a result.</summary>
    Store,
}

/// <summary>A statement before it is text: what it names and what it reads.</summary>
internal sealed class Statement(StatementKind kind, CodeNode node)
{
    public StatementKind Kind { get; } = kind;

    /// <summary>The value named or stored; the sine of a pair; a choice of a branch.</summary>
    public CodeNode Node { get; } = node;

    /// <summary>The cosine of a pair.</summary>
    public CodeNode? Second { get; init; }

    public Branch? Branch { get; init; }

    /// <summary>The number of the result that is written.</summary>
    public int Root { get; init; } = -1;

    /// <summary>The values that get names.</summary>
    public List<CodeNode> Defines { get; } = [];

    /// <summary>The named values it reads, each once; for a branch also those its statements read.</summary>
    public HashSet<CodeNode> Reads { get; } = [];
}

/// <summary>
/// The body of a function as statements in order. A value gets a name if it is read more than once, if its expression would become
/// long, or if a branch computes it; everything else is written where it is read. Statements are ordered so that few values are alive
/// at a time.
/// </summary>
internal sealed class Statements
{
    /// <summary>The most names, literals and inputs in one expression.</summary>
    private const int LongestExpression = 9;

    private readonly Branches branches;
    private readonly HashSet<CodeNode> named = [];
    private readonly Dictionary<Block, List<Statement>> statements = [];
    private readonly Dictionary<CodeNode, Statement> definitions = [];

    public Statements(CodeNode[] roots, bool hasSincos)
    {
        branches = new Branches(roots);
        Roots = [.. roots.Select(branches.Resolve)];
        List<CodeNode> order = Reachable();
        Name(order);
        Collect(order, hasSincos);
        Order();
    }

    /// <summary>The nodes of the results.</summary>
    public CodeNode[] Roots { get; }

    public Block Body => branches.Body;

    /// <summary>The most named values alive at a time.</summary>
    public int MostAlive { get; private set; }

    public bool IsNamed(CodeNode node) => named.Contains(node);

    public CodeNode Resolve(CodeNode node) => branches.Resolve(node);

    public IReadOnlyList<Statement> Of(Block block) => statements.TryGetValue(block, out List<Statement>? list) ? list : [];

    // ---- Which values get names -------------------------------------------------------------------------------------------------

    /// <summary>What is left after choices were decided, operands first.</summary>
    private List<CodeNode> Reachable()
    {
        var order = new List<CodeNode>();
        var seen = new HashSet<CodeNode>();
        var stack = new Stack<(CodeNode Node, int Next)>();
        foreach (CodeNode root in Roots)
        {
            if (!seen.Add(root)) continue;
            stack.Push((root, 0));
            while (stack.TryPop(out var top))
            {
                (CodeNode node, int next) = top;
                while (next < node.Args.Length && !seen.Add(Resolve(node.Args[next]))) next++;
                if (next == node.Args.Length)
                {
                    order.Add(node);
                    continue;
                }

                stack.Push((node, next + 1));
                stack.Push((Resolve(node.Args[next]), 0));
            }
        }

        return order;
    }

    private void Name(List<CodeNode> order)
    {
        var readers = new Dictionary<CodeNode, int>();
        var counted = new HashSet<Branch>();
        foreach (CodeNode node in order)
        {
            for (int i = 0; i < node.Args.Length; i++)
            {
                // An if statement reads its condition once for all its choices.
                if (i == 0 && branches.BranchOf(node) is { Form: BranchForm.Statement } branch && !counted.Add(branch)) continue;
                CodeNode arg = Resolve(node.Args[i]);
                readers[arg] = readers.GetValueOrDefault(arg) + 1;
            }
        }

        foreach (CodeNode root in Roots) readers[root] = readers.GetValueOrDefault(root) + 1;
        var weight = new Dictionary<CodeNode, int>();
        foreach (CodeNode node in order)
        {
            if (node.IsLeaf)
            {
                weight[node] = 1;
                continue;
            }

            int total = Total(node);
            while (total > LongestExpression && Heaviest(node) is { } arg)
            {
                named.Add(arg);
                weight[arg] = 1;
                total = Total(node);
            }

            bool isChoice = branches.BranchOf(node) is { Form: BranchForm.Statement };
            if (isChoice || (readers[node] > 1 && !IsInline(branches.BlockOf(node)))) named.Add(node);
            weight[node] = named.Contains(node) ? 1 : total;
        }

        int Total(CodeNode node)
        {
            int total = 0;
            // The sides of an if statement are expressions of their own.
            bool isStatement = branches.BranchOf(node) is { Form: BranchForm.Statement };
            for (int i = 0; i < node.Args.Length; i++) total = isStatement ? Math.Max(total, weight[Resolve(node.Args[i])]) : total + weight[Resolve(node.Args[i])];
            return total;
        }

        CodeNode? Heaviest(CodeNode node)
        {
            CodeNode? heaviest = null;
            foreach (CodeNode operand in node.Args)
            {
                CodeNode arg = Resolve(operand);
                if (weight[arg] > 1 && !IsInline(branches.BlockOf(arg)) && (heaviest is null || weight[arg] > weight[heaviest])) heaviest = arg;
            }

            return heaviest;
        }
    }

    private static bool IsInline(Block block)
    {
        for (Block? outer = block; outer?.Owner is { } owner; outer = outer.Parent)
            if (owner.Form == BranchForm.Inline) return true;
        return false;
    }

    // ---- Statements and what they read ------------------------------------------------------------------------------------------

    private void Collect(List<CodeNode> order, bool hasSincos)
    {
        if (hasSincos) PairSinCos(order);
        foreach (CodeNode node in order)
        {
            if (!named.Contains(node) || definitions.ContainsKey(node)) continue;
            if (branches.BranchOf(node) is { Form: BranchForm.Statement } branch)
            {
                var statement = new Statement(StatementKind.Branch, node) { Branch = branch };
                foreach (CodeNode choice in branch.Choices)
                {
                    if (!named.Contains(choice)) continue;
                    statement.Defines.Add(choice);
                    definitions[choice] = statement;
                }

                Append(branch.Outer, statement);
            }
            else
            {
                Define(new Statement(StatementKind.Define, node), node);
            }
        }

        for (int i = 0; i < Roots.Length; i++) Append(Body, new Statement(StatementKind.Store, Roots[i]) { Root = i });

        // Blocks within blocks first: a branch reads what its statements read.
        foreach (Block block in statements.Keys.OrderByDescending(block => block.Depth).ToArray())
        {
            foreach (Statement statement in statements[block])
            {
                if (statement.Kind == StatementKind.Branch) ReadOf(statement, statement.Branch!);
                else if (statement.Kind == StatementKind.Store) Walk(statement.Node, statement.Reads);
                else foreach (CodeNode arg in statement.Node.Args) Walk(Resolve(arg), statement.Reads);
            }
        }
    }

    private void PairSinCos(List<CodeNode> order)
    {
        var sines = new Dictionary<(CodeNode, Block), CodeNode>();
        foreach (CodeNode node in order)
            if (node.Primitive == Primitives.Sin && !IsInline(branches.BlockOf(node))) sines[(Resolve(node.Args[0]), branches.BlockOf(node))] = node;
        foreach (CodeNode node in order)
        {
            if (node.Primitive != Primitives.Cos || !sines.TryGetValue((Resolve(node.Args[0]), branches.BlockOf(node)), out CodeNode? sine)) continue;
            named.Add(sine);
            named.Add(node);
            Define(new Statement(StatementKind.SinCos, sine) { Second = node }, sine, node);
        }
    }

    private void Define(Statement statement, params ReadOnlySpan<CodeNode> nodes)
    {
        foreach (CodeNode node in nodes)
        {
            statement.Defines.Add(node);
            definitions[node] = statement;
        }

        Append(branches.BlockOf(nodes[0]), statement);
    }

    private void Append(Block block, Statement statement)
    {
        if (!statements.TryGetValue(block, out List<Statement>? list)) statements[block] = list = [];
        list.Add(statement);
    }

    private void ReadOf(Statement statement, Branch branch)
    {
        Walk(Resolve(branch.Condition), statement.Reads);
        var inside = new HashSet<CodeNode>();
        foreach (Block side in (ReadOnlySpan<Block>)[branch.Then, branch.Else])
        {
            foreach (Statement inner in Of(side))
            {
                statement.Reads.UnionWith(inner.Reads);
                inside.UnionWith(inner.Defines);
            }
        }

        foreach (CodeNode choice in branch.Choices)
        {
            Walk(Resolve(choice.Args[1]), statement.Reads);
            Walk(Resolve(choice.Args[2]), statement.Reads);
        }

        statement.Reads.ExceptWith(inside);
    }

    /// <summary>The named values that the expression of a node reads; expressions are short, so this is no deep recursion.</summary>
    private void Walk(CodeNode node, HashSet<CodeNode> reads)
    {
        if (named.Contains(node)) reads.Add(node);
        else foreach (CodeNode arg in node.Args) Walk(Resolve(arg), reads);
    }

    // ---- Order ------------------------------------------------------------------------------------------------------------------

    private void Order()
    {
        foreach (Block block in statements.Keys.ToArray()) statements[block] = Schedule.Of(statements[block]);
        MostAlive = Liveness.MostAlive(this);
    }
}
