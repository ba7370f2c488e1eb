namespace TlsProxy.Proxy.Upstream;

/// <summary>One attempt to send a request, and how far it came before it failed.</summary>
/// <param name="IsSilent">The connection ended before the first byte of an answer.</param>
/// <param name="WasKept">The connection had been idle: the origin may have closed it before it saw the request.</param>
internal readonly record struct FailedAttempt(OriginFailure Reason, FailureSource Source, bool IsSilent = false, bool WasKept = false)
{
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

    /// <summary>The failure of a request whose last attempt this was.</summary>
    public OriginFailed Of(OriginRequest request) => new(Reason, Source, RetryRule.MayRetry(this, request), Trouble);
}
