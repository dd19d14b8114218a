using System.Globalization;
using System.Net;
using System.Text;

namespace Nabla.Cli;

/// <summary>The reports of several checks as one page: a list that leads to them, then one after the other.</summary>
internal static class CheckPage
{
    private const string BodyStart = "<body>", BodyEnd = "</body>", TitleStart = "<title>", TitleEnd = "</title>";

    internal static string Write(string file, IReadOnlyList<CheckResult> results)
    {
        if (results is [{ Report: { } only }]) return only.ToHtml();
        int agreeing = results.Count(result => result.Agrees);
        string heading = $"{file}: {agreeing} of {results.Count} checks agree";
        StringBuilder page = new(Head(results, heading));
        page.Append(CultureInfo.InvariantCulture, $"<h1>{WebUtility.HtmlEncode(heading)}</h1>\n<ul class=\"findings\">\n");
        for (int i = 0; i < results.Count; i++)
        {
            CheckResult result = results[i];
            page.Append(CultureInfo.InvariantCulture, $"<li class=\"{(result.Agrees ? "good" : "bad")}\"><b>{(result.Agrees ? "✓" : "✗")} <a href=\"#check{i + 1}\" style=\"color:inherit\">{WebUtility.HtmlEncode(result.Name)}</a></b>{WebUtility.HtmlEncode(result.Report?.Summary ?? result.Failure)}</li>\n");
        }
        page.Append("</ul>\n");
        for (int i = 0; i < results.Count; i++)
        {
            page.Append(CultureInfo.InvariantCulture, $"<section id=\"check{i + 1}\" style=\"margin-top:4rem\">\n");
            page.Append(results[i].Report is { } report
                ? Between(report.ToHtml(), BodyStart, BodyEnd)
                : $"<h1>{WebUtility.HtmlEncode(results[i].Name)}</h1>\n<p class=\"summary bad\">✗ {WebUtility.HtmlEncode(results[i].Failure)}</p>\n");
            page.Append("</section>\n");
        }
        return page.Append("</body>\n</html>\n").ToString();
    }

    // The head of a report, which carries the style of all, under another title.
    private static string Head(IReadOnlyList<CheckResult> results, string heading)
    {
        if (results.FirstOrDefault(result => result.Report is not null)?.Report?.ToHtml() is not { } page)
            return $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>{WebUtility.HtmlEncode(heading)}</title>\n</head>\n<body>\n";
        string head = page[..(page.IndexOf(BodyStart, StringComparison.Ordinal) + BodyStart.Length)];
        return head.Replace(TitleStart + Between(head, TitleStart, TitleEnd) + TitleEnd, TitleStart + WebUtility.HtmlEncode(heading) + TitleEnd, StringComparison.Ordinal) + "\n";
    }

    private static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return text[from..text.LastIndexOf(end, StringComparison.Ordinal)];
    }
}
