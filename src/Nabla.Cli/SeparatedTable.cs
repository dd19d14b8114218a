using System.Text;

namespace Nabla.Cli;

/// <summary>
/// A table in a text file: fields separated by semicolons, a header that names the columns in any order. A field may stand in double
/// quotes, a quote inside it is doubled; fields do not go on over the end of a line. Empty lines are passed over.
/// </summary>
internal sealed class SeparatedTable
{
    private readonly Dictionary<string, int> columns;
    private readonly TextReader reader;
    private readonly int headerLength;
    private int line;

    private SeparatedTable(TextReader reader, Dictionary<string, int> columns, int headerLength, int line)
    {
        this.reader = reader;
        this.columns = columns;
        this.headerLength = headerLength;
        this.line = line;
    }

    /// <summary>Reads the header.</summary>
    /// <exception cref="WrongUseException">There is none, or it lacks a column.</exception>
    internal static SeparatedTable Open(TextReader reader, string name, params ReadOnlySpan<string> required)
    {
        int line = 0;
        string? header;
        do
        {
            header = reader.ReadLine();
            line++;
        }
        while (header is not null && header.AsSpan().Trim().IsEmpty);
        if (header is null) throw new WrongUseException($"{name} is empty. Its first line must name the columns {string.Join(", ", required)}, separated by ';'");

        string[] names;
        try
        {
            names = Split(header);
        }
        catch (FormatException mistake)
        {
            throw new WrongUseException($"{name}, line {line}: {mistake.Message}");
        }
        Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < names.Length; i++)
        {
            string column = names[i].Trim().TrimStart('\uFEFF');
            if (column.Length > 0 && !columns.TryAdd(column, i)) throw new WrongUseException($"{name}, line {line}: the column '{column}' is named twice");
        }
        List<string> missing = [];
        foreach (string column in required)
            if (!columns.ContainsKey(column)) missing.Add(column);
        if (missing.Count > 0)
        {
            string found = header.Length <= 80 ? header : header[..80] + "…";
            string hint = names.Length == 1 && header.Contains(',', StringComparison.Ordinal) ? " The columns must be separated by ';', not by ','" : "";
            throw new WrongUseException($"{name}, line {line}: the header '{found.Trim()}' does not name {string.Join(", ", missing)}.{hint}");
        }
        return new SeparatedTable(reader, columns, names.Length, line);
    }

    /// <summary>The rows that are left, read one by one.</summary>
    internal IEnumerable<TableRow> Rows()
    {
        int number = 0;
        while (reader.ReadLine() is { } text)
        {
            line++;
            if (text.AsSpan().Trim().IsEmpty) continue;
            number++;
            string[] fields = [];
            string? mistake = null;
            try
            {
                fields = Split(text);
                if (fields.Length > headerLength)
                    mistake = $"the line has {fields.Length} fields, the header {headerLength}. Put a field that contains ';' in double quotes";
            }
            catch (FormatException broken)
            {
                // What can be read of such a line is its first field, often the id.
                fields = text.Split(';');
                mistake = broken.Message;
            }
            yield return new TableRow(columns, fields, number, line, mistake);
        }
    }

    private static string[] Split(string line)
    {
        if (!line.Contains('"', StringComparison.Ordinal)) return line.Split(';');
        List<string> fields = [];
        StringBuilder field = new();
        int i = 0;
        while (true)
        {
            field.Clear();
            int start = i;
            while (start < line.Length && line[start] is ' ' or '\t') start++;
            if (start < line.Length && line[start] == '"')
            {
                for (i = start + 1; ; i++)
                {
                    if (i >= line.Length) throw new FormatException($"the quote at column {start + 1} is not closed on its line");
                    if (line[i] != '"') field.Append(line[i]);
                    else if (i + 1 < line.Length && line[i + 1] == '"') field.Append(line[i++]);
                    else break;
                }
                for (i++; i < line.Length && line[i] != ';'; i++)
                {
                    if (!char.IsWhiteSpace(line[i])) throw new FormatException($"'{line[i]}' at column {i + 1} stands behind a closing quote. Double the quotes inside a quoted field");
                }
            }
            else
            {
                for (; i < line.Length && line[i] != ';'; i++) field.Append(line[i]);
            }
            fields.Add(field.ToString());
            if (i >= line.Length) return [.. fields];
            i++;
        }
    }
}

/// <summary>A row of a table: its fields by column.</summary>
internal sealed class TableRow(Dictionary<string, int> columns, string[] fields, int number, int line, string? mistake)
{
    /// <summary>Counted from 1, without the header and empty lines.</summary>
    internal int Number => number;

    /// <summary>The line of the file, counted from 1.</summary>
    internal int Line => line;

    /// <summary>Why the line is not a row of the table; null if it is one.</summary>
    internal string? Mistake => mistake;

    /// <summary>The field without surrounding blanks; empty if the line is too short or there is no such column.</summary>
    internal string this[string column] => columns.TryGetValue(column, out int at) && at < fields.Length ? fields[at].Trim() : "";
}
