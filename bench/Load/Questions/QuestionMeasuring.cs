using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Report;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load.Questions;

/// <summary>Measures the variants of one question.</summary>
/// <param name="advance">Told the planned seconds of each measurement that is done.</param>
internal sealed class QuestionMeasuring(
    BenchOptions options, Attempts attempts, ChildProcesses processes, Meter meter, Wrk wrk, Action<double> advance)
{
    private readonly Dictionary<(string Variant, Cell Cell), List<double>> _pollShares = [];

    /// <param name="servers">One for each variant, the default first.</param>
    public QuestionResult Answer(Question question, IReadOnlyList<IServer> servers)
    {
        // The last server is what a comparison's ratios are to.
        IServer[] lastIsDefault = [.. servers.Skip(1), servers[0]];
        var costs = new List<Result>();
        var rates = new List<RateResult>();
        foreach (var cell in question.Cells)
        {
            var result = new Comparing(attempts, processes).Run(
                new CellGroup(question.Title, [cell]), lastIsDefault, Result.Requests, options.Rounds, Measure,
                (candidate, warmed) => wrk.Run(candidate.Url, warmed, QuestionPlan.WarmingSeconds));
            if (result is not null)
                costs.Add(result);
        }

        foreach (var rate in question.Rates)
            rates.Add(MeasureRate(rate, lastIsDefault));
        return new QuestionResult(
            question,
            costs.Count == 0 ? null : new Result(question.Title, Result.Requests, [.. costs.SelectMany(result => result.Standings)]),
            rates,
            _pollShares.ToDictionary(pair => pair.Key, pair => Spread.Of(pair.Value)!));
    }

    private Sample Measure(Candidate candidate, Cell cell)
    {
        var (polled, all) = (PollThread.Time(candidate.ProcessId), candidate.ProcessorTime());
        var sample = meter.Measure(candidate, cell, options.Seconds);
        all = candidate.ProcessorTime() - all;
        if (PollThread.Time(candidate.ProcessId) is { } later && polled is { } earlier && all > 0)
        {
            if (!_pollShares.TryGetValue((candidate.Name, cell), out var shares))
                _pollShares[(candidate.Name, cell)] = shares = [];
            shares.Add((double)(later - earlier) / all);
        }

        advance(options.Seconds);
        return sample;
    }

    private RateResult MeasureRate(RatedCell rated, IEnumerable<IServer> servers)
    {
        var load = new Rate(rated.PerSecond, QuestionPlan.RateLength, rated.Cell.Connections, IsConnectionPerRequest: false);
        var entries = from server in servers
                      from candidate in server.Candidates(rated.Cell)
                      select new Entry(server.Name, rated.Cell, candidate);
        return new RateComparison(rated.Name, Share: null, entries.ToDictionary(entry => entry, _ => load)).Run(
            new Contest(QuestionPlan.RoundsOfRates(options), attempts),
            (entry, rate) =>
            {
                Serving.Wait(entry.Candidate);
                var sample = RateLoad.Run(entry.Candidate, rate);
                advance(rate.Length.TotalSeconds);
                return sample;
            },
            entry => processes.LastWords(entry.Candidate));
    }
}
