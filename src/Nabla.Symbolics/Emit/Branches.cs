namespace Nabla.Symbolics;

/// <summary>A stretch of code: the body of the function, or one side of a branch.</summary>
internal sealed class Block(Block? parent, Branch? owner, bool isThen)
{
    public Block? Parent { get; } = parent;

    public Branch? Owner { get; } = owner;

    public bool IsThen { get; } = isThen;

    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    public List<CodeNode> Nodes { get; } = [];

    /// <summary>The innermost block that contains both.</summary>
    public static Block Common(Block a, Block b)
    {
        while (a.Depth > b.Depth) a = a.Parent!;
        while (b.Depth > a.Depth) b = b.Parent!;
        while (!ReferenceEquals(a, b)) (a, b) = (a.Parent!, b.Parent!);
        return a;
    }
}

/// <summary>How a branch is written.</summary>
internal enum BranchForm
{
    /// <summary>Both sides are computed and one is chosen: they are cheaper than a jump.</summary>
    Eager,

    /// <summary>A conditional expression with the sides inside it.</summary>
    Inline,

    /// <summary>if and else.</summary>
    Statement,
}

/// <summary>All choices by one condition that can be made at one place.</summary>
internal sealed class Branch
{
    public Branch(CodeNode condition, Block outer)
    {
        (Condition, Outer) = (condition, outer);
        (Then, Else) = (new Block(outer, this, true), new Block(outer, this, false));
    }

    public CodeNode Condition { get; }

    public Block Outer { get; }

    public Block Then { get; }

    public Block Else { get; }

    public List<CodeNode> Choices { get; } = [];

    public BranchForm Form { get; set; }

    /// <summary>The number of nodes inside, with those of conditional expressions inside them.</summary>
    public int Size { get; set; }
}

/// <summary>
/// Places every node in the innermost block that contains all its uses, so that what only one side of a choice reads is computed only
/// when that side is taken. Choices by one condition share one branch. Their levels keep that free of circles: a branch holds choices
/// of one level, and depends on lower ones only. A choice within a branch on its own condition is decided there.
/// </summary>
internal sealed class Branches
{
    /// <summary>Costs below this are computed on both sides.</summary>
    private const int WorthAJump = 6;

    private const int LargestInline = 8;
    private const int DeepestBlock = 16;

    private readonly Dictionary<CodeNode, Block> blocks = [];
    private readonly Dictionary<CodeNode, Branch> branchOf = [];
    private readonly Dictionary<CodeNode, CodeNode> decided = [];

    public Branches(CodeNode[] roots)
    {
        Place(roots);
        foreach (Branch branch in All.OrderByDescending(branch => branch.Outer.Depth)) Decide(branch);
    }

    public Block Body { get; } = new(null, null, false);

    /// <summary>The branches, those that are read first.</summary>
    public List<Branch> All { get; } = [];

    /// <summary>The node that stands for another: the side that a decided choice takes.</summary>
    public CodeNode Resolve(CodeNode node)
    {
        while (decided.TryGetValue(node, out CodeNode? side)) node = side;
        return node;
    }

    public Block BlockOf(CodeNode node) => blocks[node];

    /// <summary>The branch that makes the choice, if it is not eager.</summary>
    public Branch? BranchOf(CodeNode choice) => branchOf.TryGetValue(choice, out Branch? branch) && branch.Form != BranchForm.Eager ? branch : null;

    private void Place(CodeNode[] roots)
    {
        var known = new Dictionary<(Block, CodeNode, int), Branch>();
        List<CodeNode> order = CodeGraph.PostOrder(roots);
        foreach (CodeNode root in roots) blocks[root] = Body;
        for (int i = order.Count - 1; i >= 0; i--)
        {
            CodeNode node = order[i];
            // Not reached: what it was an operand of has been decided otherwise.
            if (!blocks.TryGetValue(node, out Block? block)) continue;
            if (node.Operation != Operation.Choose || block.Depth >= DeepestBlock)
            {
                foreach (CodeNode arg in node.Args) Use(arg, block);
                if (!node.IsLeaf) block.Nodes.Add(node);
                continue;
            }

            if (SideTaken(node.Args[0], block) is { } taken)
            {
                decided[node] = node.Args[taken ? 1 : 2];
                Use(decided[node], block);
                continue;
            }

            if (!known.TryGetValue((block, node.Args[0], node.Level), out Branch? branch))
            {
                known[(block, node.Args[0], node.Level)] = branch = new Branch(node.Args[0], block);
                All.Add(branch);
            }

            branch.Choices.Add(node);
            branchOf[node] = branch;
            block.Nodes.Add(node);
            Use(node.Args[0], block);
            Use(node.Args[1], branch.Then);
            Use(node.Args[2], branch.Else);
        }
    }

    private void Use(CodeNode node, Block block) =>
        blocks[node] = blocks.TryGetValue(node, out Block? known) ? Block.Common(known, block) : block;

    private static bool? SideTaken(CodeNode condition, Block block)
    {
        for (Block? outer = block; outer is not null; outer = outer.Parent)
            if (outer.Owner is { } owner && ReferenceEquals(owner.Condition, condition)) return outer.IsThen;
        return null;
    }

    private void Decide(Branch branch)
    {
        int cost = 0;
        bool inline = branch.Choices.Count == 1;
        foreach (Block side in (ReadOnlySpan<Block>)[branch.Then, branch.Else])
        {
            foreach (CodeNode node in side.Nodes)
            {
                cost += node.Cost;
                branch.Size++;
                if (!branchOf.TryGetValue(node, out Branch? inner) || inner.Form == BranchForm.Eager) continue;
                cost += WorthAJump;
                branch.Size += inner.Size;
                inline &= inner.Form == BranchForm.Inline;
            }
        }

        branch.Form = cost < WorthAJump ? BranchForm.Eager : inline && branch.Size <= LargestInline && IsTree(branch) ? BranchForm.Inline : BranchForm.Statement;
        if (branch.Form != BranchForm.Eager) return;
        foreach (Block side in (ReadOnlySpan<Block>)[branch.Then, branch.Else])
        {
            foreach (CodeNode node in side.Nodes) blocks[node] = branch.Outer;
            branch.Outer.Nodes.AddRange(side.Nodes);
            side.Nodes.Clear();
        }
    }

    // Nothing in it is read twice, so that it needs no names.
    private bool IsTree(Branch branch)
    {
        var readers = new Dictionary<CodeNode, int>();
        foreach (Block side in (ReadOnlySpan<Block>)[branch.Then, branch.Else])
        {
            foreach (CodeNode node in side.Nodes)
                foreach (CodeNode arg in node.Args) readers[Resolve(arg)] = readers.GetValueOrDefault(Resolve(arg)) + 1;
        }

        foreach (Block side in (ReadOnlySpan<Block>)[branch.Then, branch.Else])
            foreach (CodeNode node in side.Nodes)
                if (readers.GetValueOrDefault(node) > 1) return false;
        return true;
    }
}
