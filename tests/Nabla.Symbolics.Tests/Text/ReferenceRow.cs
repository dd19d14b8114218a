using System.Globalization;

namespace Nabla.Symbolics.Tests.Text;

/// <summary>The rows of Reference/derivatives.csv.</summary>
public sealed record ReferenceRow(int Id, string Expression, string Wrt, IReadOnlyDictionary<Symbol, double> Point, double Value, double Expected, double RelativeTolerance, double AbsoluteTolerance)
{
    public static IReadOnlyList<ReferenceRow> All { get; } = Read();

    private static List<ReferenceRow> Read()
    {
        var rows = new List<ReferenceRow>();
        using var reader = new StreamReader(typeof(ReferenceRow).Assembly.GetManifestResourceStream("Nabla.Symbolics.Tests.Reference.derivatives.csv")!);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(';');
            var point = new Dictionary<Symbol, double>();
            foreach (var assignment in fields[6].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                var (name, value) = (assignment.Split('=')[0], assignment.Split('=')[1]);
                point[Expr.Symbol(name)] = Number(value);
            }

            rows.Add(new ReferenceRow(int.Parse(fields[0], CultureInfo.InvariantCulture), fields[4], fields[5], point, Number(fields[7]), Number(fields[8]), Number(fields[9]), Number(fields[10])));
        }

        return rows;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
