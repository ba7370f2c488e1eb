using System.Buffers.Binary;
using System.Text;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Records;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A client of libssl in memory whose Finished leaves in several records. Its later records are sealed again, under the sequence
/// numbers that they have then.</summary>
internal sealed class CutClient : IDisposable
{
    private readonly CipherSuite _suite;
    private readonly int _length;
    private readonly ClientContext _context;
    private readonly ClientConnection _connection;
    private RecordOpener? _opener;
    private RecordSealer? _sealer;
    private bool _hasFinished;

    /// <param name="length">Bytes of the Finished in each record; from 52 on it isn't cut.</param>
    /// <param name="session">A session to resume, which stays the caller's.</param>
    public CutClient(CipherSuite suite, int length, ClientSession? session)
    {
        _suite = suite;
        _length = length;
        _context = new ClientContext((int)TestKeys.VersionOf(suite), suite.Name());
        _connection = new ClientConnection(_context, "localhost", session);
    }

    public bool WasResumed => _connection.WasResumed;

    /// <summary>Whether it may send data.</summary>
    public bool IsEstablished { get; private set; }

    private bool IsTls13 => TestKeys.VersionOf(_suite) == TlsVersion.Tls13;

    public ClientSession TakeSession() => _connection.TakeSession() ?? throw new InvalidOperationException("No ticket has come.");

    /// <summary>Takes what the server has sent, and goes on with the handshake.</summary>
    /// <returns>Bytes for the server.</returns>
    public byte[] ShakeHands(ReadOnlySpan<byte> received)
    {
        _connection.Offer(received);
        var error = _connection.Handshake();
        Assert.True(error is 0 or LibSsl.SSL_ERROR_WANT_READ, "The handshake failed.");
        IsEstablished = error == 0;
        return TakeOutput();
    }

    public byte[] Write(string text)
    {
        Assert.True(_connection.Write(Encoding.ASCII.GetBytes(text)));
        return TakeOutput();
    }

    /// <summary>The server's keys, as the client has them, for its records from the first on that they protect: Finished with TLS 1.2, else
    /// what comes behind it.</summary>
    public TrafficKeys ServerKeys() => IsTls13
        ? TrafficKeys.FromSecret(_suite, _connection.Secret("SERVER_TRAFFIC_SECRET_0").Secret)
        : FromKeyBlock(isServer: true);

    /// <summary>The application data in what the server has sent.</summary>
    public string Read(ReadOnlySpan<byte> received)
    {
        _connection.Offer(received);
        var buffer = new byte[RecordFormat.PlaintextMaximum];
        return Encoding.ASCII.GetString(buffer, 0, _connection.Read(buffer, out _));
    }

    public void Dispose()
    {
        _opener?.Dispose();
        _sealer?.Dispose();
        _connection.Dispose();
        _context.Dispose();
    }

    private byte[] TakeOutput()
    {
        var output = new byte[_connection.PendingOutput];
        _connection.ReadOutput(output);
        var laidOut = new List<byte>();
        for (var rest = output.AsSpan(); !rest.IsEmpty;)
        {
            var length = RecordFormat.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            laidOut.AddRange(LayOut(rest[..length]));
            rest = rest[length..];
        }

        return [.. laidOut];
    }

    private byte[] LayOut(ReadOnlySpan<byte> record)
    {
        var type = (ContentType)record[0];
        // With TLS 1.3 the keys behind Finished are others, whose numbers begin with them.
        if (IsTls13 ? type != ContentType.ApplicationData || _hasFinished : type == ContentType.ChangeCipherSpec || _opener is null)
        {
            if (type == ContentType.ChangeCipherSpec && !IsTls13)
                Begin();
            return record.ToArray();
        }

        if (_opener is null)
            Begin();
        var content = new byte[record.Length];
        type = _opener!.Open(record, content, out var length, out _);
        Assert.True(type is ContentType.Handshake or ContentType.ApplicationData or ContentType.Alert);
        _hasFinished |= type == ContentType.Handshake;
        var laidOut = new List<byte>();
        foreach (var part in content[..length].Chunk(type == ContentType.Handshake ? _length : length))
        {
            var sealedPart = new byte[part.Length + _sealer!.Format.Overhead];
            laidOut.AddRange(sealedPart[.._sealer.Seal(type, part, sealedPart)]);
        }

        return [.. laidOut];
    }

    private void Begin()
    {
        var version = TestKeys.VersionOf(_suite);
        _opener = new RecordOpener(version, _suite, Keys());
        _sealer = new RecordSealer(version, _suite, Keys());
    }

    /// <summary>The keys of the client's Finished: with TLS 1.2 those of its data too (RFC 5246, section 6.3).</summary>
    private TrafficKeys Keys() => IsTls13
        ? TrafficKeys.FromSecret(_suite, _connection.Secret("CLIENT_HANDSHAKE_TRAFFIC_SECRET").Secret)
        : FromKeyBlock(isServer: false);

    private TrafficKeys FromKeyBlock(bool isServer)
    {
        var (random, master) = _connection.Secret("CLIENT_RANDOM");
        var keyLength = _suite.Aead().KeyLength();
        var ivLength = _suite.Aead() == Aead.ChaCha20Poly1305 ? 12 : 4;
        var block = new byte[2 * (keyLength + ivLength)];
        KeySchedule.Prf12(_suite.Hash(), master, "key expansion"u8, (byte[])[.. _connection.ServerRandom, .. random], block);
        var number = isServer ? 1 : 0;
        var iv = block.AsSpan(2 * keyLength).Slice(number * ivLength, ivLength);
        return TrafficKeys.FromKeyBlock(_suite, block.AsSpan(number * keyLength, keyLength), iv, 0);
    }
}
