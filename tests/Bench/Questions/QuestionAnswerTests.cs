using System.Xml.Linq;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Questions;
using TlsProxy.Bench.Load.Report.Charts;

namespace TlsProxy.Bench.Tests.Questions;

/// <summary>What is told of a question's measurements.</summary>
public sealed class QuestionAnswerTests
{
    [Fact]
    public void A_difference_counts_where_every_round_agrees() => Assert.Equal(
        [
            "`dearer` costs more: 2.00 × (plaintext, 1,024 B, 8 connections).",
            "`same` shows no difference beyond the noise: 0.97 × (plaintext, 1,024 B, 8 connections).",
            "The kernel's polling thread takes 75% to 75% of the CPU time of `dearer`.",
        ],
        QuestionVerdict.Of(PlannedAnswer.Of()).Select(sentence => sentence.Replace(" %", "%", StringComparison.Ordinal)));

    [Theory]
    [InlineData(1.05, 1.01, 1.09, true)]
    [InlineData(1.05, 0.99, 1.09, false)]
    [InlineData(0.9, 0.8, 0.99, true)]
    [InlineData(1.01, 1.005, 1.02, false)]
    public void A_small_ratio_or_one_that_a_round_contradicts_is_no_difference(
        double median, double lowest, double highest, bool counts) =>
        Assert.Equal(counts, QuestionVerdict.IsDifference(new Spread(median, lowest, highest, 5)));

    [Fact]
    public void The_table_has_the_default_first_and_ratios_to_it()
    {
        string[] lines = [.. QuestionMarkdown.Answer(PlannedAnswer.Of(hasRates: true))];

        Assert.StartsWith("| plaintext, 1,024 B, 8 connections | default | 10.50 | 1 |  | ", lines[2], StringComparison.Ordinal);
        const string Dearer = "| plaintext, 1,024 B, 8 connections | dearer | 21.00 | 2.00 | 2.00 … 2.00 | ";
        Assert.StartsWith(Dearer, lines[3], StringComparison.Ordinal);
        Assert.Contains("| plaintext, 1,024 B, 8 connections, 1,000/s | dearer | 44.000 | 88.000 | 132.000 | 10.00 |", lines);
        Assert.Contains("Latency, plaintext, 1,024 B, 8 connections, 1,000/s: `default` p50 0.40 ms, p99 0.80 ms; "
            + "`same` p50 0.40 ms, p99 0.80 ms; `dearer` p50 44.00 ms, p99 88.00 ms.", lines);
    }

    [Fact]
    public void Each_answer_has_a_chart_of_costs_and_one_of_latencies_where_there_are_some()
    {
        Assert.Equal(["planned-things"], QuestionFigures.Of(PlannedAnswer.Of()).Select(figure => figure.Slug));
        Figure[] figures = [.. QuestionFigures.Of(PlannedAnswer.Of(hasRates: true))];
        Assert.Equal(["planned-things", "planned-things-latency"], figures.Select(figure => figure.Slug));
        Assert.All(figures, figure => Assert.Equal(
            figure.Series.Sum(series => series.Points.Count),
            XDocument.Parse(SvgFile.Text(figure)).Descendants().Count(IsBar)));
    }

    [Fact]
    public void Blocks_of_a_page_are_filled_and_the_words_around_them_stay()
    {
        const string Page = "before\n<!-- figures: a -->\nold\n<!-- end of figures -->\nbetween\n"
            + "<!-- figures: b -->\n<!-- end of figures -->\n";
        var blocks = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["| new |"], ["missing"] = ["x"] };

        var filled = MarkdownBlocks.Put(Page, blocks);

        Assert.Equal(Page.Replace("\nold\n", "\n\n| new |\n\n", StringComparison.Ordinal), filled);
        Assert.Equal(filled, MarkdownBlocks.Put(filled, blocks));
        var fresh = MarkdownBlocks.Put(null, blocks);
        Assert.Contains("<!-- figures: missing -->\n\nx\n\n<!-- end of figures -->", fresh, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!-- figures: a -->\nold\n")]
    [InlineData("<!-- figures: a -->\nold\n<!-- figures: b -->\n<!-- end of figures -->\n")]
    public void A_block_without_an_end_is_named(string page)
    {
        var blocks = new Dictionary<string, IReadOnlyList<string>> { ["a"] = ["new"] };
        var exception = Assert.Throws<BenchException>(() => MarkdownBlocks.Put(page, blocks));
        Assert.Contains("\"<!-- figures: a -->\" without", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Those of the chart have a title; the legend's don't.</summary>
    private static bool IsBar(XElement element) => element.Name.LocalName == "rect" && element.HasElements;
}
