namespace Nabla.Cli;

/// <summary>Writes a file completely or not at all: readers never see half of it, and a failure leaves what was there.</summary>
internal static class OutputFile
{
    internal static void Write(string path, Action<TextWriter> write)
    {
        string full;
        try
        {
            full = Path.GetFullPath(path);
        }
        catch (ArgumentException)
        {
            throw new WrongUseException($"'{path}' is not the path of a file");
        }
        if (Directory.Exists(full)) throw new WrongUseException($"'{path}' is a folder. Give the path of a file");
        string folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder)) throw new WrongUseException($"the folder of '{path}' does not exist");

        // In the same folder, so that the last step is a renaming.
        string unfinished = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        try
        {
            using (StreamWriter writer = new(unfinished) { NewLine = "\n" }) write(writer);
            File.Move(unfinished, full, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new WrongUseException($"'{path}' cannot be written: {failure.Message}");
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
