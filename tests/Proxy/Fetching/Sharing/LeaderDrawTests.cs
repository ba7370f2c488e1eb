using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Sharing;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>Which of those who wait with credentials may lead the others.</summary>
public sealed class LeaderDrawTests : IDisposable
{
    private const string Failed = "failed";

    private readonly FetchScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    // Shape and network of each; those who may be drawn.
    [InlineData("a1 a1 a1 b1", "a1 a1 a1")]
    [InlineData("a1 a2 a3 b4", "a1 a2 a3")]
    [InlineData("b1 b1 b1 b1 a2 a3", "a2 a3")]
    [InlineData("a1 b2 c3 d4", "a1 b2 c3 d4")]
    [InlineData("a1 a2 c3 d4 e5 f6", "a1 a2 c3 d4 e5 f6")]
    [InlineData("a1 a2 a3 b4 b5 b6 c7", "a1 a2 a3 b4 b5 b6")]
    [InlineData("a1 a2 b3 c3 d3 e3", "a1 a2")]
    [InlineData("a1 a1 b1 a2 b2 b2 b2", "a1 a1 b2 b2 b2")]
    [InlineData("a0 a0 a0 b1", "b1")]
    [InlineData("a0 a0 b0", "a0 a0")]
    [InlineData("a0 a0 a1 a2", "a1 a2")]
    public void Only_those_may_be_drawn(string waiting, string expected)
    {
        var names = waiting.Split(' ');
        var candidates = Array.ConvertAll(names, each => new DrawCandidate(
            _scene.Client.Ask("/a"), KeyHash.Of(each.AsSpan(0, 1)), each[1] == '0' ? Failed : each[1..]));
        var drawn = AllDraws(candidates).Distinct().Select(ticket => names[Array.FindIndex(candidates, each => each.Ticket == ticket)]);
        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), drawn.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_network_has_one_chance_however_many_wait_there()
    {
        DrawCandidate[] candidates = [.. Enumerable.Range(0, 30).Select(
            i => new DrawCandidate(_scene.Client.Ask("/a"), KeyHash.Of("a"), i < 27 ? "1" : $"{i}"))];
        var asked = new List<int>();
        LeaderDraw.Draw(candidates, Failed, count =>
        {
            asked.Add(count);
            return 0;
        });
        Assert.Equal([4, 27], asked);
    }

    /// <summary>The outcomes of all that chance may decide.</summary>
    private static IEnumerable<FetchTicket> AllDraws(DrawCandidate[] candidates)
    {
        for (var first = 0; first < candidates.Length; first++)
        {
            for (var second = 0; second < candidates.Length; second++)
            {
                var choices = new Queue<int>([first, second]);
                yield return LeaderDraw.Draw(candidates, Failed, count => choices.Dequeue() % count);
            }
        }
    }
}
