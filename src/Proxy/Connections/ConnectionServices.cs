using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Connections.Handshakes;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Telemetry;

namespace TlsProxy.Proxy.Connections;

/// <summary>All that the connections of one worker use in common; of its thread alone.</summary>
internal sealed class ConnectionServices
{
    public required IConnectionHost Host { get; init; }

    /// <summary>What their exchanges use.</summary>
    public required ExchangeServices Exchanges { get; init; }

    /// <summary>Makes the protocol of a new connection object, which keeps it.</summary>
    public required Func<Connection, IProtocol> CreateProtocol { get; init; }

    /// <summary>The head that requests are read into, one after the other.</summary>
    public RequestHead Head { get; } = new();

    public required HttpLimits Limits { get; init; }

    public required ChannelOptions Channel { get; init; }

    public required KtlsCounters KtlsCounters { get; init; }

    /// <summary>Memory that the channels share.</summary>
    public ChannelScratch Scratch { get; } = new();

    /// <summary>What handshakes are done with; null where there is no certificate.</summary>
    public HandshakePool? Handshakes { get; init; }

    /// <summary>What handshakes may take.</summary>
    public required HandshakeGate HandshakeGate { get; init; }

    public required SessionTallies Sessions { get; init; }

    /// <summary>Whether the origin hears the client's certificate itself.</summary>
    public bool ForwardsClientCertificate { get; init; }

    /// <summary>The field line that answers over TLS get (RFC 6797); empty for none.</summary>
    public ReadOnlyMemory<byte> StrictTransportSecurity { get; init; }

    /// <summary>The name of the field that tells why the cache did what it did; empty for none.</summary>
    public ReadOnlyMemory<byte> DebugField { get; init; }
}
