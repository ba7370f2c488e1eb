using System.Text;
using TlsProxy.Soak.Content;

namespace TlsProxy.Soak.Clients;

/// <summary>A request as a client makes it, and what it needs to judge the answer.</summary>
internal sealed record SoakRequest(string Method, SoakTarget Target, string Language)
{
    public IReadOnlyList<RequestedRange> Ranges { get; init; } = [];

    /// <summary>The tag or date that the client says it has; null for none.</summary>
    public string? Validator { get; init; }

    /// <summary>Whether no stored answer is wanted.</summary>
    public bool Reloads { get; init; }

    /// <summary>Bytes of its own body, for POST.</summary>
    public int BodyLength { get; init; }

    /// <summary>The least version that the answer may have: what the client itself has posted.</summary>
    public int LeastVersion { get; init; }

    /// <summary>When it was sent, as Environment.TickCount64 has it.</summary>
    public long SentAt { get; set; }

    /// <summary>When it was sent, in milliseconds since 1970.</summary>
    public long SentTime { get; set; }

    public string Variant => Target.VariantOf(Language);

    public byte[] ToBytes()
    {
        var head = new StringBuilder($"{Method} {Target.Path} HTTP/1.1\r\nHost: localhost\r\nAccept-Language: {Language}\r\n");
        if (Ranges.Count > 0)
            head.Append("Range: bytes=").AppendJoin(',', Ranges).Append("\r\n");
        if (Validator is not null)
            head.Append(Target.HasTag ? "If-None-Match: " : "If-Modified-Since: ").Append(Validator).Append("\r\n");
        if (Reloads)
            head.Append("Cache-Control: no-cache\r\n");
        if (BodyLength > 0)
            head.Append("Content-Length: ").Append(BodyLength).Append("\r\n");
        var bytes = new byte[head.Length + 2 + BodyLength];
        Encoding.ASCII.GetBytes(head.Append("\r\n").ToString(), bytes);
        ContentBytes.Fill(ContentBytes.Key(Target.Path, "request", BodyLength), 0, bytes.AsSpan(head.Length));
        return bytes;
    }

    public override string ToString()
    {
        var text = $"{Method} {Target.Path} ({Target.BaseLength} bytes, max-age {Target.LifetimeSeconds}; {Language}";
        if (Ranges.Count > 0)
            text += $", bytes={string.Join(',', Ranges)}";
        if (Validator is not null)
            text += $", has {Validator}";
        if (BodyLength > 0)
            text += $", with {BodyLength} bytes";
        return text + (Reloads ? ", no-cache)" : ")");
    }
}
