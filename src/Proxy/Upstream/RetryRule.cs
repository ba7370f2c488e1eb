using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream;

/// <summary>The one place that decides whether a request may be sent again. A safe answer depends on the stage at which the attempt failed,
/// on its connection, and on the method.</summary>
internal static class RetryRule
{
    /// <summary>Whether a further attempt does no harm.</summary>
    public static bool MayRetry(in FailedAttempt attempt, OriginRequest request) => attempt.Source switch
    {
        // The deadline covers all attempts: past it there is no time for another.
        _ when attempt.Reason is OriginFailure.ResponseTimeout or OriginFailure.IdleTimeout => false,
        // Leaving a kept connection before a byte of the request is on it is connecting, as going to another address is.
        FailureSource.Connect or FailureSource.Tls => attempt.WasKept || IsIdempotent(request.Method),
        // RFC 9112, section 9.3.1. On a new connection the silence is the origin's answer, and the next origin may break at it too.
        FailureSource.BeforeHead =>
            attempt.IsSilent && attempt.WasKept && request.Body is null && IsIdempotent(request.Method),
        _ => false,
    };

    /// <summary>Whether the same origin is asked once more on a new connection: a further attempt does no harm, and the old connection
    /// may have been the cause.</summary>
    public static bool TakesNewConnection(in FailedAttempt attempt, OriginRequest request) =>
        attempt.WasKept && MayRetry(attempt, request);

    /// <summary>Whether a method may be repeated (RFC 9110, section 9.2.2).</summary>
    public static bool IsIdempotent(KnownMethod method) => method is not (KnownMethod.Post or KnownMethod.Patch or KnownMethod.Other);
}
