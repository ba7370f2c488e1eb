using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests;

public sealed class ContestantsTests
{
    [Fact]
    public void Curves_have_the_first_server_rivals_and_the_reference()
    {
        Named[] servers = [new("ours", false), new("over epoll", false), new("h2o", IsRival: true), new("nginx", false)];

        Assert.Equal(["ours", "h2o", "nginx"], Contestants.OfCurves(servers).Select(server => server.Name));
        Assert.Equal(["ours"], Contestants.OfCurves(servers[..1]).Select(server => server.Name));
    }

    private sealed record Named(string Name, bool IsRival) : IServer
    {
        public string Version => "1";

        public IReadOnlyList<Candidate> Candidates(Cell cell) => [];
    }
}
