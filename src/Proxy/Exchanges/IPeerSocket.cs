namespace TlsProxy.Proxy.Exchanges;

/// <summary>What only the connection's socket and its records can tell of a client.</summary>
internal interface IPeerSocket
{
    /// <summary>The records as <see cref="Ktls.KtlsVerdict.Text"/> describes them.</summary>
    string RecordsText { get; }

    /// <summary>The other end's IP address as text; null where the socket tells none any more.</summary>
    string? ReadAddress();
}
