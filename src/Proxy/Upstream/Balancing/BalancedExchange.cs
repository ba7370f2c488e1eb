namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>One request to an origin of several servers, with its attempts.</summary>
internal sealed class BalancedExchange(ClusterState cluster, IReadOnlyList<IOrigin> servers, OriginRequest request, IOriginSink sink)
    : IOriginExchange
{
    // Guards the two below: a cancel on any thread finds the attempt under way, or keeps the next one from its start. Attempts are called
    // without it.
    private readonly Lock _lock = new();
    private OriginRequest? _current;
    private bool _isCancelled;

    private readonly TimeSpan _begun = cluster.Now;

    private OriginFailed NoneHealthy => new(
        OriginFailure.NoneHealthy, FailureSource.Connect, MayRetry: false,
        new OriginTrouble($"origin {cluster.Cluster.Name}", Error: null));

    /// <summary>Begins the first attempt.</summary>
    public void Start()
    {
        var failure = request.TryAttach(this) ? TryAttempt(failed: null, earlier: default) : OriginFailure.Cancelled;
        if (failure == OriginFailure.None)
            return;
        request.Body?.Discard();
        sink.OnFailed(failure == OriginFailure.NoneHealthy ? NoneHealthy : OriginFailed.OfProxy(failure));
    }

    public void Cancel()
    {
        OriginRequest? current;
        lock (_lock)
        {
            // The mark before the look, for an attempt that is just being made.
            _isCancelled = true;
            current = _current;
        }

        current?.Cancel();
    }

    public void Resume()
    {
        OriginRequest? current;
        // The last attempt is the one whose data wait: an earlier one has had none.
        lock (_lock)
            current = _current;
        current?.Resume();
    }

    /// <summary>Asks another server, in place of one that has failed.</summary>
    /// <returns>False where none is asked: the failure holds.</returns>
    public bool TryRepeat(MemberState failed, in OriginFailed failure)
    {
        var earlier = new EarlierAttempts(failure.HasLeft, cluster.Now - _begun);
        // One deadline for all attempts.
        var isInTime = earlier.Elapsed < failed.Member.Options.ResponseTimeout;
        return request.Body is null && isInTime && TryAttempt(failed, earlier) == OriginFailure.None;
    }

    /// <returns>None where an attempt has begun, else why none has.</returns>
    private OriginFailure TryAttempt(MemberState? failed, EarlierAttempts earlier)
    {
        var target = request.Target.Span;
        // A server that had the request and was silent may get it on another connection. One that can't be reached won't be at once.
        if ((cluster.TryTake(target, failed) ?? (earlier.HasLeft ? cluster.TryTake(target) : null)) is not { } lease)
            return OriginFailure.NoneHealthy;
        try
        {
            var sent = request.ForAttempt(earlier);
            if (TrySetCurrent(sent))
            {
                servers[lease.Member.Index].Start(sent, new MemberAttempt(this, cluster, lease, sink, mayRepeat: failed is null));
                return OriginFailure.None;
            }
        }
        catch
        {
            cluster.Return(lease, OriginFailure.Fault);
            throw;
        }

        cluster.Return(lease, OriginFailure.Cancelled);
        return OriginFailure.Cancelled;
    }

    private bool TrySetCurrent(OriginRequest sent)
    {
        lock (_lock)
        {
            // Either a cancel finds this attempt, or this finds the cancel.
            _current = sent;
            return !_isCancelled;
        }
    }
}
