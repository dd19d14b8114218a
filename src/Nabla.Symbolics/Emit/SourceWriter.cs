using System.Text;

namespace Nabla.Symbolics;

/// <summary>A function to write: its arguments, the values it computes and where each goes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">The arguments, in order.</param>
/// <param name="Inputs">Where input i is read from: argument and element.</param>
/// <param name="Roots">The values.</param>
/// <param name="Targets">Where value i goes: argument and element; argument -1 is the returned value.</param>
/// <param name="ReturnName">The name of the returned value.</param>
/// <param name="Comment">The lines of the header.</param>
/// <param name="Request">The request it comes from.</param>
internal sealed record EmitFunction(
    string Name,
    IReadOnlyList<EmitArgument> Arguments,
    IReadOnlyList<(int Argument, int Element)> Inputs,
    CodeNode[] Roots,
    IReadOnlyList<(int Argument, int Element)> Targets,
    string ReturnName,
    Func<Statements, IEnumerable<string>> Comment,
    EmitRequest Request);

/// <summary>Writes a function as text: statements in their order, expressions with as few brackets as the precedence of operators needs.</summary>
internal sealed class SourceWriter
{
    private const int LineLength = 116;
    private readonly Dialect dialect;
    private readonly Prelude prelude;
    private readonly EmitFunction function;
    private readonly Statements statements;
    private readonly Identifiers identifiers;
    private readonly Dictionary<CodeNode, string> names = [];
    private readonly StringBuilder body = new();
    private readonly HashSet<int> read = [];
    private string? returned;
    private int temporaries;

    private SourceWriter(Dialect dialect, Prelude prelude, EmitFunction function)
    {
        (this.dialect, this.prelude, this.function) = (dialect, prelude, function);
        statements = new Statements(function.Roots, dialect.HasSincos(function.Request));
        identifiers = new Identifiers(dialect.ReservedNames);
        identifiers.Take(function.Name);
        foreach (EmitArgument argument in function.Arguments) identifiers.Take(argument.Name);
    }

    /// <summary>The text of the function, header comment first; functions it needs are added to the prelude.</summary>
    public static string Write(Dialect dialect, Prelude prelude, EmitFunction function) => new SourceWriter(dialect, prelude, function).Write();

    private string Write()
    {
        WriteBlock(statements.Body, 1);
        bool returns = function.Targets.Any(target => target.Argument < 0);
        if (returned is not null && returned.StartsWith("return ", StringComparison.Ordinal)) Line(1, returned + ";");
        else if (returned is not null) Line(1, $"return {returned};");
        var text = new StringBuilder();
        foreach (string line in function.Comment(statements)) AppendComment(text, line);
        text.Append(dialect.Signature(function.Name, returns ? dialect.Real : null, [.. function.Arguments.Select(dialect.Parameter)]));
        text.Append("\n{\n");
        if (dialect.Language == EmitLanguage.C)
        {
            for (int i = 0; i < function.Arguments.Count; i++)
                if (function.Arguments[i].Use == ArgumentUse.Read && !read.Contains(i)) text.Append($"    (void){function.Arguments[i].Name};\n");
        }

        return text.Append(body).Append("}\n").ToString();
    }

    private static void AppendComment(StringBuilder text, string line)
    {
        while (line.Length + 3 > LineLength && line.LastIndexOf(' ', LineLength - 3) is > 2 and var cut)
        {
            text.Append("// ").Append(line, 0, cut).Append('\n');
            line = "    " + line[(cut + 1)..];
        }

        text.Append("// ").Append(line).Append('\n');
    }

    // ---- Statements -------------------------------------------------------------------------------------------------------------

    private void WriteBlock(Block block, int depth)
    {
        IReadOnlyList<Statement> list = statements.Of(block);
        for (int i = 0; i < list.Count; i++)
        {
            Statement statement = list[i];
            switch (statement.Kind)
            {
                case StatementKind.Store:
                    WriteStore(statement, isLast: i == list.Count - 1);
                    break;
                case StatementKind.SinCos:
                    string angle = Text(statement.Node.Args[0], 0);
                    foreach (string line in dialect.SinCos(angle, NameOf(statement.Node), NameOf(statement.Second!))) Line(depth, line);
                    break;
                case StatementKind.Branch:
                    WriteBranch(statement, depth);
                    break;
                default:
                    string value = Text(statement.Node, 0, whole: true);
                    Line(depth, $"{dialect.Constant}{(statement.Node.IsTruth ? dialect.Bool : dialect.Real)} {NameOf(statement.Node)} = {value};");
                    break;
            }
        }
    }

    private void WriteStore(Statement statement, bool isLast)
    {
        (int argument, int element) = function.Targets[statement.Root];
        string value = Text(statement.Node, 0);
        if (argument < 0)
        {
            if (isLast)
            {
                returned = "return " + value;
            }
            else if (statements.IsNamed(statement.Node) || statement.Node.IsLeaf)
            {
                returned = value;
            }
            else
            {
                returned = identifiers.Take(function.ReturnName);
                Line(1, $"{dialect.Constant}{dialect.Real} {returned} = {value};");
            }

            return;
        }

        EmitArgument target = function.Arguments[argument];
        if (target.Use == ArgumentUse.Add && statement.Node.Operation == Operation.Negate && !statements.IsNamed(statement.Node))
            Line(1, $"{dialect.Element(target, element)} -= {Text(statement.Node.Args[0], 0)};");
        else Line(1, $"{dialect.Element(target, element)} {(target.Use == ArgumentUse.Add ? "+=" : "=")} {value};");
    }

    private void WriteBranch(Statement statement, int depth)
    {
        Branch branch = statement.Branch!;
        string condition = Text(branch.Condition, 0);
        foreach (CodeNode choice in statement.Defines) Line(depth, $"{dialect.Real} {NameOf(choice)};");
        Line(depth, $"if ({condition})");
        WriteSide(branch.Then, 1);
        Line(depth, "else");
        WriteSide(branch.Else, 2);

        void WriteSide(Block side, int index)
        {
            Line(depth, "{");
            WriteBlock(side, depth + 1);
            foreach (CodeNode choice in statement.Defines) Line(depth + 1, $"{NameOf(choice)} = {Text(choice.Args[index], 0)};");
            Line(depth, "}");
        }
    }

    /// <summary>A line; a long one is broken at a blank beside an operator or after a comma.</summary>
    private void Line(int depth, string text)
    {
        string indent = new(' ', 4 * depth);
        while (indent.Length + text.Length > LineLength)
        {
            int cut = BreakOf(text, LineLength - indent.Length);
            if (cut < 0) break;
            body.Append(indent).Append(text, 0, cut).Append('\n');
            text = text[(cut + 1)..];
            indent = new string(' ', (4 * depth) + 4);
        }

        body.Append(indent).Append(text).Append('\n');
    }

    private static int BreakOf(string text, int limit)
    {
        // Least nested first, sums before products; what stands before the equals sign stays together.
        int best = -1, bestRank = int.MaxValue, nesting = 0;
        int start = text.IndexOf("= ", StringComparison.Ordinal) + 2;
        for (int i = 0; i < Math.Min(text.Length - 1, limit); i++)
        {
            if (text[i] is '(' or '[') nesting++;
            else if (text[i] is ')' or ']') nesting--;
            if (text[i] != ' ' || i <= start || i < limit / 3) continue;
            bool loose = text[i - 1] == ',' || text[i + 1] is '?' or ':' or '&' or '|' || (text[i + 1] is '+' or '-' && text[i + 2] == ' ');
            if (!loose && text[i + 1] is not ('*' or '/')) continue;
            int rank = (2 * nesting) + (loose ? 0 : 1);
            if (rank <= bestRank) (best, bestRank) = (i, rank);
        }

        return best;
    }

    // ---- Expressions ------------------------------------------------------------------------------------------------------------

    // Binding strengths: 1 choice, 2 or, 3 and, 4 equality, 5 order, 6 sum, 7 product, 8 sign, 9 name.
    private string Text(CodeNode operand, int strength, bool whole = false)
    {
        CodeNode node = statements.Resolve(operand);
        if (!whole && statements.IsNamed(node)) return NameOf(node);
        (string text, int own) = Spell(node);
        return own < strength ? $"({text})" : text;
    }

    private (string Text, int Strength) Spell(CodeNode node)
    {
        CodeNode[] a = node.Args;
        switch (node.Operation)
        {
            case Operation.Input:
                (int argument, int element) = function.Inputs[node.Slot];
                read.Add(argument);
                return (dialect.Element(function.Arguments[argument], element), 9);
            case Operation.Literal:
                string literal = dialect.Literal(node.Value);
                return (literal, literal[0] == '-' ? 8 : 9);
            case Operation.Add: return ($"{Text(a[0], 6)} + {Text(a[1], 6)}", 6);
            case Operation.Subtract: return ($"{Text(a[0], 6)} - {Text(a[1], 7)}", 6);
            case Operation.Multiply: return ($"{Text(a[0], 7)} * {Text(a[1], 8)}", 7);
            case Operation.Divide: return ($"{Text(a[0], 7)} / {Text(a[1], 8)}", 7);
            case Operation.Negate:
                CodeNode negated = statements.Resolve(a[0]);
                // -a * b rather than -(a * b): the same number.
                return negated.Operation is Operation.Multiply or Operation.Divide && !statements.IsNamed(negated)
                    ? ($"-{Text(negated.Args[0], 9)} {(negated.Operation == Operation.Multiply ? '*' : '/')} {Text(negated.Args[1], 8)}", 7)
                    : ($"-{Text(a[0], 9)}", 8);
            case Operation.Fma: return ($"{dialect.Fma}({Text(a[0], 0)}, {Text(a[1], 0)}, {Text(a[2], 0)})", 9);
            case Operation.Call:
                string name = node.Primitive == Primitives.Pow && a[1].Operation == Operation.Literal && a[1].Value != Math.Floor(a[1].Value) && dialect.Language is EmitLanguage.Glsl or EmitLanguage.Hlsl
                    ? dialect.Function("pow")
                    : prelude.NameOf(node.Primitive!.Name);
                return ($"{name}({string.Join(", ", a.Select(arg => Text(arg, 0)))})", 9);
            case Operation.Choose: return ($"{Text(a[0], 2)} ? {Text(a[1], 2)} : {Text(a[2], 1)}", 1);
            case Operation.Truth: return ($"{Text(a[0], 2)} ? {dialect.Literal(1)} : {dialect.Literal(0)}", 1);
            // x > 0 rather than 0 < x
            case Operation.Less when a[0].Operation == Operation.Literal: return ($"{Text(a[1], 6)} > {Text(a[0], 6)}", 5);
            case Operation.LessEqual when a[0].Operation == Operation.Literal: return ($"{Text(a[1], 6)} >= {Text(a[0], 6)}", 5);
            case Operation.Less: return ($"{Text(a[0], 6)} < {Text(a[1], 6)}", 5);
            case Operation.LessEqual: return ($"{Text(a[0], 6)} <= {Text(a[1], 6)}", 5);
            case Operation.Equal: return ($"{Text(a[0], 6)} == {Text(a[1], 6)}", 4);
            case Operation.NotEqual: return ($"{Text(a[0], 6)} != {Text(a[1], 6)}", 4);
            // Brackets around what compilers warn about: && beside ||, comparisons of comparisons.
            case Operation.And: return ($"{Text(a[0], 4)} && {Text(a[1], 4)}", 3);
            case Operation.Or: return ($"{Text(a[0], 4)} || {Text(a[1], 4)}", 2);
            case Operation.Xor: return ($"{Text(a[0], 6)} != {Text(a[1], 6)}", 4);
            case Operation.Not: return ($"!{Text(a[0], 9)}", 8);
            case Operation.IsNaN: return (dialect.IsNaN(Text(a[0], 9)), 9);
            case Operation.Test: return ($"{Text(a[0], 6)} != {dialect.Literal(0)}", 4);
            default: throw new InvalidOperationException($"Emit: unknown operation {node.Operation}.");
        }
    }

    // ---- Names ------------------------------------------------------------------------------------------------------------------

    private string NameOf(CodeNode node)
    {
        if (names.TryGetValue(node, out string? known)) return known;
        return names[node] = identifiers.Take(Telling(node) ?? $"t{temporaries++}");
    }

    /// <summary>sin_x, inv_det, x_sq: a name that says what it is, where that is short.</summary>
    private string? Telling(CodeNode node)
    {
        CodeNode first = node.Args.Length > 0 ? statements.Resolve(node.Args[0]) : node;
        return node.Operation switch
        {
            Operation.Call when node.Args.Length == 1 && Short(first) is { } x => $"{node.Primitive!.Name}_{x}",
            Operation.Divide when first is { Operation: Operation.Literal, Value: 1 } && Short(statements.Resolve(node.Args[1])) is { } x => $"inv_{x}",
            Operation.Multiply when ReferenceEquals(first, statements.Resolve(node.Args[1])) && Short(first) is { } x => $"{x}_sq",
            _ => null,
        };
    }

    private string? Short(CodeNode node) => node.Operation == Operation.Input ? Identifiers.Clean(Spell(node).Text)
        : names.TryGetValue(node, out string? name) ? name
        : null;
}
