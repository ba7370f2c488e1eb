using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Interop;
using TlsProxy.Testing.Tls;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>A client that carries out its plan step by step, on a socket of the fake back end.</summary>
internal sealed class SeededClient : IDisposable
{
    private const int PieceMaximum = 4000;

    private readonly Random _random;
    private readonly AnswerReader _answers;
    private readonly BytePipe _requests = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly BytePipe _toSend = new();
    private IClientWire _wire = new PlainWire();
    private FakeSocket? _socket;
    private int _sent;
    private int _taken;
    private int _silentSteps;
    private bool _leaves;
    private bool _hasLeft;
    private bool _endedInOrder;

    public SeededClient(Random random, ClientPlan plan)
    {
        _random = random;
        Plan = plan;
        _answers = new AnswerReader(plan.Requests);
        foreach (var request in plan.Requests)
            _requests.Write(request.Bytes);
        _requests.Write(new byte[plan.ExcessBytes]);
    }

    public ClientPlan Plan { get; }

    /// <summary>Nothing more will happen.</summary>
    public bool IsOver => _socket is { } socket && (socket.IsReset || socket.IsClosed) && (socket.Deliverable == 0 || Plan.StopsReading);

    public int Served => _answers.Served;

    public int InParts => _answers.InParts;

    public int Interims => _answers.Interims;

    /// <summary>It has reset the connection in the midst of an answer.</summary>
    public bool QuitWithin { get; private set; }

    /// <summary>It has stayed as long as it was to, without having asked for anything.</summary>
    public bool StayedSilent => Plan.SilentSteps > 0 && _silentSteps == Plan.SilentSteps;

    public bool WasResumed => _wire is TlsWire { WasResumed: true };

    /// <param name="session">One that may be resumed.</param>
    public void Connect(FakeSocket socket, ClientSession? session)
    {
        _socket = socket;
        if (Plan.Suite is { } suite)
            _wire = new TlsWire(suite, session);
        _toSend.Write(Plan.ProxyHeader);
    }

    /// <summary>A session for a later client.</summary>
    public ClientSession? TakeSession() => _wire is TlsWire { IsReady: true } wire ? wire.TakeSession() : null;

    public void Step()
    {
        if (_socket is not { } socket || IsOver)
            return;
        if (_random.Next(4) != 0 && !(Plan.StopsReading && _sent > PieceMaximum / 10))
            Take(socket, _random.Next(1, Plan.ReadsSlowly ? 400 : _buffer.Length));
        if (!_hasLeft && !socket.IsReset)
            Act(socket);
    }

    /// <summary>Looks at everything that came, when no more will.</summary>
    /// <param name="calm">Nothing went wrong, so that a client that behaves is owed everything.</param>
    /// <param name="drained">The proxy ended before its clients: the answer to a first request is still owed.</param>
    public void Check(bool calm, bool drained)
    {
        var socket = _socket!;
        while (Take(socket, _buffer.Length) > 0)
        {
            // All that is left.
        }

        var tls = _wire as TlsWire;
        var broke = tls is { End: ClientEnd.Broken };
        Assert.False(broke && Plan.GarblesAt is null && !tls!.Renegotiates, $"TLS broke ({Plan.Suite}): {tls?.Reason}");
        var endedSilently = tls is { IsReady: true, End: ClientEnd.None } && socket is { IsReset: false, HasEnded: true };
        Assert.False(endedSilently && Plan.GarblesAt is null, "TLS ended without close_notify");
        var closed = tls is null ? _endedInOrder : tls.End == ClientEnd.CloseNotify;
        _answers.End(closed);
        Assert.False(_answers.IsCut && closed, "an answer is cut, and the connection ended as if it were whole");
        Assert.False(_answers.IsCut && !socket.IsReset && !broke && tls?.End != ClientEnd.Alert, "an answer is cut without a reset");
        // Who goes on sending after the last answer and is slow to read it may be outrun by the end of the linger time.
        var isOwed = calm && Plan.IsWellBehaved && !(drained && Plan.ReadsSlowly);
        if (isOwed)
            Assert.True(
                _answers.IsComplete || (drained && _answers.Answered > 0),
                $"only {_answers.Answered} of {Plan.Requests.Count} answers came ({tls?.End} {tls?.Reason})");
    }

    public void Dispose() => _wire.Dispose();

    private int Take(FakeSocket socket, int maximum)
    {
        var count = socket.Take(_buffer.AsSpan(0, maximum));
        if (count > 0)
            _wire.Offer(_buffer.AsSpan(0, count));
        _taken += count;
        _answers.Read(_wire.Received);
        _endedInOrder |= socket.HasEnded;
        return count;
    }

    private void Act(FakeSocket socket)
    {
        _wire.Output.MoveTo(_toSend, _wire.Output.Count);
        if (_toSend.Count > 0)
        {
            if (_random.Next(4) != 0)
                Send(socket);
        }
        else if (_taken > Plan.ResetsAfter)
        {
            QuitWithin = _answers.IsCut;
            _hasLeft = true;
            socket.Reset();
        }
        else if (_wire.IsReady && _silentSteps < Plan.SilentSteps)
        {
            _silentSteps++;
        }
        else if (_leaves)
        {
            Leave(socket);
        }
        else if (HasReasonToLeave)
        {
            _leaves = _random.Next(4) == 0;
            if (_leaves && Plan.Farewell == Farewell.Orderly)
                _wire.Close();
        }
        else if (_requests.Count > 0 && (_wire.IsReady || Plan.IsEager))
        {
            Ask();
        }
    }

    private bool HasReasonToLeave => _endedInOrder || _wire.End != ClientEnd.None || (Plan.IsImpatient && _random.Next(20) == 0)
        || (_answers.IsComplete && _requests.Count <= Plan.ExcessBytes) || (_requests.Count == 0 && HalfCloses);

    private bool HalfCloses => Plan.HalfCloses && Plan.Farewell != Farewell.Reset && _wire.IsReady;

    /// <summary>The next piece of what is to be asked: part of a request, or several.</summary>
    private void Ask()
    {
        if (_random.Next(3) == 0)
            return;
        if (Plan.UpdatesKeys && _wire is TlsWire { IsReady: true } tls && _random.Next(3) == 0)
            tls.UpdateKeys(Plan.RequestsUpdates);
        var count = Math.Min(_requests.Count, _random.Next(1, Plan.SendsSlowly ? 200 : PieceMaximum));
        _wire.Write(_requests.Span[..count]);
        _requests.Skip(count);
    }

    private void Send(FakeSocket socket)
    {
        var count = Math.Min(_toSend.Count, _random.Next(1, Plan.SendsSlowly ? 100 : PieceMaximum));
        if (Plan.LeavesAfter is { } end)
            count = Math.Min(count, end - _sent);
        var piece = _buffer.AsSpan(0, count);
        _toSend.Span[..count].CopyTo(piece);
        if (Plan.GarblesAt - _sent is { } index && index >= 0 && index < count)
            piece[index] ^= 0x55;
        count = socket.Write(piece);
        _toSend.Skip(count);
        _sent += count;
        if (_sent == Plan.LeavesAfter)
            Leave(socket);
    }

    private void Leave(FakeSocket socket)
    {
        _hasLeft = true;
        if (Plan.Farewell == Farewell.Reset)
            socket.Reset();
        else
            socket.End();
    }
}
