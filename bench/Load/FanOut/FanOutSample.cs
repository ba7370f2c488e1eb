namespace TlsProxy.Bench.Load.FanOut;

/// <summary>One measurement: the server's processor time for each subscriber, µs.</summary>
/// <param name="Arriving">While the object arrives from the origin.</param>
/// <param name="Cached">From the cache, on the same connections.</param>
internal sealed record FanOutSample(double Arriving, double Cached);
