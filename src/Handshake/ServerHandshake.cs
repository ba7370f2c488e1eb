using System.Buffers.Binary;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake;

/// <summary>The server's side of one handshake, without any I/O: bytes of the peer in, bytes for the peer out, and in the end the keys of the records
/// and what was received beyond. It feeds the engine one whole record at a time, so that the keys' sequence numbers are exact.</summary>
public sealed class ServerHandshake : IDisposable
{
    private const int HeaderLength = 5;
    private const int RecordMaximum = HeaderLength + 16384 + 2048;
    private const int HandshakeBytesMaximum = 64 * 1024;
    private const byte ChangeCipherSpecType = 20;
    private const byte AlertType = 21;
    private const byte HandshakeType = 22;
    private const byte ApplicationDataType = 23;
    private const byte UnexpectedMessage = 10;

    private readonly TlsContext _context;
    private SslConnection? _ssl;
    private SessionKeys? _keys;
    private byte[] _record = [];
    private byte[] _output = [];
    private byte[] _leftover = [];
    private int _recordLength;
    private int _outputLength;
    private int _received;
    private ulong _transmitNonce;
    private bool _changedCipher;

    /// <summary>Cheap: the engine's state is made when the first whole record has come.</summary>
    public ServerHandshake(TlsContext context) => _context = context;

    public HandshakeStatus Status { get; private set; }

    /// <summary>Bytes for the peer; after a failure its alert.</summary>
    public ReadOnlySpan<byte> Output => _output.AsSpan(0, _outputLength);

    /// <summary>After the end: ciphertext received beyond the handshake, whole records or cut ones.</summary>
    public ReadOnlySpan<byte> Leftover => _leftover;

    /// <summary>The handshake failed because the peer speaks HTTP without TLS; there is no alert then.</summary>
    public bool IsPlaintextHttp { get; private set; }

    /// <summary>Why it failed, in a few words for a log.</summary>
    public string FailureReason { get; private set; } = string.Empty;

    /// <summary>The name the client asked for, or null; from the end on.</summary>
    public string? ServerName { get; private set; }

    /// <summary>The application protocol agreed on, or null; from the end on.</summary>
    public string? Protocol { get; private set; }

    /// <summary>Whether an earlier session was resumed; from the end on.</summary>
    public bool Resumed { get; private set; }

    /// <summary>Takes bytes from the peer, all of them.</summary>
    public HandshakeStatus Offer(ReadOnlySpan<byte> bytes)
    {
        if (Status != HandshakeStatus.NeedMore)
        {
            if (Status == HandshakeStatus.Done)
                _leftover = [.. _leftover, .. bytes];
            return Status;
        }

        _received += bytes.Length;
        while (!bytes.IsEmpty && Status == HandshakeStatus.NeedMore)
        {
            if (!TryTakeRecord(ref bytes, out var record))
                break;
            Step(record);
        }

        if (Status == HandshakeStatus.NeedMore && _received > HandshakeBytesMaximum)
            Fail("the handshake is too long");
        if (Status == HandshakeStatus.Done)
            _leftover = [.. _leftover, .. bytes];
        return Status;
    }

    /// <summary>Forgets what was sent.</summary>
    public void ClearOutput() => _outputLength = 0;

    /// <summary>The keys; they and the duty to dispose them pass to the caller. Once, after the end.</summary>
    public SessionKeys TakeKeys()
    {
        var keys = _keys ?? throw new InvalidOperationException("The handshake has no keys to give.");
        _keys = null;
        return keys;
    }

    public void Dispose()
    {
        _ssl?.Dispose();
        _ssl = null;
        _keys?.Dispose();
        _keys = null;
        _record = [];
        _output = [];
    }

    /// <summary>Takes the next whole record off the input. A header that no record has is taken as it is: the engine answers it with its alert.</summary>
    private bool TryTakeRecord(ref ReadOnlySpan<byte> input, out ReadOnlySpan<byte> record)
    {
        record = default;
        if (!TryFill(HeaderLength, ref input))
            return false;
        if (_ssl is null && !LooksLikeHello(_record))
            return false;
        var whole = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(_record.AsSpan(3));
        if (whole <= RecordMaximum && !TryFill(whole, ref input))
            return false;
        record = _record.AsSpan(0, _recordLength);
        _recordLength = 0;
        return true;
    }

    private bool LooksLikeHello(ReadOnlySpan<byte> header)
    {
        if (header[0] == HandshakeType && header[1] == 3)
            return true;
        IsPlaintextHttp = header[..3].IndexOfAnyExceptInRange((byte)'A', (byte)'Z') < 0;
        if (!IsPlaintextHttp)
            WriteAlert(UnexpectedMessage);
        Fail(IsPlaintextHttp ? "plain HTTP" : "no TLS");
        return false;
    }

    private bool TryFill(int length, ref ReadOnlySpan<byte> input)
    {
        if (_recordLength >= length)
            return true;
        if (_record.Length < length)
            Array.Resize(ref _record, Math.Max(length, 1024));
        var taken = Math.Min(length - _recordLength, input.Length);
        input[..taken].CopyTo(_record.AsSpan(_recordLength));
        _recordLength += taken;
        input = input[taken..];
        return _recordLength == length;
    }

    private void Step(ReadOnlySpan<byte> record)
    {
        _ssl ??= SslConnection.TryCreate(_context.Handle);
        if (_ssl is not { } ssl)
        {
            Fail("no memory");
            return;
        }

        var status = ssl.Step(record, out var failure);
        var protectedRecords = DrainOutput(ssl);
        if (status == HandshakeStatus.Done)
            Finish(ssl, protectedRecords);
        else if (status == HandshakeStatus.Failed)
            Fail(failure);
    }

    private void Finish(SslConnection ssl, int protectedRecords)
    {
        // TLS 1.3: tickets that left with the last step are records under the application keys. TLS 1.2: Finished was the one record so far.
        var sequence = ssl.Version == TlsVersion.Tls13 ? (ulong)protectedRecords : 1;
        _keys = ssl.TryExportKeys(sequence, _transmitNonce);
        ServerName = ssl.ServerName;
        Protocol = ssl.Protocol;
        Resumed = ssl.Resumed;
        ssl.Dispose();
        _ssl = null;
        _record = [];
        if (_keys is null)
            Fail("the engine didn't tell the keys");
        else
            Status = HandshakeStatus.Done;
    }

    private void Fail(string reason)
    {
        Status = HandshakeStatus.Failed;
        FailureReason = reason;
        _ssl?.Dispose();
        _ssl = null;
        _record = [];
    }

    private void WriteAlert(byte alert)
    {
        _output = [AlertType, 3, 3, 0, 2, 2, alert];
        _outputLength = _output.Length;
    }

    /// <summary>Moves what the engine wants to send to the output.</summary>
    /// <returns>Records of type application data among it.</returns>
    private int DrainOutput(SslConnection ssl)
    {
        var start = _outputLength;
        while (ssl.PendingOutput is var pending and > 0)
        {
            if (_output.Length - _outputLength < pending)
                Array.Resize(ref _output, Math.Max(_outputLength + pending, 4096));
            _outputLength += ssl.ReadOutput(_output.AsSpan(_outputLength));
        }

        var count = 0;
        for (var rest = _output.AsSpan(start, _outputLength - start); rest.Length >= HeaderLength;)
        {
            var length = HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            if (rest[0] == ApplicationDataType)
                count++;
            else if (rest[0] == ChangeCipherSpecType)
                _changedCipher = true;
            else if (rest[0] == HandshakeType && _changedCipher && length >= HeaderLength + sizeof(ulong))
                // Our Finished of TLS 1.2 shows the explicit nonce it used; the next record goes on from there.
                _transmitNonce = BinaryPrimitives.ReadUInt64BigEndian(rest[HeaderLength..]) + 1;
            rest = rest[Math.Min(length, rest.Length)..];
        }

        return count;
    }
}
