using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Testing.Backend;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>One request on one connection, from the origin's side.</summary>
internal sealed class PlayedExchange
{
    private readonly OriginScript _script;
    private readonly FakeSocket _socket;
    private readonly SeededRequest _request;
    private readonly bool _isOnKept;
    private OriginConduct _conduct;
    private AnswerPlan? _answer;
    private bool _hasAsked;
    private int _written;

    /// <param name="isOnKept">The connection has carried a request before.</param>
    public PlayedExchange(OriginScript script, FakeSocket socket, SeededRequest request, bool isOnKept)
    {
        (_script, _socket, _request, _isOnKept) = (script, socket, request, isOnKept);
        _conduct = OriginConduct.Draw(script, request, isOnKept);
        script.Trace?.Invoke($"the origin sees {request}: {_conduct}");
        if (request.Sightings > 1)
            script.Tally.Add("repeated", 1);
    }

    /// <summary>The answer has been written, with whatever stands behind it.</summary>
    public bool IsWritten => _answer is not null && _written == _answer.Wire.Length;

    /// <summary>No request may follow on the connection.</summary>
    public bool IsLast => _answer is { EndsConnection: true };

    /// <summary>Bytes that belong to no answer follow the answer.</summary>
    public bool HasSurplus => _answer is { HasSurplus: true };

    /// <summary>The origin takes bytes of it.</summary>
    public bool Reads => _answer is null || !_conduct.StopsReading;

    /// <summary>What the origin has done to the connection.</summary>
    public OriginBreak Broken { get; private set; }

    /// <summary>Takes a step towards the answer.</summary>
    public void Step(ReceivedRequest received)
    {
        if (Broken != OriginBreak.None || IsWritten)
            return;
        if (_conduct.AsksForBody && !_hasAsked)
        {
            _hasAsked = true;
            _script.Tally.Add("asked for", 1);
            Assert.Equal(25, _socket.Write("HTTP/1.1 100 Continue\r\n\r\n"u8));
        }
        else if (_answer is not null)
        {
            Write(_answer);
        }
        else if (received.IsWhole || received.Content.Length >= _conduct.AnswersAfter)
        {
            Begin(isEarly: !received.IsWhole);
        }
    }

    private void Begin(bool isEarly)
    {
        if (isEarly)
            _script.Tally.Add(_conduct.Refusal is null ? "early" : "refused", 1);
        _answer = new AnswerPlan(_script, _request, isEarly, isEarly ? _conduct.Refusal : null);
        _conduct = _conduct.For(_answer, isEarly, _script);
        _script.Add(_answer);
        _script.HasEndedRests |= HasSurplus;
        _script.Trace?.Invoke($"the origin answers {_request}: {_answer.Status}, {_answer.Framing}, {_answer.Length} bytes: {_conduct}");
    }

    private void Write(AnswerPlan answer)
    {
        var end = Math.Min(answer.Wire.Length, _conduct.CutAt);
        if (_written < end)
        {
            var piece = Math.Min(end, _written + AnswerPlan.PieceOf(_script.Random, answer.Wire.Length));
            // The first byte of what stands behind the answer comes with its last.
            if (piece == answer.Length && end > piece)
                piece++;
            var count = _socket.Write(answer.Wire[_written..piece]);
            _written += count;
            Assert.True(!answer.HasSurplus || _written != answer.Length || end == _written, "The answer fills the socket by chance.");
        }
        else
        {
            Do(_conduct.Break, isWithin: true);
        }

        if (!IsWritten)
            return;
        Do(answer.Framing == BodyFraming.UntilClose ? OriginBreak.Close : _conduct.Then, isWithin: false);
    }

    private void Do(OriginBreak action, bool isWithin)
    {
        Broken = action;
        _script.Trace?.Invoke($"the origin does to {_request} after {_written} bytes: {action}");
        switch (action)
        {
            case OriginBreak.Close:
                _answer!.EndedAt = _written;
                _socket.End();
                break;
            case OriginBreak.Reset:
                _socket.Reset();
                break;
            case OriginBreak.Stall:
                _script.LongFromNow();
                break;
            default:
                return;
        }

        _script.Tally.Add($"{action} {(isWithin ? "within" : "behind")} an answer", 1);
        Excuse(action, isWithin);
    }

    private void Excuse(OriginBreak action, bool isWithin)
    {
        if (action == OriginBreak.Stall)
        {
            _request.Excused.UnionWith([OriginFailure.ResponseTimeout, OriginFailure.IdleTimeout]);
        }
        else if (isWithin || action == OriginBreak.Reset)
        {
            // A request whose kept connection ends in silence is sent again, and then has no excuse of this attempt.
            var isSilent = _written == 0 && !_hasAsked;
            if (!(isSilent && _isOnKept && _request is { MayBeRepeated: true, Sightings: 1 }) && !_conduct.EndsAnswer(_answer!))
                _request.Excused.UnionWith([OriginFailure.NoResponse, OriginFailure.Truncated]);
        }

        if (!isWithin)
            _script.HasEndedRests = true;
    }
}
