using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Lessons;

/// <summary>
/// A lesson as it runs: prints like a notebook, what the notebook recorded beside ours, and checks every derivative in three
/// ways: autograd, a formula (traced from the same function, or derived by hand), and central differences.
/// </summary>
/// <remarks>
/// Agreement means: autograd in float64 is within 1e-12 of the formula and 1e-8 of the central differences, relative to the
/// largest element of the quantity; it equals the recorded figures to their printed digits; and a tensor that the notebook
/// printed has the same text here, in the type the notebook used.
/// </remarks>
public sealed class Lesson
{
    private const double FormulaTolerance = 1e-12, DifferenceTolerance = 1e-8, SingleTolerance = 1e-5;

    private const int LongestPrint = 40;

    private static readonly JsonSerializerOptions JsonLayout = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    private readonly List<Row> rows = [];
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly string name;
    private readonly bool json;
    private TimeSpan lastRow;
    private string example = "";

    /// <param name="name">The lesson's name: that of its file.</param>
    /// <param name="args">The command line: <c>--json</c> prints the rows as JSON and nothing else; <c>--out FOLDER</c> is where pictures go.</param>
    public Lesson(string name, string[] args)
    {
        this.name = name;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json")
            {
                json = true;
            }
            else if (args[i] == "--out" && i + 1 < args.Length)
            {
                OutputFolder = args[++i];
            }
            else
            {
                Console.Error.WriteLine($"{name}: unknown argument '{args[i]}'. Use --json, --out FOLDER, or none.");
                Environment.Exit(2);
            }
        }
    }

    /// <summary>Where the lesson puts its pictures.</summary>
    public string OutputFolder { get; } = "out";

    /// <summary>Begins an example.</summary>
    public void Example(string title)
    {
        example = title;
        Say($"\n── {title} {new string('─', Math.Max(0, 76 - title.Length))}");
    }

    /// <summary>Prints a line.</summary>
    public void Say(string line)
    {
        if (!json) Console.WriteLine(line);
    }

    /// <summary>Prints a text with what the notebook recorded in its place. Not checked: spellings differ.</summary>
    public void Say(string what, string ours, string recorded) => Say(SideBySide($"{what} = {ours}", recorded));

    /// <summary>Prints a formula, as text and as LaTeX, with what the notebook recorded in its place. Not checked: spellings differ.</summary>
    public void Formula(string what, TracedFormula formula, string? recorded = null)
    {
        const int longest = 120;
        string text = formula.ToString();
        if (text.Length > longest) Say(formula.ToString(what));
        else if (recorded is null) Say($"{what} ={(text.Contains('\n', StringComparison.Ordinal) ? '\n' : ' ')}{text}");
        else Say(what, text, recorded);
        if (text.Length > longest && recorded is not null) Say($"    recorded: {recorded}");
        string latex = formula.ToLatex();
        if (latex.Length <= 2 * longest) Say($"    in LaTeX: {latex}");
    }

    /// <summary>Checks a gradient in three ways.</summary>
    /// <param name="quantity">What is differentiated, and by what.</param>
    /// <param name="function">The scalar function of <paramref name="at"/>; called with float64 tensors.</param>
    /// <param name="at">The point.</param>
    /// <param name="formula">The gradient by a symbolic formula, or derived by hand; null for that of the function's own formula.</param>
    /// <param name="recorded">What the notebook printed; null or "?" where it is silent.</param>
    /// <param name="gradient">The gradient as the cell computed it, in the cell's own type; null to rely on float64 alone.</param>
    /// <param name="differences">Central differences made elsewhere; null to make them here, of <paramref name="function"/>.</param>
    public void Gradient(
        string quantity, Func<Tensor, Tensor> function, Tensor at, Numbers? formula = null,
        string? recorded = null, Tensor? gradient = null, Numbers? differences = null)
    {
        Tensor point = at.Detach().Double().Clone().RequireGrad();
        Tensor exact = Nabla.Autograd.Grad(function(point), point).Detach();
        differences ??= CentralDifferences.Gradient(function, point);
        formula ??= Nabla.Formula.Trace(function, point.Shape).Gradient().Evaluate(point);

        Numbers autograd = exact;

        // Where the gradient is zero, what rounding leaves is compared with the function itself.
        double size = formula.Largest, value = Math.Abs(function(point).Item());
        if (size < 1e-10 * value) size = value;
        bool agree = autograd.AreNear(formula, FormulaTolerance, size) && autograd.AreNear(differences, DifferenceTolerance, size);
        if (gradient is not null) agree &= ((Numbers)gradient).AreNear(autograd, SingleTolerance);
        agree &= MatchesRecord(recorded, gradient, autograd);

        Show(quantity, gradient ?? exact, recorded, agree);
        Add(quantity, recorded, autograd, formula, differences, agree);
    }

    /// <summary>Checks a value that is no derivative: against the record and, if there is one, a formula.</summary>
    /// <param name="quantity">What is computed.</param>
    /// <param name="value">The value as the cell computed it.</param>
    /// <param name="recorded">What the notebook printed.</param>
    /// <param name="formula">The value by a formula.</param>
    /// <param name="differences">The value by central differences, where the value is a derivative after all.</param>
    public void Value(string quantity, Tensor value, string? recorded = null, Numbers? formula = null, Numbers? differences = null)
    {
        Numbers numbers = value;
        double tolerance = value.DType == DType.Float32 ? SingleTolerance : FormulaTolerance;
        bool agree = formula is null || numbers.AreNear(formula, tolerance);
        agree &= differences is null || numbers.AreNear(differences, Math.Max(tolerance, DifferenceTolerance));
        agree &= MatchesRecord(recorded, value, numbers);
        Show(quantity, value, recorded, agree);
        Add(quantity, recorded, numbers, formula, differences, agree);
    }

    /// <summary>Records a claim that must hold, such as a notebook's assert.</summary>
    public void Claim(string claim, bool holds, string? recorded = null)
    {
        Say($"{claim}: {(holds ? "holds" : "DOES NOT HOLD")}{(recorded is null ? "" : $"    recorded: {recorded}")}");
        Add(claim, recorded, null, null, null, holds);
    }

    /// <summary>Prints the table of all rows, or the rows as JSON.</summary>
    /// <returns>The exit code: 0, or 1 if anything disagrees.</returns>
    public int Finish()
    {
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(rows, JsonLayout));
        else
            RowTable.Write(rows, Console.Out);
        return rows.TrueForAll(row => row.Agree) ? 0 : 1;
    }

    private static bool MatchesRecord(string? recorded, Tensor? shown, Numbers numbers)
    {
        if (recorded is null or "?") return true;
        RecordedText text = new(recorded);
        return text.Shows(numbers) && (shown is null || !text.IsTensor || text.Reads(shown));
    }

    private void Show(string what, Tensor ours, string? recorded, bool agree)
    {
        if (json) return;
        string text = ours.Numel <= LongestPrint ? ours.ToString() : $"{ours.Shape}, largest {((Numbers)ours).Largest.ToString("G5", CultureInfo.InvariantCulture)}";
        string marked = $"{what} ={(text.Contains('\n', StringComparison.Ordinal) ? '\n' : ' ')}{text}{(agree ? "" : "   DISAGREES")}";
        Say(recorded is null or "?" ? marked : SideBySide(marked, recorded));
    }

    private static string SideBySide(string ours, string recorded)
    {
        string[] left = ours.Split('\n'), right = ("recorded: " + recorded).Split('\n');
        int width = Math.Max(60, left.Max(line => line.Length) + 4), shift = Math.Max(0, left.Length - right.Length);
        IEnumerable<string> lines = Enumerable.Range(0, Math.Max(left.Length, right.Length + shift)).Select(i =>
            (i < left.Length ? left[i] : "").PadRight(width)
            + (i < shift || i - shift >= right.Length ? "" : (i > shift ? "          " : "") + right[i - shift]));
        return string.Join('\n', lines.Select(line => line.TrimEnd()));
    }

    private void Add(string quantity, string? recorded, Numbers? autograd, Numbers? formula, Numbers? differences, bool agree)
    {
        TimeSpan now = watch.Elapsed;
        rows.Add(new Row
        {
            Lesson = name,
            Example = example,
            Quantity = quantity,
            Recorded = recorded,
            Autograd = autograd?.Flat,
            Formula = formula?.Flat,
            FiniteDifference = differences?.Flat,
            Agree = agree,
            Milliseconds = Math.Round((now - lastRow).TotalMilliseconds, 3),
        });
        lastRow = now;
    }
}
