using System.Text;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>Writes one request's Host as it was received. HttpClient accepts only a Host that <see cref="Uri"/> can read, and adds a
/// line of its own beside any other. The message therefore carries <see cref="StandIn"/>, which this encoding writes as the bytes of
/// the Host. Behind them it writes the lines that HttpClient takes with a body only: an empty body would add a length.</summary>
/// <param name="host">The value of the field.</param>
internal sealed class HostEncoding(byte[] host) : Encoding
{
    /// <summary>A Host that HttpClient accepts; it never reaches the origin.</summary>
    public const string StandIn = "host";

    private static readonly HttpRequestOptionsKey<HostEncoding> Key = new("TlsProxy.Host");

    private byte[] _bytes = host;

    /// <summary>Gives a message its one Host line.</summary>
    public static HostEncoding Set(HttpRequestMessage message, ReadOnlySpan<byte> host)
    {
        var encoding = new HostEncoding(host.ToArray());
        message.Headers.Host = StandIn;
        message.Options.Set(Key, encoding);
        return encoding;
    }

    /// <summary>Has a line written behind Host; the message hasn't been sent yet.</summary>
    /// <param name="name">A token.</param>
    /// <param name="value">It has no byte that ends a line.</param>
    public void AppendLine(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        _bytes = [.. _bytes, .. "\r\n"u8, .. name, .. ": "u8, .. value];

    /// <summary>The encoding of a field's value; HttpClient asks for each line that it writes.</summary>
    public static Encoding Select(string name, HttpRequestMessage message) =>
        name == "Host" && message.Options.TryGetValue(Key, out var host) ? host : Latin1;

    public override int GetByteCount(char[] chars, int index, int count) => _bytes.Length;

    public override int GetByteCount(ReadOnlySpan<char> chars) => _bytes.Length;

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        GetBytes(chars.AsSpan(charIndex, charCount), bytes.AsSpan(byteIndex));

    public override int GetBytes(ReadOnlySpan<char> chars, Span<byte> bytes)
    {
        _bytes.CopyTo(bytes);
        return _bytes.Length;
    }

    public override int GetMaxByteCount(int charCount) => _bytes.Length;

    public override int GetCharCount(byte[] bytes, int index, int count) => throw new NotSupportedException();

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        throw new NotSupportedException();

    public override int GetMaxCharCount(int byteCount) => throw new NotSupportedException();
}
