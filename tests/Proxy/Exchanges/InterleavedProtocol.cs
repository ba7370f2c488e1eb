using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>A protocol with many exchanges on one connection. A client's line <c>a/path</c> asks on stream a, and <c>a+100</c> lets 100
/// bytes of its response come. Frames go back: the stream, a length of four hexadecimal digits, and as many bytes: first the status, then
/// the body; an empty one ends the response.</summary>
internal sealed class InterleavedProtocol(Connection connection) : IProtocol
{
    private readonly RequestHead _head = new();
    private readonly List<InterleavedStream> _streams = [];
    private readonly List<byte> _line = [];
    private InterleavedStream? _sending;
    private int _next;

    public Connection Connection => connection;

    /// <summary>Holds the frame under way.</summary>
    public Segment Frame { get; } = connection.Services.Exchanges.Segments.TryRent(64)!;

    public IReadOnlyList<InterleavedStream> Streams => _streams;

    public bool IsWithinMessage => _streams.Exists(stream => stream.Exchange.IsUnderWay);

    public bool IsIdle => !IsWithinMessage;

    public bool HasBeenAsked => _streams.Count > 0;

    public void Start()
    {
    }

    public void Refuse(Refusal refusal) => connection.Close();

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            _line.Add(value);
            if (value == '\n')
                OnLine(Encoding.ASCII.GetString([.. _line]).TrimEnd());
        }
    }

    public void OnSent()
    {
        var sent = _sending!;
        _sending = null;
        sent.OnSent();
        SendNext();
    }

    /// <summary>Sends a frame of the next stream that has one, if none is under way.</summary>
    public void SendNext()
    {
        for (var tries = 0; tries < _streams.Count && _sending is null && connection.IsOpen; tries++)
        {
            var stream = _streams[_next++ % _streams.Count];
            _sending = stream;
            if (!stream.TrySend())
                _sending = null;
        }
    }

    public bool IsSending(InterleavedStream stream) => _sending == stream;

    public void OnPeerEnded() => connection.Abort();

    public void OnEnding() => connection.Close();

    public void OnDeadline() => connection.Close();

    public void Drain() => connection.Close();

    public void Leave() => _streams.ForEach(stream => stream.Exchange.Leave());

    public void End()
    {
        _streams.ForEach(stream => stream.End());
        _streams.Clear();
        Frame.Release();
    }

    public void Surrender() => Leave();

    public void Discard() => End();

    private void OnLine(string line)
    {
        _line.Clear();
        var stream = _streams.Find(known => known.Name == line[0]);
        if (line[1] == '+')
        {
            stream!.Allow(int.Parse(line[2..], CultureInfo.InvariantCulture));
            SendNext();
            return;
        }

        if (stream is null)
            _streams.Add(stream = new InterleavedStream(line[0], this));
        var request = Encoding.ASCII.GetBytes($"GET {line[1..]} HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(request, new HttpLimits(), _head, out _, out _));
        stream.Exchange.Begin(_head);
    }
}
