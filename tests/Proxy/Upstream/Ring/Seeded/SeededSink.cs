using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>Takes the answer of one request in rooms of any size, has it wait, refuses more, and sees that each byte was meant for
/// it.</summary>
internal sealed class SeededSink : IOriginSink
{
    private const int WaitsMaximum = 40;

    private readonly OriginScript _script;
    private readonly SeededRequest _request;
    private readonly SeededSinkMemory _memory;
    private readonly int _roomMaximum;
    private readonly int _waitsOneOf;
    private readonly int _refusesAt;
    private AnswerPlan? _answer;
    private Segment? _reserved;
    private long _waitsUntil = -1;
    private int _waitsLeft;
    private int _received;
    private bool _hasTrailers;

    public SeededSink(OriginScript script, SeededRequest request, SeededSinkMemory memory)
    {
        (_script, _request, _memory) = (script, request, memory);
        _roomMaximum = script.Happens(3) ? script.Random.Next(1, 2000) : IOriginSink.DataMaximum;
        _waitsOneOf = script.Random.Next(1, 6);
        _waitsLeft = script.Happens(3) ? WaitsMaximum : 0;
        _refusesAt = script.Happens(15) ? script.Random.Next(2000) : int.MaxValue;
    }

    /// <summary>It has had its last call.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Why there is no whole answer; null where there is one.</summary>
    public OriginFailed? Failed { get; private set; }

    /// <summary>It lets data come again when it is time.</summary>
    public void Step()
    {
        if (IsOver || _waitsUntil < 0 || _script.Clock.Now < _waitsUntil)
            return;
        _waitsUntil = -1;
        _script.Trace?.Invoke($"{_request} takes bytes again");
        _request.Request.Resume();
    }

    public void OnInterim(ResponseHead head)
    {
        Check(_answer is null && !IsOver && head.Status is > 100 and < 200, "an interim head out of turn");
        PlanOf(head);
        _script.Tally.Add("interim", 1);
    }

    public void OnHead(ResponseHead head)
    {
        CheckIsWanted();
        Check(_answer is null && !IsOver, "a second head");
        _answer = PlanOf(head);
        Check(head.Status == _answer.Status, $"status {head.Status} of an answer with {_answer.Status}");
    }

    public bool TryReserve(int wanted, out SegmentRoom room)
    {
        Check(_answer is not null && _reserved is null && !IsOver && !_hasTrailers, "room out of turn");
        Check(_waitsUntil < 0, "bytes while it waits");
        Assert.InRange(wanted, 1, IOriginSink.DataMaximum);
        room = default;
        if (_received >= _refusesAt)
        {
            _request.Cancel();
            return false;
        }

        var length = Math.Min(wanted, _script.Random.Next(1, _roomMaximum + 1));
        _reserved = _memory.Rent(length);
        room = new SegmentRoom(_reserved, _reserved.Memory.Slice(0, length));
        return true;
    }

    public OriginFlow Commit(int count)
    {
        CheckIsWanted();
        var content = _answer!.Content;
        Check(count <= content.Length - _received, "more bytes than its answer has");
        Check(
            content.AsSpan(_received, count).SequenceEqual(_reserved!.Memory.Slice(0, count).Span),
            $"other bytes than those of its answer, behind {_received}");
        _received += count;
        EndReserving();
        if (_waitsLeft == 0 || !_script.Happens(_waitsOneOf))
            return OriginFlow.Continue;
        _waitsLeft--;
        _waitsUntil = _script.Happens(6) ? _script.LongFromNow() : _script.Clock.Now + _script.Random.Next(5_000_000);
        _script.Trace?.Invoke($"{_request} waits from {_received} until {_waitsUntil / 1_000_000} ms");
        return OriginFlow.Wait;
    }

    public void OnTrailers(FieldTable trailers)
    {
        Check(_answer is { HasTrailers: true } && !_hasTrailers && !IsOver, "trailers out of turn");
        Check(trailers.Count == 1 && trailers.Value(0).SequenceEqual(Encoding.ASCII.GetBytes(_answer!.Name)), "other trailers");
        _hasTrailers = true;
    }

    public void OnEnd()
    {
        CheckIsWanted();
        End();
        Check(_answer is not null, "an end without a head");
        Check(_received == _answer!.ContentMeant, $"an end after {_received} of {_answer.ContentMeant} bytes");
        Check(_answer.HasTrailers == _hasTrailers, "an end without the trailers");
    }

    public void OnFailed(in OriginFailed failure)
    {
        Failed = failure;
        End();
    }

    public void OnFault() => throw new InvalidOperationException($"The exchange of {_request} has met a fault.");

    private AnswerPlan PlanOf(ResponseHead head)
    {
        var at = head.Find("X-Answer"u8);
        Check(at >= 0, "a head of nobody's");
        var answer = _script.Answer(Encoding.ASCII.GetString(head.Value(at)));
        Check(answer.Request == _request.Number, $"the answer of request {answer.Request}");
        return answer;
    }

    private void End()
    {
        Check(!IsOver, "a second last call");
        _script.Trace?.Invoke($"{_request} ends: {Failed?.Reason}, {_received} bytes");
        IsOver = true;
        EndReserving();
        _memory.CheckRooms($"{_request}");
    }

    private void EndReserving()
    {
        if (_reserved is not null)
            _memory.Release(_reserved);
        _reserved = null;
    }

    private void CheckIsWanted() =>
        Check(_script.Turns <= _request.CancelledAt + 1L, $"something in turn {_script.Turns}, given up in {_request.CancelledAt}");

    private void Check(bool isRight, string what) => Assert.True(isRight, $"The sink of {_request} got {what}.");
}
