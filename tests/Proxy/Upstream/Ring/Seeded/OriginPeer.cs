using System.Runtime.InteropServices;
using TlsProxy.Testing.Backend;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>The origin's side of one connection: reads requests one after the other, and plays an exchange for each.</summary>
internal sealed class OriginPeer(OriginScript script, FakeSocket socket)
{
    private readonly List<byte> _received = [];
    private SeededRequest? _seen;
    private PlayedExchange? _exchange;
    private int _served;

    // What comes from now on gets no answer.
    private bool _hasEnded;

    /// <summary>Nothing more happens on the connection.</summary>
    public bool IsOver => socket.IsReset || socket.HasEnded;

    public void Step()
    {
        if (_exchange is null or { Reads: true })
            Read();
        if (socket.IsReset)
            return;
        if (_exchange is not null)
            Play(_exchange);
        else if (_received.Count == 0)
            Rest();
        else
            BreakWithinHead();
    }

    private void Read()
    {
        Span<byte> bytes = stackalloc byte[20_000];
        var count = socket.Take(bytes[..script.Random.Next(1, script.Happens(3) ? 20 : bytes.Length)]);
        _received.AddRange(bytes[..count]);
        if (_exchange is null)
            Find();
    }

    /// <summary>Looks for a request among what has come.</summary>
    private void Find()
    {
        if (_seen is null && ReceivedRequest.NumberOf(Bytes) is { } number)
        {
            _seen = script.Requests[number];
            _seen.OnSeen();
        }

        if (!_hasEnded && ReceivedRequest.Read(Bytes) is not null)
            _exchange = new PlayedExchange(script, socket, _seen!, isOnKept: _served > 0);
    }

    private ReadOnlySpan<byte> Bytes => CollectionsMarshal.AsSpan(_received);

    private void Play(PlayedExchange exchange)
    {
        var request = ReceivedRequest.Read(Bytes)!;
        request.Check(_seen!);
        Assert.True(
            !request.IsWhole || request.Bytes == _received.Count || (exchange.IsWritten && !exchange.IsLast),
            $"The origin got bytes behind {_seen} before its answer was whole, or behind its last request.");
        if (!_hasEnded)
            exchange.Step(request);
        _hasEnded |= exchange.Broken != OriginBreak.None;
        if (!request.IsWhole || !exchange.IsWritten || exchange.IsLast || _hasEnded)
            return;
        // A request may be on its way before the bytes behind the answer are met.
        _hasEnded = exchange.HasSurplus;
        _received.RemoveRange(0, request.Bytes);
        (_exchange, _seen) = (null, null);
        _served++;
    }

    /// <summary>The connection ends while a head comes, and the client has something else in mind just then.</summary>
    private void BreakWithinHead()
    {
        if (_served == 0 || _hasEnded || !script.Misbehaves(8))
            return;
        script.Tally.Add("ended within a head", 1);
        if (script.Happens(2))
            socket.End();
        else
            socket.Reset();
        (_hasEnded, script.HasEndedRests) = (true, true);
        if (script.Happens(2))
            _seen?.CancelSoon();
        else if (script.Happens(4))
            script.EndsAt = script.Turns + script.Random.Next(1, 6);
    }

    /// <summary>The connection rests, as far as the origin knows.</summary>
    private void Rest()
    {
        if (_served == 0 || _hasEnded || socket.IsClosed || socket.Deliverable + socket.Unread > 0 || !script.Misbehaves(30))
            return;
        switch (script.Random.Next(3))
        {
            case 0:
                script.Tally.Add("closed at rest", 1);
                socket.End();
                break;
            case 1:
                script.Tally.Add("reset at rest", 1);
                socket.Reset();
                break;
            default:
                // A request that is on its way could take the bytes for its answer: nobody can tell then.
                if (script.UnderWay > 0)
                    return;
                script.Tally.Add("surplus at rest", 1);
                socket.Write(AnswerPlan.Surplus);
                break;
        }

        _hasEnded = true;
        script.HasEndedRests = true;
        script.Hurries = script.Happens(2);
    }
}
