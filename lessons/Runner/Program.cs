using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;

// Nabla.Lessons.Runner [--out FOLDER] NAME...
// Runs lessons that were compiled with it, as many at once as there are processors, in one process, so that what they share is
// made ready once. For each that ends it prints a line: its place in the list, its milliseconds, its exit code, and what it
// printed and complained of, in Base64. 'nabla lessons' reads them.

List<string> names = [.. args], options = ["--json"];
int at = names.IndexOf("--out");
if (at >= 0)
{
    options.AddRange(names.GetRange(at, 2));
    names.RemoveRange(at, 2);
}

TextWriter output = Console.Out;
using var written = new LessonWriter();
using var complained = new LessonWriter();
Console.SetOut(written);
Console.SetError(complained);

// The longest files first: they are the longest lessons, too.
string folder = Path.Combine(AppContext.BaseDirectory, "lessons");
int[] order = [.. Enumerable.Range(0, names.Count).OrderByDescending(i => new FileInfo(Assemble(i)).Length)];
Parallel.ForEach(order, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, i =>
{
    using StringWriter text = new(), errors = new();
    written.Begin(text);
    complained.Begin(errors);
    var watch = Stopwatch.StartNew();
    int code = 1;
    try
    {
        object? result = Assembly.LoadFrom(Assemble(i)).EntryPoint!.Invoke(null, [options.ToArray()]);
        code = result is int number ? number : 0;
    }
    catch (TargetInvocationException error)
    {
        errors.WriteLine($"Unhandled exception. {error.InnerException}");
    }
    lock (output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i} {watch.ElapsedMilliseconds} {code} {Encoded(text)} {Encoded(errors)}"));
        output.Flush();
    }
});
return 0;

string Assemble(int i) => Path.Combine(folder, names[i] + ".dll");

// Never empty, so that a line can be split at its spaces.
static string Encoded(StringWriter text) => "=" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text.ToString()));

/// <summary>A console for several lessons at once: what one writes goes to a text of its own.</summary>
internal sealed class LessonWriter : TextWriter
{
    private readonly AsyncLocal<TextWriter?> current = new();

    public override Encoding Encoding => Encoding.UTF8;

    public void Begin(TextWriter text) => current.Value = text;

    public override void Write(char value) => current.Value?.Write(value);

    public override void Write(char[] buffer, int index, int count) => current.Value?.Write(buffer, index, count);

    public override void Write(string? value) => current.Value?.Write(value);
}
