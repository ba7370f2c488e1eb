using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Testing.Backend;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>Reads what a client receives and sees that it is the answers to its requests, in order, byte for byte.</summary>
internal sealed class AnswerReader(IReadOnlyList<ClientRequest> requests)
{
    private Part _part;
    private byte[]? _expected;
    private MultipartCheck? _parts;
    private int _offset;
    private int _left;
    private ChunkedDecoder _chunks;
    private bool _saysClose;

    private enum Part
    {
        Head,
        Length,
        Chunked,
        UntilClose,
    }

    /// <summary>Answers that came whole.</summary>
    public int Answered { get; private set; }

    /// <summary>Of these, those with what was asked for.</summary>
    public int Served { get; private set; }

    /// <summary>Of these, those with several parts.</summary>
    public int InParts { get; private set; }

    /// <summary>Interim responses of the origin.</summary>
    public int Interims { get; private set; }

    /// <summary>Statuses of the whole answers, in order.</summary>
    public List<int> Statuses { get; } = [];

    /// <summary>Nothing more is due: every request is answered, or the last answer announced the end.</summary>
    public bool IsComplete => _part == Part.Head && (_saysClose || Answered == requests.Count);

    /// <summary>An answer has begun that isn't whole.</summary>
    public bool IsCut { get; private set; }

    public void Read(BytePipe received)
    {
        while (received.Count > 0)
        {
            IsCut = true;
            var before = received.Count;
            if (_part == Part.Head)
                ReadHead(received);
            else if (_part == Part.Chunked)
                ReadChunk(received);
            else
                ReadBody(received);
            if (before == received.Count)
                return;
        }
    }

    /// <summary>The stream has ended.</summary>
    /// <param name="inOrder">As the end of an answer may be told by the end of the connection.</param>
    public void End(bool inOrder)
    {
        if (_part == Part.UntilClose && inOrder)
            EndAnswer();
    }

    private void ReadHead(BytePipe received)
    {
        Assert.False(_saysClose || Answered == requests.Count, $"{received.Count} bytes came that nobody asked for");
        var end = received.Span.IndexOf("\r\n\r\n"u8);
        var begin = received.Span[..Math.Min(9, received.Count)];
        Assert.True(begin.SequenceEqual("HTTP/1.1 "u8[..begin.Length]), "what came is no head");
        if (end < 0)
            return;
        var head = Encoding.ASCII.GetString(received.Span[..(end + 2)]);
        received.Skip(end + 4);
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var request = requests[Answered];
        if (status < 200)
        {
            ReadInterim(request, status, head);
            return;
        }

        Assert.True(Allowed(request, status), $"{status} came for {request.Target}");
        Statuses.Add(status);
        _saysClose = head.Contains("\r\nConnection: close\r\n", StringComparison.Ordinal);
        _expected = Expected(request, status, head);
        _parts = status == 206 && _expected is null ? new MultipartCheck(Field(head, "Content-Type"), request.Content) : null;
        _offset = 0;
        // A request that didn't come in time may not have told its method yet.
        Frame(head, hasBody: !request.IsHead || status == 408);
        if (_part == Part.Length && _left == 0)
            EndAnswer();
    }

    private void ReadInterim(ClientRequest request, int status, string head)
    {
        Assert.False(request.IsHttp10, "an interim answer came to a client of HTTP/1.0");
        if (status == 100)
            Assert.True(request.ExpectsContinue, "an interim answer came that nobody expected");
        else
            Assert.Equal((103, request.Target), (status, Field(head, "Link")));
        Interims += status == 103 ? 1 : 0;
        IsCut = false;
    }

    private static bool Allowed(ClientRequest request, int status) => status switch
    {
        200 => !request.IsMalformed,
        206 or 416 => request.HasRange,
        400 => request.IsMalformed,
        // 500 of an exchange that met a fault.
        408 or 500 or 502 or 503 or 504 => true,
        _ => false,
    };

    /// <summary>What the body must be, or null where only its frame is known beforehand.</summary>
    private static byte[]? Expected(ClientRequest request, int status, string head)
    {
        if (status == 200)
            return request.Content;
        if (status != 206 || Field(head, "Content-Range") is not { } told)
            return null;
        // The end of a range is clipped unless it is to go on as long as bytes come.
        var range = told["bytes ".Length..].Split('-', '/');
        var first = int.Parse(range[0], CultureInfo.InvariantCulture);
        var last = long.Parse(range[1], CultureInfo.InvariantCulture);
        Assert.True(last < request.Content.Length || range[1] == SeededRanges.IndefiniteLast, "an end was invented");
        return request.Content[first..(int)Math.Min(request.Content.Length, last + 1)];
    }

    private void Frame(string head, bool hasBody)
    {
        var length = Field(head, "Content-Length");
        var isChunked = Field(head, "Transfer-Encoding") == "chunked";
        Assert.False(length is not null && isChunked, "an answer is framed twice");
        _left = length is null ? 0 : int.Parse(length, CultureInfo.InvariantCulture);
        if (length is not null && _expected is not null)
            Assert.Equal(_expected.Length, _left);
        if (!hasBody)
            _left = 0;
        _part = !hasBody || length is not null ? Part.Length : isChunked ? Part.Chunked : Part.UntilClose;
        Assert.False(_part == Part.UntilClose && !_saysClose, "nothing tells the end of an answer");
        _chunks = default;
    }

    private void ReadBody(BytePipe received)
    {
        var count = _part == Part.UntilClose ? received.Count : Math.Min(_left, received.Count);
        Check(received.Span[..count]);
        received.Skip(count);
        _left -= count;
        if (_part == Part.Length && _left == 0)
            EndAnswer();
    }

    private void ReadChunk(BytePipe received)
    {
        var step = _chunks.Decode(received.Span, out var consumed, out var data);
        Assert.NotEqual(ChunkedStep.Malformed, step);
        Assert.NotEqual(ChunkedStep.Trailer, step);
        Check(data);
        received.Skip(consumed);
        if (step == ChunkedStep.End)
            EndAnswer();
    }

    private void Check(ReadOnlySpan<byte> data)
    {
        if (_expected is { } expected)
        {
            Assert.True(data.Length <= expected.Length - _offset, "the body is too long");
            Assert.True(data.SequenceEqual(expected.AsSpan(_offset, data.Length)), $"the body differs after byte {_offset}");
        }

        _parts?.Add(data);
        _offset += data.Length;
    }

    private void EndAnswer()
    {
        var request = requests[Answered];
        if (_expected is { } expected && !request.IsHead)
            Assert.Equal(expected.Length, _offset);
        _parts?.End();
        InParts += _parts is null ? 0 : 1;
        Served += _expected is null && _parts is null ? 0 : 1;
        _saysClose |= request.IsLast;
        Answered++;
        IsCut = false;
        _part = Part.Head;
    }

    private static string? Field(string head, string name)
    {
        string? value = null;
        foreach (var line in head.Split("\r\n"))
        {
            if (!line.StartsWith(name + ": ", StringComparison.Ordinal))
                continue;
            Assert.Null(value);
            value = line[(name.Length + 2)..];
        }

        return value;
    }
}
