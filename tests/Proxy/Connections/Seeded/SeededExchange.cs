using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>One request at the seeded origin, and its answer.</summary>
internal sealed class SeededExchange : IOriginExchange
{
    private readonly SeededOrigin _origin;
    private readonly OriginRequest _request;
    private readonly IOriginSink _sink;
    private readonly Random _random;
    private readonly byte[] _content;
    private readonly List<byte> _body = [];
    private readonly bool _answersEarly;
    private readonly int _failsAfter;
    private bool _cancelled;
    private bool _headSent;
    private bool _waits;
    private bool _isReserved;
    private SegmentRoom _room;
    private int _sent;
    private int _steps;

    public SeededExchange(SeededOrigin origin, OriginRequest request, IOriginSink sink, Random random, bool calm)
    {
        _origin = origin;
        _request = request;
        _sink = sink;
        _random = random;
        _content = SeededContent.Object(Encoding.ASCII.GetString(request.Target.Span));
        _answersEarly = !calm && random.Next(4) == 0;
        _failsAfter = !calm && random.Next(12) == 0 ? random.Next(10) : int.MaxValue;
        IsReading = request.Body is not null;
    }

    private bool IsReading { get; set; }

    private bool IsHead => _request.Method == KnownMethod.Head;

    public void Cancel() => _cancelled = true;

    public void Resume()
    {
        Assert.True(_waits, "an exchange that doesn't wait was resumed");
        _waits = false;
    }

    /// <returns>True when the answer has ended.</returns>
    public bool Step()
    {
        if (_cancelled)
            return Fail(OriginFailure.Cancelled);
        if (++_steps > _failsAfter)
            return Fail(_headSent ? OriginFailure.Truncated : OriginFailure.NoResponse);
        if (_waits)
            return false;
        if (IsReading && (!_answersEarly || _random.Next(2) == 0))
            return ReadBody();
        if (!_headSent)
            return _random.Next(8) == 0 ? SendInterim() : SendHead();
        if (_sent < _content.Length && !IsHead)
            return SendContent();
        _request.Body?.Discard();
        _sink.OnEnd();
        return true;
    }

    /// <summary>The answer has met a fault; nothing more of it comes.</summary>
    public void Fault(Exception fault, FaultLedger faults)
    {
        EndReserving();
        _request.Body?.Discard();
        faults.End(_sink, "an exchange with the origin", fault);
    }

    private bool Fail(OriginFailure failure)
    {
        EndReserving();
        _request.Body?.Discard();
        _sink.OnFailed(failure);
        return true;
    }

    /// <summary>Reserves room, or fills what is reserved: loops turn, and the request may be given up, between the two.</summary>
    private bool SendContent()
    {
        _origin.HandsOn = true;
        if (!_isReserved)
        {
            var wanted = Math.Min(_content.Length - _sent, _random.Next(1, Math.Max(10_000, _content.Length / 12)));
            _isReserved = _sink.TryReserve(wanted, out _room);
            Assert.True(_isReserved || _cancelled, "a request was refused room and not cancelled");
        }
        else
        {
            var count = _random.Next(8) == 0 ? 0 : _random.Next(2) == 0 ? _room.Length : _random.Next(1, _room.Length + 1);
            _content.AsSpan(_sent, count).CopyTo(_room.Memory.Span);
            _sent += count;
            EndReserving();
            _waits = _sink.Commit(count) == OriginFlow.Wait;
        }

        _origin.HandsOn = false;
        return false;
    }

    private void EndReserving()
    {
        if (_isReserved)
            _room.Dispose();
        _isReserved = false;
    }

    /// <summary>Takes some of what there is of the request's body.</summary>
    private bool ReadBody()
    {
        var found = _request.Body!.TryPull(out var bytes);
        if (found == RequestBodyPull.Broken)
            return Fail(OriginFailure.ClientBodyFailed);
        if (found == RequestBodyPull.Bytes)
        {
            var count = Math.Min(bytes.Length, _random.Next(1, 65536));
            _body.AddRange(bytes.Span[..count]);
            _request.Body.Advance(count);
        }

        IsReading = found != RequestBodyPull.End;
        if (!IsReading)
            Assert.True(
                SeededContent.IsRequestBody(_body.ToArray()), $"a request's body of {_body.Count} bytes came other than it was sent");
        return false;
    }

    private bool SendInterim()
    {
        var head = new ResponseHead { Status = 103, Framing = BodyFraming.None };
        head.Fields.Add("Link"u8, _request.Target.Span);
        _sink.OnInterim(head);
        return false;
    }

    private bool SendHead()
    {
        _headSent = true;
        if (_request.Fields.Contains(KnownField.IfNoneMatch) && _random.Next(2) == 0)
        {
            _sent = _content.Length;
            _sink.OnHead(WithCaching(new ResponseHead { Status = 304, Framing = BodyFraming.None }));
            return false;
        }

        var framing = _random.Next(3) switch
        {
            0 => BodyFraming.Length,
            1 => BodyFraming.Chunked,
            _ => BodyFraming.UntilClose,
        };
        if (IsHead)
            framing = BodyFraming.None;
        var length = framing == BodyFraming.Length ? _content.Length : 0;
        var head = new ResponseHead { Status = 200, Framing = framing, ContentLength = length };
        if (framing is BodyFraming.Length or BodyFraming.None)
            head.Fields.Add("Content-Length"u8, Encoding.ASCII.GetBytes($"{_content.Length}"));
        _sink.OnHead(WithCaching(head));
        return false;
    }

    private ResponseHead WithCaching(ResponseHead head)
    {
        head.Fields.Add("ETag"u8, "\"one\""u8);
        var control = _random.Next(7) switch
        {
            0 => "private"u8,
            1 => "max-age=0"u8,
            2 => "no-store"u8,
            3 => "max-age=2"u8,
            _ => "max-age=60"u8,
        };
        head.Fields.Add("Cache-Control"u8, control);
        return head;
    }
}
