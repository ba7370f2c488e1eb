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
    private readonly CheckedHealth _checked = new();
    private long _requests;
    private long _failures;
    private long _ejections;
    private TimeSpan? _latency;

    public OriginMember Member { get; } = member;

    public int Index { get; } = index;

    /// <summary>Requests under way.</summary>
    public int InFlight { get; private set; }

    /// <summary>It gets requests, other than those that try whether it is back.</summary>
    public bool IsUp => !_passive.IsEjected && !_checked.IsDown;

    public MemberFigures Figures =>
        new(IsUp, InFlight, _requests, _failures, _ejections, _latency ?? TimeSpan.Zero);

    /// <summary>Whether the next request may go to it.</summary>
    public bool MayTake(TimeSpan now) => !_checked.IsDown && _passive.MayTake(now);

    public MemberLease Take(TimeSpan now)
    {
        InFlight++;
        _requests++;
        return new MemberLease(this, _passive.Take(), now);
    }

    /// <summary>The response to a request has begun.</summary>
    public void OnHead(MemberLease lease, TimeSpan now)
    {
        var took = now - lease.Began;
        _latency = _latency is { } before ? before + ((took - before) / LatencyWeight) : took;
        _passive.OnSuccess(lease.IsTrial);
    }

    /// <summary>A request has ended.</summary>
    /// <param name="isFailure">It had no response, and that says the member is down.</param>
    public void Return(MemberLease lease, bool isFailure, TimeSpan now)
    {
        InFlight--;
        if (isFailure)
        {
            _failures++;
            _passive.OnFailure(lease.IsTrial, now);
        }
        else
        {
            _passive.OnUnknown(lease.IsTrial);
        }
    }

    /// <summary>A health check has ended.</summary>
    public void OnChecked(bool isWell) => _checked.OnResult(isWell);

    /// <summary>It gets no more requests.</summary>
    public void CountEjection() => _ejections++;
}
