using System.Globalization;
using System.Text;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>Sees that a multipart body holds parts of the content where it says so (RFC 9110, section 14.6).</summary>
internal sealed class MultipartCheck(string? contentType, byte[] content)
{
    private const string TypePrefix = "multipart/byteranges; boundary=";

    private readonly MemoryStream _body = new();

    public void Add(ReadOnlySpan<byte> data) => _body.Write(data);

    /// <summary>The body is whole.</summary>
    public void End()
    {
        Assert.StartsWith(TypePrefix, contentType, StringComparison.Ordinal);
        var boundary = Encoding.ASCII.GetBytes("--" + contentType![TypePrefix.Length..]);
        ReadOnlySpan<byte> rest = _body.ToArray();
        while (true)
        {
            Assert.True(rest.StartsWith(boundary), "a part doesn't begin with the boundary");
            rest = rest[boundary.Length..];
            if (rest.SequenceEqual("--\r\n"u8))
                return;
            var end = rest.IndexOf("\r\n\r\n"u8) + 4;
            var range = Encoding.ASCII.GetString(rest[..end]).Split("Content-Range: bytes ")[1].Split('-', '/');
            rest = rest[end..];
            var first = int.Parse(range[0], CultureInfo.InvariantCulture);
            var part = content.AsSpan(first, int.Parse(range[1], CultureInfo.InvariantCulture) + 1 - first);
            Assert.True(rest.StartsWith(part), $"the part from {first} differs");
            rest = rest[(part.Length + 2)..];
        }
    }
}
