using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TlsProxy.Testing.Tls;

/// <summary>Hellos of the greatest length that the fields of one can have.</summary>
public static class LongHello
{
    private const ushort UnknownExtension = 0xFDE8;
    private const ushort UnknownSuite = 0x0A0A;

    /// <summary>Fills every list of a hello with what a server doesn't know.</summary>
    /// <param name="hello">With the header of the message.</param>
    /// <param name="isTls13">One method of compression is all that TLS 1.3 allows (RFC 9846, section 4.2.2).</param>
    public static byte[] Of(ReadOnlySpan<byte> hello, bool isTls13)
    {
        // Behind the header of the message stand the version and the random.
        var fixedPart = hello[..38].ToArray();
        var rest = hello[38..];
        rest = rest[(1 + rest[0])..];
        var suites = rest.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(rest));
        rest = rest[(2 + suites.Length)..];
        rest = rest[(1 + rest[0])..];
        var extensions = rest[2..];

        var longer = new List<byte>(fixedPart) { 32 };
        longer.AddRange(RandomNumberGenerator.GetBytes(32));
        AddLength(longer, 65_534);
        longer.AddRange(suites);
        for (var i = suites.Length; i < 65_534; i += 2)
            AddLength(longer, UnknownSuite);
        longer.AddRange(isTls13 ? [1, 0] : [255, .. Enumerable.Range(0, 255).Select(method => (byte)method)]);
        AddLength(longer, ushort.MaxValue);
        // In front: a session's extension would have to stay the last one.
        var filling = ushort.MaxValue - extensions.Length - 4;
        AddLength(longer, UnknownExtension);
        AddLength(longer, filling);
        longer.AddRange(new byte[filling]);
        longer.AddRange(extensions);
        var whole = longer.ToArray();
        SetLength(whole);
        return whole;
    }

    /// <summary>Writes the length of a message into its header.</summary>
    public static void SetLength(byte[] message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var type = message[0];
        BinaryPrimitives.WriteUInt32BigEndian(message, (uint)(message.Length - 4));
        message[0] = type;
    }

    /// <summary>Lays a message out in records of so many bytes.</summary>
    public static byte[] InRecords(byte[] message, int record) =>
        [.. message.Chunk(record).SelectMany(part => (byte[])[22, 3, 1, (byte)(part.Length >> 8), (byte)part.Length, .. part])];

    private static void AddLength(List<byte> bytes, int length) => bytes.AddRange([(byte)(length >> 8), (byte)length]);
}
