using System.Globalization;
using System.Text.RegularExpressions;

namespace Nabla.Lessons;

/// <summary>What a notebook printed: compared as text where it prints a tensor, and number by number to its printed digits.</summary>
internal sealed partial class RecordedText(string recorded)
{
    /// <summary>A tuple of one tensor, as Python prints it, is read as the tensor.</summary>
    private readonly string text = recorded.StartsWith("(tensor(", StringComparison.Ordinal) ? recorded[1..^2] : recorded;

    /// <summary>A tensor's text without what differs by design: names of graph nodes and the word "torch.".</summary>
    internal static string Plain(string text) =>
        string.Join('\n', GraphNode().Replace(text, "").Replace("dtype=torch.", "dtype=", StringComparison.Ordinal)
            .Split('\n').Select(line => line.TrimEnd()));

    internal bool IsTensor => text.StartsWith("tensor(", StringComparison.Ordinal);

    internal bool Reads(Tensor tensor) => Plain(tensor.ToString()) == Plain(text);

    /// <summary>Whether each number is the one printed, to the digits printed.</summary>
    internal bool Shows(Numbers numbers)
    {
        MatchCollection printed = Number().Matches(NotANumber().Replace(text, ""));
        return printed.Count == numbers.Flat.Length && printed.Zip(numbers.Flat, Shows).All(shown => shown);
    }

    private static bool Shows(Match printed, double number)
    {
        double value = double.Parse(printed.Value, CultureInfo.InvariantCulture);

        // "6." and "6" stand for whole numbers; other digits may be rounded, once from the exact value to float32 too.
        int decimals = printed.Groups["decimals"].Length;
        int exponent = printed.Groups["exponent"].Success ? int.Parse(printed.Groups["exponent"].Value, CultureInfo.InvariantCulture) : 0;
        double rounding = decimals == 0 ? 0 : 0.5 * Math.Pow(10, exponent - decimals);
        double noise = decimals > 8 ? 2e-15 : 1e-6;
        return Math.Abs(number - value) <= rounding + (noise * Math.Max(Math.Abs(value), decimals == 0 ? 1 : 0));
    }

    [GeneratedRegex(@",\s*grad_fn=<[^>]*>")]
    private static partial Regex GraphNode();

    [GeneratedRegex(@"grad_fn=<[^>]*>|dtype=[\w.]+|requires_grad=\w+")]
    private static partial Regex NotANumber();

    [GeneratedRegex(@"-?\d+(\.(?<decimals>\d*))?(e(?<exponent>[+-]?\d+))?")]
    private static partial Regex Number();
}
