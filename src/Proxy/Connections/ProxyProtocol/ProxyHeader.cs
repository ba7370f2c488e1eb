using System.Net;

namespace TlsProxy.Proxy.Connections.ProxyProtocol;

/// <summary>The header with which a load balancer tells whose connection it passes on
/// (the PROXY protocol, versions 1 and 2, haproxy.org/download/2.9/doc/proxy-protocol.txt).</summary>
internal static class ProxyHeader
{
    /// <summary>Bytes of the longest header taken. Version 1 has at most 107; version 2 could have 65,551, but what senders add
    /// to the addresses is some hundred.</summary>
    public const int LengthMaximum = 4096;

    /// <summary>Reads a header.</summary>
    /// <param name="bytes">The beginning of the connection.</param>
    /// <param name="length">Bytes of the header, when it is complete.</param>
    /// <param name="source">The client's address, or null when the header says that the connection is the sender's own
    /// or that it doesn't know.</param>
    public static ProxyHeaderStatus Parse(ReadOnlySpan<byte> bytes, out int length, out IPAddress? source)
    {
        length = 0;
        source = null;
        if (bytes.IsEmpty)
            return ProxyHeaderStatus.NeedMore;
        return bytes[0] == ProxyHeaderV2.Signature[0]
            ? ProxyHeaderV2.Parse(bytes, out length, out source)
            : ProxyHeaderV1.Parse(bytes, out length, out source);
    }

    /// <summary>Whether bytes are a beginning of others, or begin with them.</summary>
    internal static bool Agree(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> expected) =>
        bytes[..Math.Min(bytes.Length, expected.Length)].SequenceEqual(expected[..Math.Min(bytes.Length, expected.Length)]);
}
