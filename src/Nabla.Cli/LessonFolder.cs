namespace Nabla.Cli;

/// <summary>The folder of the lessons: each is a C# file.</summary>
internal sealed class LessonFolder
{
    private const string Usual = "lessons";

    private readonly string path;

    private LessonFolder(string path) => this.path = path;

    /// <summary>The given folder; else the one above the current folder, or above this program.</summary>
    internal static LessonFolder Find(string? given)
    {
        if (given is not null)
        {
            return Directory.Exists(given) && Files(given).Length > 0
                ? new LessonFolder(given)
                : throw new WrongUseException($"there are no lessons in '{given}'. Give a folder of .cs files");
        }

        string? found = Above(Environment.CurrentDirectory) ?? Above(AppContext.BaseDirectory);
        return found is not null
            ? new LessonFolder(found)
            : throw new WrongUseException($"there is no folder '{Usual}' in {Environment.CurrentDirectory} or above. Give one with --folder");
    }

    /// <summary>The file of the lesson of that name, or all files.</summary>
    internal IReadOnlyList<string> Lessons(string? name)
    {
        string[] files = Files(path);
        if (name is null) return files;
        if (name.StartsWith('-')) throw new WrongUseException($"there is no option '{name}'. 'nabla lessons --help' lists them");
        string plain = name.EndsWith(".cs", StringComparison.Ordinal) ? name[..^3] : name;
        string[] wanted = Array.FindAll(files, file => Path.GetFileNameWithoutExtension(file) == plain);
        return wanted.Length > 0
            ? wanted
            : throw new WrongUseException($"there is no lesson '{name}'. There are {string.Join(", ", files.Select(Path.GetFileNameWithoutExtension))}");
    }

    private static string[] Files(string folder)
    {
        string[] files = Directory.GetFiles(folder, "*.cs");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static string? Above(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            string lessons = Path.Combine(folder.FullName, Usual);
            if (Directory.Exists(lessons) && Files(lessons).Length > 0) return lessons;
        }

        return null;
    }
}
