using System.Buffers.Binary;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;
using TlsProxy.Testing.Backend;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>The client of a <see cref="LateHandOverSchedule"/>: asks, updates keys, and checks each byte of the responses.</summary>
internal sealed class LateClient : IRecordSink, IDisposable
{
    private static readonly byte[] s_update = [24, 0, 0, 1, 0];
    private static readonly byte[] s_updateRequested = [24, 0, 0, 1, 1];

    private readonly Random _random;
    private readonly SessionKeys _keys;
    private readonly RecordSealer _sealer;
    private readonly TlsReceiver _receiver;
    private readonly byte[] _taken = new byte[4096];
    private readonly List<byte> _outgoing = [];
    private readonly List<byte> _expected = [];
    private int _asked;
    private int _received;

    public LateClient(Random random, SessionKeys keys)
    {
        _random = random;
        _keys = keys;
        _sealer = new RecordSealer(keys.Version, keys.Suite, keys.Receive);
        _receiver = new TlsReceiver(this, new byte[RecordFormat.RecordMaximum]);
        _receiver.Start(new RecordOpener(keys.Version, keys.Suite, keys.Transmit));
    }

    public static ReadOnlySpan<byte> Ticket => "ticket"u8;

    public bool IsTls13 => _keys.Version == TlsVersion.Tls13;

    /// <summary>Key updates of the server.</summary>
    public int Updates { get; private set; }

    /// <summary>close_notify has come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Everything was sent, and every response has come.</summary>
    public bool HasAll => _outgoing.Count == 0 && _received == _expected.Count;

    /// <summary>The content of one response.</summary>
    public static byte[] Content(int number, int length) =>
        [.. Enumerable.Range(0, length).Select(i => (byte)((number * 31) + (i * 7) + (i >> 8)))];

    /// <summary>Asks for a response, behind those asked for before.</summary>
    public void Ask(int length, bool mayUpdateKeys)
    {
        if (mayUpdateKeys && IsTls13 && _random.Next(2) == 0)
        {
            Seal(ContentType.Handshake, _random.Next(2) == 0 ? s_update : s_updateRequested);
            _sealer.Update();
        }

        Span<byte> request = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(request, length);
        var cut = _random.Next(request.Length);
        if (cut > 0)
            Seal(ContentType.ApplicationData, request[..cut]);
        Seal(ContentType.ApplicationData, request[cut..]);
        _expected.AddRange(Content(_asked++, length));
    }

    /// <summary>Takes the next bytes to be sent.</summary>
    public byte[] Write(int maximum)
    {
        var bytes = _outgoing.Take(_random.Next(Math.Min(maximum, _outgoing.Count) + 1)).ToArray();
        _outgoing.RemoveRange(0, bytes.Length);
        return bytes;
    }

    /// <summary>Sends and receives something, or nothing.</summary>
    public void Step(FakeSocket socket)
    {
        if (_outgoing.Count > 0 && _random.Next(2) == 0)
        {
            var count = Math.Min(_outgoing.Count, _random.Next(4) == 0 ? 10_000 : _random.Next(1, 60));
            _outgoing.RemoveRange(0, socket.Write(_outgoing.Take(count).ToArray()));
        }

        if (_random.Next(3) != 0)
            _receiver.Feed(_taken.AsSpan(0, socket.Take(_taken.AsSpan(0, _random.Next(1, _taken.Length)))));
    }

    public bool OnRecord(ContentType type, ReadOnlySpan<byte> content)
    {
        Assert.False(HasEnded, "Nothing follows close_notify.");
        if (type == ContentType.Alert)
        {
            Assert.Equal(TlsPeer.CloseNotify, content);
            HasEnded = true;
        }
        else if (type == ContentType.Handshake && !content.SequenceEqual(Ticket))
        {
            Assert.Equal(s_update, content);
            _receiver.UpdateKeys();
            Updates++;
        }
        else if (type == ContentType.ApplicationData)
        {
            Assert.True(content.SequenceEqual(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_expected)
                .Slice(_received, content.Length)), "The content isn't what was asked for.");
            _received += content.Length;
        }

        return true;
    }

    public void OnBadRecord(TlsAlert alert) => Assert.Fail($"A record of the server doesn't open: {alert}.");

    public void Dispose()
    {
        _receiver.Release();
        _sealer.Dispose();
        _keys.Dispose();
    }

    private void Seal(ContentType type, ReadOnlySpan<byte> content)
    {
        var record = new byte[content.Length + _sealer.Format.Overhead];
        _outgoing.AddRange(record.AsSpan(0, _sealer.Seal(type, content, record)));
    }
}
