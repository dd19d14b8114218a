using System.Globalization;
using System.Text;

namespace Nabla.Symbolics;

/// <summary>The line of a text around a position, with a caret below the place, as a terminal shows it in fixed width.</summary>
internal static class TextExcerpt
{
    private const int CharactersBefore = 48;
    private const int CharactersAfter = 28;

    /// <summary>Two lines: the text, and the caret. Only the part around the position is shown of a long line.</summary>
    public static string At(string text, int position)
    {
        position = Math.Clamp(position, 0, text.Length);
        var lineStart = position == 0 ? 0 : text.LastIndexOfAny(['\n', '\r'], position - 1) + 1;
        var lineEnd = text.IndexOfAny(['\n', '\r'], position);
        if (lineEnd < 0) lineEnd = text.Length;
        var start = Math.Max(lineStart, position - CharactersBefore);
        var end = Math.Min(lineEnd, position + CharactersAfter);
        if (start > lineStart && char.IsLowSurrogate(text[start])) start--;
        if (end < lineEnd && char.IsLowSurrogate(text[end])) end++;

        var line = new StringBuilder("  ");
        var caret = 2;
        if (start > lineStart)
        {
            line.Append('…');
            caret++;
        }

        for (var i = start; i < end;)
        {
            var complete = Rune.TryGetRuneAt(text, i, out var rune);
            if (!complete || Rune.IsControl(rune)) rune = new Rune(complete && rune.Value == '\t' ? ' ' : '\uFFFD');
            line.Append(rune.ToString());
            if (i < position) caret += WidthOf(rune);
            i += complete ? rune.Utf16SequenceLength : 1;
        }

        if (end < lineEnd) line.Append('…');
        return line.Append('\n').Append(' ', caret).Append('^').ToString();
    }

    /// <summary>The columns a terminal gives to a text.</summary>
    public static int WidthOf(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes()) width += WidthOf(rune);
        return width;
    }

    private static int WidthOf(Rune rune)
    {
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) return 0;

        // East Asian wide and fullwidth blocks (Unicode Standard Annex 11), and emoji.
        return rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3)
            or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60) or (>= 0xFFE0 and <= 0xFFE6)
            or (>= 0x1F300 and <= 0x1F64F) or (>= 0x1F900 and <= 0x1F9FF) or (>= 0x20000 and <= 0x3FFFD) ? 2 : 1;
    }
}
