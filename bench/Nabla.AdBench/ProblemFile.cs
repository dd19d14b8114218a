using System.Globalization;

namespace Nabla.AdBench;

/// <summary>A problem file that is not as ADBench's formats ask: names the file, the line and what was expected.</summary>
public sealed class ProblemFormatException(string message) : FormatException(message);

/// <summary>
/// The words of a problem file with the lines they stand on. How words are spread over lines does not matter, as in ADBench's own
/// readers: files of different writers differ in it.
/// </summary>
internal sealed class ProblemFile
{
    private readonly string path;
    private readonly List<(string Text, int Line)> words = [];
    private int next;

    /// <param name="path">The file.</param>
    /// <param name="separators">What stands between words beside white space.</param>
    public ProblemFile(string path, params char[] separators)
    {
        this.path = path;
        int number = 0;
        char[] all = [' ', '\t', '\r', '\uFEFF', .. separators];
        foreach (string line in File.ReadLines(path))
        {
            number++;
            foreach (string word in line.Split(all, StringSplitOptions.RemoveEmptyEntries)) words.Add((word, number));
            Lines = number;
        }
    }

    public int Lines { get; }

    public int Remaining => words.Count - next;

    /// <summary>How many words stand on the first line that has any.</summary>
    public int WordsOnFirstLine => words.TakeWhile(word => word.Line == words[0].Line).Count();

    /// <summary>The next number.</summary>
    /// <param name="what">What it is, for the error.</param>
    public double Number(string what) => Numbers(1, what)[0];

    /// <summary>The next whole number.</summary>
    public int Integer(string what, int least = int.MinValue, int most = int.MaxValue)
    {
        (string text, int line) = Word(what);
        if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value)) throw Error(line, $"expected {what}, a whole number, but found '{text}'");
        if (value < least || value > most) throw Error(line, $"expected {what} from {least} to {most}, but found {value}");
        return value;
    }

    /// <summary>The next numbers.</summary>
    public double[] Numbers(Int128 count, string what)
    {
        // Before the array: the sizes of a damaged file ask for anything.
        if (count > Remaining) throw Error(Lines, $"expected {count} numbers, each {what}, but the file ends after {Remaining} more words");
        var values = new double[(int)count];
        for (int i = 0; i < values.Length; i++)
        {
            (string text, int line) = words[next++];
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out values[i]) || !double.IsFinite(values[i]))
                throw Error(line, $"expected {what}{(count > 1 ? $" (number {i + 1} of {count})" : "")}, a finite number, but found '{text}'");
        }
        return values;
    }

    /// <summary>The next word as it stands there.</summary>
    public string Text(string what) => Word(what).Text;

    /// <summary>Nothing may follow.</summary>
    public void End(string what)
    {
        if (next < words.Count) throw Error(words[next].Line, $"expected the end of the file after {what}, but found '{words[next].Text}' and {words.Count - next - 1} more");
    }

    /// <summary>An error at the word that was read last.</summary>
    public ProblemFormatException ErrorHere(string message) => Error(next > 0 ? words[next - 1].Line : 1, message);

    private (string Text, int Line) Word(string what) => next < words.Count ? words[next++] : throw Error(Lines, $"expected {what}, but the file ends");

    private ProblemFormatException Error(int line, string message) => new($"{path}, line {line}: {message}.");
}
