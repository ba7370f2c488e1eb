using System.Net;
using System.Net.Sockets;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>The client's end of a connection, record by record, on a blocking socket.</summary>
internal sealed class TlsPeer : IDisposable
{
    private readonly SessionKeys _keys;
    private readonly RecordSealer _sealer;
    private readonly RecordOpener _opener;
    private readonly byte[] _record = new byte[RecordFormat.RecordMaximum];

    public TlsPeer(int port, SessionKeys keys, int? receiveBufferBytes = null)
    {
        _keys = keys;
        _sealer = new RecordSealer(keys.Version, keys.Suite, keys.Receive);
        _opener = new RecordOpener(keys.Version, keys.Suite, keys.Transmit);
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Socket.SendTimeout = Socket.ReceiveTimeout = (int)TestConnection.Patience.TotalMilliseconds;
        if (receiveBufferBytes is { } bytes)
            Socket.ReceiveBufferSize = bytes;
        Socket.Connect(IPAddress.Loopback, port);
    }

    public static byte[] CloseNotify => [1, 0];

    public Socket Socket { get; }

    public byte[] Seal(ContentType type, ReadOnlySpan<byte> content)
    {
        var record = new byte[content.Length + _sealer.Format.Overhead];
        return record[.._sealer.Seal(type, content, record)];
    }

    /// <summary>One record of application data for each of the texts.</summary>
    public byte[] SealData(params string[] texts) =>
        [.. texts.SelectMany(text => Seal(ContentType.ApplicationData, System.Text.Encoding.ASCII.GetBytes(text)))];

    public void Send(ContentType type, ReadOnlySpan<byte> content) => Socket.Send(Seal(type, content));

    /// <summary>So many of the same records at once that no credit lasts.</summary>
    public void Flood(ContentType type, byte[] content) =>
        Socket.Send([.. Enumerable.Range(0, 20 * ControlCredit.Maximum).SelectMany(_ => Seal(type, content))]);

    /// <summary>A record of TLS 1.3 with padding behind its content (RFC 9846, section 5.4).</summary>
    public void SendPadded(ContentType type, ReadOnlySpan<byte> content, int padding)
    {
        // Sealed as a record whose type is a zero: the true one stands before the padding.
        byte[] inner = [.. content, (byte)type, .. new byte[padding - 1]];
        Socket.Send(Seal(ContentType.None, inner));
    }

    /// <summary>The keys of the records sent from now on.</summary>
    public void UpdateSealing() => _sealer.Update();

    /// <summary>The keys of the records received from now on.</summary>
    public void UpdateOpening() => _opener.Update();

    /// <summary>The next record as it is on the wire, whatever its keys.</summary>
    public byte[] ReadSealed()
    {
        Assert.True(TryFill(0, RecordFormat.HeaderLength), "The stream has ended.");
        var length = _opener.LengthOf(_record, out _);
        Assert.True(TryFill(RecordFormat.HeaderLength, length), "The stream ends within a record.");
        return _record[..length];
    }

    /// <summary>The next record; a type of None is the end of the stream.</summary>
    public (ContentType Type, byte[] Content) Read()
    {
        if (!TryFill(0, RecordFormat.HeaderLength))
            return (ContentType.None, []);
        var length = _opener.LengthOf(_record, out var alert);
        Assert.Equal(TlsAlert.CloseNotify, alert);
        Assert.True(TryFill(RecordFormat.HeaderLength, length), "The stream ends within a record.");
        var opened = new byte[RecordFormat.RecordMaximum];
        var type = _opener.Open(_record.AsSpan(0, length), opened, out var count, out alert);
        Assert.True(type != ContentType.None, $"The record doesn't open: {alert}.");
        return (type, opened[..count]);
    }

    /// <summary>Application data of the given length, and how many records held it.</summary>
    public (byte[] Content, int Records) ReadData(int length)
    {
        var data = new byte[length];
        var records = 0;
        for (var read = 0; read < length; records++)
        {
            var (type, content) = Read();
            Assert.Equal(ContentType.ApplicationData, type);
            content.CopyTo(data.AsSpan(read));
            read += content.Length;
        }

        return (data, records);
    }

    public void ReadAlert(ReadOnlySpan<byte> expected)
    {
        var (type, content) = Read();
        Assert.Equal(ContentType.Alert, type);
        Assert.Equal(expected, content);
    }

    public void ReadEnd() => Assert.Equal(ContentType.None, Read().Type);

    public void Dispose()
    {
        Socket.Dispose();
        _sealer.Dispose();
        _opener.Dispose();
        _keys.Dispose();
    }

    private bool TryFill(int from, int to)
    {
        while (from < to)
        {
            var count = Socket.Receive(_record.AsSpan(from, to - from));
            if (count == 0 && from == 0)
                return false;
            Assert.NotEqual(0, count);
            from += count;
        }

        return true;
    }
}
