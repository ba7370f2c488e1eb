using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests;

/// <summary>Failures of an origin whose stage and connection don't matter to a test.</summary>
internal static class SinkFailures
{
    /// <summary>Fails a request for a reason, at a stage that the reason may have, without a word about where.</summary>
    public static void OnFailed(this IOriginSink sink, OriginFailure reason) =>
        sink.OnFailed(new OriginFailed(reason, SourceOf(reason), MayRetry: false, Trouble: null));

    private static FailureSource SourceOf(OriginFailure reason) => reason switch
    {
        _ when FailedAttempt.IsOwn(reason) => FailureSource.Proxy,
        OriginFailure.ConnectFailed or OriginFailure.ConnectTimeout => FailureSource.Connect,
        OriginFailure.Truncated or OriginFailure.IdleTimeout => FailureSource.InBody,
        _ => FailureSource.BeforeHead,
    };
}
