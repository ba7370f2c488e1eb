namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>What the exceptions of HttpClient mean.</summary>
internal static class OriginErrors
{
    /// <summary>The failed attempt that an exception of sending or reading stands for.</summary>
    /// <param name="stage">How far the attempt had come: <see cref="FailureSource.Connect"/> until a connection carries the request,
    /// <see cref="FailureSource.InBody"/> from the head on.</param>
    public static FailedAttempt Of(Exception exception, FailureSource stage)
    {
        var (reason, source) = Classify(exception, stage);
        for (var cause = exception; reason == OriginFailure.NoResponse && cause is not null; cause = cause.InnerException)
        {
            if (cause is UnfitConnectionException)
                return new FailedAttempt(reason, FailureSource.Connect, WasKept: true);
            if (cause is OriginSilentException silent)
                return new FailedAttempt(reason, source, IsSilent: true, silent.WasKept);
        }

        return new FailedAttempt(reason, source);
    }

    private static (OriginFailure Reason, FailureSource Source) Classify(Exception exception, FailureSource stage)
    {
        var ended = stage == FailureSource.InBody ? OriginFailure.Truncated : OriginFailure.NoResponse;
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case OriginConnectException connect:
                    return (connect.Failure, FailedAttempt.IsOwn(connect.Failure) ? FailureSource.Proxy : FailureSource.Connect);
                case OriginSilentException or UnfitConnectionException:
                    return (ended, stage);
                case HttpRequestException request when OfKind(request.HttpRequestError, ended, stage) is { } known:
                    return known;
                case HttpIOException reading when OfKind(reading.HttpRequestError, ended, stage) is { } known:
                    return known;
            }
        }

        return (ended, stage);
    }

    /// <returns>Null for kinds that say too little. A connection error may carry a connector's own exception further in, which says
    /// more.</returns>
    private static (OriginFailure Reason, FailureSource Source)? OfKind(
        HttpRequestError error, OriginFailure ended, FailureSource stage) => error switch
        {
            HttpRequestError.ResponseEnded => (ended, stage),
            HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded => (OriginFailure.Malformed, stage),
            HttpRequestError.NameResolutionError => (OriginFailure.ConnectFailed, FailureSource.Connect),
            HttpRequestError.SecureConnectionError => (OriginFailure.ConnectFailed, FailureSource.Tls),
            _ => null,
        };
}
