using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>What the exceptions of HttpClient mean.</summary>
internal static class OriginErrors
{
    /// <summary>The failure an exception of sending or reading stands for.</summary>
    /// <param name="headSeen">Whether the head had been received.</param>
    public static OriginFailure Of(Exception exception, bool headSeen)
    {
        var ended = headSeen ? OriginFailure.Truncated : OriginFailure.NoResponse;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case OriginConnectException connect:
                    return connect.Failure;
                case OriginSilentException or UnfitConnectionException:
                    return ended;
                case HttpRequestException request when OfKind(request.HttpRequestError, ended) is var failure and not OriginFailure.None:
                    return failure;
                case HttpIOException reading when OfKind(reading.HttpRequestError, ended) is var failure and not OriginFailure.None:
                    return failure;
            }
        }

        return ended;
    }

    /// <summary>Whether the request may be sent once more, on a new connection: nothing of it was sent, or its connection had been idle and
    /// ended without a byte of an answer, and its method allows a repetition (RFC 9112, section 9.3.1).</summary>
    public static bool MayRepeat(Exception exception, OriginRequest request)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is UnfitConnectionException)
                return true;
            if (cause is OriginSilentException silent)
                return silent.WasKept && request.Body is null && IsIdempotent(request.Method);
        }

        return false;
    }

    /// <summary>Whether a method may be repeated (RFC 9110, section 9.2.2).</summary>
    public static bool IsIdempotent(KnownMethod method) => method is not (KnownMethod.Post or KnownMethod.Patch or KnownMethod.Other);

    private static OriginFailure OfKind(HttpRequestError error, OriginFailure ended) => error switch
    {
        HttpRequestError.ResponseEnded => ended,
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => OriginFailure.Malformed,
        HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError => OriginFailure.ConnectFailed,
        // A connection error may carry a connector's own exception further in, which says more.
        _ => OriginFailure.None,
    };
}
