namespace Nabla.Symbolics;

/// <summary>A symbol's name as it is typeset: sigma_x1' is the letter σ with the subscript x1 and a prime.</summary>
internal sealed class SymbolName
{
    private SymbolName(string letter, string subscript, int primes)
    {
        Letter = letter;
        Subscript = subscript;
        Primes = primes;
    }

    /// <summary>The name without subscript and primes; the Unicode letter for the name of a Greek one.</summary>
    public string Letter { get; }

    /// <summary>The subscript, or empty.</summary>
    public string Subscript { get; }

    /// <summary>The number of primes.</summary>
    public int Primes { get; }

    /// <summary>Takes a name apart. Digits at the end of a letter are a subscript as well: x1 is x with the subscript 1.</summary>
    public static SymbolName Of(string name)
    {
        var primes = 0;
        var end = name.Length;
        while (end > 1 && PrimesOf(name[end - 1]) is > 0 and var count)
        {
            primes += count;
            end--;
        }

        var stem = name[..end];
        var split = stem.IndexOf('_', StringComparison.Ordinal);
        var (letter, subscript) = split > 0 && split < stem.Length - 1 ? (stem[..split], stem[(split + 1)..]) : (stem, "");
        var digits = letter.Length;
        while (digits > 0 && IsDigit(letter[digits - 1])) digits--;
        if (digits > 0 && digits < letter.Length && (split < 0 || subscript.Length > 0))
        {
            var number = string.Concat(letter[digits..].Select(static c => c >= '₀' ? (char)(c - '₀' + '0') : c));
            subscript = subscript.Length == 0 ? number : number + "," + subscript;
            letter = letter[..digits];
        }

        return new SymbolName(GreekLetters.ToUnicode(letter), GreekLetters.ToUnicode(subscript), primes);
    }

    private static bool IsDigit(char c) => char.IsAsciiDigit(c) || c is >= '₀' and <= '₉';

    private static int PrimesOf(char c) => c switch
    {
        '\'' or '′' => 1,
        '″' => 2,
        '‴' => 3,
        _ => 0,
    };
}
