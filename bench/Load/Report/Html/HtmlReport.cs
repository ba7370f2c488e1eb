using System.Net;
using System.Text;
using TlsProxy.Bench.Load.Questions;
using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Load.Report.Html;

/// <summary>A run as one page that needs nothing else: words, charts, and the table. It is well-formed XML too, so that programs can read
/// it.</summary>
internal static class HtmlReport
{
    public static void Write(string path, RunReport report) => File.WriteAllText(path, Page(report));

    public static string Page(RunReport report)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/><title>").Append(Title(report)).Append("</title>")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
            .Append("<meta name=\"color-scheme\" content=\"light dark\"/><style>")
            .Append(ChartStyle.OfCharts).Append(ChartStyle.OfPages).Append("</style></head><body><main>\n")
            .Append("<h1>").Append(Title(report)).Append("</h1>\n");
        foreach (var (sentence, i) in report.Sentences.Reverse().Select((sentence, i) => (sentence, i)))
            html.Append(i == 0 ? "<p class=\"headline\">" : "<p>")
                .Append(Text(sentence).Replace("`", string.Empty, StringComparison.Ordinal)).Append("</p>\n");
        html.Append("<section class=\"figures\">\n");
        foreach (var figure in FiguresOf(report))
        {
            html.Append("<figure><figcaption><b>").Append(Text(figure.Title)).Append("</b> <span>").Append(Text(figure.Note))
                .Append("</span></figcaption>\n").Append(figure.Svg).Append(Legend.Html(figure)).Append("</figure>\n");
        }

        html.Append("</section>\n");
        Tables(html, report);
        Conditions(html, report);
        return html.Append("</main></body></html>\n").ToString();
    }

    private static string Title(RunReport report) => report.Questions.Count > 0 ? "What settings of tlsproxy cost"
        : report.Entries.Count > 0 ? "What many entries cost" : "What TLS costs";

    private static IEnumerable<Figure> FiguresOf(RunReport report) =>
        report.Questions.Count > 0 ? report.Questions.SelectMany(QuestionFigures.Of) : new Figures(report).All();

    private static void Tables(StringBuilder html, RunReport report)
    {
        html.Append("<h2>All figures</h2>\n");
        if (report.Unit == CostUnit.Instructions)
        {
            OneTable(
                html, InstructionTable.Head(), report.Results.SelectMany(result => InstructionTable.Rows(result, report.Copies)),
                InstructionTable.Note);
        }
        else
        {
            OneTable(html, Table.Head(), report.InTable.SelectMany(Table.Rows), Table.Note);
        }

        OneTable(html, RateTable.Head(), report.Rates.SelectMany(RateTable.Rows), RateTable.Note);
        OneTable(html, RateTable.Head(), report.PastSaturation.SelectMany(RateTable.Rows), RateTable.NotePastSaturation);
        OneTable(html, SlowReadersTable.Head(), report.SlowReaders.Select(SlowReadersTable.Row), SlowReadersTable.Note);
        OneTable(html, FanOutTable.Head(), report.FanOut.Select(FanOutTable.Row), FanOutTable.Note);
        OneTable(html, EntriesTable.Head(), report.Entries.Select(EntriesTable.Row), EntriesTable.Note);
        OneTable(html, Table.Idle(report.Idle).Skip(1), Table.Idle(report.Idle).Skip(3), note: null);
    }

    /// <param name="head">Lines of which the first has the names of the columns.</param>
    /// <param name="rows">Without any there is no table.</param>
    private static void OneTable(StringBuilder html, IEnumerable<string> head, IEnumerable<string> rows, string? note)
    {
        if (!rows.Any())
            return;
        html.Append("<div class=\"wide\"><table><thead>");
        Row(html, head.First(), "th");
        html.Append("</thead><tbody>\n");
        foreach (var line in rows)
            Row(html, line, "td");
        html.Append("</tbody></table></div>\n");
        if (note is not null)
            html.Append("<p>").Append(Text(note)).Append("</p>\n");
    }

    /// <summary>A line of the Markdown table as a row. A line that has its first column alone is a heading.</summary>
    private static void Row(StringBuilder html, string line, string element)
    {
        var cells = line[1..^1].Split('|', StringSplitOptions.TrimEntries);
        if (cells.Skip(1).All(cell => cell.Length == 0))
        {
            html.Append("<tr><th class=\"cell\" colspan=\"").Append(cells.Length).Append("\">").Append(Text(cells[0].Trim('*')))
                .Append("</th></tr>\n");
            return;
        }

        html.Append("<tr>");
        foreach (var cell in cells)
            html.Append('<').Append(element).Append('>').Append(Text(cell)).Append("</").Append(element).Append('>');
        html.Append("</tr>\n");
    }

    private static void Conditions(StringBuilder html, RunReport report)
    {
        if (report.Failures() is { Count: > 0 } failures)
        {
            html.Append("<h2>What failed</h2>\n<ul>");
            foreach (var failure in failures)
                html.Append("<li>† ").Append(Text(failure.Sentence)).Append("</li>\n");
            html.Append("</ul>\n");
        }

        html.Append("<h2>Measured on</h2>\n<dl>");
        foreach (var (name, value) in report.Circumstances)
            html.Append("<dt>").Append(Text(name)).Append("</dt><dd>").Append(Text(value)).Append("</dd>\n");
        html.Append("</dl>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
