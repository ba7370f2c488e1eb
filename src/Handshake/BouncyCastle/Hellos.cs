using System.Buffers.Binary;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>What BouncyCastle doesn't look at in hellos.</summary>
internal static class Hellos
{
    private const int AgeLength = 4;
    private const int LegacyVersion = 0x0303;

    // A second hello may differ in these (RFC 9846, section 4.2.2).
    private static readonly HashSet<int> s_changing =
    [
        Tls.ExtensionType.key_share, Tls.ExtensionType.early_data, Tls.ExtensionType.cookie, Tls.ExtensionType.pre_shared_key,
        Tls.ExtensionType.padding,
    ];

    /// <summary>Reads a hello. A version above those known counts as TLS 1.2 (RFC 9846, appendix E.2).</summary>
    public static Tls.ClientHello Read(MemoryStream message, Func<MemoryStream, Tls.ClientHello> read)
    {
        var hello = ZeroTicketAges(read(message));
        return hello.Version.FullVersion > LegacyVersion && hello.Version.MajorVersion == LegacyVersion >> 8
            ? new Tls.ClientHello(
                Tls.ProtocolVersion.TLSv12, hello.Random, hello.SessionID, hello.Cookie, hello.CipherSuites, hello.Extensions,
                hello.BindersSize)
            : hello;
    }

    /// <summary>Checks that a hello behind a HelloRetryRequest is the first one but for what may change.</summary>
    /// <exception cref="Tls.TlsFatalAlert">It differs.</exception>
    public static void CheckSecond(Tls.ClientHello first, Tls.ClientHello second)
    {
        var isSame = first.Version.Equals(second.Version)
            && first.Random.AsSpan().SequenceEqual(second.Random)
            && first.SessionID.AsSpan().SequenceEqual(second.SessionID)
            && first.CipherSuites.AsSpan().SequenceEqual(second.CipherSuites)
            && second.Extensions is not null
            && Lasting(first).All(one => second.Extensions.TryGetValue(one.Key, out var data) && data.AsSpan().SequenceEqual(one.Value))
            && Lasting(second).All(one => first.Extensions.ContainsKey(one.Key));
        if (!isSame)
            throw new Tls.TlsFatalAlert(Tls.AlertDescription.illegal_parameter, "the second hello differs from the first");
    }

    /// <summary>BouncyCastle finds the identity it was told by its age too, which only its owner knows.</summary>
    private static Tls.ClientHello ZeroTicketAges(Tls.ClientHello hello)
    {
        if (hello.Extensions is null || !hello.Extensions.TryGetValue(Tls.ExtensionType.pre_shared_key, out var offered))
            return hello;
        var ageless = offered.AsSpan().ToArray();
        var end = ageless.Length < 2 ? 0 : 2 + BinaryPrimitives.ReadUInt16BigEndian(ageless);
        for (var place = 2; place + 2 <= end && end <= ageless.Length;)
        {
            var age = place + 2 + BinaryPrimitives.ReadUInt16BigEndian(ageless.AsSpan(place));
            if (age + AgeLength > end)
                break;
            ageless.AsSpan(age, AgeLength).Clear();
            place = age + AgeLength;
        }

        hello.Extensions[Tls.ExtensionType.pre_shared_key] = ageless;
        return hello;
    }

    private static IEnumerable<KeyValuePair<int, byte[]>> Lasting(Tls.ClientHello hello) =>
        hello.Extensions.Where(extension => !s_changing.Contains(extension.Key));
}
