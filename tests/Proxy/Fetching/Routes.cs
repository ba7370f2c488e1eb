using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Routes of tests in which it doesn't matter where requests go.</summary>
internal static class Routes
{
    private static readonly OriginOptions Options = new() { Host = "origin", Port = 80, RewritesRedirects = false };

    public static OriginRoute One { get; } = new(Options);

    public static SingleOrigin Router { get; } = new(Options);
}
