using TlsProxy.Proxy.Fetching;
using TlsProxy.Proxy.Fetching.Forwarding;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>A fault while waiters are being answered.</summary>
public sealed class FaultAmidAnswersTests
{
    [Fact]
    public void Nobody_is_answered_twice_and_those_without_an_answer_get_the_failure()
    {
        using var scene = new FetchScene();
        var posts = new CountingMailbox { ThrowsAt = 2 };
        var tickets = Enumerable.Range(0, 3).Select(_ => Ask(scene, posts)).ToArray();

        Assert.Throws<InvalidOperationException>(() => scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Content-Length: 1")));
        scene.Origin.Sinks[0].OnFault();

        Assert.Equal([1, 1, 1], tickets.Select(ticket => posts.Posted.Count(each => each == ticket)));
        Assert.Equal(OriginFailure.None, tickets[0].Failure);
        Assert.Equal(OriginFailure.Fault, tickets[2].Failure);
    }

    private static FetchTicket Ask(FetchScene scene, CountingMailbox posts)
    {
        var client = new ForwardedClient("127.0.0.1", IsTls: false, IsTrusted: false);
        var home = new FetchHome(posts, scene.Origin);
        var ticket = new FetchTicket(Messages.Request("/object/a", "GET"), client, home, scene.Client, scene.Client)
        {
            Directives = scene.Table.Services.Policy.DirectivesOf(Messages.Request("/object/a", "GET").Fields),
        };
        scene.Table.Request(ticket);
        return ticket;
    }

    /// <summary>Keeps what is posted, and throws once.</summary>
    private sealed class CountingMailbox : IMailbox
    {
        public int Index => 0;

        public List<IPosted> Posted { get; } = [];

        public required int ThrowsAt { get; init; }

        public void Post(IPosted work)
        {
            Posted.Add(work);
            if (Posted.Count == ThrowsAt)
                throw new InvalidOperationException("The second post throws.");
        }
    }
}
