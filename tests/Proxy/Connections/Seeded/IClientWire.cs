using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>What lies between a client's HTTP and its socket.</summary>
internal interface IClientWire : IDisposable
{
    /// <summary>Application data may flow.</summary>
    bool IsReady { get; }

    /// <summary>Bytes for the socket.</summary>
    BytePipe Output { get; }

    /// <summary>Application data received.</summary>
    BytePipe Received { get; }

    /// <summary>How the protocol's own end was told; None without TLS.</summary>
    ClientEnd End { get; }

    void Offer(ReadOnlySpan<byte> bytes);

    void Write(ReadOnlySpan<byte> data);

    /// <summary>Tells the end of what is sent, where there is a way.</summary>
    void Close();
}
