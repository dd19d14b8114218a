using System.Text;

namespace Nabla.Symbolics;

/// <summary>Writes a notation as LaTeX for amsmath. Brackets grow only where their content is tall.</summary>
internal static class LatexWriter
{
    private static readonly HashSet<string> Commands =
        ["sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan", "log", "exp", "max", "min", "coth"];

    /// <summary>The LaTeX of a notation, without dollar signs.</summary>
    public static string Write(Notation notation)
    {
        var text = new StringBuilder();
        Write(notation, text);
        return text.ToString();
    }

    private static void Write(Notation notation, StringBuilder text)
    {
        switch (notation)
        {
            case Mark mark:
                text.Append(TextOf(mark));
                break;
            case Row row:
                foreach (var item in row.Items) Write(item, text);
                break;
            case Fraction fraction:
                text.Append(@"\frac");
                WriteGroup(fraction.Top, text);
                WriteGroup(fraction.Bottom, text);
                break;
            case Script script:
                Write(script.Base, text);
                if (script.Below is { } below)
                {
                    text.Append('_');
                    WriteGroup(below, text);
                }

                if (script.Above is Mark { Kind: MarkKind.Infix } primes)
                {
                    text.Append('\'', primes.Text.Length);
                }
                else if (script.Above is { } above)
                {
                    text.Append('^');
                    WriteGroup(above, text);
                }

                break;
            case Radical radical:
                text.Append(radical.Degree.Length == 0 ? @"\sqrt" : $@"\sqrt[{radical.Degree}]");
                WriteGroup(radical.Body, text);
                break;
            case Fence fence:
                WriteFence(fence, text);
                break;
            case Cases cases:
                text.Append(@"\begin{cases}");
                for (var i = 0; i < cases.Lines.Count; i++)
                {
                    var (value, condition) = cases.Lines[i];
                    text.Append(i == 0 ? " " : @" \\ ");
                    Write(value, text);
                    text.Append(condition is null ? @" & \text{otherwise}" : @" & \text{if } ");
                    if (condition is not null) Write(condition, text);
                }

                text.Append(@" \end{cases}");
                break;
            case BigSign big:
                text.Append(big.IsSum ? @"\sum" : @"\prod").Append('_');
                WriteGroup(big.From, text);
                text.Append('^');
                WriteGroup(big.To, text);
                text.Append(' ');
                Write(big.Body, text);
                break;
        }
    }

    private static void WriteGroup(Notation notation, StringBuilder text)
    {
        text.Append('{');
        Write(notation, text);
        text.Append('}');
    }

    private static void WriteFence(Fence fence, StringBuilder text)
    {
        var (open, close) = fence.Kind switch
        {
            FenceKind.Bars => (@"\lvert ", @"\rvert "),
            FenceKind.Floor => (@"\lfloor ", @"\rfloor "),
            FenceKind.Ceiling => (@"\lceil ", @"\rceil "),
            _ => ("(", ")"),
        };
        text.Append(fence.IsTall ? @"\left" : "").Append(open);
        Write(fence.Body, text);
        text.Append(fence.IsTall ? @"\right" : "").Append(close);
    }

    private static string TextOf(Mark mark) => mark.Kind switch
    {
        MarkKind.Number => mark.Text == "∞" ? @"\infty " : mark.Text,
        MarkKind.Symbol => SymbolText(mark.Text),
        MarkKind.Name => mark.Text switch
        {
            "π" => @"\pi ",
            "e" => "e",
            "Γ" => @"\Gamma ",
            "NaN" => @"\mathrm{NaN}",
            _ => Commands.Contains(mark.Text) ? $@"\{mark.Text} " : $@"\operatorname{{{mark.Text}}}",
        },
        MarkKind.Infix => mark.Text switch
        {
            "≤" => @" \le ",
            "≠" => @" \ne ",
            "∧" => @" \land ",
            "∨" => @" \lor ",
            _ => $" {mark.Text} ",
        },
        MarkKind.Prefix => mark.Text == "¬" ? @"\lnot " : mark.Text,
        MarkKind.Comma => ", ",
        MarkKind.InvisibleTimes => @" \, ",
        MarkKind.Dot => @" \cdot ",
        _ => "",
    };

    /// <summary>The name of a symbol or of a subscript.</summary>
    private static string SymbolText(string name)
    {
        if (GreekLetters.NameOf(name) is { } greek) return $@"\{greek} ";
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
