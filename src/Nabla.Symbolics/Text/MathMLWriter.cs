using System.Text;

namespace Nabla.Symbolics;

/// <summary>Writes a notation as presentation MathML of the core that browsers show without any script.</summary>
internal static class MathMLWriter
{
    private const string Namespace = "http://www.w3.org/1998/Math/MathML";

    /// <summary>A whole element with the notation in it.</summary>
    public static string Element(Notation notation)
    {
        var text = new StringBuilder();
        Write(notation, text);
        return Element(text.ToString());
    }

    /// <summary>A whole element with this content.</summary>
    public static string Element(string content) => $"<math xmlns=\"{Namespace}\" display=\"block\">{content}</math>";

    /// <summary>The inner markup of a notation: always one element.</summary>
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
                WriteMark(mark, text);
                break;
            case Row row:
                text.Append("<mrow>");
                foreach (var item in row.Items) Write(item, text);
                text.Append("</mrow>");
                break;
            case StackedFraction fraction:
                Wrap("mfrac", text, fraction.Top, fraction.Bottom);
                break;
            case Script { Below: { } below, Above: { } above } both:
                Wrap("msubsup", text, both.Base, below, above);
                break;
            case Script { Base: Script { Below: { } index, Above: null } indexed, Below: null, Above: { } power }:
                Wrap("msubsup", text, indexed.Base, index, power);
                break;
            case Script { Below: { } below } lowered:
                Wrap("msub", text, lowered.Base, below);
                break;
            case Script raised:
                Wrap("msup", text, raised.Base, raised.Above!);
                break;
            case Radical { Degree: "" } radical:
                Wrap("msqrt", text, radical.Body);
                break;
            case Radical radical:
                Wrap("mroot", text, radical.Body, new Mark(MarkKind.Number, radical.Degree));
                break;
            case Fence fence:
                WriteFence(fence, text);
                break;
            case Cases cases:
                WriteCases(cases, text);
                break;
            case BigSign big:
                text.Append("<mrow><munderover><mo>").Append(big.IsSum ? '∑' : '∏').Append("</mo>");
                Write(big.From, text);
                Write(big.To, text);
                text.Append("</munderover>");
                Write(big.Body, text);
                text.Append("</mrow>");
                break;
        }
    }

    private static void Wrap(string element, StringBuilder text, params ReadOnlySpan<Notation> children)
    {
        text.Append('<').Append(element).Append('>');
        foreach (var child in children) Write(child, text);
        text.Append("</").Append(element).Append('>');
    }

    private static void WriteFence(Fence fence, StringBuilder text)
    {
        var (open, close) = fence.Kind switch
        {
            FenceKind.Bars => ("|", "|"),
            FenceKind.Floor => ("⌊", "⌋"),
            FenceKind.Ceiling => ("⌈", "⌉"),
            _ => ("(", ")"),
        };
        var stretchy = fence.IsTall ? "" : " stretchy=\"false\"";
        text.Append($"<mrow><mo form=\"prefix\"{stretchy}>{open}</mo>");
        Write(fence.Body, text);
        text.Append($"<mo form=\"postfix\"{stretchy}>{close}</mo></mrow>");
    }

    private static void WriteCases(Cases cases, StringBuilder text)
    {
        const string cell = "<mtd style=\"text-align:left\">";
        text.Append("<mrow><mo form=\"prefix\" stretchy=\"true\">{</mo><mtable>");
        foreach (var (value, condition) in cases.Lines)
        {
            text.Append("<mtr>").Append(cell);
            Write(value, text);
            text.Append("</mtd>").Append(cell);
            if (condition is null)
            {
                text.Append("<mtext>otherwise</mtext>");
            }
            else
            {
                text.Append("<mrow><mtext>if&#xA0;</mtext>");
                Write(condition, text);
                text.Append("</mrow>");
            }

            text.Append("</mtd></mtr>");
        }

        text.Append("</mtable></mrow>");
    }

    private static void WriteMark(Mark mark, StringBuilder text)
    {
        text.Append(mark.Kind switch
        {
            MarkKind.Number => $"<mn>{mark.Text}</mn>",
            MarkKind.Symbol when mark.Text.All(char.IsAsciiDigit) => $"<mn>{mark.Text}</mn>",
            MarkKind.Symbol or MarkKind.Name => $"<mi{(mark.Kind == MarkKind.Name && mark.Text.Length == 1 ? " mathvariant=\"normal\"" : "")}>{Escape(mark.Text)}</mi>",
            MarkKind.Infix => $"<mo>{Escape(mark.Text.Replace('-', '−'))}</mo>",
            MarkKind.Prefix => $"<mo form=\"prefix\">{(mark.Text == "-" ? "−" : mark.Text)}</mo>",
            MarkKind.Comma => "<mo separator=\"true\">,</mo>",
            MarkKind.InvisibleTimes => "<mo>&#x2062;</mo><mspace width=\"0.1667em\"></mspace>",
            MarkKind.Dot => "<mo>⋅</mo>",
            _ => "<mo>&#x2061;</mo>",
        });
    }

    /// <summary>Text for an element: the characters that XML reserves, and those it forbids.</summary>
    public static string Escape(string content)
    {
        var text = new StringBuilder(content.Length);
        foreach (var rune in content.EnumerateRunes())
        {
            text.Append(rune.Value switch
            {
                '<' => "&lt;",
                '>' => "&gt;",
                '&' => "&amp;",
                '"' => "&quot;",
                < ' ' or 0xFFFE or 0xFFFF => " ",
                _ => rune.ToString(),
            });
        }

        return text.ToString();
    }
}
