using System.Buffers.Binary;

namespace TlsProxy.Handshake.Tests.Engines;

/// <summary>Hellos in one respect wrong or unusual, made of a hello that is right.</summary>
internal sealed class HelloVariants
{
    private const int FixedLength = 2 + 32;

    private readonly byte[] _head;
    private readonly byte[] _session;
    private readonly byte[] _suites;
    private readonly byte[] _methods;
    private readonly List<(int Type, byte[] Data)> _extensions = [];

    /// <param name="message">A hello with the header of its message.</param>
    public HelloVariants(ReadOnlySpan<byte> message)
    {
        var body = message[4..];
        _head = body[..FixedLength].ToArray();
        var rest = body[FixedLength..];
        _session = Take(ref rest, 1);
        _suites = Take(ref rest, 2);
        _methods = Take(ref rest, 1);
        ReadOnlySpan<byte> extensions = Take(ref rest, 2);
        while (!extensions.IsEmpty)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(extensions);
            extensions = extensions[2..];
            _extensions.Add((type, Take(ref extensions, 2)));
        }
    }

    /// <summary>The variants with a name each, as records.</summary>
    public IEnumerable<(string Name, byte[] Record)> All()
    {
        yield return ("as it is", Record(_head, _session, _suites, _methods, _extensions));
        foreach (var version in new[] { 0x0200, 0x0300, 0x0301, 0x0302, 0x0304, 0x0305, 0x03FF, 0x0400 })
            yield return ($"version {version:X4}", Record(Versioned(version), _session, _suites, _methods, _extensions));
        yield return ("session of 33 bytes", Record(_head, new byte[33], _suites, _methods, _extensions));
        yield return ("no session", Record(_head, [], _suites, _methods, _extensions));
        yield return ("no suites", Record(_head, _session, [], _methods, _extensions));
        yield return ("half a suite", Record(_head, _session, [.. _suites, 0x13], _methods, _extensions));
        yield return ("unknown suites", Record(_head, _session, [0x5A, 0x5A, 0, 0x2F], _methods, _extensions));
        yield return ("fallback", Record(_head, _session, [.. _suites, 0x56, 0x00], _methods, _extensions));
        yield return ("no method", Record(_head, _session, _suites, [], _extensions));
        yield return ("deflate alone", Record(_head, _session, _suites, [1], _extensions));
        yield return ("null and deflate", Record(_head, _session, _suites, [0, 1], _extensions));
        yield return ("no extensions", Record(_head, _session, _suites, _methods, []));
        foreach (var variant in OfExtensions())
            yield return variant;
    }

    /// <summary>The hello with other data in extensions that it has, as a record.</summary>
    public byte[] Of(params (int Type, byte[] Data)[] changes) => Record(
        _head, _session, _suites, _methods,
        _extensions.Select(one => Array.Find(changes, change => change.Type == one.Type) is { Data: not null } change ? change : one));

    private static byte[] Take(ref ReadOnlySpan<byte> rest, int lengthBytes)
    {
        var length = lengthBytes == 1 ? rest[0] : BinaryPrimitives.ReadUInt16BigEndian(rest);
        var taken = rest.Slice(lengthBytes, length).ToArray();
        rest = rest[(lengthBytes + length)..];
        return taken;
    }

    private static byte[] Prefixed(byte[] content, int lengthBytes = 2) =>
        lengthBytes == 1 ? [(byte)content.Length, .. content] : [(byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static byte[] Record(
        byte[] head, byte[] session, byte[] suites, byte[] methods, IEnumerable<(int Type, byte[] Data)> extensions)
    {
        byte[] block = [.. extensions.SelectMany(one => (byte[])[(byte)(one.Type >> 8), (byte)one.Type, .. Prefixed(one.Data)])];
        byte[] body = [.. head, .. Prefixed(session, 1), .. Prefixed(suites), .. Prefixed(methods, 1), .. Prefixed(block)];
        byte[] message = [1, 0, .. Prefixed(body)];
        return [22, 3, 1, .. Prefixed(message)];
    }

    private IEnumerable<(string Name, byte[] Record)> OfExtensions()
    {
        for (var i = 0; i < _extensions.Count; i++)
        {
            var (type, data) = _extensions[i];
            yield return ($"without {type}", With(i, null));
            yield return ($"{type} empty", With(i, []));
            yield return ($"{type} with a byte more", With(i, [.. data, 0]));
            yield return ($"{type} twice", Record(_head, _session, _suites, _methods, [.. _extensions, (type, data)]));
            if (data.Length > 0)
                yield return ($"{type} with a byte less", With(i, data[..^1]));
        }

        foreach (var (type, data, name) in Replacements())
        {
            var place = _extensions.FindIndex(one => one.Type == type);
            yield return (name, place < 0
                ? Record(_head, _session, _suites, _methods, [.. _extensions, (type, data)])
                : With(place, data));
        }
    }

    private static IEnumerable<(int Type, byte[] Data, string Name)> Replacements()
    {
        yield return (10, [0, 2, 0, 25], "P-521 alone");
        yield return (10, [0, 4, 0, 25, 0, 29], "P-521 and X25519");
        yield return (10, [0, 2, 0, 24], "P-384 alone");
        yield return (10, [0, 2, 0, 29], "X25519 alone");
        yield return (13, [0, 4, 2, 1, 2, 3], "SHA-1 alone");
        yield return (13, [0, 2, 5, 3], "ECDSA with SHA-384 alone");
        yield return (13, [0, 2, 8, 4], "PSS alone");
        yield return (13, [0, 2, 4, 1], "PKCS #1 alone");
        yield return (50, [0, 2, 4, 1], "certificates by PKCS #1 alone");
        yield return (50, [0, 2, 4, 3], "certificates by ECDSA with SHA-256 alone");
        yield return (50, [0, 4, 5, 3, 2, 1], "certificates by others alone");
        yield return (50, [0, 0], "certificates by nothing");
        yield return (50, [0, 3, 4, 3, 0], "certificates by one and a half");
        yield return (16, [0, 3, 2, (byte)'h', (byte)'3'], "another protocol");
        yield return (16, [0, 9, 8, .. "http/1.1"u8], "HTTP/1.1");
        yield return (16, [0, 1, 0], "an empty protocol");
        yield return (0, [0, 0], "an empty list of names");
        yield return (0, [0, 6, 1, 0, 3, (byte)'a', (byte)'b', (byte)'c'], "a name of another kind");
        yield return (0, [0, 6, 0, 0, 3, (byte)'a', 0, (byte)'c'], "a name with a zero");
        yield return (1, [0], "a fragment of length 0");
        yield return (1, [5], "a fragment of length 5");
        yield return (43, [2, 3, 3], "TLS 1.2 alone");
        yield return (43, [2, 3, 2], "TLS 1.1 alone");
        yield return (43, [4, 3, 2, 3, 4], "TLS 1.1 and 1.3");
        yield return (51, [0, 0], "no shares");
        yield return (51, [0, 6, 0, 23, 0, 2, 4, 1], "a short share");
        yield return (51, [0, 36, 0, 29, 0, 32, .. new byte[32]], "a share of zeros");
        yield return (11, [1, 1], "compressed points alone");
        yield return (0xFF01, [1, 0], "a renegotiation");
        yield return (5, [1, 0, 0, 0, 0], "a request for a staple");
        yield return (15, [1], "heartbeat");
        yield return (42, [], "early data without a key");
        yield return (45, [1, 0], "keys without agreement");
        yield return (19, [1, 2], "raw keys of clients");
        yield return (20, [1, 2], "raw keys of servers");
        yield return (9, [1, 1], "OpenPGP");
        yield return (0x0A0A, [], "an unknown extension");
    }

    private byte[] With(int place, byte[]? data)
    {
        var changed = _extensions.ToList();
        if (data is null)
            changed.RemoveAt(place);
        else
            changed[place] = (changed[place].Type, data);
        return Record(_head, _session, _suites, _methods, changed);
    }

    private byte[] Versioned(int version) => [(byte)(version >> 8), (byte)version, .. _head[2..]];
}
