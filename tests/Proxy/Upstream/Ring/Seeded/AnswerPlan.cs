using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>One answer as the origin means it: the bytes on the wire, and what they say.</summary>
internal sealed class AnswerPlan
{
    private static readonly int[] s_statuses = [200, 200, 200, 200, 204, 304, 404, 500];
    private static readonly int[] s_early = [200, 401, 413];

    private readonly List<byte> _wire = [];

    /// <param name="isEarly">It comes before the request's body is whole.</param>
    public AnswerPlan(OriginScript script, SeededRequest request, bool isEarly, int? status)
    {
        var random = script.Random;
        Request = request.Number;
        Name = string.Create(CultureInfo.InvariantCulture, $"{request.Number}.{request.Sightings}");
        Status = status ?? (isEarly ? s_early[random.Next(s_early.Length)] : s_statuses[random.Next(s_statuses.Length)]);
        var hasContent = request.Method != KnownMethod.Head && Status is not (204 or 304);
        Content = hasContent ? Bytes(script) : [];
        Framing = hasContent
            ? random.Next(5) switch { < 2 => BodyFraming.Length, < 4 => BodyFraming.Chunked, _ => BodyFraming.UntilClose }
            : BodyFraming.None;
        HasTrailers = Framing == BodyFraming.Chunked && random.Next(3) == 0;
        EndsConnection = Framing == BodyFraming.UntilClose || script.Happens(8);
        for (var interims = script.Happens(5) ? random.Next(1, 4) : 0; interims > 0; interims--)
            Line($"HTTP/1.1 {(random.Next(2) == 0 ? 103 : 100)} Before\r\nX-Answer: {Name}\r\n\r\n");
        WriteHead(random, request.Method == KnownMethod.Head || Status == 304);
        BodyStart = _wire.Count;
        if (Framing == BodyFraming.Chunked)
            WriteChunks(random);
        else
            _wire.AddRange(Content);
        Length = _wire.Count;
        if (!EndsConnection && script.Misbehaves(12))
        {
            script.Tally.Add("surplus behind", 1);
            _wire.AddRange(Surplus);
        }
    }

    /// <summary>An answer that nobody has asked for.</summary>
    public static byte[] Surplus => "HTTP/1.1 200 OK\r\nX-Answer: nobody's\r\nContent-Length: 1\r\n\r\nx"u8.ToArray();

    /// <summary>The number of the request that it answers.</summary>
    public int Request { get; }

    /// <summary>What its heads and trailers carry.</summary>
    public string Name { get; }

    public int Status { get; }

    public byte[] Content { get; }

    public BodyFraming Framing { get; }

    public bool HasTrailers { get; }

    /// <summary>No further request may come on its connection.</summary>
    public bool EndsConnection { get; }

    /// <summary>Bytes of the answer, of all its heads and its body.</summary>
    public int Length { get; }

    /// <summary>Bytes before the body.</summary>
    public int BodyStart { get; }

    /// <summary>All bytes to be sent: those of the answer, and perhaps others behind it.</summary>
    public ReadOnlySpan<byte> Wire => CollectionsMarshal.AsSpan(_wire);

    public bool HasSurplus => _wire.Count > Length;

    /// <summary>Bytes on the wire when the origin has ended the connection; more than there are until it does.</summary>
    public int EndedAt { get; set; } = int.MaxValue;

    /// <summary>Bytes of the body that are the whole of it. The end of a connection may be that of a body.</summary>
    public int ContentMeant => Framing == BodyFraming.UntilClose ? Math.Clamp(EndedAt - BodyStart, 0, Content.Length) : Content.Length;

    /// <summary>Content of any length, mostly short.</summary>
    public static byte[] Bytes(OriginScript script)
    {
        var random = script.Random;
        var bytes = new byte[random.Next(12) switch
        {
            0 => 0,
            < 7 => random.Next(1, 200),
            < 11 => random.Next(200, script.BytesMaximum / 15),
            _ => random.Next(script.BytesMaximum / 15, script.BytesMaximum),
        }];
        random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The size of a piece of so many bytes: often tiny, where that ends some day.</summary>
    public static int PieceOf(Random random, int length) => random.Next(4) switch
    {
        0 when length < 1000 => random.Next(1, 4),
        1 => length + 1,
        _ => random.Next(1, (length / 4) + 100),
    };

    private void WriteHead(Random random, bool mayTellLength)
    {
        Line($"HTTP/1.1 {Status} Answer\r\nX-Answer: {Name}\r\n");
        if (Framing == BodyFraming.Length)
            Line($"Content-Length: {Content.Length}\r\n");
        else if (Framing == BodyFraming.Chunked)
            Line($"Transfer-Encoding: chunked\r\n");
        else if (Framing == BodyFraming.None && mayTellLength && random.Next(2) == 0)
            Line($"Content-Length: 1234\r\n");
        if (EndsConnection && (Framing != BodyFraming.UntilClose || random.Next(2) == 0))
            Line($"Connection: close\r\n");
        Line($"\r\n");
    }

    private void WriteChunks(Random random)
    {
        for (var at = 0; at < Content.Length;)
        {
            var count = Math.Min(Content.Length - at, PieceOf(random, Content.Length));
            Line($"{count:x}{(random.Next(4) == 0 ? ";a=b" : "")}\r\n");
            _wire.AddRange(Content.AsSpan(at, count));
            Line($"\r\n");
            at += count;
        }

        Line($"0\r\n");
        if (HasTrailers)
            Line($"X-Sum: {Name}\r\n");
        Line($"\r\n");
    }

    private void Line(FormattableString text) => _wire.AddRange(Encoding.ASCII.GetBytes(text.ToString(CultureInfo.InvariantCulture)));
}
