using TlsProxy.Testing.Tls;
using TlsProxy.Uring;

namespace TlsProxy.Testing.Backend;

/// <summary>The kernel's TLS on one connection (Documentation/networking/tls.rst), with the habits that matter: a record that didn't fit in
/// TCP is held back and lost by a close, a control record makes plain receives fail until it is asked for, and a second key is refused by
/// older kernels.</summary>
internal sealed class FakeKernelTls(FakeKernel kernel) : IDisposable
{
    public const int TLS_TX = 1;
    private const int TLS_RX = 2;
    private const byte ApplicationData = 23;
    private const byte Handshake = 22;
    private const byte KeyUpdate = 24;
    private const int ExpansionMaximum = 2048;

    private readonly BytePipe _unsent = new();
    private readonly BytePipe _plain = new();
    private RecordProtection? _transmit;
    private RecordProtection? _receive;
    private byte[]? _control;
    private byte _controlType;
    private Errno _broken;
    private bool _needsKey;

    public bool Transmits => _transmit is not null;

    public bool Receives => _receive is not null;

    /// <summary>Bytes were sent since the protocol was attached, which no key protected.</summary>
    public bool SentUnprotected { get; set; }

    /// <summary>A record has been taken that isn't all in TCP yet.</summary>
    public bool HoldsBack => _unsent.Count > 0;

    public bool HasUnread => _plain.Count > 0 || _control is not null;

    /// <summary>Sets the keys of one direction.</summary>
    public Errno SetKey(int direction, ReadOnlySpan<byte> info)
    {
        var refusal = direction switch
        {
            TLS_TX => kernel.Transmit,
            TLS_RX => kernel.Receive,
            _ => Errno.ENOPROTOOPT,
        };
        var known = direction == TLS_TX ? _transmit : _receive;
        if (refusal != Errno.None)
            return refusal;
        if (known is not null && !(kernel.TakesNewKeys && direction == TLS_RX))
            return Errno.EBUSY;
        if (RecordProtection.TryParse(info) is not { } keys)
            return Errno.EINVAL;
        var other = direction == TLS_TX ? _receive : _transmit;
        if (other is not null && (other.Version != keys.Version || other.Cipher != keys.Cipher))
            return Errno.EINVAL;
        if (direction == TLS_TX && SentUnprotected)
            throw new InvalidOperationException("Plaintext was sent between the protocol and its key.");
        known?.Dispose();
        if (direction == TLS_TX)
            _transmit = keys;
        else
            _receive = keys;
        _needsKey &= direction == TLS_TX;
        return Errno.None;
    }

    /// <summary>Makes records of as much as TCP has room for; the last one may be held back in part.</summary>
    /// <returns>Bytes of content taken: full records, unless it is everything.</returns>
    public int Send(FakeSocket socket, byte type, ReadOnlySpan<byte> content)
    {
        var taken = 0;
        do
        {
            var length = Math.Min(content.Length - taken, RecordProtection.PlaintextMaximum);
            _unsent.Write(_transmit!.Seal(type, content.Slice(taken, length)));
            taken += length;
            Push(socket);
        }
        while (taken < content.Length && socket.Room > 0);
        return taken;
    }

    /// <summary>Moves what was held back, as far as there is room. The kernel does so some time after room was made, when it sends more,
    /// and last at the close.</summary>
    public void Push(FakeSocket socket) => _unsent.MoveTo(socket.Outbound, Math.Min(_unsent.Count, socket.Room));

    /// <summary>Loses what was held back.</summary>
    public void Drop() => _unsent.Truncate(0);

    public bool CanReceive(FakeSocket socket) => HasUnread || _broken != Errno.None || _needsKey || HasRecord(socket.Inbound);

    /// <summary>A plain receive.</summary>
    /// <returns>Bytes, 0 at the end, or a negative errno; -EAGAIN when there is nothing yet.</returns>
    public int Receive(FakeSocket socket, Span<byte> destination)
    {
        var count = _plain.Read(destination);
        while (count < destination.Length && _control is null && _broken == Errno.None && !_needsKey && HasRecord(socket.Inbound))
        {
            OpenNext(socket);
            count += _plain.Read(destination[count..]);
        }

        if (count > 0)
            return count;
        if (_control is not null)
            return -(int)Errno.EIO;
        return Failure(socket);
    }

    /// <summary>A receive with room for the record type.</summary>
    public int ReceiveMessage(FakeSocket socket, Span<byte> destination, out byte type)
    {
        type = ApplicationData;
        if (_plain.Count == 0 && _control is null && _broken == Errno.None && !_needsKey && HasRecord(socket.Inbound))
            OpenNext(socket);
        if (_plain.Count > 0)
            return _plain.Read(destination);
        if (_control is not { } control)
        {
            type = 0;
            return Failure(socket);
        }

        type = _controlType;
        var count = Math.Min(control.Length, destination.Length);
        control.AsSpan(0, count).CopyTo(destination);
        _control = count < control.Length ? control[count..] : null;
        return count;
    }

    public void Dispose()
    {
        _transmit?.Dispose();
        _receive?.Dispose();
    }

    private int Failure(FakeSocket socket)
    {
        if (_broken != Errno.None)
            return -(int)_broken;
        if (_needsKey)
            return -(int)Errno.EKEYEXPIRED;
        if (socket.IsReset)
            return -(int)Errno.ECONNRESET;
        return socket.PeerEnded ? 0 : -(int)Errno.EAGAIN;
    }

    /// <summary>Whether the next record is whole, or can be told to be wrong.</summary>
    private bool HasRecord(BytePipe inbound) =>
        inbound.Count >= RecordProtection.HeaderLength
        && (HeaderError(inbound.Span) != Errno.None || inbound.Count >= LengthOf(inbound.Span));

    private static int LengthOf(ReadOnlySpan<byte> record) => RecordProtection.HeaderLength + ((record[3] << 8) | record[4]);

    private Errno HeaderError(ReadOnlySpan<byte> record)
    {
        var length = LengthOf(record);
        if (record[1] != 3 || record[2] != 3)
            return Errno.EINVAL;
        if (length > RecordProtection.HeaderLength + RecordProtection.PlaintextMaximum + ExpansionMaximum)
            return Errno.EMSGSIZE;
        return length < _receive!.Overhead ? Errno.EBADMSG : Errno.None;
    }

    private void OpenNext(FakeSocket socket)
    {
        var record = socket.Inbound.Span;
        _broken = HeaderError(record);
        if (_broken == Errno.None)
        {
            var length = LengthOf(record);
            if (_receive!.TryOpen(record[..length], out var type, out var content))
                Accept(type, content);
            else
                _broken = Errno.EBADMSG;
            socket.Inbound.Skip(length);
        }

        // The error stands for the next send too, until it is asked for.
        if (_broken != Errno.None)
            socket.Error = _broken;
    }

    private void Accept(byte type, byte[] content)
    {
        if (type == ApplicationData)
        {
            _plain.Write(content);
            return;
        }

        _control = content;
        _controlType = type;
        _needsKey = kernel.TakesNewKeys && type == Handshake && content is [KeyUpdate, ..];
    }
}
