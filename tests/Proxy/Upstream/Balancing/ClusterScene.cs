using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Balancing;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Tests.Upstream.Balancing;

/// <summary>An origin of several servers that hold their requests, which come by turns.</summary>
internal sealed class ClusterScene
{
    /// <summary>A failure that says a server is down, and that does no harm to repeat.</summary>
    public static readonly OriginFailed Refused = new(OriginFailure.ConnectFailed, FailureSource.Connect, MayRetry: true, Trouble: null);

    public ClusterScene(int count)
    {
        Servers = [.. Enumerable.Range(0, count).Select(_ => new HeldOrigin())];
        var members = Enumerable.Range(0, count).Select(i => new OriginMember(new OriginOptions { Host = $"s{i}", Port = i }));
        State = new ClusterState(
            new OriginCluster("shop", [.. members]), Time,
            change => Changes.Add($"{change.Member.Options.Host} {change.Reason ?? "back"}"));
        Origin = new BalancedOrigin(State, options => new Announced(this, Servers[options.Port]));
    }

    public ManualTime Time { get; } = new();

    /// <summary>Members that went or came back, with why they went.</summary>
    public List<string> Changes { get; } = [];

    public HeldOrigin[] Servers { get; }

    public ClusterState State { get; }

    public BalancedOrigin Origin { get; }

    /// <summary>Called before a server gets a request.</summary>
    public Action OnStart { get; set; } = () => { };

    /// <summary>How many requests each server has got.</summary>
    public int[] Asked => [.. Servers.Select(server => server.Sinks.Count)];

    /// <summary>How many requests each server has under way.</summary>
    public int[] InFlight => [.. State.Read().Select(member => member.InFlight)];

    /// <summary>Sends a request.</summary>
    public OriginRequest Ask(RecordingSink sink, RequestBody? body = null)
    {
        var request = OriginRequests.Create("/x", body: body);
        Origin.Start(request, sink);
        return request;
    }

    /// <summary>Sends a request that isn't repeated, and has the server that gets it answer or fail.</summary>
    /// <param name="failing">The servers that fail.</param>
    public void Turn(params int[] failing)
    {
        var before = Asked;
        Ask(new RecordingSink());
        var server = Enumerable.Range(0, Servers.Length).Single(i => Asked[i] > before[i]);
        if (failing.Contains(server))
            Servers[server].Sinks[^1].OnFailed(Refused with { MayRetry = false });
        else
            Servers[server].Answer(Servers[server].Sinks.Count - 1, Messages.Response(200));
    }

    private sealed class Announced(ClusterScene scene, HeldOrigin server) : IOrigin
    {
        public void Start(OriginRequest request, IOriginSink sink)
        {
            scene.OnStart();
            server.Start(request, sink);
        }
    }
}
