using TlsProxy.Proxy.Upstream.Health;
using TlsProxy.Proxy.Upstream.Routing;

namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>A member of an origin, and how it is doing. The cluster's lock guards what changes.</summary>
/// <param name="index">Its place among the members.</param>
internal sealed class MemberState(OriginMember member, int index)
{
    // Of the last values the newest counts for an eighth: one slow response doesn't hide the others.
    private const int LatencyWeight = 8;

    private readonly PassiveHealth _passive = new();
    private long _requests;
    private long _failures;
    private long _ejections;
    private TimeSpan? _latency;

    public OriginMember Member { get; } = member;

    public int Index { get; } = index;

    /// <summary>Requests under way.</summary>
    public int InFlight { get; private set; }

    public MemberFigures Figures =>
        new(!_passive.IsEjected, InFlight, _requests, _failures, _ejections, _latency ?? TimeSpan.Zero);

    /// <summary>Whether the next request may go to it.</summary>
    public bool MayTake(TimeSpan now) => _passive.MayTake(now);

    public MemberLease Take(TimeSpan now)
    {
        InFlight++;
        _requests++;
        return new MemberLease(this, _passive.Take(), now);
    }

    /// <summary>The response to a request has begun.</summary>
    /// <returns>Whether it is back.</returns>
    public bool OnHead(MemberLease lease, TimeSpan now)
    {
        var took = now - lease.Began;
        _latency = _latency is { } before ? before + ((took - before) / LatencyWeight) : took;
        return _passive.OnSuccess(lease.IsTrial);
    }

    /// <summary>A request has ended.</summary>
    /// <param name="isFailure">It had no response, and that says the member is down.</param>
    /// <returns>Whether it is ejected by that.</returns>
    public bool Return(MemberLease lease, bool isFailure, TimeSpan now)
    {
        InFlight--;
        if (!isFailure)
        {
            _passive.OnUnknown(lease.IsTrial);
            return false;
        }

        _failures++;
        if (!_passive.OnFailure(lease.IsTrial, now))
            return false;
        _ejections++;
        return true;
    }
}
