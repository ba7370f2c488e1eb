using System.Text;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>The members of an origin, for all workers: which of them get requests, and how many each has. Callable from any thread.
/// </summary>
internal sealed class ClusterState
{
    private readonly TimeProvider _time;
    private readonly Action<MemberChange> _onChange;
    private readonly MemberState[] _members;
    private readonly IBalancer _balancer;

    // Guards the balancer, and the health and counts of the members: threads that choose at once see each other's choice, which bounds the
    // load of a member. Nothing is called under it but what it guards.
    private readonly Lock _gate = new();

    /// <param name="onChange">Told of each member that goes or comes back, without a lock.</param>
    public ClusterState(OriginCluster cluster, TimeProvider time, Action<MemberChange> onChange)
    {
        Cluster = cluster;
        _time = time;
        _onChange = onChange;
        _members = [.. cluster.Members.Select((member, index) => new MemberState(member, index))];
        _balancer = cluster.Balance switch
        {
            BalanceKind.Hash =>
                new HashBalancer(_members.Select(member => StableHash.Of(Encoding.Latin1.GetBytes(member.Member.Options.Authority)))),
            BalanceKind.LeastConnections => new LeastConnectionsBalancer(_members.Length),
            _ => new RoundRobinBalancer(_members.Length),
        };
    }

    public OriginCluster Cluster { get; }

    /// <summary>Chooses a member for a request.</summary>
    /// <param name="target">What the origin is asked for.</param>
    /// <param name="except">One that has just failed; null for none.</param>
    /// <returns>Null where no member is healthy.</returns>
    public MemberLease? TryTake(ReadOnlySpan<byte> target, MemberState? except = null)
    {
        var hash = StableHash.Of(target);
        Span<MemberView> views = stackalloc MemberView[_members.Length];
        lock (_gate)
        {
            // The clock under the lock: a member's times don't run backwards.
            var now = Now;
            for (var i = 0; i < views.Length; i++)
            {
                var member = _members[i];
                views[i] = new MemberView(member.Member.Weight, member.InFlight, member != except && member.MayTake(now));
            }

            var chosen = _balancer.Choose(hash, views);
            return chosen < 0 ? null : _members[chosen].Take(now);
        }
    }

    /// <summary>The response to a request has begun.</summary>
    public void OnHead(MemberLease lease)
    {
        bool isBack;
        // Other threads choose and judge at the same time.
        lock (_gate)
            isBack = lease.Member.OnHead(lease, Now);
        if (isBack)
            _onChange(new MemberChange(Cluster, lease.Member.Member, Reason: null));
    }

    /// <summary>A request has ended.</summary>
    /// <param name="failure">Why it had no response; none where it had one.</param>
    public void Return(MemberLease lease, OriginFailure failure)
    {
        bool isEjected;
        // The count with the judgement, so that the next choice of another thread sees both.
        lock (_gate)
            isEjected = lease.Member.Return(lease, IsOfMember(failure), Now);
        if (isEjected)
            _onChange(new MemberChange(Cluster, lease.Member.Member, OriginFailures.Of(failure).Text.TrimEnd('.')));
    }

    /// <summary>How each member is doing, in the order of the cluster's.</summary>
    public MemberFigures[] Read()
    {
        // All of one moment, while other threads choose.
        lock (_gate)
            return [.. _members.Select(member => member.Figures)];
    }

    private TimeSpan Now => _time.GetElapsedTime(0);

    /// <summary>Whether a failure says that the member is down. An answer that is malformed or cut is no sign of that, nor is an error that
    /// the origin answers with.</summary>
    private static bool IsOfMember(OriginFailure failure) => failure is OriginFailure.ConnectFailed or OriginFailure.ConnectTimeout
        or OriginFailure.ResponseTimeout or OriginFailure.NoResponse;
}
