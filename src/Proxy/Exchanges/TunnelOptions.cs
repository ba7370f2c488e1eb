namespace TlsProxy.Proxy.Exchanges;

/// <summary>Which requests may open tunnels, and how long a tunnel may rest.</summary>
internal sealed record TunnelOptions
{
    /// <summary>WebSocket may be switched to, where no rule says otherwise.</summary>
    public bool AllowsWebSocket { get; init; } = true;

    /// <summary>Without a byte in either direction.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(1);
}
