using System.Globalization;
using System.Text;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>Formulas as a page of HTML shows them.</summary>
internal static class MathText
{
    private const int Longest = 2000;

    public static string Html(IReadOnlyList<(string Name, Expr Formula)> formulas)
    {
        var html = new StringBuilder();
        foreach ((string name, Expr formula) in formulas)
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"formula\"><code>{GraphDrawing.Escape(name)} = {GraphDrawing.Escape(formula.ToString(Longest))}</code></div>\n");
        return html.ToString();
    }
}
