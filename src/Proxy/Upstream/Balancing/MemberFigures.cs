namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>How a member is doing at a moment.</summary>
/// <param name="IsUp">It gets requests, other than those that try whether it is back.</param>
/// <param name="InFlight">Requests under way.</param>
/// <param name="Requests">Requests so far.</param>
/// <param name="Failures">Those without a response that say it is down.</param>
/// <param name="Ejections">How often it got no more requests.</param>
/// <param name="Latency">Time from a request to the head of its response, as a moving average of the last ones.</param>
internal readonly record struct MemberFigures(
    bool IsUp, int InFlight, long Requests, long Failures, long Ejections, TimeSpan Latency);
