using System.Text;

namespace Nabla.Symbolics;

/// <summary>
/// Turns LaTeX into the words of infix text: \frac{a}{b} becomes ((a)/(b)), \sin^2 x becomes sin(x)^(2). What is being read (a group, a
/// fraction that waits for its parts, a function that waits for its argument) stands on an explicit stack, so nesting costs no call depth.
/// </summary>
internal sealed partial class LatexReader(string text)
{
    private readonly Stack<Frame> frames = new();
    private int position;

    /// <summary>The words, the last of them the end.</summary>
    public List<Token> Read()
    {
        frames.Push(new Frame(FrameKind.Group, 0, ""));
        SkipDelimiter();
        while (true)
        {
            var frame = frames.Peek();
            switch (frame.Kind)
            {
                case FrameKind.Fraction:
                    if (frame.Parts.Count < 2) BeginArgument();
                    else Deliver(Bracketed(frame, [Bracketed(frame, frame.Parts[0]), Sign(TokenKind.Over, frame), Bracketed(frame, frame.Parts[1])]));
                    break;
                case FrameKind.Root:
                    ReadRoot(frame);
                    break;
                case FrameKind.Power:
                    if (frame.Parts.Count == 0) BeginArgument();
                    else Deliver([Sign(TokenKind.Caret, frame), Bracketed(frame, frame.Parts[0])]);
                    break;
                case FrameKind.Function:
                    ReadFunction(frame);
                    break;
                case FrameKind.BigSign:
                    ReadBigSign(frame);
                    break;
                default:
                    if (!ReadInside(frame)) return Flatten(frame);
                    break;
            }
        }
    }

    // ---- Groups ---------------------------------------------------------------------------------------------------------------

    /// <summary>Reads one item of a group; false at the end of the text.</summary>
    private bool ReadInside(Frame frame)
    {
        if (frame.Kind == FrameKind.Single && frame.Items.Any(static item => item is not Token { Kind: TokenKind.Plus or TokenKind.Minus }))
        {
            Deliver(frame.Items);
            return true;
        }

        SkipSpace();
        var start = position;
        if (start == text.Length)
        {
            if (CloseBare(frame)) return true;
            if (frame.Closing.Length > 0 || frame.Kind != FrameKind.Group) throw Error(start, $"Expected {(frame.Closing.Length > 0 ? frame.Closing : "an argument")}, found the end of the text.");
            frame.Add(new Token(TokenKind.End, start, 0, ""));
            return false;
        }

        var c = text[start];
        if (frame.Kind == FrameKind.Bare && frame.Items.Count > 0 && EndsArgument(frame, c)) return CloseBare(frame);
        switch (c)
        {
            case '\\':
                ReadCommand(frame);
                break;
            case '{':
                position++;
                frames.Push(new Frame(FrameKind.Group, start, "}"));
                break;
            case '(' or '[':
                position++;
                frames.Push(new Frame(FrameKind.Group, start, c == '(' ? ")" : "]"));
                break;
            case ')' or ']' or '}':
                Close(c.ToString());
                break;
            case '^':
                position++;
                frames.Push(new Frame(FrameKind.Power, start, ""));
                break;
            case '_':
                throw Error(start, "A subscript belongs to a name, as in x_1 or \\mu_{i}.");
            case '&' when frame.Kind == FrameKind.Cases:
                position++;
                frame.EndCell();
                break;
            case '$':
                if (text.AsSpan(start).Trim().Trim('$').Length > 0) throw Error(start, "$ stands only around the whole formula.");
                position = text.Length;
                break;
            default:
                ReadCharacter(frame, c);
                break;
        }

        return true;
    }

    private void ReadCharacter(Frame frame, char c)
    {
        var start = position;
        if (char.IsAsciiDigit(c) || c == '.')
        {
            position++;
            while (frame.Kind != FrameKind.Single && position < text.Length && (char.IsAsciiDigit(text[position]) || text[position] == '.')) position++;
            if (text.AsSpan(start, position - start).Count('.') > 1 || position == start + 1 && c == '.') throw Error(start, "Expected a number with at most one decimal point.");
            frame.Add(new Token(TokenKind.Number, start, position - start, ""));
            return;
        }

        if (Rune.TryGetRuneAt(text, start, out var rune) && Rune.IsLetter(rune))
        {
            position += rune.Utf16SequenceLength;
            var name = rune.ToString();
            var isFunctionLetter = name is "f" or "g" or "h" && position < text.Length && text[position] == '(';
            if (isFunctionLetter) throw Error(start, $"{name}(…) is a function without a formula. Write the formula of {name} instead, or {name} \\cdot ( for a product.");
            AddName(frame, start, name);
            return;
        }

        TokenKind? kind = c switch
        {
            '+' => TokenKind.Plus,
            '-' or '−' => TokenKind.Minus,
            '*' or '·' or '×' => TokenKind.Times,
            '/' => TokenKind.Over,
            '=' => TokenKind.Equal,
            '<' => TokenKind.Less,
            '>' => TokenKind.Greater,
            '!' => TokenKind.Factorial,
            ',' or ';' => TokenKind.Comma,
            '|' => TokenKind.Bar,
            _ => null,
        };
        if (kind is null) throw Error(start, $"The character {(Rune.TryGetRuneAt(text, start, out var shown) && !Rune.IsControl(shown) ? shown.ToString() : $"U+{(int)c:X4}")} is not part of a formula in LaTeX.");
        position++;
        frame.Add(new Token(kind.Value, start, 1, ""));
    }

    /// <summary>Adds a letter with its subscript and primes: a constant or a symbol.</summary>
    private void AddName(Frame frame, int start, string name)
    {
        var letter = name;
        if (frame.Kind != FrameKind.Single)
        {
            SkipSpace();
            if (position < text.Length && text[position] == '_')
            {
                position++;
                name += "_" + ReadPlainArgument();
                SkipSpace();
            }

            while (position < text.Length && text[position] is '\'' or '′')
            {
                position++;
                name += "'";
            }
        }

        var isConstant = name == letter && InfixParser.ConstantOf(name) is not null && name != "E";
        frame.Add(new Token(isConstant ? TokenKind.Name : TokenKind.QuotedName, start, Math.Max(1, position - start), name));
    }

    /// <summary>Begins to read one argument: a group in braces, or a single letter, digit or command.</summary>
    private void BeginArgument()
    {
        SkipSpace();
        if (position < text.Length && text[position] == '{') frames.Push(new Frame(FrameKind.Group, position++, "}") { IsArgument = true });
        else frames.Push(new Frame(FrameKind.Single, position, ""));
    }

    private void Close(string closing)
    {
        var frame = frames.Peek();
        if (CloseBare(frame)) return;
        if (frame.Closing != closing)
        {
            throw Error(position, frame.Closing.Length == 0 ? $"There is no opening bracket for this {closing}." : $"Expected {frame.Closing} before this {closing}.");
        }

        position += closing.Length;
        if (frame.IsArgument) Deliver(frame.Items);
        else if (frame.Name.Length > 0) Deliver([new Token(TokenKind.Name, frame.Start, 1, frame.Name), Bracketed(frame, frame.Items)]);
        else Deliver(Bracketed(frame, frame.Items));
    }

    /// <summary>Ends an argument without brackets; false if it is none, or if it is still empty.</summary>
    private bool CloseBare(Frame frame)
    {
        if (frame.Kind != FrameKind.Bare || frame.Items.Count == 0) return false;
        Deliver(frame.Items);
        return true;
    }

    // An argument without brackets ends at the next sign of its line: \sin 2x + 1 is \sin(2x) + 1. A sum's body may be any product.
    private static bool EndsArgument(Frame frame, char c) =>
        c == '|' ? frame.Items.Count(static item => item is Token { Kind: TokenKind.Bar }) % 2 == 0
        : frame.IsBody && c is '*' or '/' ? false
        : c is '+' or '-' or '−' or '*' or '/' or '=' or '<' or '>' or ',' or ';' or ')' or ']' or '}' or '&' or '$';

    /// <summary>Takes the frame off the stack and gives what it stands for to the one below.</summary>
    private void Deliver(List<object> items)
    {
        frames.Pop();
        var below = frames.Peek();
        if (below.Kind is FrameKind.Group or FrameKind.Single or FrameKind.Bare or FrameKind.Cases) below.Add(items);
        else below.Accept(items);
    }

    private static Token Sign(TokenKind kind, Frame place) => new(kind, place.Start, 1, "");

    private static List<object> Bracketed(Frame place, List<object> items) => [Sign(TokenKind.Open, place), items, Sign(TokenKind.Close, place)];

    private static List<Token> Flatten(Frame root)
    {
        var tokens = new List<Token>();
        var stack = new Stack<object>();
        stack.Push(root.Items);
        while (stack.TryPop(out var item))
        {
            if (item is Token token)
            {
                tokens.Add(token);
                continue;
            }

            var items = (List<object>)item;
            for (var i = items.Count - 1; i >= 0; i--) stack.Push(items[i]);
        }

        return tokens;
    }

    private void SkipDelimiter()
    {
        SkipSpace();
        foreach (var delimiter in (string[])["$$", "$", "\\(", "\\["])
        {
            if (!text.AsSpan(position).StartsWith(delimiter)) continue;
            position += delimiter.Length;
            return;
        }
    }

    private void SkipSpace()
    {
        while (position < text.Length && (char.IsWhiteSpace(text[position]) || text[position] == '~')) position++;
    }

    private FormulaSyntaxException Error(int place, string reason) => new(text, place, reason);

    // ---- What is being read ---------------------------------------------------------------------------------------------------

    private enum FrameKind
    {
        /// <summary>Between brackets, or the whole text.</summary>
        Group,

        /// <summary>One letter, digit or command.</summary>
        Single,

        /// <summary>The argument of a function without brackets.</summary>
        Bare,
        Cases,
        Fraction,
        Root,
        Power,
        Function,
        BigSign,
    }

    private sealed class Frame(FrameKind kind, int start, string closing)
    {
        public FrameKind Kind { get; } = kind;

        public int Start { get; } = start;

        /// <summary>What ends it; empty where the context does.</summary>
        public string Closing { get; } = closing;

        /// <summary>The function that is applied to it; empty for none.</summary>
        public string Name { get; init; } = "";

        /// <summary>Whether it is the argument of a command, so that it needs no brackets of its own.</summary>
        public bool IsArgument { get; init; }

        /// <summary>Whether it is the body of a sum or product over an index.</summary>
        public bool IsBody { get; init; }

        /// <summary>Words and lists of words.</summary>
        public List<object> Items { get; private set; } = [];

        /// <summary>The arguments so far.</summary>
        public List<List<object>> Parts { get; } = [];

        /// <summary>The power on a function's name, the degree of a root, the upper end of a sum.</summary>
        public List<object>? Above { get; private set; }

        /// <summary>The base of a logarithm, the lower end of a sum.</summary>
        public List<object>? Below { get; private set; }

        /// <summary>Which of them the next argument is.</summary>
        public char Waiting { get; set; }

        /// <summary>Lines of cases: value and condition.</summary>
        public List<(List<object> Value, List<object>? Condition)> Lines { get; } = [];

        public bool IsOtherwise { get; set; }

        private List<object>? Cell { get; set; }

        public bool IsInCondition => Cell is not null;

        public void Add(object item) => Items.Add(item);

        public void Accept(List<object> items)
        {
            if (Waiting == '^') Above = items;
            else if (Waiting == '_') Below = items;
            else Parts.Add(items);
            Waiting = '\0';
        }

        public void EndCell()
        {
            if (Items is [.., Token { Kind: TokenKind.Comma }]) Items.RemoveAt(Items.Count - 1);
            Cell ??= Items;
            Items = [];
        }

        public void EndLine()
        {
            if (Items is [.., Token { Kind: TokenKind.Comma }]) Items.RemoveAt(Items.Count - 1);
            var isEmpty = Cell is null && Items.Count == 0;
            if (!isEmpty) Lines.Add(Cell is null ? (Items, null) : (Cell, IsOtherwise || Items.Count == 0 ? null : Items));
            (Cell, Items, IsOtherwise) = (null, [], false);
        }
    }
}
