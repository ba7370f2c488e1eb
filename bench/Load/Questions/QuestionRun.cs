using TlsProxy.Bench.Load.Display;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Questions;

/// <summary>Answers the questions: starts a process for each variant, measures them in interleaved rounds, and ends them.</summary>
internal sealed class QuestionRun
{
    private const string ProxyName = "tlsproxy";

    private readonly BenchOptions _options;
    private readonly ChildProcesses _origin;
    private readonly Attempts _attempts;
    private readonly Site _site;
    private readonly Wrk _wrk;
    private readonly Meter _meter;
    private readonly RunReport _report;
    private readonly QuestionTelling _telling;
    private RunProgress? _progress;

    /// <param name="origin">Keeps the origin's process for the whole run.</param>
    public QuestionRun(BenchOptions options, ChildProcesses origin, CancellationToken interrupted)
    {
        _options = options with { Objects = QuestionList.Objects };
        _origin = origin;
        _attempts = new Attempts(Say, interrupted);
        _site = new Site(options.Folder, options.LibSsl, QuestionList.Objects);
        _wrk = new Wrk(_site);
        _meter = new Meter(_wrk, new OtherLoad(options.Patience));
        _report = new RunReport { Circumstances = Circumstances.Of(_options, []), Failures = () => _attempts.Failures };
        _telling = new QuestionTelling(_options, _report);
    }

    /// <exception cref="BenchException">Nothing could be measured, or a file can't be written.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted; what it had measured has been told.</exception>
    public void Run()
    {
        var questions = QuestionPlan.Of(_options);
        if (questions.Count == 0)
        {
            throw new BenchException(
                $"--questions {_options.Questions}: no question has that in its name; there are "
                + $"{string.Join(", ", QuestionList.All.Select(question => question.Name))}.");
        }

        _telling.Begin();
        _site.StartOrigin(_origin);
        try
        {
            RunProgress.Show(questions.Sum(question => QuestionPlan.Seconds(question, _options)), _options.Limit, progress =>
            {
                _progress = progress;
                foreach (var question in questions.Where(one => progress.TryBegin(one.Title, QuestionPlan.Seconds(one, _options))))
                    Answer(question);
            });
        }
        finally
        {
            _progress = null;
            _telling.Keep();
            _telling.End();
        }

        if (_report.IsEmpty)
            throw new BenchException("nothing was measured; the lines above say why.");
    }

    private void Answer(Question question)
    {
        // The kernel ends them should this process be killed, and this block in any other case: a variant may poll.
        using var processes = new ChildProcesses();
        IServer[] servers = [.. question.Variants.Select(variant => Started(variant, processes))];
        _report.Circumstances[ProxyName] = servers[0].Version;
        var measuring = new QuestionMeasuring(_options, _attempts, processes, _meter, _wrk, _progress!.Advance);
        var result = measuring.Answer(question, servers);
        _report.Questions.Add(result);
        if (result.Costs is { } costs)
            _report.Results.Add(costs);
        _report.Rates.AddRange(result.Rates);
        _progress.End();
        _telling.Keep();
    }

    private ProxyServer Started(Variant variant, ChildProcesses processes) =>
        new(variant.Name, _options.Proxy, [.. variant.Options, .. _options.With], _site, processes, kernelTls: false);

    private void Say(Failure failure)
    {
        var line = $"bench: {failure.Sentence}";
        if (_progress is { } shown)
            shown.Say(line);
        else
            Console.Error.WriteLine(line);
    }
}
