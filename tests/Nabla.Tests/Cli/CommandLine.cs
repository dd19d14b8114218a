namespace Nabla.Tests.Cli;

/// <summary>The tool, called in this process.</summary>
internal static class CommandLine
{
    internal static (int Code, string Output, string Error) Run(params string[] args) => RunWith("", args);

    internal static (int Code, string Output, string Error) RunWith(string input, params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        using StringReader reader = new(input);
        int code = global::Nabla.Cli.Cli.Run(args, output, error, reader);
        return (code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>A file that is deleted when it is disposed of.</summary>
    internal sealed class TemporaryFile : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("nabla").FullName;

        internal TemporaryFile(string name, string text = "")
        {
            Path = System.IO.Path.Combine(folder, name);
            if (text.Length > 0) File.WriteAllText(Path, text);
        }

        internal string Path { get; }

        internal string Beside(string name) => System.IO.Path.Combine(folder, name);

        internal string[] Files => [.. Directory.GetFiles(folder).Select(file => System.IO.Path.GetFileName(file)).Order()];

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
