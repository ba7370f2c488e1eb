using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.Rates;

public sealed class RateLoadTests
{
    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(200);
    private readonly PlannedClock _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_request_of_the_rate_is_sent_and_counted(bool isConnectionPerRequest)
    {
        using var server = new PlantedServer(_ => PlantedServer.Ok(100));

        var sample = RateLoad.Run(CandidateOf(server), new Rate(200, TimeSpan.FromMilliseconds(250), 4, isConnectionPerRequest), _clock);

        Assert.Equal(50, server.Requests);
        Assert.InRange(sample.MedianMicroseconds, 0, sample.P99Microseconds);
        Assert.InRange(sample.P99Microseconds, sample.MedianMicroseconds, sample.HighestMicroseconds);
    }

    [Fact]
    public void A_stall_counts_for_every_request_that_was_due_in_it_not_only_for_the_one_that_met_it()
    {
        // The first answer takes as long as all 20 requests are due, so each waits from its time to the end of the stall.
        using var server = new PlantedServer(request =>
        {
            if (request == 0)
                _clock.Pass(Stall);
            return PlantedServer.Ok(1);
        });

        var sample = RateLoad.Run(CandidateOf(server), new Rate(100, Stall, Connections: 1, IsConnectionPerRequest: false), _clock);

        Assert.InRange(sample.MedianMicroseconds, 100_000, 102_000);
        Assert.Equal(Stall.TotalMicroseconds, sample.HighestMicroseconds, 1.0);
    }

    [Fact]
    public void Requests_that_fail_are_counted_with_the_first_error_and_no_latency_is_told()
    {
        const string Error = "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n";
        using var server = new PlantedServer(request => request % 2 == 0 ? PlantedServer.Ok(1) : Error);

        var thrown = Assert.Throws<BenchException>(
            () => RateLoad.Run(
                CandidateOf(server), new Rate(1000, TimeSpan.FromMilliseconds(10), 1, IsConnectionPerRequest: false), _clock));

        Assert.Equal("5 of 10 requests failed: the server answered \"HTTP/1.1 500 Oops\"", thrown.Message);
    }

    [Fact]
    public void A_server_that_cannot_keep_the_rate_is_given_up_and_said_to_be_behind()
    {
        using var server = new PlantedServer(_ =>
        {
            _clock.Pass(Stall);
            return PlantedServer.Ok(1);
        });

        var sample = RateLoad.Run(CandidateOf(server), new Rate(100, Stall, Connections: 1, IsConnectionPerRequest: false), _clock);

        Assert.True(sample.IsBehind);
        Assert.Equal(18, sample.Unanswered);
    }

    private static Candidate CandidateOf(PlantedServer server) => new("planted", Environment.ProcessId, server.Url);
}
