using System.Text;

namespace Nabla.Symbolics;

/// <summary>Writes a notation as LaTeX for amsmath. Brackets grow only where their content is tall.</summary>
internal sealed class LatexWriter
{
    private static readonly HashSet<string> Commands =
        ["sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "log", "exp", "max", "min", "coth"];

    /// <summary>The LaTeX of a notation, without dollar signs.</summary>
    public static string Write(Notation notation)
    {
        var writer = new LatexWriter();
        writer.Put(notation);
        return writer.text.ToString();
    }

    private readonly StringBuilder text = new();

    /// <summary>A command and a letter after it are kept apart by a space.</summary>
    private void Put(string piece)
    {
        if (piece.Length > 0 && char.IsLetter(piece[0]) && EndsWithCommand()) text.Append(' ');
        text.Append(piece);
    }

    private bool EndsWithCommand()
    {
        var i = text.Length - 1;
        while (i >= 0 && char.IsAsciiLetter(text[i])) i--;
        return i >= 0 && i < text.Length - 1 && text[i] == '\\';
    }

    private void Put(Notation notation)
    {
        switch (notation)
        {
            case Mark mark:
                Put(TextOf(mark));
                break;
            case Row row:
                foreach (var item in row.Items) Put(item);
                break;
            case StackedFraction fraction:
                Put(@"\frac");
                PutGroup(fraction.Top);
                PutGroup(fraction.Bottom);
                break;
            case Script script:
                Put(script.Base);
                if (script.Below is { } below)
                {
                    Put("_");
                    PutGroup(below);
                }

                if (script.Above is Mark { Kind: MarkKind.Infix } primes)
                {
                    Put(new string('\'', primes.Text.Length));
                }
                else if (script.Above is { } above)
                {
                    Put("^");
                    PutGroup(above);
                }

                break;
            case Radical radical:
                Put(radical.Degree.Length == 0 ? @"\sqrt" : $@"\sqrt[{radical.Degree}]");
                PutGroup(radical.Body);
                break;
            case Fence fence:
                PutFence(fence);
                break;
            case Cases cases:
                Put(@"\begin{cases}");
                for (var i = 0; i < cases.Lines.Count; i++)
                {
                    var (value, condition) = cases.Lines[i];
                    Put(i == 0 ? " " : @" \\ ");
                    Put(value);
                    Put(condition is null ? @" & \text{otherwise}" : @" & \text{if } ");
                    if (condition is not null) Put(condition);
                }

                Put(@" \end{cases}");
                break;
            case BigSign big:
                Put(big.IsSum ? @"\sum_" : @"\prod_");
                PutGroup(big.From);
                Put("^");
                PutGroup(big.To);
                Put(" ");
                Put(big.Body);
                break;
        }
    }

    private void PutGroup(Notation notation)
    {
        Put("{");
        Put(notation);
        Put("}");
    }

    private void PutFence(Fence fence)
    {
        var (open, close) = fence.Kind switch
        {
            FenceKind.Bars => (@"\lvert", @"\rvert"),
            FenceKind.Floor => (@"\lfloor", @"\rfloor"),
            FenceKind.Ceiling => (@"\lceil", @"\rceil"),
            _ => ("(", ")"),
        };
        Put((fence.IsTall ? @"\left" : "") + open);
        Put(fence.Body);
        Put((fence.IsTall ? @"\right" : "") + close);
    }

    private static string TextOf(Mark mark) => mark.Kind switch
    {
        MarkKind.Number => mark.Text == "∞" ? @"\infty" : mark.Text,
        MarkKind.Symbol => SymbolText(mark.Text),
        MarkKind.Name => mark.Text switch
        {
            "π" => @"\pi",
            "e" => "e",
            "Γ" => @"\Gamma",
            "NaN" => @"\mathrm{NaN}",
            _ => Commands.Contains(mark.Text) ? $@"\{mark.Text}" : $@"\operatorname{{{mark.Text}}}",
        },
        MarkKind.Infix => mark.Text switch
        {
            "≤" => @" \le ",
            "≠" => @" \ne ",
            "∧" => @" \land ",
            "∨" => @" \lor ",
            _ => $" {mark.Text} ",
        },
        MarkKind.Prefix => mark.Text switch
        {
            "¬" => @"\lnot ",
            "∂" => @"\partial",
            _ => mark.Text,
        },
        MarkKind.Comma => ", ",
        MarkKind.InvisibleTimes => @" \, ",
        MarkKind.Dot => @" \cdot ",
        _ => "",
    };

    /// <summary>The name of a symbol or of a subscript.</summary>
    private static string SymbolText(string name)
    {
        if (GreekLetters.NameOf(name) is { } greek) return $@"\{greek}";
        if (name.Length == 1 && char.IsLetter(name[0])) return name;
        var isSubscript = name.All(static c => char.IsAsciiLetterOrDigit(c) || c == ',');
        if (isSubscript && (name.Length == 1 || !name.Any(char.IsAsciiLetter) || name.Contains(','))) return name;
        var text = new StringBuilder(isSubscript ? @"\mathit{" : @"\text{");
        foreach (var c in name)
        {
            text.Append(c switch
            {
                '\\' => @"\textbackslash{}",
                '^' => @"\textasciicircum{}",
                '~' => @"\textasciitilde{}",
                '_' or '{' or '}' or '$' or '%' or '#' or '&' => $@"\{c}",
                < ' ' => " ",
                _ => c.ToString(),
            });
        }

        return text.Append('}').ToString();
    }
}
