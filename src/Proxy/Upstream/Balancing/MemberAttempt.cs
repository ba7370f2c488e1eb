using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>Takes the answer of one server, and passes it on. The first failure may lead to a second attempt in place of being told.
/// </summary>
/// <param name="mayRepeat">Whether there may be a second attempt.</param>
internal sealed class MemberAttempt(BalancedExchange exchange, ClusterState cluster, MemberLease lease, IOriginSink sink, bool mayRepeat)
    : IOriginSink
{
    // The server's thread alone writes the two below, one call after the other.
    private bool _hasBegun;
    private bool _isHandedOn;

    // Exchanged by interlocked operations: after a fault the end may come once more.
    private int _isReturned;

    public void OnInterim(ResponseHead head)
    {
        _hasBegun = true;
        sink.OnInterim(head);
    }

    public void OnHead(ResponseHead head)
    {
        _hasBegun = true;
        cluster.OnHead(lease);
        sink.OnHead(head);
    }

    public bool TryReserve(int wanted, out SegmentRoom room) => sink.TryReserve(wanted, out room);

    public OriginFlow Commit(int count) => sink.Commit(count);

    public void OnTrailers(FieldTable trailers) => sink.OnTrailers(trailers);

    public void OnEnd()
    {
        Return(OriginFailure.None);
        sink.OnEnd();
    }

    public void OnSwitched(ResponseHead head, IOriginTunnel tunnel)
    {
        _hasBegun = true;
        cluster.OnHead(lease);
        // A tunnel is a request under way for as long as it is open.
        tunnel.OnEnded = () => Return(OriginFailure.None);
        sink.OnSwitched(head, tunnel);
    }

    public void OnFailed(in OriginFailed failure)
    {
        Return(_hasBegun ? OriginFailure.None : failure.Reason);
        // Marked behind the start of the second attempt: where that throws, the fault is this one's to tell.
        _isHandedOn = mayRepeat && !_hasBegun && failure.MayRetry && exchange.TryRepeat(lease.Member, failure);
        if (!_isHandedOn)
            sink.OnFailed(failure);
    }

    public void OnFault()
    {
        Return(OriginFailure.Fault);
        if (!_isHandedOn)
            sink.OnFault();
    }

    private void Return(OriginFailure failure)
    {
        if (Interlocked.Exchange(ref _isReturned, 1) == 0)
            cluster.Return(lease, failure);
    }
}
