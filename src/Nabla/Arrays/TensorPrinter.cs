using System.Globalization;
using System.Text;

namespace Nabla;

/// <summary>
/// Writes the elements of a tensor the way PyTorch does. One look at all shown elements chooses one notation (whole,
/// fixed or scientific) and one width; then the brackets are nested, a blank line between matrices, and beyond
/// <see cref="Threshold"/> elements only the first and last <see cref="EdgeItems"/> along each axis are shown.
/// </summary>
internal static class TensorPrinter
{
    private const int Precision = 4;
    private const int Threshold = 1000;
    private const int EdgeItems = 3;
    private const int LineWidth = 80;
    private const string Prefix = "tensor(";

    /// <summary>The text of a tensor.</summary>
    /// <param name="dtype">Float32 and Float64 are read through <paramref name="realAt"/>, the others through <paramref name="integerAt"/>.</param>
    /// <param name="shape">Lengths of the axes; none for a single number.</param>
    /// <param name="realAt">The element with a row-major linear index, as a double.</param>
    /// <param name="integerAt">The element with a row-major linear index, as an integer; 0 and 1 for booleans.</param>
    /// <param name="suffix">What follows the elements, such as <c>dtype=float64, requires_grad=True</c>; may be empty.</param>
    internal static string Format(
        DType dtype, ReadOnlySpan<int> shape, Func<int, double> realAt, Func<int, long> integerAt, string suffix)
    {
        long count = 1;
        foreach (int length in shape) count *= length;
        if (count == 0) return AppendSuffixes(Prefix + "[]", EmptySuffixes(dtype, shape, suffix));

        bool summarise = count > Threshold;
        List<int> shown = [];
        CollectShown(shape, 0, summarise, shown);
        Func<int, string> element = dtype is DType.Float32 or DType.Float64
            ? RealNotation(shown, realAt, out int width)
            : IntegerNotation(dtype, shown, integerAt, out width);

        StringBuilder text = new(Prefix);
        Layout layout = new(element, width, summarise, text);
        layout.Write(shape, 0, Prefix.Length);
        return AppendSuffixes(text.ToString(), SplitSuffix(suffix));
    }

    /// <summary>The text of a complex tensor: each part has a notation of its own, as in PyTorch.</summary>
    /// <param name="dtype">A complex type.</param>
    /// <param name="shape">Lengths of the axes.</param>
    /// <param name="partAt">The real (0) or imaginary (1) part of the element with a row-major linear index.</param>
    /// <param name="suffix">What follows the elements; may be empty.</param>
    internal static string Complex(DType dtype, ReadOnlySpan<int> shape, Func<int, int, double> partAt, string suffix)
    {
        int count = RowMajorStride([1, .. shape]);
        if (count == 0) return AppendSuffixes(Prefix + "[]", EmptySuffixes(dtype, shape, suffix));
        bool summarise = count > Threshold;
        List<int> shown = [];
        CollectShown(shape, 0, summarise, shown);
        Func<int, string> real = RealNotation(shown, index => partAt(index, 0), out int realWidth);
        Func<int, string> imag = RealNotation(shown, index => partAt(index, 1), out int imagWidth);

        // The real part is filled up to its width; the imaginary part follows at once, with its sign.
        StringBuilder text = new(Prefix);
        string Element(int index) => imag(index) is var second && second[0] == '-'
            ? $"{real(index).PadLeft(realWidth)}{second}j"
            : $"{real(index).PadLeft(realWidth)}+{second}j";
        Layout layout = new(Element, realWidth + imagWidth + 1, summarise, text) { Fill = false };
        layout.Write(shape, 0, Prefix.Length);
        return AppendSuffixes(text.ToString(), SplitSuffix(suffix));
    }

    // ---- which elements are shown ---------------------------------------------------------------------------------

    private static bool IsCut(int length, bool summarise) => summarise && length > 2 * EdgeItems;

    private static void CollectShown(ReadOnlySpan<int> shape, int offset, bool summarise, List<int> shown)
    {
        if (shape.IsEmpty)
        {
            shown.Add(offset);
            return;
        }

        int length = shape[0];
        int stride = RowMajorStride(shape);
        for (int i = 0; i < length; i++)
        {
            if (i == EdgeItems && IsCut(length, summarise)) i = length - EdgeItems;
            CollectShown(shape[1..], offset + i * stride, summarise, shown);
        }
    }

    private static int RowMajorStride(ReadOnlySpan<int> shape)
    {
        int stride = 1;
        foreach (int length in shape[1..]) stride *= length;
        return stride;
    }

    // ---- one notation for all elements ----------------------------------------------------------------------------

    private static Func<int, string> IntegerNotation(
        DType dtype, List<int> shown, Func<int, long> integerAt, out int width)
    {
        Func<int, string> element = dtype == DType.Bool
            ? index => integerAt(index) != 0 ? "True" : "False"
            : index => integerAt(index).ToString(CultureInfo.InvariantCulture);
        width = Widest(shown, element);
        return element;
    }

    private static Func<int, string> RealNotation(List<int> shown, Func<int, double> realAt, out int width)
    {
        // Zeros, infinities and NaN take no part in the choice, nor in the width: PyTorch lets them stick out.
        List<int> deciding = [];
        double smallest = double.PositiveInfinity, largest = 0;
        bool allWhole = true;
        foreach (int index in shown)
        {
            double value = realAt(index);
            if (value == 0 || !double.IsFinite(value)) continue;
            deciding.Add(index);
            smallest = Math.Min(smallest, Math.Abs(value));
            largest = Math.Max(largest, Math.Abs(value));
            allWhole &= value == Math.Ceiling(value);
        }

        bool scientific = deciding.Count > 0
            && (largest / smallest > 1000 || largest > 1e8 || (!allWhole && smallest < 1e-4));
        Func<double, string> notation = scientific ? Scientific : allWhole ? Whole : Fixed;
        width = Widest(deciding, index => notation(realAt(index)));
        return index => realAt(index) is var value && double.IsFinite(value) ? notation(value) : NonFinite(value);
    }

    private static int Widest(List<int> indices, Func<int, string> element)
    {
        int width = 1;
        foreach (int index in indices) width = Math.Max(width, element(index).Length);
        return width;
    }

    private static string NonFinite(double value) => double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

    private static string Whole(double value) => value.ToString("F0", CultureInfo.InvariantCulture) + ".";

    /// <summary>Four decimals. .NET rounds exact ties away from zero where PyTorch rounds them to even.</summary>
    private static string Fixed(double value)
    {
        // A double lies exactly between two four-decimal numbers only if it is an odd multiple of 1/32.
        if (Math.Abs(Math.IEEERemainder(value * 32, 2)) == 1)
        {
            string exact = value.ToString("F5", CultureInfo.InvariantCulture);
            if (IsEven(exact[^2])) return exact[..^1];
        }

        return value.ToString("F4", CultureInfo.InvariantCulture);
    }

    /// <summary>Four decimals and an exponent of at least two digits, ties to even.</summary>
    private static string Scientific(double value)
    {
        // No double comes closer to a five-digit tie than the 30th digit without being one.
        const int ManyDigits = 40;
        string exact = value.ToString("e40", CultureInfo.InvariantCulture);
        int point = exact.IndexOf('.', StringComparison.Ordinal);
        ReadOnlySpan<char> rest = exact.AsSpan(point + 1 + Precision, ManyDigits - Precision);
        bool isTie = rest[0] == '5' && rest[1..].TrimEnd('0').IsEmpty;
        string rounded = isTie && IsEven(exact[point + Precision])
            ? exact.Remove(point + 1 + Precision, ManyDigits - Precision)
            : value.ToString("e4", CultureInfo.InvariantCulture);

        // .NET writes the exponent with three digits, C and PyTorch with two where two are enough.
        int digits = rounded.Length - 3;
        return rounded[digits] == '0' ? rounded.Remove(digits, 1) : rounded;
    }

    private static bool IsEven(char digit) => (digit - '0') % 2 == 0;

    // ---- brackets and lines ---------------------------------------------------------------------------------------

    private sealed class Layout(Func<int, string> element, int width, bool summarise, StringBuilder text)
    {
        private int next;

        /// <summary>Whether words are filled up to the width.</summary>
        internal bool Fill { get; init; } = true;

        /// <summary>Writes a (sub-)tensor whose first element has the linear index <c>next</c>.</summary>
        internal void Write(ReadOnlySpan<int> shape, int axis, int indent)
        {
            int rank = shape.Length - axis;
            if (rank == 0)
            {
                WriteElement();
                return;
            }

            int length = shape[axis];
            int stride = RowMajorStride(shape[axis..]);
            int perLine = rank == 1 ? Math.Max(1, (LineWidth - indent) / (width + 2)) : 1;
            text.Append('[');
            int written = 0;
            for (int i = 0; i < length; i++)
            {
                if (i == EdgeItems && IsCut(length, summarise))
                {
                    Separate(rank, indent, written++, perLine);
                    text.Append(rank == 1 ? " ..." : "...");
                    int skipped = length - 2 * EdgeItems;
                    next += skipped * stride;
                    i += skipped;
                }

                Separate(rank, indent, written++, perLine);
                Write(shape, axis + 1, indent + 1);
            }

            text.Append(']');
        }

        private void WriteElement()
        {
            string word = element(next++);
            text.Append(' ', Fill ? Math.Max(0, width - word.Length) : 0).Append(word);
        }

        private void Separate(int rank, int indent, int written, int perLine)
        {
            if (written == 0) return;
            text.Append(',');
            if (rank == 1 && written % perLine != 0)
                text.Append(' ');
            else
                text.Append('\n', Math.Max(1, rank - 1)).Append(' ', indent + 1);
        }
    }

    // ---- what follows the elements --------------------------------------------------------------------------------

    private static string[] SplitSuffix(string suffix) =>
        suffix.Split(", ", StringSplitOptions.RemoveEmptyEntries);

    private static List<string> EmptySuffixes(DType dtype, ReadOnlySpan<int> shape, string suffix)
    {
        List<string> suffixes = [];
        if (shape.Length != 1) suffixes.Add($"size=({string.Join(", ", shape.ToArray())})");

        // With no element to tell an integer from a float, every dtype but the default one is named.
        if (dtype != DType.Float32 && !suffix.StartsWith("dtype=", StringComparison.Ordinal))
            suffixes.Add("dtype=" + dtype.ToString().ToLowerInvariant());
        suffixes.AddRange(SplitSuffix(suffix));
        return suffixes;
    }

    private static string AppendSuffixes(string body, IReadOnlyList<string> suffixes)
    {
        // One more than the line is long, as PyTorch counts it.
        int lineLength = body.Length - body.LastIndexOf('\n') + 1;
        StringBuilder text = new(body);
        foreach (string suffix in suffixes)
        {
            if (lineLength + suffix.Length + 2 > LineWidth)
            {
                text.Append(",\n").Append(' ', Prefix.Length);
                lineLength = Prefix.Length;
            }
            else
            {
                text.Append(", ");
                lineLength += 2;
            }

            text.Append(suffix);
            lineLength += suffix.Length;
        }

        return text.Append(')').ToString();
    }
}
