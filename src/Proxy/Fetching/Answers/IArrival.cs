using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>An answer that arrives, as the steps see it that decide on it. On the origin's thread.</summary>
internal interface IArrival : IBodyProducer
{
    /// <summary>What it is the answer to.</summary>
    Fetch Fetch { get; }

    /// <summary>The part that a 206 brings; null where none is kept.</summary>
    ArrivingPart? Part { get; set; }
}
