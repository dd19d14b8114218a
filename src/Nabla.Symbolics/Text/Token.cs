namespace Nabla.Symbolics;

/// <summary>The kinds of words a formula's text is made of.</summary>
internal enum TokenKind
{
    End,
    Number,
    Name,
    QuotedName,
    Superscript,
    Plus,
    Minus,
    Times,
    Over,
    Caret,
    Factorial,
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Comma,
    Bar,
    Root,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
    Not,
}

/// <summary>A word of a formula's text: its kind, its place, and for names the name.</summary>
internal readonly record struct Token(TokenKind Kind, int Position, int Length, string Name)
{
    /// <summary>The end of the word.</summary>
    public int End => Position + Length;
}
