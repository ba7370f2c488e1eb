using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TlsProxy.Testing.Tls;

/// <summary>Hellos of the greatest length that the fields of one can have.</summary>
public static class LongHello
{
    private const ushort UnknownExtension = 0xFDE8;
    private const ushort UnknownSuite = 0x0A0A;
    private const int SignatureAlgorithms = 13;
    private const int Protocols = 16;

    // From here on the registry has assigned none for long stretches; no test of ours uses those.
    private const int FirstUnassigned = 0x1000;
    private const int ListMaximum = 65_534;

    /// <summary>Fills every list of a hello with what a server doesn't know.</summary>
    /// <param name="hello">With the header of the message.</param>
    /// <param name="isTls13">One method of compression is all that TLS 1.3 allows (RFC 9846, section 4.2.2).</param>
    public static byte[] Of(ReadOnlySpan<byte> hello, bool isTls13) =>
        Fill(hello, isTls13, null, UnknownExtension, room => [.. Extension(UnknownExtension, new byte[room - 4])]);

    /// <summary>Fills a hello with as many extensions as its length has room for, each unknown and empty.</summary>
    /// <param name="hello">With the header of the message.</param>
    /// <param name="isTls13">One method of compression is listed then.</param>
    public static byte[] OfExtensions(ReadOnlySpan<byte> hello, bool isTls13) => Fill(
        hello, isTls13, null, UnknownExtension,
        room => [.. Enumerable.Range(FirstUnassigned, room / 4).SelectMany(type => Extension(type, []))]);

    /// <summary>Lists one suite and one signature algorithm as often as there is room, and none else.</summary>
    /// <param name="hello">With the header of the message.</param>
    /// <param name="suite">As in the registry of IANA.</param>
    /// <param name="signature">As in the registry of IANA.</param>
    public static byte[] OfRepeated(ReadOnlySpan<byte> hello, ushort suite, ushort signature) => Fill(
        hello, isTls13: false, suite, SignatureAlgorithms, room => [.. Extension(SignatureAlgorithms, List(signature, (room - 6) / 2))]);

    /// <summary>Offers as many application protocols as there is room for, each of one byte, and HTTP/1.1 last.</summary>
    /// <param name="hello">With the header of the message.</param>
    /// <param name="isTls13">One method of compression is listed then.</param>
    public static byte[] OfProtocols(ReadOnlySpan<byte> hello, bool isTls13) => Fill(
        hello, isTls13, null, Protocols, room => [.. Extension(Protocols, List(0x0161, (room - 6 - 9) / 2, [8, .. "http/1.1"u8]))]);

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

    /// <param name="repeated">The one suite; null for those of the hello and an unknown one.</param>
    /// <param name="replaced">The extension that the filling stands for.</param>
    private static byte[] Fill(ReadOnlySpan<byte> hello, bool isTls13, ushort? repeated, int replaced, Func<int, byte[]> fill)
    {
        // Behind the header of the message stand the version and the random.
        var fixedPart = hello[..38].ToArray();
        var rest = hello[38..];
        rest = rest[(1 + rest[0])..];
        var suites = rest.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(rest));
        rest = rest[(2 + suites.Length)..];
        rest = rest[(1 + rest[0])..];
        var extensions = Without(rest[2..], replaced);

        var longer = new List<byte>(fixedPart) { 32 };
        longer.AddRange(RandomNumberGenerator.GetBytes(32));
        AddNumber(longer, ListMaximum);
        var known = repeated is null ? suites.ToArray() : [];
        longer.AddRange(known);
        longer.AddRange(Repeat(repeated ?? UnknownSuite, (ListMaximum - known.Length) / 2));
        longer.AddRange(isTls13 ? [1, 0] : [255, .. Enumerable.Range(0, 255).Select(method => (byte)method)]);
        // In front: a session's extension would have to stay the last one.
        var filling = fill(ushort.MaxValue - extensions.Length);
        AddNumber(longer, filling.Length + extensions.Length);
        longer.AddRange(filling);
        longer.AddRange(extensions);
        var whole = longer.ToArray();
        SetLength(whole);
        return whole;
    }

    private static byte[] Without(ReadOnlySpan<byte> extensions, int type)
    {
        var kept = new List<byte>();
        while (!extensions.IsEmpty)
        {
            var one = extensions[..(4 + BinaryPrimitives.ReadUInt16BigEndian(extensions[2..]))];
            if (BinaryPrimitives.ReadUInt16BigEndian(one) != type)
                kept.AddRange(one);
            extensions = extensions[one.Length..];
        }

        return [.. kept];
    }

    private static List<byte> Extension(int type, byte[] data)
    {
        var extension = new List<byte>();
        AddNumber(extension, type);
        AddNumber(extension, data.Length);
        extension.AddRange(data);
        return extension;
    }

    private static byte[] List(ushort number, int count, byte[]? last = null)
    {
        var list = new List<byte>();
        AddNumber(list, (2 * count) + (last?.Length ?? 0));
        list.AddRange(Repeat(number, count));
        list.AddRange(last ?? []);
        return [.. list];
    }

    private static IEnumerable<byte> Repeat(ushort number, int count) =>
        Enumerable.Repeat(number, count).SelectMany(one => (byte[])[(byte)(one >> 8), (byte)one]);

    private static void AddNumber(List<byte> bytes, int number) => bytes.AddRange([(byte)(number >> 8), (byte)number]);
}
