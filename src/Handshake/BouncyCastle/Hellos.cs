using System.Buffers.Binary;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>What BouncyCastle doesn't look at in hellos.</summary>
internal static class Hellos
{
    private const int AgeLength = 4;

    // A second hello may differ in these (RFC 9846, section 4.2.2).
    private static readonly HashSet<int> s_changing =
    [
        Tls.ExtensionType.key_share, Tls.ExtensionType.early_data, Tls.ExtensionType.cookie, Tls.ExtensionType.pre_shared_key,
        Tls.ExtensionType.padding,
    ];

    // All others aren't BouncyCastle's business: what it doesn't see it can neither misread nor agree on.
    private static readonly HashSet<int> s_known =
    [
        Tls.ExtensionType.server_name, Tls.ExtensionType.max_fragment_length, Tls.ExtensionType.status_request,
        Tls.ExtensionType.supported_groups, Tls.ExtensionType.ec_point_formats, Tls.ExtensionType.signature_algorithms,
        Tls.ExtensionType.application_layer_protocol_negotiation, Tls.ExtensionType.extended_master_secret,
        Tls.ExtensionType.session_ticket, Tls.ExtensionType.pre_shared_key, Tls.ExtensionType.early_data,
        Tls.ExtensionType.supported_versions, Tls.ExtensionType.cookie, Tls.ExtensionType.psk_key_exchange_modes,
        Tls.ExtensionType.signature_algorithms_cert, Tls.ExtensionType.key_share, Tls.ExtensionType.renegotiation_info,
    ];

    // Those of the policy, and the two that stand for something else (RFC 5746, section 3.3; RFC 7507).
    private static readonly HashSet<int> s_suites =
    [
        .. TlsPolicy.Suites.Select(suite => (int)suite), Tls.CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV,
        Tls.CipherSuite.TLS_FALLBACK_SCSV,
    ];

    /// <summary>Reads a hello, with the suites and extensions that the engine may know.</summary>
    /// <param name="isUncompressed">Whether the null method of compression is the only one.</param>
    public static Tls.ClientHello Read(MemoryStream message, Func<MemoryStream, Tls.ClientHello> read, out bool isUncompressed)
    {
        var shape = new HelloShape(message.TryGetBuffer(out var bytes) ? bytes : default);
        isUncompressed = shape.IsUncompressed;
        var hello = ZeroTicketAges(shape.Parse(() => read(message)));
        // A dictionary of its own: one that loses its entries keeps the room for them, and a hello has room for 16,000.
        var extensions = hello.Extensions is { } all ? new Dictionary<int, byte[]>(all.Where(one => s_known.Contains(one.Key))) : null;
        // A hello may list tens of thousands of suites, or one of them as often.
        var suites = Array.FindAll(hello.CipherSuites, suite => s_suites.Contains(suite)).Distinct().ToArray();
        return new Tls.ClientHello(
            hello.Version, hello.Random, hello.SessionID, hello.Cookie, suites, extensions, hello.BindersSize);
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
