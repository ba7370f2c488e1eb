using TlsProxy.Bench.Load.Display;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Entries;

/// <summary>Fills the cache of each build in rounds. Each measurement has a process of its own, since a cache is filled once.</summary>
internal sealed class EntriesRun
{
    private readonly BenchOptions _options;
    private readonly int _entries;
    private readonly ChildProcesses _origin;
    private readonly Attempts _attempts;
    private readonly Site _site;
    private readonly RunReport _report;
    private readonly EntriesTelling _telling;
    private RunProgress? _progress;

    /// <param name="options">Made by <see cref="EntriesPlan.Timed"/>.</param>
    /// <param name="origin">Keeps the origin's process for the whole run.</param>
    public EntriesRun(BenchOptions options, ChildProcesses origin, CancellationToken interrupted)
    {
        _options = options;
        _entries = options.Entries!.Value;
        _origin = origin;
        _attempts = new Attempts(Say, interrupted);
        _site = new Site(options.Folder, options.LibSsl, options.Objects);
        _report = new RunReport { Circumstances = Circumstances.Of(options, []), Failures = () => _attempts.Failures };
        _telling = new EntriesTelling(options, _report);
    }

    /// <exception cref="BenchException">Nothing could be measured, or the machine has too little memory.</exception>
    /// <exception cref="OperationCanceledException">The run was interrupted; what it had measured has been told.</exception>
    public void Run()
    {
        CheckMemory();
        _report.Circumstances["measuring"] = EntriesTable.Note;
        _telling.Begin();
        _site.StartOrigin(_origin);
        var builds = Builds();
        var rounds = builds.ToDictionary(build => build, _ => new List<EntriesSample?>());
        try
        {
            RunProgress.Show(builds.Length * _options.Rounds * EntriesPlan.Seconds(_entries), _options.Limit, progress =>
            {
                _progress = progress;
                for (var round = 1; round <= _options.Rounds; round++)
                {
                    foreach (var build in round % 2 == 1 ? builds : builds.Reverse())
                        rounds[build].Add(Measure(build, round));
                }
            });
        }
        finally
        {
            _progress = null;
            _report.Entries.AddRange(builds.Select(build => new EntriesStanding(build.Name, _entries, rounds[build])));
            _telling.Keep();
            _telling.End();
        }

        if (!_report.Entries.Exists(standing => standing.Samples.Any()))
            throw new BenchException("nothing was measured; the lines above say why.");
    }

    private void CheckMemory()
    {
        var (needed, available) = (EntriesPlan.Memory(_entries) >> 20, Machine.AvailableMebibytes);
        if (available < needed)
        {
            throw new BenchException(
                $"{EntriesPlan.NameOf(_entries)} may take {needed} MiB of memory, of which {available} MiB are available: ask for fewer.");
        }
    }

    /// <summary>This build first, the reference last.</summary>
    private Build[] Builds() =>
    [
        new(Contestants.ThisBuild, _options.Proxy, _options.With),
        .. _options.Against.Select(checkout => new Build(
            Contestants.NameOf(checkout), Path.Combine(checkout, ProxyServer.Executable), [])),
    ];

    private EntriesSample? Measure(Build build, int round)
    {
        _progress!.TryBegin($"{build.Name}, {EntriesPlan.NameOf(_entries)}", EntriesPlan.Seconds(_entries));
        var sample = _attempts.Try(build.Name, EntriesPlan.NameOf(_entries), round, () => Measure(build));
        _progress.End();
        return sample;
    }

    private EntriesSample Measure(Build build)
    {
        using var processes = new ChildProcesses();
        var server = new ProxyServer(
            build.Name, build.Executable, [.. EntriesPlan.ServerOptions(_entries), .. build.With], _site, processes, kernelTls: false);
        _report.Circumstances[build.Name] = server.Version;
        var candidate = server.Candidates(EntriesPlan.Hits)[0];
        try
        {
            Serving.Wait(candidate);
            return new EntriesLoad(
                new MonotonicClock(), EntriesPlan.Warming, () => EntryCounts.Of(candidate.Counters!), Quiet.Wait).Run(candidate, _entries);
        }
        catch (BenchException exception) when (processes.LastWords(candidate) is { } words)
        {
            throw new BenchException($"{exception.Message} Its log ends: {words}");
        }
    }

    private void Say(Failure failure)
    {
        var line = $"bench: {failure.Sentence}";
        if (_progress is { } shown)
            shown.Say(line);
        else
            Console.Error.WriteLine(line);
    }

    private sealed record Build(string Name, string Executable, string[] With);
}
