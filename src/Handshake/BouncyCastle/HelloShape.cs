using System.Buffers.Binary;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>The fixed fields of a hello that BouncyCastle skips, or reads differently from libssl. BouncyCastle itself refuses a
/// truncated hello.</summary>
internal readonly ref struct HelloShape
{
    private const int HeaderLength = 4;
    private const int RandomLength = 32;
    private const int FieldsLength = HeaderLength + 2 + RandomLength;
    private const ushort Oldest = 0x0301;
    private const ushort Newest = 0x0303;

    private readonly Span<byte> _message;

    /// <param name="message">With the header of a message; a version in it may be changed for as long as it is parsed.</param>
    public HelloShape(Span<byte> message)
    {
        _message = message;
        if (message.Length <= FieldsLength)
            return;
        Version = BinaryPrimitives.ReadUInt16BigEndian(message[HeaderLength..]);
        if (Version < Oldest)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.protocol_version);
        var rest = (ReadOnlySpan<byte>)message[FieldsLength..];
        if (!TryTake(ref rest, 1, out _) || !TryTake(ref rest, 2, out var suites) || !TryTake(ref rest, 1, out var methods))
            return;
        if (suites.IsEmpty)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.illegal_parameter, "no suites");
        if (!methods.Contains((byte)Tls.CompressionMethod.cls_null))
            throw new Tls.TlsFatalAlert(methods.IsEmpty ? Tls.AlertDescription.decode_error : Tls.AlertDescription.illegal_parameter);
        IsUncompressed = methods.Length == 1;
    }

    public ushort Version { get; }

    /// <summary>Whether the null method of compression is the only one, as TLS 1.3 has it (RFC 9846, section 4.2.2).</summary>
    public bool IsUncompressed { get; }

    /// <summary>Parses the hello. A version above those known counts as TLS 1.2 (RFC 9846, appendix E.2); the transcript has the message
    /// as it came.</summary>
    public Tls.ClientHello Parse(Func<Tls.ClientHello> parse)
    {
        if (Version <= Newest)
            return parse();
        BinaryPrimitives.WriteUInt16BigEndian(_message[HeaderLength..], Newest);
        try
        {
            return parse();
        }
        finally
        {
            BinaryPrimitives.WriteUInt16BigEndian(_message[HeaderLength..], Version);
        }
    }

    private static bool TryTake(ref ReadOnlySpan<byte> rest, int lengthBytes, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (rest.Length < lengthBytes)
            return false;
        var length = lengthBytes == 1 ? rest[0] : BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (rest.Length < lengthBytes + length)
            return false;
        taken = rest.Slice(lengthBytes, length);
        rest = rest[(lengthBytes + length)..];
        return true;
    }
}
