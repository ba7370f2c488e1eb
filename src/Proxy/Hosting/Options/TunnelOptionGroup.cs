using System.CommandLine;
using TlsProxy.Proxy.Exchanges;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The options behind <see cref="TunnelOptions"/>, and how many tunnels there may be.</summary>
internal sealed class TunnelOptionGroup : OptionGroup
{
    private readonly Option<string> _allow;
    private readonly Option<int?> _most;
    private readonly Option<TimeSpan> _idle;

    public TunnelOptionGroup()
        : base(HelpSection.Limits)
    {
        _allow = Choice(
            "--allow-upgrade",
            "Protocol that requests may switch to, where no rule's upgrade says otherwise: websocket, or none, so that a WebSocket's "
            + "request is refused with 403.",
            "websocket", "none");
        _most = Number(
            "--max-tunnels",
            "WebSockets open at once, each with a connection of its client and one to the origin; more get 503. By default a quarter of "
            + "the connections to origins.",
            0, int.MaxValue);
        _idle = TimeLimit(
            "--tunnel-idle-timeout", "Time without a byte in either direction of a WebSocket, which then ends.", new TunnelOptions().Idle);
    }

    public TunnelOptions Bind(ParseResult parsed) => new()
    {
        AllowsWebSocket = parsed.GetRequiredValue(_allow) == "websocket",
        Idle = parsed.GetRequiredValue(_idle),
    };

    /// <summary>The number asked for, or null for the share of the descriptors.</summary>
    public int? BindMost(ParseResult parsed) => parsed.GetValue(_most);
}
