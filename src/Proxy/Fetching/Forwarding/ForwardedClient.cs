namespace TlsProxy.Proxy.Fetching.Forwarding;

/// <summary>What the origin is told of the client.</summary>
/// <param name="Address">The client's IP address as text.</param>
/// <param name="IsTls">Whether it came over TLS.</param>
/// <param name="IsTrusted">It is a proxy itself whose X-Forwarded fields are believed.</param>
internal readonly record struct ForwardedClient(string Address, bool IsTls, bool IsTrusted = false);
