using System.Buffers;
using System.Globalization;
using Nabla.Symbolics;

namespace Nabla.Cli;

/// <summary>Reads formulas, symbols and points as people type them, on the command line and in files.</summary>
internal static class FormulaInput
{
    private static readonly char[] Separators = [' ', '\t', ',', ';'];
    private static readonly Dictionary<Symbol, double> NoValues = [];
    private static readonly SearchValues<char> LowercaseAndDash = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");

    /// <summary>The formula of a text.</summary>
    /// <exception cref="WrongUseException">The text is no formula; the message shows the place.</exception>
    internal static Expr Formula(string text)
    {
        if (text.StartsWith("--", StringComparison.Ordinal) && text.Length > 3 && text.AsSpan(2).IndexOfAnyExcept(LowercaseAndDash) < 0)
            throw new WrongUseException($"there is no option '{text}'");
        try
        {
            return Expr.Parse(text);
        }
        catch (FormulaSyntaxException mistake)
        {
            throw new WrongUseException(mistake.Reason, mistake.Message[mistake.Reason.Length..].Trim('\r', '\n'));
        }
    }

    /// <summary>The symbols that the words of an option name; null if it was not given.</summary>
    internal static List<Symbol>? SymbolList(string[]? words) => FromOption(words, Symbols);

    /// <summary>The point that the words of an option give; null if it was not given.</summary>
    internal static Dictionary<Symbol, double>? PointList(string[]? words) => FromOption(words, Point);

    private static T? FromOption<T>(string[]? words, Func<string, T> read) where T : class
    {
        if (words is null or []) return null;
        try
        {
            return read(string.Join(' ', words));
        }
        catch (FormatException mistake)
        {
            throw new WrongUseException(mistake.Message);
        }
    }

    /// <summary>The symbols of texts such as <c>x x y</c>.</summary>
    /// <exception cref="FormatException">A word is no name.</exception>
    internal static List<Symbol> Symbols(string text)
    {
        List<Symbol> symbols = [];
        foreach (string word in text.Split(Separators, StringSplitOptions.RemoveEmptyEntries)) symbols.Add(SymbolOf(word));
        return symbols;
    }

    /// <summary>The values of a text such as <c>x=0.7 y=1.3</c>; a value may be a formula without symbols, such as <c>pi/2</c>.</summary>
    /// <exception cref="FormatException">A part is no assignment of a finite number, or a name is given twice.</exception>
    internal static Dictionary<Symbol, double> Point(string text)
    {
        Dictionary<Symbol, double> point = [];
        foreach (string part in JoinEqualSigns(text).Split(Separators, StringSplitOptions.RemoveEmptyEntries))
        {
            int sign = part.IndexOf('=', StringComparison.Ordinal);
            if (sign <= 0) throw new FormatException($"'{part}' gives no value. Write name=value, such as x=0.7");
            Symbol symbol = SymbolOf(part[..sign]);
            if (!point.TryAdd(symbol, Value(symbol.Name, part[(sign + 1)..]))) throw new FormatException($"'{symbol.Name}' has two values");
        }
        return point;
    }

    private static double Value(string name, string text)
    {
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            if (!Expr.TryParse(text, out Expr? formula, out _) || formula.FreeSymbols.Count > 0)
                throw new FormatException($"the value of {name}, '{text}', is not a number");
            value = formula.Evaluate(NoValues);
        }
        return double.IsFinite(value) ? value : throw new FormatException($"the value of {name} is {value.ToString(CultureInfo.InvariantCulture)}; it must be finite");
    }

    private static Symbol SymbolOf(string word) => Expr.TryParse(word, out Expr? formula, out _) && formula is Symbol symbol
        ? symbol
        : throw new FormatException($"'{word}' is not the name of a symbol");

    private static string JoinEqualSigns(string text)
    {
        if (!text.Contains(" =", StringComparison.Ordinal) && !text.Contains("= ", StringComparison.Ordinal)) return text;
        return string.Join('=', text.Split('=').Select(part => part.Trim()));
    }
}
