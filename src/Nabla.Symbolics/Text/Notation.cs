namespace Nabla.Symbolics;

/// <summary>
/// A formula as it is written on paper: fractions, raised exponents, roots, brackets. It is built once from the formula and then written
/// as LaTeX, as MathML or as lines of characters.
/// </summary>
internal abstract class Notation
{
    // How tightly a piece holds together; it is bracketed where its place demands more.
    public const int OrLevel = -3;
    public const int AndLevel = -2;
    public const int NotLevel = -1;
    public const int CompareLevel = 0;
    public const int SumLevel = 1;
    public const int ProductLevel = 2;
    public const int PowerLevel = 3;
    public const int AtomLevel = 4;

    private protected Notation(int level, double width, bool isTall)
    {
        Level = level;
        Width = width;
        IsTall = isTall;
    }

    /// <summary>How tightly it holds together.</summary>
    public int Level { get; }

    /// <summary>The width in letters, roughly.</summary>
    public double Width { get; }

    /// <summary>Whether it is higher than a line of text, so that brackets around it must grow.</summary>
    public bool IsTall { get; }
}

/// <summary>The kinds of single marks.</summary>
internal enum MarkKind
{
    Number,
    Symbol,

    /// <summary>The name of a function or a word.</summary>
    Name,

    /// <summary>A sign between two operands, with space around it.</summary>
    Infix,

    /// <summary>A sign before an operand.</summary>
    Prefix,
    Comma,

    /// <summary>A product without a sign.</summary>
    InvisibleTimes,

    /// <summary>A product with a dot.</summary>
    Dot,

    /// <summary>Between a function and its bracket.</summary>
    Apply,
}

/// <summary>A number, a name or a sign.</summary>
internal sealed class Mark(MarkKind kind, string text, int level = Notation.AtomLevel)
    : Notation(level, kind switch { MarkKind.Infix => text.Length + 2, MarkKind.Apply => 0, MarkKind.Dot or MarkKind.InvisibleTimes => 1, _ => text.Length }, false)
{
    public static readonly Mark Apply = new(MarkKind.Apply, "");
    public static readonly Mark InvisibleTimes = new(MarkKind.InvisibleTimes, "");
    public static readonly Mark Dot = new(MarkKind.Dot, "·");
    public static readonly Mark Comma = new(MarkKind.Comma, ",");
    public static readonly Mark Minus = new(MarkKind.Prefix, "-");
    public static readonly Mark Not = new(MarkKind.Prefix, "¬");

    public MarkKind Kind { get; } = kind;

    public string Text { get; } = text;
}

/// <summary>Pieces side by side.</summary>
internal sealed class Row(int level, IReadOnlyList<Notation> items)
    : Notation(level, items.Sum(static item => item.Width), items.Any(static item => item.IsTall))
{
    public IReadOnlyList<Notation> Items { get; } = items;
}

/// <summary>One piece above another with a line between them.</summary>
internal sealed class StackedFraction(Notation top, Notation bottom)
    : Notation(ProductLevel, Math.Max(top.Width, bottom.Width) + 1, true)
{
    public Notation Top { get; } = top;

    public Notation Bottom { get; } = bottom;
}

/// <summary>A piece with a raised and a lowered one.</summary>
internal sealed class Script(Notation @base, Notation? below, Notation? above, int level = Notation.PowerLevel)
    : Notation(level, @base.Width + (0.7 * Math.Max(below?.Width ?? 0, above?.Width ?? 0)), @base.IsTall || (above?.IsTall ?? false))
{
    public Notation Base { get; } = @base;

    public Notation? Below { get; } = below;

    public Notation? Above { get; } = above;
}

/// <summary>A root.</summary>
internal sealed class Radical(Notation body, string degree)
    : Notation(AtomLevel, body.Width + 2, body.IsTall)
{
    public Notation Body { get; } = body;

    /// <summary>The small number on the root sign; empty for the square root.</summary>
    public string Degree { get; } = degree;
}

/// <summary>The kinds of brackets.</summary>
internal enum FenceKind
{
    Round,
    Bars,
    Floor,
    Ceiling,
}

/// <summary>A piece in brackets.</summary>
internal sealed class Fence(FenceKind kind, Notation body)
    : Notation(AtomLevel, body.Width + 2, body.IsTall)
{
    public FenceKind Kind { get; } = kind;

    public Notation Body { get; } = body;
}

/// <summary>Values with their conditions, one a line.</summary>
internal sealed class Cases(IReadOnlyList<(Notation Value, Notation? Condition)> lines)
    : Notation(AtomLevel, lines.Max(static line => line.Value.Width + 8 + (line.Condition?.Width ?? 9)), true)
{
    /// <summary>The values; the last one has no condition.</summary>
    public IReadOnlyList<(Notation Value, Notation? Condition)> Lines { get; } = lines;
}

/// <summary>A sum or product over an index.</summary>
internal sealed class BigSign(bool isSum, Notation from, Notation to, Notation body)
    : Notation(SumLevel, Math.Max(from.Width, to.Width) + body.Width + 1, true)
{
    public bool IsSum { get; } = isSum;

    public Notation From { get; } = from;

    public Notation To { get; } = to;

    public Notation Body { get; } = body;
}
