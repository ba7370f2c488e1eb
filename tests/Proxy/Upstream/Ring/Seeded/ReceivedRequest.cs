using System.Globalization;
using System.Text;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>A request as far as it has come to the origin.</summary>
/// <param name="Content">Bytes of its body without framing.</param>
/// <param name="IsWhole">Nothing of it is missing.</param>
/// <param name="Bytes">Bytes that it takes, where it is whole.</param>
internal sealed record ReceivedRequest(
    string Method, int Number, Dictionary<string, string> Fields, byte[] Content, bool IsWhole, int Bytes)
{
    /// <summary>The number in a request line that has come whole; null where none has.</summary>
    public static int? NumberOf(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n"u8);
        if (end < 0)
            return null;
        var parts = Encoding.ASCII.GetString(bytes[..end]).Split(' ');
        Assert.True(parts is [_, ['/', ..], "HTTP/1.1"], $"The origin got the request line '{string.Join(' ', parts)}'.");
        return int.Parse(parts[1].AsSpan(1), CultureInfo.InvariantCulture);
    }

    /// <summary>Reads as much as has come.</summary>
    /// <returns>Null where no whole head has.</returns>
    public static ReceivedRequest? Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0 || NumberOf(bytes) is not { } number)
            return null;
        var lines = Encoding.ASCII.GetString(bytes[..end]).Split("\r\n");
        var fields = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(field => field[0], field => field[1], StringComparer.OrdinalIgnoreCase);
        var method = lines[0].Split(' ')[0];
        var body = bytes[(end + 4)..];
        if (fields.ContainsKey("Transfer-Encoding"))
        {
            var isWhole = TryDecode(body, out var content, out var used);
            return new ReceivedRequest(method, number, fields, content, isWhole, end + 4 + used);
        }

        var length = int.Parse(fields.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
        var come = Math.Min(length, body.Length);
        return new ReceivedRequest(method, number, fields, body[..come].ToArray(), come == length, end + 4 + come);
    }

    /// <summary>Sees that it is what was to be sent, as far as it has come.</summary>
    public void Check(SeededRequest sent)
    {
        Assert.Equal(sent.MethodText, Method);
        var known = Fields.GetValueOrDefault("Content-Length");
        Assert.Equal(sent.Request.Body is not null && !sent.HasLength, Fields.ContainsKey("Transfer-Encoding"));
        Assert.Equal(sent.HasLength, known is not null && sent.Request.Body is not null);
        Assert.True(sent.Content.AsSpan().StartsWith(Content), $"The origin got another body than that of {sent}.");
        if (IsWhole)
            Assert.True(Content.Length == sent.Content.Length, $"The origin got {Content.Length} bytes of {sent} for the whole.");
    }

    private static bool TryDecode(ReadOnlySpan<byte> bytes, out byte[] content, out int used)
    {
        var decoded = new List<byte>();
        content = [];
        for (used = 0; ;)
        {
            var line = bytes[used..].IndexOf("\r\n"u8);
            if (line < 0)
                break;
            var size = int.Parse(Encoding.ASCII.GetString(bytes.Slice(used, line)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            used += line + 2;
            if (size == 0)
            {
                content = [.. decoded];
                return TrySkipTrailers(bytes, ref used);
            }

            var come = Math.Min(size, bytes.Length - used);
            decoded.AddRange(bytes.Slice(used, come));
            if (bytes.Length - used < size + 2)
                break;
            Assert.True(bytes.Slice(used + size, 2).SequenceEqual("\r\n"u8), "The origin got a chunk without its end.");
            used += size + 2;
        }

        content = [.. decoded];
        return false;
    }

    private static bool TrySkipTrailers(ReadOnlySpan<byte> bytes, ref int used)
    {
        while (bytes[used..].IndexOf("\r\n"u8) is >= 0 and var line)
        {
            used += line + 2;
            if (line == 0)
                return true;
        }

        return false;
    }
}
