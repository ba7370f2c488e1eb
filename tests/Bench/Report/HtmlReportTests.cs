using System.Xml;
using System.Xml.Linq;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Report.Html;

namespace TlsProxy.Bench.Tests.Report;

public sealed class HtmlReportTests
{
    private static readonly Cell Small = new(Transport.Plaintext, new Payload(1000), 32);
    private static readonly Cell Large = new(Transport.Plaintext, new Payload(1_000_000), 32);
    private readonly Attempts _attempts = new(_ => { }, CancellationToken.None);

    [Fact]
    public void The_page_is_well_formed_and_loads_nothing()
    {
        var page = HtmlReport.Page(Measured());

        Assert.NotNull(Parsed(page).Root);
        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
    }

    [Fact]
    public void It_has_a_chart_for_each_question_that_was_measured_with_a_legend_that_names_every_line()
    {
        var figures = Parsed(HtmlReport.Page(Measured())).Descendants("figure").ToArray();

        Assert.Equal(
            ["TLS against plaintext", "Size against cost", "Connections against throughput"],
            figures.Select(figure => figure.Descendants("b").First().Value.Split(':')[0]));
        Assert.Equal(
            ["ours, TLS in user space", "nginx <b>, TLS in user space"],
            figures[0].Descendants("li").Select(item => item.Value.Trim()));
        Assert.Equal(4, figures[1].Element("svg")!.Elements("polyline").Count());
        Assert.Equal(2, figures[2].Element("svg")!.Elements("circle").Count());
    }

    [Fact]
    public void What_could_not_be_measured_has_a_mark_its_words_and_no_place_in_the_charts()
    {
        var report = new RunReport { Circumstances = [], Failures = () => _attempts.Failures };
        report.Results.Add(Compared(new PlannedServer("ours", Small, 5.0), new PlannedServer("nginx", Small, "refused & <gone>")));

        var page = Parsed(HtmlReport.Page(report));

        Assert.Contains(page.Descendants("li"), item => item.Value.Contains("† nginx", StringComparison.Ordinal)
            && item.Value.Contains("refused & <gone>", StringComparison.Ordinal));
        Assert.Contains(page.Descendants("td"), cell => cell.Value == "nginx †");
        Assert.DoesNotContain(page.Descendants("figure").Descendants("li"), item => item.Value.Contains("nginx", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_row_of_the_table_fills_all_columns()
    {
        var rows = Parsed(HtmlReport.Page(Measured())).Descendants("table").First().Descendants("tr").ToArray();

        Assert.All(rows, row => Assert.Equal(
            rows[0].Elements().Count(), row.Elements().Sum(cell => (int?)cell.Attribute("colspan") ?? 1)));
    }

    [Fact]
    public void A_run_without_any_figure_makes_a_page_too() =>
        Assert.Empty(Parsed(HtmlReport.Page(new RunReport { Circumstances = [], Failures = () => [] })).Descendants("figure"));

    private static XDocument Parsed(string page)
    {
        using var reader = XmlReader.Create(new StringReader(page), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }

    private RunReport Measured()
    {
        var report = new RunReport { Circumstances = new() { ["machine"] = "one & only" }, Failures = () => _attempts.Failures };
        foreach (var cell in new[] { Small, Large })
        {
            var tls = cell with { Transport = Transport.Tls };
            report.Results.Add(Compared(
                new PlannedServer("ours", cell, 5.0, 6.0),
                new PlannedServer("nginx <b>", cell, 7.0),
                new PlannedServer("ours", tls, 9.0, 10.0),
                new PlannedServer("nginx <b>", tls, 12.0)));
        }

        report.Sweep.Add(Compared(new PlannedServer("ours", Small with { Connections = 1 }, 5.0)));
        report.Sweep.Add(Compared(new PlannedServer("ours", Small with { Connections = 64 }, 4.0)));
        report.Sentences = Sentence.All(TlsPrice.All(report.Results), auto: null);
        return report;
    }

    private Result Compared(params PlannedServer[] servers) =>
        new("compared", Result.Requests, PlannedServer.Contest(2, _attempts, servers));
}
