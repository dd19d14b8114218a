using System.Globalization;
using System.Text;

namespace Nabla.Symbolics;

/// <summary>Splits infix text into words. Names may hold any letters, digits, underscores, subscript digits and primes; any other name is quoted: `a b`.</summary>
internal sealed class Lexer(string text)
{
    private int position;

    /// <summary>Whether a name can be written as it is, without quotes.</summary>
    public static bool IsPlainName(string name)
    {
        var end = EndOfName(name, 0);
        return end > 0 && end == name.Length;
    }

    /// <summary>The next word.</summary>
    public Token Next()
    {
        while (position < text.Length && (char.IsWhiteSpace(text[position]) || text[position] is '\u200B' or '\u2061' or '\u2062' or '\uFEFF')) position++;
        if (position == text.Length) return new Token(TokenKind.End, position, 0, "");
        var c = text[position];
        if (char.IsAsciiDigit(c) || (c == '.' && position + 1 < text.Length && char.IsAsciiDigit(text[position + 1]))) return ReadNumber();
        if (c == '`') return ReadQuotedName();
        if (SuperscriptDigits.Contains(c)) return ReadSuperscript();
        var end = EndOfName(text, position);
        return end > position ? ReadName(end) : ReadSign(c);
    }

    /// <summary>The value of a superscript such as ⁻¹².</summary>
    public static string SuperscriptValue(ReadOnlySpan<char> superscript)
    {
        var value = new StringBuilder();
        foreach (var c in superscript) value.Append("0123456789+-"[SuperscriptDigits.IndexOf(c, StringComparison.Ordinal)]);
        return value.ToString();
    }

    private const string SuperscriptDigits = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻";

    private static int EndOfName(string text, int start)
    {
        var end = start;
        while (end < text.Length && Rune.TryGetRuneAt(text, end, out var rune))
        {
            if (!(Rune.IsLetter(rune) || rune.Value == '_' || (end > start && IsInsideName(rune)))) break;
            end += rune.Utf16SequenceLength;
        }

        return end;
    }

    private static bool IsInsideName(Rune rune) =>
        rune.Value is '\'' or (>= '′' and <= '‴') or (>= '₀' and <= '₉')
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private Token ReadName(int end)
    {
        var (start, name) = (position, text[position..end]);
        position = end;
        var kind = name switch
        {
            "and" => TokenKind.And,
            "or" => TokenKind.Or,
            "not" => TokenKind.Not,
            _ => TokenKind.Name,
        };
        return new Token(kind, start, end - start, name);
    }

    private Token ReadNumber()
    {
        var start = position;
        SkipDigits();
        if (position < text.Length && text[position] == '.')
        {
            position++;
            SkipDigits();
        }

        // 2e3 is a number, but 2e and 2e-x are products with the constant e.
        if (position < text.Length && text[position] is 'e' or 'E')
        {
            var digits = position + 1;
            if (digits < text.Length && text[digits] is '+' or '-') digits++;
            if (digits < text.Length && char.IsAsciiDigit(text[digits]))
            {
                position = digits;
                SkipDigits();
            }
        }

        return new Token(TokenKind.Number, start, position - start, "");
    }

    private void SkipDigits()
    {
        while (position < text.Length && char.IsAsciiDigit(text[position])) position++;
    }

    private Token ReadQuotedName()
    {
        var start = position++;
        var name = new StringBuilder();
        while (true)
        {
            if (position == text.Length) throw new FormulaSyntaxException(text, start, "The quoted name has no end: expected a second `.");
            if (text[position] == '`')
            {
                position++;
                if (position == text.Length || text[position] != '`') break;
            }

            name.Append(text[position++]);
        }

        if (name.Length == 0) throw new FormulaSyntaxException(text, start, "The quoted name is empty: expected at least one character between the two `.");
        return new Token(TokenKind.QuotedName, start, position - start, name.ToString());
    }

    private Token ReadSuperscript()
    {
        var start = position;
        while (position < text.Length && SuperscriptDigits.Contains(text[position]) && (position == start || text[position] is not ('⁺' or '⁻'))) position++;
        if (position == start + 1 && text[start] is '⁺' or '⁻') throw new FormulaSyntaxException(text, start, "Expected raised digits after the raised sign.");
        return new Token(TokenKind.Superscript, start, position - start, "");
    }

    private Token ReadSign(char c)
    {
        var next = position + 1 < text.Length ? text[position + 1] : '\0';
        var (kind, length) = (c, next) switch
        {
            ('*', '*') => (TokenKind.Caret, 2),
            ('<', '=') => (TokenKind.LessEqual, 2),
            ('>', '=') => (TokenKind.GreaterEqual, 2),
            ('=', '=') => (TokenKind.Equal, 2),
            ('!', '=') => (TokenKind.NotEqual, 2),
            ('<', '>') => (TokenKind.NotEqual, 2),
            ('&', '&') => (TokenKind.And, 2),
            ('+', _) => (TokenKind.Plus, 1),
            ('-' or '−' or '–', _) => (TokenKind.Minus, 1),
            ('*' or '·' or '×' or '⋅' or '∗', _) => (TokenKind.Times, 1),
            ('/' or '÷', _) => (TokenKind.Over, 1),
            ('^', _) => (TokenKind.Caret, 1),
            ('!', _) => (TokenKind.Factorial, 1),
            ('(', _) => (TokenKind.Open, 1),
            (')', _) => (TokenKind.Close, 1),
            ('[', _) => (TokenKind.OpenIndex, 1),
            (']', _) => (TokenKind.CloseIndex, 1),
            (',' or ';', _) => (TokenKind.Comma, 1),
            ('|', _) => (TokenKind.Bar, 1),
            ('√', _) => (TokenKind.Root, 1),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            ('≤', _) => (TokenKind.LessEqual, 1),
            ('≥', _) => (TokenKind.GreaterEqual, 1),
            ('≠', _) => (TokenKind.NotEqual, 1),
            ('∧', _) => (TokenKind.And, 1),
            ('∨', _) => (TokenKind.Or, 1),
            ('¬', _) => (TokenKind.Not, 1),
            ('∞', _) => (TokenKind.Name, 1),
            _ => (TokenKind.End, 0),
        };
        if (length == 0) throw Unexpected(c);
        var token = new Token(kind, position, length, kind == TokenKind.Name ? c.ToString() : "");
        position += length;
        return token;
    }

    private FormulaSyntaxException Unexpected(char c)
    {
        var shown = Rune.TryGetRuneAt(text, position, out var rune) ? Rune.IsControl(rune) ? $"U+{rune.Value:X4}" : rune.ToString() : $"U+{(int)c:X4}";
        var advice = c switch
        {
            '=' => "= is not part of a formula. Write == to compare, or give only one side of the equation.",
            '…' => "The text was cut at …: print the formula with a larger length, or in shared parts.",
            '{' or '}' => $"{c} is not part of a formula. Use round brackets; for LaTeX use Expr.ParseLatex.",
            '\\' => "\\ is not part of a formula. For LaTeX use Expr.ParseLatex.",
            '%' => "% is not part of a formula. Write remainder(a, b), or divide by 100.",
            '"' or '\'' => $"{c} is not part of a formula. Unusual names of symbols are quoted with `.",
            '&' => "& is not part of a formula. Write and.",
            _ => $"The character {shown} is not part of a formula.",
        };
        return new FormulaSyntaxException(text, position, advice);
    }
}
