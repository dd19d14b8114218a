using System.Text;

namespace Nabla.Symbolics;

// Names in other type faces: \mathrm, \operatorname, \text.
internal sealed partial class LatexReader
{
    private void ReadStyled(Frame frame, string command, int start)
    {
        position += command.Length + 1;
        if (position < text.Length && text[position] == '*') position++;
        var name = ReadPlainArgument();
        if (frame.Kind == FrameKind.Cases && command is "text" or "mbox" or "textrm")
        {
            switch (name.Trim(' ', ',', ':'))
            {
                case "if" or "for" or "when" or "": return;
                case "otherwise" or "else":
                    if (!frame.IsInCondition) frame.EndCell();
                    frame.IsOtherwise = true;
                    return;
            }
        }

        name = name.Trim();
        if (name.Length == 0) return;
        if (command is "operatorname" or "mathrm" && NamedFunction.Find(name) is not null)
        {
            frames.Push(new Frame(FrameKind.Function, start, "") { Name = name });
            return;
        }

        AddName(frame, start, command is "mathrm" or "operatorname" && name == "NaN" ? "nan" : name);
    }

    /// <summary>An argument that is a name: letters, digits and commas, Greek letters by their commands, escaped signs.</summary>
    private string ReadPlainArgument()
    {
        SkipSpace();
        var start = position;
        if (start == text.Length) throw Error(start, "Expected a name, found the end of the text.");
        if (text[start] != '{')
        {
            if (text[start] == '\\')
            {
                var command = PeekCommand();
                if (!GreekLetters.IsName(command)) throw Error(start, "Expected a letter, a digit or a name in braces.");
                position += command.Length + 1;
                return command;
            }

            if (!Rune.TryGetRuneAt(text, start, out var rune) || !Rune.IsLetterOrDigit(rune)) throw Error(start, "Expected a letter, a digit or a name in braces.");
            position += rune.Utf16SequenceLength;
            return rune.ToString();
        }

        var name = new StringBuilder();
        var depth = 0;
        while (true)
        {
            if (position == text.Length) throw Error(start, "The name has no end: expected }.");
            var c = text[position];
            if (c == '\\') name.Append(ReadInName());
            else position++;
            if (c == '{') depth++;
            else if (c == '}' && --depth == 0) return name.ToString();
            else if (c is not ('\\' or '}')) name.Append(c);
        }
    }

    private string ReadInName()
    {
        var start = position;
        var command = PeekCommand();
        position += command.Length + 1;
        if (GreekLetters.IsName(command))
        {
            if (position < text.Length && text[position] == ' ') position++;
            return command;
        }

        return command switch
        {
            "textbackslash" => "\\",
            "textasciicircum" => "^",
            "textasciitilde" => "~",
            "_" or "{" or "}" or "$" or "%" or "#" or "&" => command,
            "," or ";" or ":" or " " or "!" => "",
            _ when LatexCommands.IsStyle(command) => "",
            _ => throw Error(start, $"The command \\{command} is not read in names."),
        };
    }
}
