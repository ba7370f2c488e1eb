using System.Buffers.Binary;
using TlsProxy.Handshake.Policy;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A hello for BouncyCastle, with the lists cut down to what the choice needs. It keeps an object for each element of a list as
/// long as the handshake lasts, and a stranger fills lists with tens of thousands of them.</summary>
internal static class ShortenedHello
{
    // An OCSP response, from any responder and without extensions (RFC 6066, section 8).
    private static readonly byte[] s_stapleRequest = [(byte)Tls.CertificateStatusType.ocsp, 0, 0, 0, 0];

    /// <param name="hello">Stays as it is.</param>
    public static Tls.ClientHello Of(Tls.ClientHello hello, HelloChoice choice, ApplicationProtocols protocols)
    {
        if (hello.Extensions is not { } all)
            return hello;
        var extensions = new Dictionary<int, byte[]>(all);
        extensions.Remove(Tls.ExtensionType.signature_algorithms_cert);
        if (extensions.ContainsKey(Tls.ExtensionType.supported_groups))
            extensions[Tls.ExtensionType.supported_groups] = Numbers([(ushort)choice.Group]);
        if (new HelloExtensions(all).Signatures is { } signatures)
            extensions[Tls.ExtensionType.signature_algorithms] = Signatures(signatures);
        if (extensions.TryGetValue(Tls.ExtensionType.application_layer_protocol_negotiation, out var offered))
            extensions[Tls.ExtensionType.application_layer_protocol_negotiation] = OneName(offered, protocols);
        if (extensions.TryGetValue(Tls.ExtensionType.status_request, out var request))
        {
            extensions.Remove(Tls.ExtensionType.status_request);
            if (request[0] == Tls.CertificateStatusType.ocsp)
                extensions[Tls.ExtensionType.status_request] = s_stapleRequest;
        }

        return new Tls.ClientHello(
            hello.Version, hello.Random, hello.SessionID, hello.Cookie, hello.CipherSuites, extensions, hello.BindersSize);
    }

    /// <summary>Those of the policy. A client that has none of them is refused later, by its reason: it keeps one.</summary>
    private static byte[] Signatures(ushort[] listed)
    {
        var known = Array.FindAll(listed, one => TlsPolicy.Signatures.Contains((SignatureScheme)one)).Distinct().ToArray();
        return Numbers(known.Length > 0 ? known : listed[..1]);
    }

    /// <summary>The protocol that is chosen; another where none is, which ends the handshake.</summary>
    private static byte[] OneName(byte[] offered, ApplicationProtocols protocols)
    {
        var names = offered.AsSpan(sizeof(ushort));
        var name = protocols.TryChoose(names, out var chosen) ? names[chosen] : names.Slice(1, names[0]);
        var length = name.Length + 1;
        return [(byte)(length >> 8), (byte)length, (byte)name.Length, .. name];
    }

    private static byte[] Numbers(ReadOnlySpan<ushort> numbers)
    {
        var list = new byte[sizeof(ushort) * (numbers.Length + 1)];
        BinaryPrimitives.WriteUInt16BigEndian(list, (ushort)(list.Length - sizeof(ushort)));
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(list.AsSpan(sizeof(ushort) * (i + 1)), numbers[i]);
        return list;
    }
}
