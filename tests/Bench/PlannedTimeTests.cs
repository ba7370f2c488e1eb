using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Servers;
using TlsProxy.Bench.Load.SlowReaders;

namespace TlsProxy.Bench.Tests;

public sealed class PlannedTimeTests
{
    private static readonly IServer[] Usual = [Named("ours"), Named("over epoll"), Named("bare loop", forwards: false), Named("nginx")];
    private static readonly IServer[] WithRivals =
    [
        .. Usual[..3], Rival("floor in C", Transport.Plaintext), Rival("HAProxy"), Rival("h2o"), Rival("Varnish"), Usual[3],
    ];

    [Theory]
    [InlineData(true, false, 5)]
    [InlineData(false, false, 45)]
    [InlineData(false, true, 45)]
    public void A_run_is_planned_to_end_in_its_time(bool quick, bool rivals, int minutes)
    {
        var seconds = new PlannedTime(Options(quick, rivals), rivals ? WithRivals : quick ? [Usual[0], Usual[1], Usual[3]] : Usual).All;

        Assert.InRange(seconds / 60, minutes / 5.0, minutes);
    }

    [Fact]
    public void Only_servers_that_serve_a_cell_take_time_for_it()
    {
        var time = new PlannedTime(Options(quick: false, rivals: true), WithRivals);
        var cells = SlowReadersPlan.Cells(Options(quick: false, rivals: true)).ToDictionary(pair => pair.Fast.Transport, pair => pair.Fast);

        Assert.Equal(6.0 / 5, time.OfSlowReaders(cells[Transport.Plaintext]) / time.OfSlowReaders(cells[Transport.Tls]), 3);
    }

    [Fact]
    public void Rivals_are_measured_on_the_largest_number_of_connections_alone() => Assert.Equal(
        [4, 8],
        Plan.Groups(Options(quick: false, rivals: true)).Select(cells => Contestants.Of(cells, WithRivals).Count).Distinct());

    private static BenchOptions Options(bool quick, bool rivals) => PlanTests.Options(kernelTls: false) with
    {
        Quick = quick,
        Rivals = rivals,
        Objects = Plan.Objects(quick),
        Connections = quick ? [32] : [8, 64],
        Rounds = Plan.Rounds(quick, kernelTls: false, rivals),
        Seconds = Plan.Seconds(quick, rivals),
    };

    private static Served Named(string name, bool forwards = true) => new(name, false, forwards, [Transport.Plaintext, Transport.Tls]);

    private static Served Rival(string name, params Transport[] transports) =>
        new(name, true, false, transports.Length == 0 ? [Transport.Plaintext, Transport.Tls] : transports);

    private sealed record Served(string Name, bool IsRival, bool Forwards, Transport[] Transports) : IServer
    {
        public string Version => "1";

        public IReadOnlyList<Candidate> Candidates(Cell cell) =>
            Transports.Contains(cell.Transport) ? [new Candidate(Name, 0, "http://127.0.0.1/")] : [];

        public IReadOnlyList<Candidate> Forwarding(Cell cell) => Forwards ? Candidates(cell) : [];
    }
}
