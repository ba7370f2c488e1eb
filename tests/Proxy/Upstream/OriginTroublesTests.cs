using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>The lines of the log about an origin in trouble.</summary>
public sealed class OriginTroublesTests
{
    private readonly List<string> _lines = [];
    private readonly SteppedTime _time = new();
    private readonly OriginTroubles _troubles;

    public OriginTroublesTests() => _troubles = new OriginTroubles(_time, (what, where, got) => _lines.Add($"{what} ({where}): {got}"));

    [Fact]
    public void A_kind_of_failure_is_told_at_once_and_then_once_a_minute_with_what_clients_got()
    {
        Note(OriginFailure.ConnectFailed, "502");
        Assert.Equal(["The origin can't be reached (192.0.2.1:80, ECONNREFUSED): 502 (1)"], _lines);
        for (var i = 0; i < 3; i++)
            Note(OriginFailure.ConnectFailed, "502");
        Note(OriginFailure.ConnectFailed, "a stale response");
        _time.Advance(TimeSpan.FromSeconds(59));
        _troubles.Flush();
        Assert.Single(_lines);

        _time.Advance(TimeSpan.FromSeconds(1));
        _troubles.Flush();
        _troubles.Flush();
        Assert.Equal("The origin can't be reached (192.0.2.1:80, ECONNREFUSED): 502 (3), a stale response (1)", _lines[1]);
        Assert.Equal(2, _lines.Count);
    }

    [Fact]
    public void Another_kind_has_a_line_of_its_own()
    {
        Note(OriginFailure.ConnectFailed, "502");
        Note(OriginFailure.ResponseTimeout, "504");
        Assert.Equal(2, _lines.Count);
    }

    [Theory]
    [InlineData(OriginFailure.Cancelled)]
    [InlineData(OriginFailure.ClientBodyFailed)]
    [InlineData(OriginFailure.Unsupported)]
    [InlineData(OriginFailure.Fault)]
    internal void What_is_not_the_origins_failure_is_not_told(OriginFailure failure)
    {
        Note(failure, "400");
        Assert.Empty(_lines);
    }

    [Theory]
    [InlineData(true, true, true, "a stale response")]
    [InlineData(false, true, false, "a stale response")]
    [InlineData(true, false, true, "a response cut short")]
    [InlineData(false, false, false, "nothing, for they had left")]
    [InlineData(false, false, true, "504")]
    public void Clients_got(bool hasBegun, bool isCovered, bool hasClients, string words) =>
        Assert.Equal(words, OriginTroubles.Outcome(hasBegun, isCovered, hasClients, OriginFailure.ResponseTimeout));

    [Fact]
    public void A_fetch_tells_what_its_clients_got()
    {
        using var scene = new FetchScene(new CachePolicy { StaleIfUnreachable = 60_000 }, troubles: _troubles);
        scene.Store([], "Cache-Control: max-age=10");
        scene.Time.Advance(20);
        scene.Client.Ask("/object/a");
        scene.Origin.Sinks[1].OnFailed(OriginFailure.ResponseTimeout);
        scene.Client.Ask("/other");
        scene.Origin.Sinks[2].OnFailed(OriginFailure.ConnectFailed);

        Assert.Equal(
            ["The origin took too long to answer (no address): a stale response (1)", "The origin can't be reached (no address): 502 (1)"],
            _lines);
    }

    private void Note(OriginFailure failure, string outcome) =>
        _troubles.Note(failure, new OriginTrouble("192.0.2.1:80", "ECONNREFUSED"), outcome);
}
