using TlsProxy.Proxy.Telemetry.Metrics;

namespace TlsProxy.Proxy.Tests.Telemetry.Metrics;

public sealed class MetricTableTests
{
    [Fact]
    public void The_page_of_the_documentation_lists_the_table()
    {
        var made = Path.Combine(AppContext.BaseDirectory, "metrics.md");
        File.WriteAllText(made, MetricsDocument.Write());

        var kept = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "metrics.md"));

        Assert.True(kept == MetricsDocument.Write(), $"docs/metrics.md is stale: copy {made} to it.");
    }

    [Fact]
    public void Names_and_places_are_unique()
    {
        Assert.Distinct(MetricTable.Rows.Select(metric => metric.Name));
        Assert.Distinct(MetricTable.Rows.Where(metric => metric.Place is not null).Select(metric => metric.Place));
    }

    [Fact]
    public void Names_are_words_of_lower_case_and_places_have_one_section() => Assert.All(MetricTable.Rows, metric =>
    {
        Assert.Matches("^[a-z]+(_[a-z]+)*$", metric.Name);
        Assert.Matches("^[a-z]+s?$", metric.Unit);
        if (metric.Place is { } place)
            Assert.Matches(@"^([a-z][A-Za-z]*\.)?([a-z][A-Za-z]*|\*)$", place);
    });

    [Fact]
    public void Help_is_sentences_that_a_table_of_markdown_can_hold() => Assert.All(MetricTable.Rows, metric =>
    {
        Assert.Matches("^[A-Z].*[.]$", metric.Help);
        Assert.DoesNotContain('|', metric.Help);
        Assert.DoesNotContain('\n', metric.Help);
    });

    [Fact]
    public void Fields_of_a_section_stand_together()
    {
        var sections = MetricTable.Rows.Where(metric => metric.Place?.Contains('.') == true)
            .Select(metric => metric.Place![..metric.Place!.IndexOf('.')]).ToArray();

        var begins = sections.Where((section, i) => i == 0 || section != sections[i - 1]);

        Assert.Distinct(begins);
    }
}
