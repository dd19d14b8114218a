namespace Nabla.Symbolics;

/// <summary>From a request to the functions that answer it: arguments, results, and what is passed from forward to backward.</summary>
internal sealed class EmitPlan
{
    private readonly EmitRequest request;
    private readonly Dialect dialect;
    private readonly CodeNodes nodes = new();
    private readonly Identifiers names;
    private readonly List<EmitArgument> parameters = [];
    private readonly List<EmitArgument> upstream = [];
    private readonly List<Symbol> symbols = [];
    private readonly List<(int Argument, int Element)> places = [];
    private readonly List<EmitParameter> gradientOf = [];
    private readonly CodeNode[] values;
    private readonly CodeNode[] gradients;
    private readonly CodeNode[] chosen;

    private EmitPlan(EmitRequest request, Dialect dialect)
    {
        (this.request, this.dialect) = (request, dialect);
        Check();
        names = new Identifiers(dialect.ReservedNames);
        FunctionName = names.Take(request.Name);
        foreach (EmitParameter parameter in request.Parameters) Declare(parameter);

        var formulas = new List<Expr>();
        foreach (EmitOutput output in request.Outputs) formulas.AddRange(output.Formulas);
        int valueCount = formulas.Count;
        if (WithGradient) formulas.AddRange(Differentiate());
        int gradientEnd = formulas.Count;
        formulas.AddRange(request.Saving == EmitSaving.Chosen ? request.Saved : []);
        CodeNode[] all = Lowering.Of(nodes, [.. formulas], symbols, dialect.HasRsqrt && !request.WithoutRsqrt);
        (values, gradients, chosen) = (all[..valueCount], all[valueCount..gradientEnd], all[gradientEnd..]);
    }

    private string FunctionName { get; }

    private bool WithValue => request.Parts != EmitParts.Gradient;

    private bool WithGradient => request.Parts != EmitParts.Value || request.Saving != EmitSaving.Recompute;

    private bool IsSingle => request.Outputs.Count == 1 && request.Outputs[0].Packing == EmitPacking.Scalar;

    private bool HasUpstream => request.Upstream ?? !IsSingle;

    public static IReadOnlyList<EmitFunction> Of(EmitRequest request, Dialect dialect)
    {
        var plan = new EmitPlan(request, dialect);
        return request.Saving == EmitSaving.Recompute ? [plan.Whole()] : plan.ForwardAndBackward();
    }

    private void Check()
    {
        if (!IsSingle && request.Upstream == false && WithGradient)
        {
            throw new ArgumentException(
                "EmitRequest.Upstream: is false, but the outputs are more than one number, whose gradient needs a weight each. Leave it unset, or give one output.");
        }

        if (request.Saving != EmitSaving.Chosen && request.Saved.Count > 0)
            throw new ArgumentException($"EmitRequest.Saved: {request.Saved.Count} formula(s) given, but Saving is {request.Saving}. Set Saving to Chosen.");
        if (request.Saving == EmitSaving.Chosen && request.Saved.Count == 0)
            throw new ArgumentException("EmitRequest.Saved: Saving is Chosen, but no formula is given. List the formulas to save, or set Saving to Automatic.");
        foreach (string name in request.GradientOf ?? [])
        {
            if (!request.Parameters.Any(parameter => parameter.Name == name))
            {
                throw new ArgumentException(
                    $"EmitRequest.GradientOf: no parameter is named '{name}'. The parameters are {string.Join(", ", request.Parameters.Select(p => p.Name))}.");
            }
        }
    }

    // ---- Arguments --------------------------------------------------------------------------------------------------------------

    private void Declare(EmitParameter parameter)
    {
        for (int i = 0; i < parameter.Symbols.Count; i++)
        {
            symbols.Add(parameter.Symbols[i]);
            places.Add((parameters.Count, i));
        }

        parameters.Add(new EmitArgument(names.Take(parameter.Name), parameter.Shape, ArgumentUse.Read));
    }

    private Expr[] Differentiate()
    {
        foreach (EmitParameter parameter in request.Parameters)
            if (request.GradientOf is null || request.GradientOf.Contains(parameter.Name)) gradientOf.Add(parameter);
        Symbol[] wrt = [.. gradientOf.SelectMany(parameter => parameter.Symbols)];
        if (!HasUpstream) return request.Outputs[0].Formulas[0].Gradient(wrt);
        var terms = new List<Expr>();
        foreach (EmitOutput output in request.Outputs)
        {
            int argument = parameters.Count + upstream.Count;
            upstream.Add(new EmitArgument(names.Take("g_" + output.Name), output.Shape, ArgumentUse.Read));
            for (int i = 0; i < output.Formulas.Count; i++)
            {
                // A name that no formula has.
                Symbol weight = Expr.Symbol($"\u2207{output.Name}[{i}]");
                symbols.Add(weight);
                places.Add((argument, i));
                terms.Add(weight * output.Formulas[i]);
            }
        }

        return Functions.Sum([.. terms]).Gradient(wrt);
    }

    private EmitFunction Whole()
    {
        var arguments = new List<EmitArgument>(parameters);
        if (WithGradient) arguments.AddRange(upstream);
        var targets = new List<(int, int)>();
        var roots = new List<CodeNode>();
        if (WithValue) AddValues(arguments, roots, targets);
        if (WithGradient) AddGradients(arguments, roots, targets);
        return Function(FunctionName, arguments, places, roots, targets, WithValue ? values : [], Describe(request.Parts));
    }

    private void AddValues(List<EmitArgument> arguments, List<CodeNode> roots, List<(int, int)> targets)
    {
        roots.AddRange(values);
        if (IsSingle)
        {
            targets.Add((-1, 0));
            return;
        }

        foreach (EmitOutput output in request.Outputs) AddTarget(arguments, targets, new EmitArgument(names.Take(output.Name), output.Shape, ArgumentUse.Write));
    }

    private void AddGradients(List<EmitArgument> arguments, List<CodeNode> roots, List<(int, int)> targets)
    {
        roots.AddRange(gradients);
        ArgumentUse use = request.Accumulate ? ArgumentUse.Add : ArgumentUse.Write;
        foreach (EmitParameter parameter in gradientOf) AddTarget(arguments, targets, new EmitArgument(names.Take("d_" + parameter.Name), parameter.Shape, use));
    }

    private static void AddTarget(List<EmitArgument> arguments, List<(int, int)> targets, EmitArgument argument)
    {
        for (int i = 0; i < argument.Shape.Count; i++) targets.Add((arguments.Count, i));
        arguments.Add(argument);
    }

    // ---- Forward and backward ---------------------------------------------------------------------------------------------------

    private IReadOnlyList<EmitFunction> ForwardAndBackward()
    {
        List<CodeNode> saved = ChooseSaved();
        string savedName = names.Take("saved");
        EmitShape savedShape = new(EmitPacking.Array, saved.Count, 1);

        var forwardArguments = new List<EmitArgument>(parameters);
        var forwardRoots = new List<CodeNode>();
        var forwardTargets = new List<(int, int)>();
        AddValues(forwardArguments, forwardRoots, forwardTargets);
        if (saved.Count > 0) AddTarget(forwardArguments, forwardTargets, new EmitArgument(savedName, savedShape, ArgumentUse.Write));
        forwardRoots.AddRange(saved);

        var arguments = new List<EmitArgument>(parameters);
        arguments.AddRange(upstream);
        var inputs = new List<(int, int)>(places);
        var replacements = new Dictionary<CodeNode, CodeNode>();
        for (int i = 0; i < saved.Count; i++)
        {
            replacements[saved[i]] = nodes.Input(inputs.Count);
            inputs.Add((arguments.Count, i));
        }

        if (saved.Count > 0) arguments.Add(new EmitArgument(savedName, savedShape, ArgumentUse.Read));
        var roots = new List<CodeNode>();
        var targets = new List<(int, int)>();
        AddGradients(arguments, roots, targets);
        string passes = saved.Count == 0 ? "nothing" : $"{saved.Count} value(s) in {savedName}";
        return
        [
            Function(FunctionName + "_forward", forwardArguments, places, forwardRoots, forwardTargets, values,
                [.. Describe(EmitParts.Value), $"Passes {passes} to {FunctionName}_backward."]),
            Function(FunctionName + "_backward", arguments, inputs, [.. CodeGraph.Replace(nodes, [.. roots], replacements)], targets, [],
                [.. Describe(EmitParts.Gradient), $"Gets {passes} from {FunctionName}_forward."]),
        ];
    }

    private List<CodeNode> ChooseSaved()
    {
        List<CodeNode> forward = CodeGraph.PostOrder([.. values, .. chosen]);
        var position = new Dictionary<CodeNode, int>();
        for (int i = 0; i < forward.Count; i++) position[forward[i]] = i;
        HashSet<CodeNode> picked = [.. chosen];
        HashSet<CodeNode> costly = request.Saving == EmitSaving.Automatic ? Costly(forward, [.. CodeGraph.PostOrder(gradients)]) : [];
        var saved = new HashSet<CodeNode>();
        var seen = new HashSet<CodeNode>();
        var stack = new Stack<CodeNode>(gradients);
        while (stack.TryPop(out CodeNode? node))
        {
            if (!seen.Add(node)) continue;
            if (position.ContainsKey(node) && !node.IsLeaf && !node.IsTruth && IsSaved(node)) saved.Add(node);
            else foreach (CodeNode arg in node.Args) stack.Push(arg);
        }

        foreach ((CodeNode node, Expr formula) in chosen.Zip(request.Saved))
        {
            if (!saved.Contains(node))
                throw new ArgumentException($"EmitRequest.Saved: the gradient does not read '{formula.ToString(60)}'. Leave it out, or save a formula it does read.");
        }

        return [.. saved.OrderBy(node => position[node])];

        bool IsSaved(CodeNode node) => request.Saving switch
        {
            EmitSaving.All => true,
            EmitSaving.Chosen => picked.Contains(node),
            _ => costly.Contains(node),
        };
    }

    /// <summary>
    /// What is worth passing on, operands first: results of calls, divisions and roots, and what takes long to compute from inputs and
    /// from what is passed on already.
    /// </summary>
    private static HashSet<CodeNode> Costly(List<CodeNode> forward, HashSet<CodeNode> needed)
    {
        const int costlyOperation = 6, longComputation = 24;
        var saved = new HashSet<CodeNode>();
        foreach (CodeNode root in forward)
        {
            if (root.IsLeaf || root.IsTruth || !needed.Contains(root)) continue;
            int cost = 0;
            var seen = new HashSet<CodeNode>();
            var stack = new Stack<CodeNode>([root]);
            while (cost < longComputation && stack.TryPop(out CodeNode? node))
            {
                if (saved.Contains(node) || !seen.Add(node)) continue;
                cost += node.Cost;
                foreach (CodeNode arg in node.Args) stack.Push(arg);
            }

            if (root.Cost >= costlyOperation || cost >= longComputation) saved.Add(root);
        }

        return saved;
    }

    // ---- The header -------------------------------------------------------------------------------------------------------------

    private EmitFunction Function(
        string name, List<EmitArgument> arguments, List<(int, int)> inputs, List<CodeNode> roots, List<(int, int)> targets, CodeNode[] valueRoots, List<string> description)
    {
        CodeNode[] lowered = CodeGraph.MergeChoices(nodes, [.. roots]);
        if (request.Fma ?? dialect.FmaByDefault) lowered = CodeGraph.Fuse(nodes, lowered);
        int valueCount = valueRoots.Length;
        string returnName = request.Outputs[0].Name;
        return new EmitFunction(name, arguments, inputs, lowered, targets, returnName, Comment, request);

        IEnumerable<string> Comment(Statements statements)
        {
            foreach (string line in description) yield return line;
            var value = new OperationTally(statements, 0, valueCount);
            var rest = new OperationTally(statements, valueCount, lowered.Length, value);
            string alive = statements.MostAlive == 0 ? "no named values" : $"at most {statements.MostAlive} named value(s) alive at a time";
            yield return (valueCount, lowered.Length - valueCount) switch
            {
                _ when rest.Total == 0 => $"Operations: {value}; {alive}.",
                (0, _) => $"Operations: {rest}; {alive}.",
                _ => $"Operations: value {value}, the rest {rest} more; {alive}.",
            };
            yield return "Generated by Nabla.";
        }
    }

    private List<string> Describe(EmitParts parts)
    {
        const int longestFormula = 100;
        var lines = new List<string>();
        string wrt = string.Join(", ", gradientOf.Select(parameter => parameter.Name));
        lines.Add(OneLine(parts switch
        {
            EmitParts.Value => $"{request.Name}: value of",
            EmitParts.Gradient => $"{request.Name}: gradient with respect to {wrt} of",
            _ => $"{request.Name}: value and gradient with respect to {wrt} of",
        }));
        foreach (EmitOutput output in request.Outputs)
        {
            if (output.Formulas.Count == 1) lines.Add(OneLine($"  {output.Name} = {output.Formulas[0].ToString(longestFormula)}"));
            else for (int i = 0; i < output.Formulas.Count; i++) lines.Add(OneLine($"  {output.Name}[{i}] = {output.Formulas[i].ToString(longestFormula)}"));
        }

        if (parts != EmitParts.Value)
        {
            if (HasUpstream) lines.Add(OneLine($"times the incoming gradient {string.Join(", ", upstream.Select(argument => argument.Name))}, by reverse mode{(request.Accumulate ? ", added to what is there" : "")}."));
            else lines.Add($"by reverse mode{(request.Accumulate ? ", added to what is there" : "")}.");
        }

        foreach (EmitParameter parameter in request.Parameters)
        {
            if (parameter.Packing != EmitPacking.Symmetric) continue;
            string order = parameter.Symbols.Count == 3 ? "xx, xy, yy" : "xx, xy, xz, yy, yz, zz";
            string note = parts != EmitParts.Value && gradientOf.Contains(parameter) ? "; the derivative by an off-diagonal number counts both of its places" : "";
            lines.Add(OneLine($"{parameter.Name} is symmetric and stored as {order}{note}."));
        }

        return lines;
    }

    // Names are free text; a comment must stay one line, also where a backslash would continue it.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c == '\\' ? '/' : c));
}
