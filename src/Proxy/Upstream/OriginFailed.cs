namespace TlsProxy.Proxy.Upstream;

/// <summary>The failure of a request to an origin, after the attempts that the origin makes of its own accord.</summary>
/// <param name="Reason">Never <see cref="OriginFailure.None"/>.</param>
/// <param name="MayRetry">A further attempt at another origin does no harm, by <see cref="RetryRule"/>.</param>
/// <param name="Trouble">Where and why the request failed; null where there is nothing to add to the reason.</param>
/// <param name="HasLeft">A byte of the request has left for the origin, in any attempt.</param>
internal readonly record struct OriginFailed(
    OriginFailure Reason, FailureSource Source, bool MayRetry, OriginTrouble? Trouble, bool HasLeft = false)
{
    /// <summary>A failure that says nothing about the origin.</summary>
    public static OriginFailed OfProxy(OriginFailure reason) => new(reason, FailureSource.Proxy, MayRetry: false, Trouble: null);
}
