namespace Nabla.Symbolics;

/// <summary>What the commands of LaTeX mean in a formula.</summary>
internal static class LatexCommands
{
    private static readonly Dictionary<string, TokenKind> Signs = new()
    {
        ["cdot"] = TokenKind.Times, ["times"] = TokenKind.Times, ["ast"] = TokenKind.Times, ["div"] = TokenKind.Over,
        ["le"] = TokenKind.LessEqual, ["leq"] = TokenKind.LessEqual, ["leqslant"] = TokenKind.LessEqual, ["ge"] = TokenKind.GreaterEqual,
        ["geq"] = TokenKind.GreaterEqual, ["geqslant"] = TokenKind.GreaterEqual, ["ne"] = TokenKind.NotEqual, ["neq"] = TokenKind.NotEqual,
        ["lt"] = TokenKind.Less, ["gt"] = TokenKind.Greater, ["land"] = TokenKind.And, ["wedge"] = TokenKind.And, ["lor"] = TokenKind.Or,
        ["vee"] = TokenKind.Or, ["lnot"] = TokenKind.Not, ["neg"] = TokenKind.Not,
    };

    private static readonly HashSet<string> Ignored =
    [
        ",", ";", ":", "!", " ", ">", "quad", "qquad", "thinspace", "displaystyle", "textstyle", "scriptstyle", "limits", "nolimits", "big", "Big",
        "bigg", "Bigg", "bigl", "Bigl", "biggl", "Biggl", "bigr", "Bigr", "biggr", "Biggr", "left", "right", "middle", "mathstrut", "strut",
    ];

    private static readonly HashSet<string> Functions =
    [
        "sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh", "coth", "arcsin", "arccos", "arctan", "exp", "ln", "log", "max", "min",
        "lg", "sgn", "erf", "erfc",
    ];

    private static readonly Dictionary<string, (string Function, string Closing)> Fences = new()
    {
        ["lvert"] = ("abs", "\\rvert"), ["lfloor"] = ("floor", "\\rfloor"), ["lceil"] = ("ceil", "\\rceil"), ["{"] = ("", "\\}"), ["lbrace"] = ("", "\\rbrace"),
        ["lparen"] = ("", "\\rparen"), ["lbrack"] = ("", "\\rbrack"),
    };

    /// <summary>The sign of a command, or null.</summary>
    public static TokenKind? SignOf(string command) => Signs.TryGetValue(command, out var kind) ? kind : null;

    /// <summary>Whether the command only changes spacing or sizes.</summary>
    public static bool IsIgnored(string command) => Ignored.Contains(command);

    /// <summary>Whether the command is a function, whose argument may come without brackets.</summary>
    public static bool IsFunction(string command) => Functions.Contains(command);

    /// <summary>The function and the closing command of an opening bracket; null for other commands.</summary>
    public static (string Function, string Closing)? FenceOf(string command) => Fences.TryGetValue(command, out var fence) ? fence : null;

    /// <summary>Whether the command closes a bracket.</summary>
    public static bool IsClosing(string command) => Fences.Values.Any(fence => fence.Closing.AsSpan(1).SequenceEqual(command));

    /// <summary>Commands that put their argument in another letter shape.</summary>
    public static bool IsStyle(string command) => command is "mathrm" or "mathit" or "mathbf" or "mathsf" or "mathtt" or "mathcal" or "boldsymbol" or "bm"
        or "text" or "textrm" or "textit" or "mbox" or "operatorname";

    /// <summary>The nearest command to a misspelt one, or null.</summary>
    public static string? Nearest(string command) => Spelling.Nearest(
        command,
        [.. Signs.Keys, .. Functions, "frac", "dfrac", "tfrac", "sqrt", "pi", "infty", "operatorname", "mathrm", "text", "begin", "end", "sum", "prod",
            .. GreekLetters.AllNames]);
}
