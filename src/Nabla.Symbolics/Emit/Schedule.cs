namespace Nabla.Symbolics;

/// <summary>
/// Puts statements in an order in which few values are alive. Two orders are tried, the one with fewer values alive is taken: depth
/// first from the results, the operand that needs more first (Sethi and Ullman 1970), and greedy, always the ready statement that ends
/// the most lives.
/// </summary>
internal static class Schedule
{
    public static List<Statement> Of(List<Statement> statements)
    {
        var definitions = new Dictionary<CodeNode, int>();
        for (int i = 0; i < statements.Count; i++)
            foreach (CodeNode node in statements[i].Defines) definitions[node] = i;
        var needs = new int[statements.Count][];
        for (int i = 0; i < needs.Length; i++)
            needs[i] = [.. statements[i].Reads.Where(definitions.ContainsKey).Select(node => definitions[node]).Distinct().Order()];
        int[] deep = DepthFirst(statements, needs);
        int[] greedy = Greedy(statements, needs, deep);
        int[] best = MostAlive(statements, greedy) < MostAlive(statements, deep) ? greedy : deep;
        return [.. best.Select(i => statements[i])];
    }

    private static int[] DepthFirst(List<Statement> statements, int[][] needs)
    {
        int[] registers = RegistersOf(needs);
        var order = new List<int>(statements.Count);
        var seen = new bool[statements.Count];
        var stack = new Stack<(int Statement, int[] Needs, int Next)>();
        for (int root = 0; root < statements.Count; root++)
        {
            if (statements[root].Kind != StatementKind.Store) continue;
            Enter(root);
            Drain();
        }

        for (int rest = 0; rest < statements.Count; rest++)
        {
            if (seen[rest]) continue;
            Enter(rest);
            Drain();
        }

        return [.. order];

        void Enter(int statement)
        {
            seen[statement] = true;
            stack.Push((statement, [.. needs[statement].OrderByDescending(need => registers[need])], 0));
        }

        void Drain()
        {
            while (stack.TryPop(out var top))
            {
                if (top.Next == top.Needs.Length)
                {
                    order.Add(top.Statement);
                    continue;
                }

                stack.Push((top.Statement, top.Needs, top.Next + 1));
                if (!seen[top.Needs[top.Next]]) Enter(top.Needs[top.Next]);
            }
        }
    }

    /// <summary>The registers that a statement needs if nothing is shared, operands first.</summary>
    private static int[] RegistersOf(int[][] needs)
    {
        var registers = new int[needs.Length];
        var indegree = new int[needs.Length];
        var readers = new List<int>[needs.Length];
        for (int i = 0; i < needs.Length; i++)
        {
            indegree[i] = needs[i].Length;
            foreach (int need in needs[i]) (readers[need] ??= []).Add(i);
        }

        var ready = new Stack<int>();
        for (int i = 0; i < needs.Length; i++)
            if (indegree[i] == 0) ready.Push(i);
        while (ready.TryPop(out int statement))
        {
            int held = 0, most = 1;
            foreach (int need in needs[statement].OrderByDescending(need => registers[need])) most = Math.Max(most, registers[need] + held++);
            registers[statement] = most;
            foreach (int reader in readers[statement] ?? [])
                if (--indegree[reader] == 0) ready.Push(reader);
        }

        return registers;
    }

    private static int[] Greedy(List<Statement> statements, int[][] needs, int[] deep)
    {
        int n = statements.Count;
        var rank = new int[n];
        for (int i = 0; i < n; i++) rank[deep[i]] = i;
        var waiting = new int[n];
        var readers = new Dictionary<CodeNode, List<int>>();
        var followers = new List<int>?[n];
        for (int i = 0; i < n; i++)
        {
            waiting[i] = needs[i].Length;
            foreach (int need in needs[i]) (followers[need] ??= []).Add(i);
            foreach (CodeNode node in statements[i].Reads)
            {
                if (!readers.TryGetValue(node, out List<int>? list)) readers[node] = list = [];
                list.Add(i);
            }
        }

        var left = readers.ToDictionary(pair => pair.Key, pair => pair.Value.Count);
        var done = new bool[n];
        var queue = new PriorityQueue<(int Statement, int Gain), (int MinusGain, int Rank)>();
        for (int i = 0; i < n; i++)
            if (waiting[i] == 0) Enqueue(i);
        var order = new List<int>(n);
        while (queue.TryDequeue(out var entry, out _))
        {
            (int statement, int gain) = entry;
            if (done[statement] || gain != Gain(statement)) continue;
            done[statement] = true;
            order.Add(statement);
            foreach (CodeNode node in statements[statement].Reads)
            {
                // Whoever reads it last ends its life: that one gains.
                if (--left[node] != 1) continue;
                foreach (int reader in readers[node])
                    if (!done[reader] && waiting[reader] == 0) Enqueue(reader);
            }

            foreach (int follower in followers[statement] ?? [])
                if (--waiting[follower] == 0) Enqueue(follower);
        }

        return [.. order];

        int Gain(int statement)
        {
            int gain = -statements[statement].Defines.Count;
            foreach (CodeNode node in statements[statement].Reads)
                if (left[node] == 1) gain++;
            return gain;
        }

        void Enqueue(int statement) => queue.Enqueue((statement, Gain(statement)), (-Gain(statement), rank[statement]));
    }

    private static int MostAlive(List<Statement> statements, int[] order)
    {
        var left = new Dictionary<CodeNode, int>();
        foreach (Statement statement in statements)
            foreach (CodeNode node in statement.Reads) left[node] = left.GetValueOrDefault(node) + 1;
        int alive = 0, most = 0;
        foreach (int i in order)
        {
            foreach (CodeNode node in statements[i].Reads)
                if (--left[node] == 0) alive--;
            alive += statements[i].Defines.Count;
            most = Math.Max(most, alive);
        }

        return most;
    }
}

/// <summary>Counts the named values that are alive at a time, through branches.</summary>
internal static class Liveness
{
    public static int MostAlive(Statements statements)
    {
        // Positions in the order of the text; a value lives from its definition to the last statement that reads it.
        var births = new Dictionary<CodeNode, int>();
        var deaths = new Dictionary<CodeNode, int>();
        int position = 0;
        Visit(statements.Body);
        var change = new int[position + 2];
        foreach ((CodeNode node, int birth) in births)
        {
            change[birth]++;
            change[Math.Max(birth + 1, deaths.GetValueOrDefault(node, birth + 1))]--;
        }

        int alive = 0, most = 0;
        foreach (int delta in change) most = Math.Max(most, alive += delta);
        return most;

        void Visit(Block block)
        {
            foreach (Statement statement in statements.Of(block))
            {
                if (statement.Branch is { } branch)
                {
                    Visit(branch.Then);
                    Visit(branch.Else);
                }

                position++;
                foreach (CodeNode node in statement.Reads) deaths[node] = position;
                foreach (CodeNode node in statement.Defines) births[node] = position;
            }
        }
    }
}
