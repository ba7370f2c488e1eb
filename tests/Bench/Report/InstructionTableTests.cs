using System.Text.Json;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Instructions;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Report.Html;

namespace TlsProxy.Bench.Tests.Report;

public sealed class InstructionTableTests
{
    private static readonly Cell Plain = new(Transport.Plaintext, new Payload(1000), 4);
    private static readonly Cell Kernel = Plain with { Transport = Transport.KernelSend };
    private readonly Attempts _attempts = new(_ => { }, CancellationToken.None);

    [Fact]
    public void A_row_has_thousand_instructions_their_multiple_of_plaintext_and_what_the_kernel_copied()
    {
        var report = Counted(copies: 0);

        string[] rows = [.. InstructionTable.Rows(report.Results[0], report.Copies)];

        Assert.Equal("| **kernel TLS TX, 1,000 B, 4 connections** | | | | | | | | |", rows[3]);
        Assert.Equal(
            ["ours", "60.0", "60.0 … 60.0", "60.00", "2.00", "0.50", "1.0", "1.0", "0.0"],
            rows[4].Trim('|').Split('|', StringSplitOptions.TrimEntries));
        Assert.Equal(
            ["nginx", "120.0", "120.0 … 120.0", "120.00", "3.00", "1.00", "—", "—", "—"],
            rows[5].Trim('|').Split('|', StringSplitOptions.TrimEntries));
    }

    [Fact]
    public void Windows_that_differ_by_more_than_three_per_cent_have_a_mark()
    {
        var result = Compared(new PlannedServer("cold", Plain, 40.0, 30.0), new PlannedServer("warm", Plain, 40.0, 40.5));

        string[] rows = [.. InstructionTable.Rows(result, [])];

        Assert.StartsWith("| cold ‖ ", rows[1], StringComparison.Ordinal);
        Assert.StartsWith("| warm   ", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_sentence_counts_in_instructions_and_says_that_they_are_no_time()
    {
        var sentence = Counted(copies: 0).Sentences[^1];

        Assert.StartsWith(
            "kernel TX costs 2.00 × plaintext in instructions (1,000 B on 4 connections: 30.000 instructions per byte in plaintext, ",
            sentence,
            StringComparison.Ordinal);
        Assert.Contains(
            "encrypted 100 records from the server's own pages and copied plaintext into none", sentence, StringComparison.Ordinal);
        Assert.Contains("These are instructions, not time", sentence, StringComparison.Ordinal);
        Assert.Contains("no VAES", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_is_told_with_its_cell() => Assert.Contains(
        "copied plaintext into some: kernel TLS TX, 1,000 B, 4 connections.",
        Counted(copies: 1).Sentences[^1],
        StringComparison.Ordinal);

    [Fact]
    public void The_page_and_the_JSON_name_the_unit()
    {
        var report = Counted(copies: 0);
        var page = HtmlReport.Page(report);
        Assert.Contains("k instructions per request", page, StringComparison.Ordinal);
        Assert.Contains("not time", page, StringComparison.Ordinal);
        Assert.DoesNotContain("CPU µs", page, StringComparison.Ordinal);

        var path = Path.GetTempFileName();
        JsonReport.Write(path, PlanTests.Options(kernelTls: true), report);
        using var json = JsonDocument.Parse(File.ReadAllText(path));
        File.Delete(path);

        Assert.Equal("k instructions", json.RootElement.GetProperty("costUnit").GetString());
        var server = json.RootElement.GetProperty("cells")[0].GetProperty("servers")[0];
        Assert.Equal(30, server.GetProperty("thousandInstructions").GetDouble());
        Assert.False(server.TryGetProperty("processorMicroseconds", out _));
        Assert.False(server.TryGetProperty("perSecond", out _));
        Assert.True(json.RootElement.GetProperty("copies")[0].GetProperty("isZeroCopy").GetBoolean());
    }

    private RunReport Counted(long copies)
    {
        var report = new RunReport { Circumstances = [], Failures = () => [], Unit = CostUnit.Instructions };
        var result = Compared(
            new PlannedServer("ours", Plain, 30.0), new PlannedServer("nginx", Plain, 40.0),
            new PlannedServer("ours", Kernel, 60.0), new PlannedServer("nginx", Kernel, 120.0));
        report.Results.Add(result);
        report.Copies.Add(new CopyProof(
            result.Standings.First(standing => standing.Entry.Cell == Kernel).Entry, 100, new ProbeCounts(100 - copies, copies, 100)));
        report.Sentences = Sentence.All(TlsPrice.All(report.Results), auto: null, Besides.Of(report), report.Unit);
        return report;
    }

    private Result Compared(params PlannedServer[] servers) =>
        new("compared", Result.Requests, PlannedServer.Contest(2, _attempts, servers));
}
