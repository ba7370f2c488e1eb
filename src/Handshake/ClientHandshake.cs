using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake;

/// <summary>The client's side of a handshake, without any I/O: bytes of the server in, bytes for the server out, and in the end the keys of
/// the records and what was received beyond. It feeds the engine one whole record at a time, so that the keys' sequence numbers are exact.
/// The object can do one handshake after the other; it belongs to one thread at a time.</summary>
public sealed class ClientHandshake : IDisposable
{
    /// <summary>Bytes that a server may send in its handshake. Engines take a chain of 100 KiB and messages of some 20 KiB beside it.
    /// </summary>
    public const int ReceivedMaximum = 256 * 1024;

    /// <summary>Records that a server may send in its handshake. Each costs a step of the engine, however short it is.</summary>
    public const int RecordsMaximum = 1024;

    private const byte UnexpectedMessage = 10;

    // A handshake needs none but one ChangeCipherSpec; engines take some kinds of them for ever.
    private const int ControlRecordsMaximum = 32;

    private readonly TlsClientContext _context;
    private readonly IncomingRecords _input = new();
    private readonly OutgoingRecords _output = new();
    private readonly SessionKeys _keys = new();
    private IClientHandshake? _engine;
    private ClientLife _life;

    public ClientHandshake(TlsClientContext context) => _context = context;

    /// <summary>NeedMore before the start too.</summary>
    public HandshakeStatus Status => _life.Status;

    /// <summary>Bytes for the server; after a failure the alert.</summary>
    public ReadOnlySpan<byte> Output => _output.Span;

    /// <summary>After the end: ciphertext received beyond the handshake, whole records or cut ones.</summary>
    public ReadOnlySpan<byte> Leftover => Status == HandshakeStatus.Done ? _input.Kept : default;

    /// <summary>Bytes that the server has sent in its handshake.</summary>
    public int ReceivedBytes => _life.ReceivedBytes;

    /// <summary>Why it failed.</summary>
    public ClientFailure Failure => _life.Failure;

    /// <summary>What was agreed on; from the end on.</summary>
    public HandshakeFacts Facts => _life.Facts;

    /// <summary>The keys, from the end on, to be taken by <see cref="SessionKeys.TakeFrom"/>.</summary>
    public SessionKeys Keys =>
        Status == HandshakeStatus.Done ? _keys : throw new InvalidOperationException("The handshake has no keys to give.");

    /// <summary>Begins a handshake; the hello is in the output. It offers a session of an earlier one with the same server.</summary>
    public HandshakeStatus Start(ServerIdentity server)
    {
        ArgumentNullException.ThrowIfNull(server);
        if (_life.Server is not null)
            throw new InvalidOperationException("A handshake has begun: reset it first.");
        _life.Server = server;
        if (TryStartEngine(server))
            Step([]);
        else
            Fail("no memory");
        return Status;
    }

    /// <summary>Takes bytes from the server, all of them.</summary>
    public HandshakeStatus Offer(ReadOnlySpan<byte> bytes)
    {
        if (_life.Server is null)
            throw new InvalidOperationException("No handshake has begun.");
        if (Status == HandshakeStatus.NeedMore)
            _life.ReceivedBytes += bytes.Length;
        while (!bytes.IsEmpty && Status == HandshakeStatus.NeedMore)
        {
            if (!_life.HasAnswer && (!_input.TryPeek(ref bytes, out var header) || !LooksLikeTls(header)))
                break;
            if (!_input.TryTake(ref bytes, out var record))
                break;
            if (IsWithinLimits())
                Step(record);
            _input.ClearKept();
        }

        if (Status == HandshakeStatus.NeedMore && _life.ReceivedBytes > ReceivedMaximum)
            Fail("the server's handshake is too long");
        if (Status == HandshakeStatus.Done && !bytes.IsEmpty)
            _input.Keep(bytes);
        return Status;
    }

    /// <summary>Forgets what was sent.</summary>
    public void ClearOutput() => _output.Clear();

    /// <summary>Takes what makes sessions of the server's tickets, once, at the end of a handshake of TLS 1.3. Without it they come to
    /// nothing.</summary>
    /// <returns>The caller's to dispose; null where no tickets follow, as in TLS 1.2, whose session is kept already.</returns>
    public ClientTickets? TakeTickets()
    {
        if (Status != HandshakeStatus.Done || _life.Epoch is not { } epoch || _engine is not { } engine)
            return null;
        _life.Epoch = null;
        _engine = null;
        return new ClientTickets(engine, _life.Server!, epoch);
    }

    /// <summary>Gives up what is left of a handshake; another can begin.</summary>
    public void Reset()
    {
        EndEngine();
        _engine?.Clear();
        _keys.Dispose();
        _input.Reset();
        _output.Reset();
        _life = default;
    }

    public void Dispose()
    {
        Reset();
        _engine?.Dispose();
        _engine = null;
    }

    /// <summary>The first record of a server is a handshake message or an alert; what speaks no TLS is told so in plain words.</summary>
    private bool LooksLikeTls(ReadOnlySpan<byte> header)
    {
        _life.HasAnswer = true;
        if (header[0] is RecordTally.HandshakeType or RecordTally.AlertType && header[1] == 3)
            return true;
        Fail("the server doesn't speak TLS");
        return false;
    }

    private bool IsWithinLimits()
    {
        var reason = _input.Tally switch
        {
            { Control: > ControlRecordsMaximum } => "too many alerts, ChangeCipherSpecs or empty records",
            { Count: > RecordsMaximum } => "too many records",
            _ => null,
        };
        if (reason is null)
            return true;
        _output.WriteAlert(UnexpectedMessage);
        Fail(reason);
        return false;
    }

    private bool TryStartEngine(ServerIdentity server)
    {
        if (_context.TryAcquire() is not { } epoch)
            return false;
        try
        {
            _engine ??= _context.Engine.CreateClientHandshake();
            using var session = epoch.Sessions.TryTake(server);
            if (_engine.TryStart(new HandshakeStart(epoch.Setup, server, session)))
                _life.Epoch = epoch;
        }
        finally
        {
            if (_life.Epoch is null)
                epoch.Release();
        }

        return _life.Epoch is not null;
    }

    private void Step(ReadOnlySpan<byte> record)
    {
        var engine = _engine!;
        var status = engine.Step(record, out var failure);
        _output.Drain(engine);
        if (status == HandshakeStatus.Done)
            Finish(engine);
        else if (status == HandshakeStatus.Failed)
            Fail(failure);
    }

    private void Finish(IClientHandshake engine)
    {
        var facts = engine.ReadFacts();
        var isTls13 = facts.Version == TlsVersion.Tls13;
        // TLS 1.3: our application keys begin behind our Finished and the server's behind its own; nothing behind either has passed here.
        var positions = isTls13
            ? default
            : new RecordPositions(_output.Tally.Protected, _input.Tally.Protected, _output.Tally.LastNonce + 1);
        if (!engine.TryExportKeys(_keys, positions))
        {
            Fail("the engine didn't tell the keys");
            return;
        }

        _life.Facts = facts;
        _life.Status = HandshakeStatus.Done;
        if (isTls13)
            return;
        if (engine.TakeSession() is { } session)
            _life.Epoch!.Sessions.Keep(_life.Server!, session);
        EndEngine();
    }

    private void Fail(string reason)
    {
        _life.Status = HandshakeStatus.Failed;
        _life.Failure = new ClientFailure(reason, _engine is { IsCertificateRefused: true });
        // One of them may be why: the next handshake begins without.
        _life.Epoch?.Sessions.Forget(_life.Server!);
        EndEngine();
        _keys.Dispose();
        _input.ClearKept();
    }

    private void EndEngine()
    {
        if (_life.Epoch is not { } epoch)
            return;
        _engine!.End();
        _life.Epoch = null;
        epoch.Release();
    }

    /// <summary>State of one handshake; replaced as a whole at its end.</summary>
    private struct ClientLife
    {
        public HandshakeStatus Status;

        /// <summary>Null before the start.</summary>
        public ServerIdentity? Server;

        /// <summary>Referenced while the engine holds the handshake.</summary>
        public ClientEpoch? Epoch;

        /// <summary>The server has answered with something like a record.</summary>
        public bool HasAnswer;

        public int ReceivedBytes;

        public HandshakeFacts Facts;

        public ClientFailure Failure;
    }
}
