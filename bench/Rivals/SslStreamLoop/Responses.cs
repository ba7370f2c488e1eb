using System.Text;

namespace TlsProxy.Bench.SslStreamLoop;

/// <summary>Whole responses in memory, by the request line that asks for them.</summary>
internal sealed class Responses
{
    private readonly Dictionary<string, byte[]> _byTarget = [];
    private readonly Dictionary<string, byte[]>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <param name="folder">Every file below it becomes a response.</param>
    public Responses(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var body = File.ReadAllBytes(file);
            var head = $"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {body.Length}\r\n\r\n";
            _byTarget[$"/{Path.GetRelativePath(folder, file)}"] = [.. Encoding.ASCII.GetBytes(head), .. body];
        }

        _lookup = _byTarget.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public static byte[] NotFound { get; } = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

    /// <summary>The response to a request head.</summary>
    public byte[] Find(ReadOnlySpan<byte> head)
    {
        var line = head[..head.IndexOf("\r\n"u8)];
        var start = line.IndexOf((byte)' ') + 1;
        var length = line[start..].IndexOf((byte)' ');
        if (length is < 0 or > 256)
            return NotFound;
        Span<char> target = stackalloc char[length];
        Encoding.ASCII.GetChars(line.Slice(start, length), target);
        return _lookup.TryGetValue(target, out var response) ? response : NotFound;
    }
}
