namespace TlsProxy.Proxy.Upstream;

/// <summary>What the attempts before have left of a request's rights. The default is that there was none.</summary>
/// <param name="HasLeft">A byte of the request has left, so that it isn't sent a third time.</param>
/// <param name="Elapsed">Their time, which counts against the deadline of the response.</param>
internal readonly record struct EarlierAttempts(bool HasLeft, TimeSpan Elapsed);
