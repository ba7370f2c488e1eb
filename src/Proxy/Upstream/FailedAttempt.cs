namespace TlsProxy.Proxy.Upstream;

/// <summary>One attempt to send a request, and how far it came before it failed.</summary>
/// <param name="IsSilent">The connection ended before the first byte of an answer.</param>
/// <param name="WasKept">The connection had been idle: the origin may have closed it before it saw the request.</param>
internal readonly record struct FailedAttempt(OriginFailure Reason, FailureSource Source, bool IsSilent = false, bool WasKept = false)
{
    /// <summary>A byte of the request has left for the origin.</summary>
    public bool HasLeft { get; init; }

    public OriginTrouble? Trouble { get; init; }

    /// <summary>Whether the proxy or its client, not the origin, causes a failure.</summary>
    public static bool IsOwn(OriginFailure reason) => reason is OriginFailure.NoDescriptor or OriginFailure.Cancelled
        or OriginFailure.ClientBodyFailed or OriginFailure.Unsupported or OriginFailure.Fault;

    /// <summary>The stage of a failure to open a connection.</summary>
    public static FailureSource SourceOfOpening(OriginFailure reason) => reason switch
    {
        OriginFailure.HandshakeFailed or OriginFailure.CertificateRefused => FailureSource.Tls,
        _ when IsOwn(reason) => FailureSource.Proxy,
        _ => FailureSource.Connect,
    };

    /// <summary>The failure of a request whose only attempt this was.</summary>
    public OriginFailed Of(OriginRequest request) => new(Reason, Source, RetryRule.MayRetry(this, request), Trouble, HasLeft);

    /// <summary>The failure of a request whose second attempt this was, of which a byte has left by then or not.</summary>
    public OriginFailed AfterFirst(OriginRequest request, bool hasLeft)
    {
        // A server that can't be reached at the second attempt hasn't got it, and another may.
        var mayRetry = Source is FailureSource.Connect or FailureSource.Tls && RetryRule.MayRetry(this, request);
        return new OriginFailed(Reason, Source, mayRetry, Trouble, HasLeft || hasLeft);
    }
}
