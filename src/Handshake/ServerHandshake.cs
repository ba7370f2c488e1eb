using System.Text;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake;

/// <summary>The server's side of a handshake, without any I/O: bytes of the peer in, bytes for the peer out, and in the end the keys of the
/// records and what was received beyond. It feeds the engine one whole record at a time, so that the keys' sequence numbers are exact. The
/// object can do one handshake after the other; it belongs to one thread at a time.</summary>
public sealed class ServerHandshake : IDisposable
{
    /// <summary>Bytes that a client may send in its handshake. An engine takes a hello of 131,396 bytes, and a second
    /// one behind a HelloRetryRequest; a certificate of the client may be as long.</summary>
    public const int ReceivedMaximum = 1024 * 1024;

    /// <summary>Records that a client may send in its handshake. Each costs a step of the engine, however short it is; hellos of clients,
    /// with a hybrid group too, may come in records of one byte.</summary>
    public const int RecordsMaximum = 4096;

    private const byte UnexpectedMessage = 10;

    // A subject goes into a field of each request to the origin.
    private const int SubjectMaximum = 4096;

    // A handshake needs none but one ChangeCipherSpec; engines take some kinds of them for ever.
    private const int ControlRecordsMaximum = 32;

    private readonly TlsContext _context;

    private readonly IncomingRecords _input = new();
    private readonly OutgoingRecords _output = new();
    private readonly SessionKeys _keys = new();
    private IEngineHandshake? _engine;

    // What is presented in this handshake, from its first record to its end.
    private EngineSetup? _setup;

    /// <summary>Cheap: the engine's state is made when the first whole record has come.</summary>
    public ServerHandshake(TlsContext context) => _context = context;

    public HandshakeStatus Status { get; private set; }

    /// <summary>Bytes for the peer; after a failure its alert.</summary>
    public ReadOnlySpan<byte> Output => _output.Span;

    /// <summary>After the end: whether the output is nothing but records under the application keys, such as tickets of TLS 1.3. The peer
    /// doesn't wait for them to go on; they may leave together with the first data.</summary>
    public bool OutputMayWait { get; private set; }

    /// <summary>After the end: ciphertext received beyond the handshake, whole records or cut ones.</summary>
    public ReadOnlySpan<byte> Leftover => Status == HandshakeStatus.Done ? _input.Kept : default;

    /// <summary>Whether the handshake holds more memory than itself: the engine's, or that of a cut record.</summary>
    public bool HoldsMemory => _setup is not null || !_input.Kept.IsEmpty;

    /// <summary>Bytes that the client has sent in its handshake; it holds no more than some copies of them.</summary>
    public int ReceivedBytes { get; private set; }

    /// <summary>The handshake failed because the peer speaks HTTP without TLS; there is no alert then.</summary>
    public bool IsPlaintextHttp { get; private set; }

    /// <summary>Why it failed, in a few words for a log.</summary>
    public string FailureReason { get; private set; } = string.Empty;

    /// <summary>Both together.</summary>
    public HandshakeFailure Failure => new(FailureReason, IsPlaintextHttp);

    /// <summary>The name the client asked for, or null.</summary>
    public string? ServerName => _engine is { ServerName: { IsEmpty: false } name } ? Encoding.Latin1.GetString(name) : null;

    /// <summary>What was agreed on; from the end on.</summary>
    public HandshakeFacts Facts { get; private set; }

    /// <summary>The keys, from the end on, to be taken by <see cref="SessionKeys.TakeFrom"/>.</summary>
    public SessionKeys Keys =>
        Status == HandshakeStatus.Done ? _keys : throw new InvalidOperationException("The handshake has no keys to give.");

    /// <summary>Takes bytes from the peer, all of them.</summary>
    public HandshakeStatus Offer(ReadOnlySpan<byte> bytes)
    {
        if (Status == HandshakeStatus.NeedMore)
            ReceivedBytes += bytes.Length;
        while (!bytes.IsEmpty && Status == HandshakeStatus.NeedMore)
        {
            if (_setup is null && (!_input.TryPeek(ref bytes, out var header) || !LooksLikeHello(header)))
                break;
            if (!_input.TryTake(ref bytes, out var record))
                break;
            Step(record);
            _input.ClearKept();
        }

        if (Status == HandshakeStatus.NeedMore && ReceivedBytes > ReceivedMaximum)
            Fail("the handshake is too long");
        if (Status == HandshakeStatus.Done && !bytes.IsEmpty)
            _input.Keep(bytes);
        return Status;
    }

    /// <summary>Forgets what was sent.</summary>
    public void ClearOutput() => _output.Clear();

    /// <summary>Gives up what is left of a handshake and begins another.</summary>
    public void Reset()
    {
        EndEngine();
        _engine?.Clear();
        _keys.Dispose();
        _input.Reset();
        _output.Reset();
        Status = HandshakeStatus.NeedMore;
        IsPlaintextHttp = OutputMayWait = false;
        FailureReason = string.Empty;
        Facts = default;
        ReceivedBytes = 0;
    }

    public void Dispose()
    {
        Reset();
        _engine?.Dispose();
        _engine = null;
    }

    private bool LooksLikeHello(ReadOnlySpan<byte> header)
    {
        if (header[0] == RecordTally.HandshakeType && header[1] == 3)
            return true;
        IsPlaintextHttp = header[..3].IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0;
        if (!IsPlaintextHttp)
            _output.WriteAlert(UnexpectedMessage);
        Fail(IsPlaintextHttp ? "plain HTTP" : "no TLS");
        return false;
    }

    private void Step(ReadOnlySpan<byte> record)
    {
        if (_setup is null && !TryStartEngine())
        {
            Fail("no memory");
            return;
        }

        var engine = _engine!;
        var isAlone = _output.Span.IsEmpty;
        if (_input.Tally.Control > ControlRecordsMaximum)
        {
            _output.WriteAlert(UnexpectedMessage);
            Fail("too many alerts, ChangeCipherSpecs or empty records");
            return;
        }

        if (_input.Tally.Count > RecordsMaximum)
        {
            _output.WriteAlert(UnexpectedMessage);
            Fail("too many records");
            return;
        }

        var status = engine.Step(record, out var failure);
        _output.Drain(engine);
        if (status == HandshakeStatus.Done)
            Finish(engine, isAlone);
        else if (status == HandshakeStatus.Failed)
            Fail(failure);
    }

    private bool TryStartEngine()
    {
        if (_context.TryAcquire() is not { } setup)
            return false;
        try
        {
            _engine ??= _context.Engine.CreateHandshake();
            if (_engine.TryStart(new HandshakeStart(setup)))
                _setup = setup;
        }
        finally
        {
            if (_setup is null)
                setup.Release();
        }

        return _setup is not null;
    }

    private void Finish(IEngineHandshake engine, bool isOutputAlone)
    {
        var facts = engine.ReadFacts();
        var isTls13 = facts.Version == TlsVersion.Tls13;
        OutputMayWait = isTls13 && isOutputAlone;
        // TLS 1.3: the client's application keys begin behind its Finished, and no record behind it has been fed.
        var positions = isTls13
            ? new RecordPositions(_output.Tally.ApplicationData, 0, 0)
            : new RecordPositions(_output.Tally.Protected, _input.Tally.Protected, _output.Tally.LastNonce + 1);
        var exported = engine.TryExportKeys(_keys, positions);
        Facts = facts;
        EndEngine();
        if (!exported)
            Fail("the engine didn't tell the keys");
        else if (facts.PeerCertificate is { Subject.Length: > SubjectMaximum })
            Fail("the subject of the client's certificate is too long");
        else
            Status = HandshakeStatus.Done;
    }

    private void Fail(string reason)
    {
        Status = HandshakeStatus.Failed;
        FailureReason = reason;
        EndEngine();
        _input.ClearKept();
    }

    private void EndEngine()
    {
        if (_setup is not { } setup)
            return;
        _engine!.End();
        _setup = null;
        setup.Release();
    }
}
