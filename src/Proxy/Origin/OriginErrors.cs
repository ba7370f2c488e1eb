namespace TlsProxy.Proxy.Origin;

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
                case OriginSilentException:
                    return ended;
                case HttpRequestException request when OfKind(request.HttpRequestError, ended) is var failure and not OriginFailure.None:
                    return failure;
                case HttpIOException reading when OfKind(reading.HttpRequestError, ended) is var failure and not OriginFailure.None:
                    return failure;
            }
        }

        return ended;
    }

    private static OriginFailure OfKind(HttpRequestError error, OriginFailure ended) => error switch
    {
        HttpRequestError.ResponseEnded => ended,
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => OriginFailure.Malformed,
        HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError => OriginFailure.ConnectFailed,
        // A connection error may carry a connector's own exception further in, which says more.
        _ => OriginFailure.None,
    };
}
