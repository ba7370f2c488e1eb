using System.Text;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>Reading of multipart/byteranges (RFC 9110, section 14.6).</summary>
internal static class MultipartBody
{
    private const string Type = "multipart/byteranges; boundary=";

    /// <exception cref="InvalidDataException">It isn't one, by the letter.</exception>
    public static IReadOnlyList<ClientReply> Parse(MessageHead head, byte[] body)
    {
        if (head["Content-Type"] is not { } type || !type.StartsWith(Type, StringComparison.Ordinal))
            throw new InvalidDataException($"{head["Content-Type"]} is no multipart type.");
        var delimiter = "\r\n--" + type[Type.Length..];
        var text = "\r\n" + Encoding.Latin1.GetString(body);
        if (!text.EndsWith(delimiter + "--\r\n", StringComparison.Ordinal))
            throw new InvalidDataException("The message doesn't end in its boundary.");
        var parts = text[..^(delimiter.Length + 4)].Split(delimiter + "\r\n");
        if (parts[0].Length > 0)
            throw new InvalidDataException("Something precedes the first part.");
        return [.. parts.Skip(1).Select(Part)];
    }

    private static ClientReply Part(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var fields = text[..end].Split("\r\n").Select(line => line.Split(": ", 2)).Select(line => KeyValuePair.Create(line[0], line[1]));
        return new ClientReply(new MessageHead(string.Empty, [.. fields]), Encoding.Latin1.GetBytes(text[(end + 4)..]));
    }
}
