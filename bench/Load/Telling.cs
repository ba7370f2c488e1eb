using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Report.Charts;
using TlsProxy.Bench.Load.Report.Html;

namespace TlsProxy.Bench.Load;

/// <summary>Tells what a run has found: on the console, and in files that are written after each comparison, so that they hold what was
/// measured whatever ends the run.</summary>
internal sealed class Telling(BenchOptions options, RunReport report)
{
    public void Begin()
    {
        Print(report.Circumstances.Select(pair => $"{pair.Key}: {pair.Value}"));
        if (CongestionWarning.Of(Machine.CongestionControl, options.Targets.Count > 0, Environment.IsPrivilegedProcess) is { } warning)
            Print([warning]);

        if (!options.KernelTls && options.Targets.Count == 0)
            Print(["Kernel TX, kernel TX+RX and `auto` are not measured: this kernel has no TLS (modprobe tls)."]);
    }

    /// <summary>Keeps what there is.</summary>
    /// <param name="auto">What <c>auto</c> chooses; null while it isn't known.</param>
    public void Keep(string? auto)
    {
        report.Sentences = Sentence.All(TlsPrice.All(report.Results), auto, Besides.Of(report), report.Unit);
        if (report.Unit == CostUnit.ProcessorTime && Noise.Of(report.Results) is { } noise)
            report.Circumstances["noise"] = noise.Sentence;
        if (options.Json is { } json)
            JsonReport.Write(json, options, report);
        if (options.Report is { } page)
            HtmlReport.Write(page, report);
        if (options.Charts is { } charts)
            SvgFile.WriteAll(charts, new Figures(report).All());
    }

    /// <summary>The table, what failed, where the files are, and the sentence last.</summary>
    public void End()
    {
        if (report.Unit == CostUnit.Instructions)
        {
            Print([string.Empty, .. InstructionTable.Head()]);
            Print([.. report.Results.SelectMany(result => InstructionTable.Rows(result, report.Copies)), InstructionTable.Note]);
        }
        else if (report.InTable.Any())
        {
            Print([string.Empty, .. Table.Head(), .. report.InTable.SelectMany(Table.Rows), Table.Note]);
        }

        if (report.Rates.Count > 0)
            Print([string.Empty, .. RateTable.Head(), .. report.Rates.SelectMany(RateTable.Rows), RateTable.Note]);
        if (report.PastSaturation.Count > 0)
            Print([string.Empty, .. RateTable.Head(), .. report.PastSaturation.SelectMany(RateTable.Rows), RateTable.NotePastSaturation]);
        if (report.SlowReaders.Count > 0)
            Print([string.Empty, .. SlowReadersTable.Head(), .. report.SlowReaders.Select(SlowReadersTable.Row), SlowReadersTable.Note]);
        if (report.FanOut.Count > 0)
            Print([string.Empty, .. FanOutTable.Head(), .. report.FanOut.Select(FanOutTable.Row), FanOutTable.Note]);
        if (report.Idle.Count > 0)
            Print(Table.Idle(report.Idle));
        Print([string.Empty, .. Table.Failures(report.Failures())]);
        if (report.Circumstances.TryGetValue("noise", out var noise))
            Print([$"noise: {noise}"]);
        // Out of a virtual machine its script takes the files, and says where they are.
        if (report.Unit == CostUnit.ProcessorTime)
            Print(new[] { options.Json, options.Report, options.Charts }.OfType<string>().Select(path => $"report: {path}"));
        Print(report.Sentences);
    }

    private static void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Console.WriteLine(line);
    }
}
