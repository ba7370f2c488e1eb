using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream;

/// <summary>The one place that decides whether a request may be sent again. A safe answer depends on what has left for the origin, what has
/// come from it, and the method. A request is sent again once, over all servers of an origin.</summary>
internal static class RetryRule
{
    /// <summary>Whether a further attempt does no harm.</summary>
    public static bool MayRetry(in FailedAttempt attempt, OriginRequest request) => attempt.Source switch
    {
        // The deadline covers all attempts: past it there is no time for another.
        _ when attempt.Reason is OriginFailure.ResponseTimeout or OriginFailure.IdleTimeout => false,
        // Nothing has left, so that another server can be asked; that isn't to send again.
        FailureSource.Connect or FailureSource.Tls => IsIdempotent(request.Method),
        FailureSource.BeforeHead when request.Earlier.HasLeft => false,
        // The origin may have seen the request: only what changes nothing there is repeated (RFC 9110, section 9.2.1).
        FailureSource.BeforeHead when attempt.HasLeft => attempt.IsSilent && request.Body is null && IsSafe(request.Method),
        FailureSource.BeforeHead => attempt.IsSilent && IsIdempotent(request.Method),
        _ => false,
    };

    /// <summary>Whether the same server is asked once more, on a new connection. The end of a kept connection says nothing about the
    /// server; on a new one the server itself is silent, so that another is better where there is one.</summary>
    /// <param name="hasSiblings">The origin has other servers.</param>
    public static bool TakesNewConnection(in FailedAttempt attempt, OriginRequest request, bool hasSiblings) =>
        attempt.Source == FailureSource.BeforeHead && (attempt.WasKept || !hasSiblings) && MayRetry(attempt, request);

    /// <summary>Whether a method may be repeated while nothing of the request has left (RFC 9110, section 9.2.2).</summary>
    public static bool IsIdempotent(KnownMethod method) => IsSafe(method) || method is KnownMethod.Put or KnownMethod.Delete;

    /// <summary>Whether a method asks the origin to change nothing (RFC 9110, section 9.2.1).</summary>
    public static bool IsSafe(KnownMethod method) =>
        method is KnownMethod.Get or KnownMethod.Head or KnownMethod.Options or KnownMethod.Trace;
}
