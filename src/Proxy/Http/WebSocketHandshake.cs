using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>The opening handshake of a WebSocket: what a client has to send (RFC 6455, section 4.2.1), and which answer of an origin
/// accepts it (section 4.1).</summary>
internal static class WebSocketHandshake
{
    /// <summary>Bytes of <c>Sec-WebSocket-Accept</c>: a SHA-1 in base64.</summary>
    public const int AcceptBytes = 28;

    // 16 bytes in base64.
    private const int KeyBytes = 24;
    private const int NonceBytes = 16;

    /// <summary>The protocol in Upgrade.</summary>
    public static ReadOnlySpan<byte> Protocol => "websocket"u8;

    // RFC 6455, section 1.3.
    private static ReadOnlySpan<byte> Salt => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Whether a request offers to switch to WebSocket. One without a key, or of HTTP/1.0, doesn't: its Upgrade is ignored, as
    /// that of any other protocol is (RFC 9110, section 7.8).</summary>
    public static bool IsOffered(RequestHead head)
    {
        var fields = head.Fields;
        return fields.Contains(KnownField.SecWebSocketKey) && head.Version == HttpVersion.Http11
            && fields.Lists(KnownField.Upgrade, Protocol) && fields.Lists(KnownField.Connection, "upgrade"u8);
    }

    /// <summary>Whether an offer is one that an origin may accept.</summary>
    /// <returns>Why not, or none.</returns>
    public static Refusal Check(RequestHead head)
    {
        var fields = head.Fields;
        // Bytes behind the head would be the tunnel's for one side and a body for the other.
        if (head.Method != KnownMethod.Get || head.HasBody)
            return Refusal.WebSocketRequest;
        if (fields.IsRepeated(KnownField.SecWebSocketKey) || !IsKey(fields.Value(fields.Find(KnownField.SecWebSocketKey))))
            return Refusal.WebSocketKey;
        return fields.TryGet(KnownField.SecWebSocketVersion, out var version) && version.SequenceEqual("13"u8)
            && !fields.IsRepeated(KnownField.SecWebSocketVersion) ? Refusal.None : Refusal.WebSocketVersion;
    }

    /// <summary>Writes the value that accepts a key.</summary>
    /// <param name="key">As the client sent it.</param>
    /// <param name="destination"><see cref="AcceptBytes"/> bytes.</param>
    [SuppressMessage(
        "Security", "CA5350", Justification = "The protocol's own choice: it shows that an origin has read the key, and protects nothing.")]
    public static void WriteAccept(ReadOnlySpan<byte> key, Span<byte> destination)
    {
        Span<byte> salted = stackalloc byte[KeyBytes + Salt.Length];
        key.CopyTo(salted);
        Salt.CopyTo(salted[KeyBytes..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(salted, hash);
        Base64.EncodeToUtf8(hash, destination, out _, out _);
    }

    /// <summary>Compares an answer of status 101 with what was asked for.</summary>
    /// <param name="accept">The value that accepts the key.</param>
    /// <returns>Why the answer doesn't accept, in words of the log; null where it does.</returns>
    public static string? WhyNotAccepted(ResponseHead head, ReadOnlySpan<byte> accept)
    {
        var fields = head.Fields;
        if (!fields.TryGet(KnownField.Upgrade, out var protocol) || fields.IsRepeated(KnownField.Upgrade)
            || !Ascii.EqualsIgnoreCase(protocol, Protocol) || !fields.Lists(KnownField.Connection, "upgrade"u8))
            return "101 without Upgrade: websocket";
        if (!fields.TryGet(KnownField.SecWebSocketAccept, out var value) || fields.IsRepeated(KnownField.SecWebSocketAccept)
            || !value.SequenceEqual(accept))
            return "101 with a wrong Sec-WebSocket-Accept";
        return null;
    }

    private static bool IsKey(ReadOnlySpan<byte> key)
    {
        Span<byte> nonce = stackalloc byte[NonceBytes + 2];
        return key.Length == KeyBytes && !key.ContainsAny(" \t"u8)
            && Base64.DecodeFromUtf8(key, nonce, out _, out var written) == System.Buffers.OperationStatus.Done && written == NonceBytes;
    }
}
