using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Report.Html;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>Tells what a run of entries has found: on the console, and in files.</summary>
internal sealed class EntriesTelling(BenchOptions options, RunReport report)
{
    public void Begin()
    {
        foreach (var (name, value) in report.Circumstances)
            Console.WriteLine($"{name}: {value}");
        if (CongestionWarning.Of(Machine.CongestionControl, isOfTargets: false, Environment.IsPrivilegedProcess) is { } warning)
            Console.WriteLine(warning);
    }

    public void Keep()
    {
        if (options.Json is { } json)
            JsonReport.Write(json, options, report);
        if (options.Report is { } page)
            HtmlReport.Write(page, report);
    }

    /// <summary>The table, what failed, and where the files are.</summary>
    public void End()
    {
        Console.WriteLine();
        foreach (var line in (IEnumerable<string>)[.. EntriesTable.Head(), .. report.Entries.Select(EntriesTable.Row), EntriesTable.Note])
            Console.WriteLine(line);
        foreach (var line in Table.Failures(report.Failures()))
            Console.WriteLine(line);
        foreach (var path in new[] { options.Json, options.Report }.OfType<string>())
            Console.WriteLine($"report: {path}");
    }
}
