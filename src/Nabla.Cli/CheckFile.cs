using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Nabla.Cli;

/// <summary>What came of one check: a report, or why there is none.</summary>
internal sealed record CheckResult(string Name, VerificationReport? Report, string? Failure)
{
    internal bool Agrees => Report is { Agrees: true };
}

/// <summary>A method of a file that returns one or several reports.</summary>
internal sealed record DeclaredCheck(string Name, MethodInfo Method, string File)
{
    /// <summary>Runs the check; what it throws becomes a result.</summary>
    internal IEnumerable<CheckResult> Run()
    {
        List<CheckResult> results = [];
        try
        {
            object? returned = Method.Invoke(null, null);
            if (returned is VerificationReport report) results.Add(ResultOf(Name, report));
            else if (returned is IEnumerable<VerificationReport> reports) results.AddRange(reports.Select((each, i) => ResultOf($"{Name}[{i}]", each)));
            else results.Add(new CheckResult(Name, null, "returned null instead of a report"));
        }
        catch (TargetInvocationException thrown)
        {
            results.Add(new CheckResult(Name, null, Describe(thrown.InnerException ?? thrown)));
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            // Reports that are made one by one throw outside of the method.
            results.Add(new CheckResult(Name, null, Describe(thrown)));
        }
        return results;
    }

    private static CheckResult ResultOf(string name, VerificationReport? report) => report is null
        ? new CheckResult(name, null, "returned null instead of a report")
        : new CheckResult(name, report.Title.Length > 0 ? report : report with { Title = name }, null);

    private string Describe(Exception thrown)
    {
        if (thrown is VerificationException { Report: { } report }) return $"threw: {report.Summary}";
        int line = new StackTrace(thrown, fNeedFileInfo: true).GetFrames().FirstOrDefault(frame => frame.GetFileName() == File)?.GetFileLineNumber() ?? 0;
        return $"{thrown.GetType().Name}{(line > 0 ? $" at line {line}" : "")}: {thrown.Message.ReplaceLineEndings(" ")}";
    }
}

/// <summary>
/// Compiles a C# file and finds its checks: the static methods without parameters that return a <see cref="VerificationReport"/> or
/// several, in any class, or as local functions of a file without a class.
/// </summary>
internal static class CheckFile
{
    private const int MostErrors = 20;

    // What a file-based program has without asking, and the library.
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Threading; global using System.Threading.Tasks; global using Nabla;
        """;

    internal static IReadOnlyList<DeclaredCheck> Load(string path)
    {
        string full = Path.GetFullPath(path);
        Assembly assembly = Compile(full, path, Read(path));
        List<DeclaredCheck> checks = [];
        foreach (Type type in assembly.GetTypes().OrderBy(type => type.MetadataToken))
        {
            foreach (MethodInfo method in type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).OrderBy(method => method.MetadataToken))
            {
                if (method.GetParameters().Length > 0 || method.ContainsGenericParameters || !Returns(method.ReturnType)) continue;
                if (NameOf(method) is { } name) checks.Add(new DeclaredCheck(name, method, full));
            }
        }
        return checks.Count > 0
            ? checks
            : throw new WrongUseException($"there is no check in '{path}': a static method without parameters that returns a VerificationReport. 'nabla check --example' prints a file to start from");
    }

    private static bool Returns(Type type) => type == typeof(VerificationReport) || typeof(IEnumerable<VerificationReport>).IsAssignableFrom(type);

    // A local function f of a file without a class becomes the method <<Main>$>g__f|0_0; lambdas and accessors are no checks.
    private static string? NameOf(MethodInfo method)
    {
        string name = method.Name;
        int local = name.IndexOf("g__", StringComparison.Ordinal);
        if (name.StartsWith('<')) return local > 0 && name.IndexOf('|', StringComparison.Ordinal) is var end && end > local ? name[(local + 3)..end] : null;
        return method.IsSpecialName || method.IsDefined(typeof(CompilerGeneratedAttribute)) ? null : name;
    }

    private static SourceText Read(string path)
    {
        if (Directory.Exists(path)) throw new WrongUseException($"'{path}' is a folder. Give the path of a C# file");
        if (!System.IO.File.Exists(path)) throw new WrongUseException($"there is no file '{path}'");
        try
        {
            using FileStream stream = System.IO.File.OpenRead(path);
            return SourceText.From(stream, System.Text.Encoding.UTF8);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new WrongUseException($"'{path}' cannot be read: {failure.Message}");
        }
    }

    private static Assembly Compile(string full, string path, SourceText text)
    {
        // Directives such as #:project are for those who run the file as a program.
        CSharpParseOptions language = new CSharpParseOptions(LanguageVersion.Latest).WithFeatures([new("FileBasedProgram", "true")]);
        SyntaxTree tree = CSharpSyntaxTree.ParseText(text, language, full);
        bool isProgram = tree.GetCompilationUnitRoot().Members.Any(member => member is Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax);
        string[] references = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        CSharpCompilation compilation = CSharpCompilation.Create(
            $"checks-{Guid.NewGuid():N}",
            [tree, CSharpSyntaxTree.ParseText(Usings, language)],
            references.Select(reference => MetadataReference.CreateFromFile(reference)),
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        using MemoryStream image = new(), symbols = new();
        EmitResult result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (result.Success) return Assembly.Load(image.ToArray(), symbols.ToArray());

        List<string> errors = [.. result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error).OrderBy(found => found.Location.SourceSpan.Start).Select(found => Describe(found, path))];
        int count = errors.Count;
        if (count > MostErrors) errors.RemoveRange(MostErrors, count - MostErrors);
        throw new WrongUseException($"'{path}' does not compile: {(count == 1 ? "1 error" : $"{count} errors")}", string.Join(Environment.NewLine, errors));
    }

    private static string Describe(Diagnostic found, string path)
    {
        LinePosition place = found.Location.GetLineSpan().StartLinePosition;
        return $"{path}({place.Line + 1},{place.Character + 1}): {found.Id}: {found.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}";
    }
}
