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
                new HashBalancer(_members.Select(member => StableHash.Of(Encoding.Latin1.GetBytes(member.Member.Options.Label)))),
            BalanceKind.LeastConnections => new LeastConnectionsBalancer(_members.Length),
            _ => new RoundRobinBalancer(_members.Length),
        };
    }

    public OriginCluster Cluster { get; }

    /// <summary>A time that is never set.</summary>
    public TimeSpan Now => _time.GetElapsedTime(0);

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
        MemberChange? change;
        lock (_gate)
        {
            // The state before and after as one: of the threads that judge a member at once, one sees it change.
            var wasUp = lease.Member.IsUp;
            lease.Member.OnHead(lease, Now);
            change = ChangeOf(lease.Member, wasUp, reason: null);
        }

        Tell(change);
    }

    /// <summary>A request has ended.</summary>
    /// <param name="failure">Why it had no response; none where it had one.</param>
    public void Return(MemberLease lease, OriginFailure failure)
    {
        MemberChange? change;
        lock (_gate)
        {
            // As above; and the count with the judgement, so that the next choice of another thread sees both.
            var wasUp = lease.Member.IsUp;
            var isFailure = IsOfMember(failure);
            lease.Member.Return(lease, isFailure, Now);
            change = ChangeOf(lease.Member, wasUp, isFailure ? OriginFailures.Of(failure).Text.TrimEnd('.') : null);
        }

        Tell(change);
    }

    /// <summary>A health check of a member has ended.</summary>
    /// <param name="index">Its place among the members.</param>
    /// <param name="reason">Why it isn't well, as the beginning of a sentence; null where it is.</param>
    public void OnChecked(int index, string? reason)
    {
        MemberChange? change;
        lock (_gate)
        {
            // As above.
            var wasUp = _members[index].IsUp;
            _members[index].OnChecked(reason is null);
            change = ChangeOf(_members[index], wasUp, reason);
        }

        Tell(change);
    }

    /// <summary>How each member is doing, in the order of the cluster's.</summary>
    public MemberFigures[] Read()
    {
        // All of one moment, while other threads choose.
        lock (_gate)
            return [.. _members.Select(member => member.Figures)];
    }

    /// <summary>What is to be told of a member after a judgement; null for nothing. Under the lock.</summary>
    private MemberChange? ChangeOf(MemberState member, bool wasUp, string? reason)
    {
        if (member.IsUp == wasUp)
            return null;
        if (wasUp)
            member.CountEjection();
        return new MemberChange(Cluster, member.Member, wasUp ? reason : null);
    }

    private void Tell(MemberChange? change)
    {
        if (change is not null)
            _onChange(change);
    }

    /// <summary>Whether a failure says that the member is down. An answer that is malformed or cut is no sign of that, nor is an error that
    /// the origin answers with.</summary>
    private static bool IsOfMember(OriginFailure failure) => failure is OriginFailure.ConnectFailed or OriginFailure.ConnectTimeout
        or OriginFailure.HandshakeFailed or OriginFailure.CertificateRefused or OriginFailure.ResponseTimeout or OriginFailure.NoResponse;
}
