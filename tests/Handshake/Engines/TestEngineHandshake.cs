using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>A handshake of <see cref="TestEngine"/>. Each message is one record of fields, each behind two bytes with its length.</summary>
internal sealed class TestEngineHandshake(Func<Exception?> fault) : IClientHandshake
{
    private const byte Handshake = 22;
    private const byte ApplicationData = 23;

    private readonly MemoryStream _output = new();
    private Life _life = new();

    public int PendingOutput => (int)_output.Length;

    public ReadOnlySpan<byte> ServerName => _life.ServerName;

    private bool IsClient => _life.Setup!.Role == HandshakeRole.Client;

    public bool TryStart(in HandshakeStart start)
    {
        if (fault() is { } reason)
            throw reason;
        var offered = start.Session is TestEngine.Session session ? session.Ticket : [];
        _life = new()
        {
            Setup = (TestEngine.Setup)start.Setup,
            Offered = offered,
            ServerName = Encoding.ASCII.GetBytes(start.Server?.Name ?? string.Empty),
        };
        return true;
    }

    public HandshakeStatus Step(ReadOnlySpan<byte> record, out string failure)
    {
        failure = IsClient ? StepClient(Read(record)) : StepServer(Read(record));
        if (failure.Length > 0)
            return HandshakeStatus.Failed;
        return _life.Facts.Version == default ? HandshakeStatus.NeedMore : HandshakeStatus.Done;
    }

    public void ReadOutput(Span<byte> destination)
    {
        _output.ToArray().CopyTo(destination);
        _output.SetLength(0);
    }

    public HandshakeFacts ReadFacts() => _life.Facts;

    public bool TryExportKeys(SessionKeys keys, in RecordPositions positions)
    {
        keys.Begin(_life.Setup!.Role, _life.Facts.Version, _life.Facts.Suite, default);
        var (client, server) = (SHA256.HashData([.. _life.Transcript, 1]), SHA256.HashData([.. _life.Transcript, 2]));
        keys.Transmit.SetSecret(keys.Suite, IsClient ? client : server);
        keys.Receive.SetSecret(keys.Suite, IsClient ? server : client);
        (keys.Transmit.Sequence, keys.Receive.Sequence) = (positions.Sent, positions.Received);
        return true;
    }

    public bool IsCertificateRefused { get; private set; }

    public EngineSession? TakeSession() => null;

    public EngineSession? TakeTicket(ReadOnlySpan<byte> message) => new TestEngine.Session(Read(message)[0]);

    public void End() => _life = new() { ServerName = _life.ServerName };

    public void Clear() => _life = new();

    public void Dispose() => _output.Dispose();

    private static List<byte[]> Read(ReadOnlySpan<byte> record)
    {
        var fields = new List<byte[]>();
        for (var rest = record.IsEmpty ? record : record[5..]; !rest.IsEmpty;)
        {
            var end = 2 + BinaryPrimitives.ReadUInt16BigEndian(rest);
            fields.Add(rest[2..end].ToArray());
            rest = rest[end..];
        }

        return fields;
    }

    private string StepClient(List<byte[]> fields)
    {
        var setup = _life.Setup!;
        if (_life.Transcript.Length == 0)
        {
            _life.Transcript = Write(Handshake, _life.ServerName, _life.Offered, setup.Protocols.Offer.ToArray());
            return string.Empty;
        }

        // Resumed or not, protocol, certificate.
        using var certificate = X509CertificateLoader.LoadCertificate(fields[2]);
        var isVerified = fields[2].AsSpan().SequenceEqual(setup.Trusted)
            && certificate.MatchesHostname(Encoding.ASCII.GetString(_life.ServerName));
        IsCertificateRefused = !isVerified;
        if (IsCertificateRefused)
            return "the server's certificate isn't trusted";
        Agree(fields[0], fields[1], PeerVerification.Verified, new PeerCertificate(certificate.Subject, fields[2]));
        _life.Transcript = [.. _life.Transcript, .. fields.SelectMany(field => field)];
        Write(Handshake, []);
        return string.Empty;
    }

    private string StepServer(List<byte[]> fields)
    {
        var setup = _life.Setup!;
        if (_life.Transcript.Length > 0)
        {
            Agree(_life.Offered, _life.Protocol, PeerVerification.NoCertificate, null);
            Write(ApplicationData, "ticket"u8.ToArray());
            return string.Empty;
        }

        if (fields.Count != 3 || !setup.Protocols.TryChoose(fields[2], out var chosen))
            return "no application protocol";
        _life.ServerName = fields[0];
        _life.Protocol = fields[2][chosen];
        _life.Offered = [fields[1].AsSpan().SequenceEqual("ticket"u8) ? (byte)1 : (byte)0];
        byte[][] answer = [_life.Offered, _life.Protocol, setup.Certificate];
        Write(Handshake, answer);
        byte[] hello = [.. fields.SelectMany(Prefixed)];
        _life.Transcript = [.. hello, .. answer.SelectMany(field => field)];
        return string.Empty;
    }

    private void Agree(byte[] resumed, byte[] protocol, PeerVerification verification, PeerCertificate? certificate) =>
        _life.Facts = new HandshakeFacts
        {
            Version = TlsVersion.Tls13,
            Suite = CipherSuite.Aes128GcmSha256,
            Resumed = resumed is [1],
            Protocol = _life.Setup!.Protocols.NameOf(protocol),
            HasServerName = _life.ServerName.Length > 0,
            Verification = verification,
            PeerCertificate = certificate,
        };

    /// <returns>The message without its header.</returns>
    private byte[] Write(byte type, params byte[][] fields)
    {
        byte[] message = [.. fields.SelectMany(Prefixed)];
        _output.Write([type, 3, 3, (byte)(message.Length >> 8), (byte)message.Length, .. message]);
        return message;
    }

    private static byte[] Prefixed(byte[] field) => [(byte)(field.Length >> 8), (byte)field.Length, .. field];

    private sealed class Life
    {
        public TestEngine.Setup? Setup { get; init; }

        public HandshakeFacts Facts { get; set; }

        public byte[] ServerName { get; set; } = [];

        /// <summary>A client's ticket; of a server whether it was taken.</summary>
        public byte[] Offered { get; set; } = [];

        public byte[] Protocol { get; set; } = [];

        public byte[] Transcript { get; set; } = [];
    }
}
