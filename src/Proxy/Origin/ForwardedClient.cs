namespace TlsProxy.Proxy.Origin;

/// <summary>What the origin is told of the client.</summary>
/// <param name="Address">The client's IP address as text.</param>
/// <param name="IsTls">Whether it came over TLS.</param>
internal readonly record struct ForwardedClient(string Address, bool IsTls);
