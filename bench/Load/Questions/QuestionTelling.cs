using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Report.Charts;
using TlsProxy.Bench.Load.Report.Html;

namespace TlsProxy.Bench.Load.Questions;

/// <summary>Tells what a run of questions has found: on the console, and in files that are written after each answer.</summary>
internal sealed class QuestionTelling(BenchOptions options, RunReport report)
{
    private readonly DateTime _date = DateTime.Now;

    public void Begin()
    {
        foreach (var (name, value) in report.Circumstances)
            Console.WriteLine($"{name}: {value}");
        if (CongestionWarning.Of(Machine.CongestionControl, isOfTargets: false, Environment.IsPrivilegedProcess) is { } warning)
            Console.WriteLine(warning);
    }

    /// <summary>Keeps what there is.</summary>
    /// <exception cref="BenchException">The page of <c>--markdown</c> has a block without an end.</exception>
    public void Keep()
    {
        // A page shows the last first.
        report.Sentences = [.. report.Questions.SelectMany(QuestionVerdict.Of).Reverse()];
        if (Noise.Of(report.Results) is { } noise)
            report.Circumstances["noise"] = noise.Sentence;
        if (options.Json is { } json)
            JsonReport.Write(json, options, report);
        if (options.Report is { } page)
            HtmlReport.Write(page, report);
        if (options.Charts is { } charts)
            SvgFile.WriteAll(charts, report.Questions.SelectMany(QuestionFigures.Of));
        if (options.Markdown is { } markdown)
            File.WriteAllText(markdown, MarkdownBlocks.Put(File.Exists(markdown) ? File.ReadAllText(markdown) : null, Blocks()));
    }

    /// <summary>The tables with what they say, what failed, and where the files are.</summary>
    public void End()
    {
        foreach (var result in report.Questions)
        {
            Console.WriteLine($"\n### {result.Question.Title}\n\n{result.Question.Why}\n");
            foreach (var line in QuestionMarkdown.Answer(result))
                Console.WriteLine(line);
        }

        foreach (var line in Table.Failures(report.Failures()))
            Console.WriteLine(line);
        if (report.Circumstances.TryGetValue("noise", out var noise))
            Console.WriteLine($"\nnoise: {noise}");
        foreach (var path in new[] { options.Json, options.Report, options.Charts, options.Markdown }.OfType<string>())
            Console.WriteLine($"report: {path}");
    }

    private Dictionary<string, IReadOnlyList<string>> Blocks()
    {
        var blocks = new Dictionary<string, IReadOnlyList<string>>
        {
            [QuestionMarkdown.MachineBlock] = [.. QuestionMarkdown.Machine(report.Circumstances, _date)],
        };
        foreach (var result in report.Questions)
            blocks[result.Question.Name] = [.. QuestionMarkdown.Answer(result)];
        return blocks;
    }
}
