namespace Nabla.Symbolics;

/// <summary>Draws a notation with Unicode characters: stacked fractions, raised exponents, roots and brackets that grow.</summary>
internal static class PrettyWriter
{
    private const string RaisedDigits = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    private const string LoweredDigits = "₀₁₂₃₄₅₆₇₈₉";

    /// <summary>The block of characters.</summary>
    public static TextBlock Write(Notation notation) => notation switch
    {
        Mark mark => TextBlock.Of(TextOf(mark)),
        Row row => TextBlock.Beside([.. row.Items.Select(Write)]),
        StackedFraction fraction => WriteFraction(fraction),
        Script script => WriteScript(script),
        Radical radical => WriteRadical(radical),
        Fence fence => WriteFence(fence.Kind, Write(fence.Body)),
        Cases cases => WriteCases(cases),
        BigSign big => WriteBigSign(big),
        _ => throw new NotSupportedException($"ToPretty: no drawing for {notation.GetType().Name}."),
    };

    private static string TextOf(Mark mark) => mark.Kind switch
    {
        MarkKind.Infix => $" {mark.Text} ",
        MarkKind.Comma => ", ",
        MarkKind.InvisibleTimes or MarkKind.Dot => "⋅",
        MarkKind.Symbol => string.Concat(mark.Text.Select(static c => char.IsControl(c) ? '\uFFFD' : c)),
        _ => mark.Text,
    };

    private static TextBlock WriteFraction(StackedFraction fraction)
    {
        var (top, bottom) = (Write(fraction.Top), Write(fraction.Bottom));
        var nested = fraction.Top is StackedFraction || fraction.Bottom is StackedFraction ? 2 : 0;
        var line = TextBlock.Of(new string('─', Math.Max(top.Width, bottom.Width) + nested));
        return TextBlock.Stack(top.Height, true, top, line, bottom);
    }

    private static TextBlock WriteScript(Script script)
    {
        var block = Write(script.Base);
        if (script.Below is { } below)
        {
            var lowered = LoweredText(below);
            block = lowered is not null
                ? TextBlock.Beside(block, TextBlock.Of(lowered))
                : LowerRight(block, Write(below));
        }

        if (script.Above is not { } above) return block;
        if (above is Mark { Kind: MarkKind.Infix } primes) return TextBlock.Beside(block, TextBlock.Of(primes.Text));
        if (block.Height == 1 && above is Mark { Kind: MarkKind.Number } digits && digits.Text.All(char.IsAsciiDigit))
        {
            return TextBlock.Beside(block, TextBlock.Of(string.Concat(digits.Text.Select(static c => RaisedDigits[c - '0']))));
        }

        // The exponent stands above the top line of the base, to its right.
        var raised = above is StackedFraction { Top: Mark top, Bottom: Mark bottom } ? TextBlock.Of($"{TextOf(top)}/{TextOf(bottom)}") : Write(above);
        var left = TextBlock.Of(Enumerable.Repeat(new string(' ', block.Width), raised.Height).Concat(block.Lines), raised.Height + block.Baseline);
        return TextBlock.Beside(left, raised.At(raised.Height + block.Baseline));
    }

    private static TextBlock LowerRight(TextBlock block, TextBlock lowered)
    {
        var padding = Enumerable.Repeat(new string(' ', lowered.Width), block.Height);
        return TextBlock.Beside(block, TextBlock.Of(padding.Concat(lowered.Lines), block.Baseline));
    }

    private static string? LoweredText(Notation below) =>
        below is Mark mark && mark.Text.All(static c => char.IsAsciiDigit(c)) ? string.Concat(mark.Text.Select(static c => LoweredDigits[c - '0'])) : null;

    private static TextBlock WriteRadical(Radical radical)
    {
        var body = Write(radical.Body);
        var degree = string.Concat(radical.Degree.Select(static c => RaisedDigits[c - '0']));
        if (body.Height == 1 && radical.Body is Mark) return TextBlock.Of($"{degree}√{body.Lines[0]}");
        if (body.Height == 1) return TextBlock.Beside(TextBlock.Of(degree + "√"), WriteFence(FenceKind.Round, body));

        // A stroke that rises to the line over the body.
        var height = body.Height;
        var lines = new List<string> { new string(' ', degree.Length + height) + new string('_', body.Width + 2) };
        for (var i = 0; i < height; i++)
        {
            var isLast = i == height - 1;
            var stroke = isLast ? degree + "╲╱" : new string(' ', degree.Length + height - i) + "╱";
            lines.Add(stroke + new string(' ', degree.Length + height + 2 - stroke.Length) + body.Lines[i]);
        }

        return TextBlock.Of(lines, body.Baseline + 1);
    }

    private static TextBlock WriteFence(FenceKind kind, TextBlock body)
    {
        // For each side: one line, top, middle, bottom.
        var (left, right) = kind switch
        {
            FenceKind.Bars => ("││││", "││││"),
            FenceKind.Floor => ("⌊⎢⎢⎣", "⌋⎥⎥⎦"),
            FenceKind.Ceiling => ("⌈⎡⎢⎢", "⌉⎤⎥⎥"),
            _ => ("(⎛⎜⎝", ")⎞⎟⎠"),
        };
        return TextBlock.Beside(Side(left, body.Height, body.Baseline), body, Side(right, body.Height, body.Baseline));
    }

    private static TextBlock Side(string parts, int height, int baseline)
    {
        if (height == 1) return TextBlock.Of(parts[..1]);
        return TextBlock.Of(Enumerable.Range(0, height).Select(i => (i == 0 ? parts[1] : i == height - 1 ? parts[3] : parts[2]).ToString()), baseline);
    }

    private static TextBlock WriteCases(Cases cases)
    {
        var values = cases.Lines.Select(line => Write(line.Value)).ToList();
        var widest = values.Max(static value => value.Width);
        var rows = new List<TextBlock>();
        for (var i = 0; i < values.Count; i++)
        {
            var condition = cases.Lines[i].Condition;
            if (i > 0) rows.Add(TextBlock.Of(""));
            rows.Add(TextBlock.Beside(
                values[i], TextBlock.Of(new string(' ', widest - values[i].Width + 2)),
                condition is null ? TextBlock.Of("otherwise") : TextBlock.Beside(TextBlock.Of("if "), Write(condition))));
        }

        var height = rows.Sum(static row => row.Height);
        var middle = height / 2;
        var brace = TextBlock.Of(
            Enumerable.Range(0, height).Select(i => i == 0 ? "⎧ " : i == height - 1 ? "⎩ " : i == middle ? "⎨ " : "⎪ "), middle);
        return TextBlock.Beside(brace, TextBlock.Stack(middle, false, rows));
    }

    private static TextBlock WriteBigSign(BigSign big)
    {
        var (from, to) = (Write(big.From), Write(big.To));
        var sign = big.IsSum ? TextBlock.Of(["⎲", "⎳"], 0) : TextBlock.Of(["┬─┬", "│ │"], 0);
        var block = TextBlock.Stack(to.Height, true, to, sign, from);
        return TextBlock.Beside(block, TextBlock.Of(" "), Write(big.Body));
    }
}
