namespace Nabla.Symbolics;

/// <content>The commands: functions, roots, fences, cases, names, sums over an index.</content>
internal sealed partial class LatexReader
{
    private void ReadCommand(Frame frame)
    {
        var start = position;
        var command = PeekCommand();
        if (frame.Kind == FrameKind.Bare && frame.Items.Count > 0 && EndsArgument(frame, command))
        {
            CloseBare(frame);
            return;
        }

        if (command is "right" or "left" or "middle" && text.AsSpan(start + command.Length + 1).TrimStart() is ['|', ..])
        {
            ReadSizedBar(frame, command);
            return;
        }

        if (LatexCommands.IsIgnored(command))
        {
            position += command.Length + 1;
            if (command is "left" or "right" && text.AsSpan(position).TrimStart() is ['.', ..]) throw Error(start, $"\\{command}. has no bracket to be read.");
        }
        else if (LatexCommands.SignOf(command) is { } sign)
        {
            position += command.Length + 1;
            frame.Add(new Token(sign, start, command.Length + 1, ""));
        }
        else if (LatexCommands.FenceOf(command) is { } fence)
        {
            position += command.Length + 1;
            frames.Push(new Frame(FrameKind.Group, start, fence.Closing) { Name = fence.Function });
        }
        else if (LatexCommands.IsClosing(command))
        {
            Close("\\" + command);
        }
        else if (LatexCommands.IsFunction(command))
        {
            position += command.Length + 1;
            frames.Push(new Frame(FrameKind.Function, start, "") { Name = command == "lg" ? "log10" : command });
        }
        else
        {
            ReadOtherCommand(frame, command, start);
        }
    }

    private void ReadOtherCommand(Frame frame, string command, int start)
    {
        switch (command)
        {
            case "frac" or "dfrac" or "tfrac" or "cfrac":
                position += command.Length + 1;
                RefuseDerivative(start);
                frames.Push(new Frame(FrameKind.Fraction, start, ""));
                break;
            case "sqrt":
                position += command.Length + 1;
                frames.Push(new Frame(FrameKind.Root, start, ""));
                break;
            case "sum" or "prod":
                position += command.Length + 1;
                frames.Push(new Frame(FrameKind.BigSign, start, "") { Name = command == "sum" ? "sum" : "product" });
                break;
            case "infty":
                position += command.Length + 1;
                frame.Add(new Token(TokenKind.Name, start, command.Length + 1, "inf"));
                break;
            case "begin":
                RequireEnvironment("begin");
                frames.Push(new Frame(FrameKind.Cases, start, "\\end{cases}"));
                break;
            case "end":
                EndCases(frame, start);
                break;
            case "\\" when frame.Kind == FrameKind.Cases:
                position += 2;
                frame.EndLine();
                break;
            case ")" or "]":
                if (text.AsSpan(start + 2).Trim().Length > 0) throw Error(start, $"\\{command} stands only at the end of the formula.");
                position = text.Length;
                break;
            case "Gamma" when IsFollowedByBracket(command.Length + 1):
                position += command.Length + 1;
                frames.Push(new Frame(FrameKind.Function, start, "") { Name = "gamma" });
                break;
            case "partial" or "int" or "iint" or "oint" or "lim" or "nabla":
                throw Error(start, $"\\{command} is not read: give the formula itself, and use Diff for its derivatives.");
            default:
                if (LatexCommands.IsStyle(command)) ReadStyled(frame, command, start);
                else if (GreekLetters.IsName(command)) ReadGreek(frame, command, start);
                else throw Error(start, UnknownCommand(command));
                break;
        }
    }

    private static string UnknownCommand(string command)
    {
        var near = LatexCommands.Nearest(command);
        return $"The command \\{command} is not read in formulas{(near is null ? "." : $"; did you mean \\{near}?")}";
    }

    private void ReadGreek(Frame frame, string command, int start)
    {
        position += command.Length + 1;
        AddName(frame, start, command);
    }

    /// <summary>The command at the position: its letters, or one other character.</summary>
    private string PeekCommand()
    {
        var end = position + 1;
        while (end < text.Length && char.IsAsciiLetter(text[end])) end++;
        if (end == position + 1)
        {
            if (end == text.Length) throw Error(position, "Expected a command after \\.");
            end++;
        }

        return text[(position + 1)..end];
    }

    private static bool EndsArgument(Frame frame, string command) =>
        (LatexCommands.IsFunction(command) && !frame.IsBody)
        || (LatexCommands.SignOf(command) is { } sign && !(frame.IsBody && sign is TokenKind.Times or TokenKind.Over))
        || LatexCommands.IsClosing(command)
        || command is "\\" or "end" or "right" or "sum" or "prod" or ")" or "]";

    private bool IsFollowedByBracket(int skip)
    {
        var rest = text.AsSpan(position + skip).TrimStart();
        if (rest.StartsWith("\\left")) rest = rest[5..].TrimStart();
        return rest is ['(', ..];
    }

    // ---- Functions, roots and sums --------------------------------------------------------------------------------------------

    private void ReadFunction(Frame frame)
    {
        SkipSpace();
        var c = position < text.Length ? text[position] : '\0';
        if (frame.Parts.Count == 0 && c is '^' or '_' && (c == '^' ? frame.Above : frame.Below) is null)
        {
            if (c == '_' && frame.Name != "log") throw Error(position, $"{frame.Name} has no subscript; only \\log has one, its base.");
            position++;
            frame.Waiting = c;
            BeginArgument();
            return;
        }

        if (frame.Parts.Count == 0)
        {
            BeginFunctionArgument(frame, c);
            return;
        }

        var (name, power) = (frame.Name, frame.Above);
        if (power is not null && IsMinusOne(power) && NamedFunction.Find("a" + name) is { } inverse)
        {
            (name, power) = (inverse.Name, null);
        }

        var argument = frame.Parts[0];
        List<object> call = [new Token(TokenKind.Name, frame.Start, name.Length, name), Sign(TokenKind.Open, frame), argument];
        if (frame.Below is { } @base) call.AddRange([Sign(TokenKind.Comma, frame), @base]);
        call.Add(Sign(TokenKind.Close, frame));
        if (name == "log" && frame.Below is [Token { Kind: TokenKind.Number } number] && text.Substring(number.Position, number.Length) is "2" or "10")
        {
            var digits = text.Substring(((Token)frame.Below[0]).Position, ((Token)frame.Below[0]).Length);
            call = [new Token(TokenKind.Name, frame.Start, 1, "log" + digits), Bracketed(frame, argument)];
        }

        if (power is not null) call.AddRange([Sign(TokenKind.Caret, frame), Bracketed(frame, power)]);
        Deliver(call);
    }

    private void BeginFunctionArgument(Frame frame, char c)
    {
        while (c == '\\' && LatexCommands.IsIgnored(PeekCommand()) && !text.AsSpan(position).StartsWith("\\left|"))
        {
            position += PeekCommand().Length + 1;
            SkipSpace();
            c = position < text.Length ? text[position] : '\0';
        }

        if (c is '(' or '[' or '{') frames.Push(new Frame(FrameKind.Group, position++, c == '(' ? ")" : c == '[' ? "]" : "}") { IsArgument = true });
        else if (c == '\\' && PeekCommand() == "{") PushAfter(2, new Frame(FrameKind.Group, position, "\\}") { IsArgument = true });
        else if (c == '\0') throw Error(position, $"Expected the argument of {frame.Name}, found the end of the text.");
        else frames.Push(new Frame(FrameKind.Bare, position, ""));
    }

    private void PushAfter(int length, Frame frame)
    {
        position += length;
        frames.Push(frame);
    }

    private bool IsMinusOne(List<object> items) => items is [Token { Kind: TokenKind.Minus }, Token { Kind: TokenKind.Number } one] && one.Length == 1 && text[one.Position] == '1';

    private void ReadRoot(Frame frame)
    {
        SkipSpace();
        if (frame.Parts.Count == 0 && frame.Above is null && position < text.Length && text[position] == '[')
        {
            frame.Waiting = '^';
            frames.Push(new Frame(FrameKind.Group, position++, "]") { IsArgument = true });
        }
        else if (frame.Parts.Count == 0)
        {
            BeginArgument();
        }
        else if (frame.Above is { } degree)
        {
            Deliver([new Token(TokenKind.Name, frame.Start, 5, "root"), Bracketed(frame, [frame.Parts[0], Sign(TokenKind.Comma, frame), Bracketed(frame, degree)])]);
        }
        else
        {
            Deliver([new Token(TokenKind.Name, frame.Start, 5, "sqrt"), Bracketed(frame, frame.Parts[0])]);
        }
    }

    /// <summary>\sum_{i=1}^{n} with what follows up to the next plus or minus.</summary>
    private void ReadBigSign(Frame frame)
    {
        SkipSpace();
        var c = position < text.Length ? text[position] : '\0';
        if (frame.Parts.Count == 0 && c is '^' or '_' && (c == '^' ? frame.Above : frame.Below) is null)
        {
            position++;
            frame.Waiting = c;
            BeginArgument();
        }
        else if (frame.Below is not [Token { Kind: TokenKind.QuotedName } index, Token { Kind: TokenKind.Equal }, .. var first] || frame.Above is not { } last)
        {
            throw Error(frame.Start, $"Expected the index and both ends, as in \\{(frame.Name == "sum" ? "sum" : "prod")}_{{i=1}}^{{n}}.");
        }
        else if (frame.Parts.Count == 0)
        {
            if (c == '\0') throw Error(position, $"Expected the body of the {frame.Name}, found the end of the text.");
            frames.Push(new Frame(FrameKind.Bare, position, "") { IsBody = true });
        }
        else
        {
            var comma = Sign(TokenKind.Comma, frame);
            Deliver([new Token(TokenKind.Name, frame.Start, 4, frame.Name), Bracketed(frame, [frame.Parts[0], comma, index, comma, first, comma, last])]);
        }
    }

    // ---- Bars and cases -------------------------------------------------------------------------------------------------------

    /// <summary>\left| opens and \right| closes, whatever stands around them.</summary>
    private void ReadSizedBar(Frame frame, string command)
    {
        if (command == "middle") throw Error(position, "\\middle is not read in formulas.");
        if (command == "right")
        {
            if (CloseBare(frame)) return;
            if (frame.Closing != "\\right|") throw Error(position, "There is no \\left| for this \\right|.");
            position = text.IndexOf('|', position) + 1;
            Deliver([new Token(TokenKind.Name, frame.Start, 1, "abs"), Bracketed(frame, frame.Items)]);
            return;
        }

        var start = position;
        position = text.IndexOf('|', position) + 1;
        frames.Push(new Frame(FrameKind.Group, start, "\\right|"));
    }

    private void RequireEnvironment(string command)
    {
        var start = position;
        var expected = $"\\{command}{{cases}}";
        if (!text.AsSpan(start).StartsWith(expected)) throw Error(start, $"Of environments only cases is read: expected {expected}.");
        position += expected.Length;
    }

    private void EndCases(Frame frame, int start)
    {
        if (CloseBare(frame)) return;
        if (frame.Kind != FrameKind.Cases) throw Error(start, frame.Closing.Length == 0 ? "There is no \\begin for this \\end." : $"Expected {frame.Closing} before this \\end.");
        RequireEnvironment("end");
        frame.EndLine();
        if (frame.Lines.Count == 0) throw Error(start, "The cases have no line.");
        var items = new List<object>();
        var comma = Sign(TokenKind.Comma, frame);
        List<object>? otherwise = null;
        foreach (var (value, condition) in frame.Lines)
        {
            if (otherwise is not null) throw Error(start, "Only the last line of the cases may come without a condition.");
            if (condition is null) otherwise = value;
            else items.AddRange([condition, comma, value, comma]);
        }

        // Where no line applies there is no value.
        items.Add(otherwise ?? [new Token(TokenKind.Name, start, 1, "nan")]);
        if (items.Count == 1) Deliver(Bracketed(frame, items));
        else Deliver([new Token(TokenKind.Name, frame.Start, 6, "piecewise"), Bracketed(frame, items)]);
    }

    // ---- Names ----------------------------------------------------------------------------------------------------------------

    // \frac{d}{dx} would be read as d/(d·x).
    private void RefuseDerivative(int start)
    {
        var rest = text.AsSpan(position).TrimStart();
        if (rest.StartsWith("{d}") || rest.StartsWith("{\\partial") || rest.StartsWith("{\\mathrm{d}") || rest.StartsWith("{d^"))
        {
            throw Error(start, "A derivative is not read: give the formula itself, and use Diff for its derivatives.");
        }
    }
}
