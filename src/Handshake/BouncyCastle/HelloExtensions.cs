using System.Buffers.Binary;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Reads the extensions that the choice depends on. An unreadable one ends the handshake with decode_error.</summary>
internal readonly struct HelloExtensions(IDictionary<int, byte[]>? extensions)
{
    private const int ListHeader = 2;
    private const int ServerNameHeader = 3;

    /// <summary>supported_versions (RFC 9846, section 4.3.1); null where it isn't sent.</summary>
    public ushort[]? Versions => Find(Tls.ExtensionType.supported_versions) is { } data
        ? Numbers(data.Length > 0 && data[0] == data.Length - 1 ? data.AsSpan(1) : throw Unreadable())
        : null;

    /// <summary>supported_groups; null where it isn't sent.</summary>
    public ushort[]? Groups => Numbers(Tls.ExtensionType.supported_groups);

    /// <summary>signature_algorithms; null where it isn't sent.</summary>
    public ushort[]? Signatures => Numbers(Tls.ExtensionType.signature_algorithms);

    /// <summary>signature_algorithms_cert; null where it isn't sent.</summary>
    public ushort[]? CertificateSignatures => Numbers(Tls.ExtensionType.signature_algorithms_cert);

    /// <summary>The groups of key_share, in its order; null where it isn't sent.</summary>
    public ushort[]? Shares
    {
        get
        {
            if (Find(Tls.ExtensionType.key_share) is not { } data)
                return null;
            var groups = new List<ushort>();
            for (var rest = Body(data); !rest.IsEmpty;)
            {
                if (rest.Length < 2 * ListHeader)
                    throw Unreadable();
                var length = BinaryPrimitives.ReadUInt16BigEndian(rest[ListHeader..]);
                if (length == 0 || rest.Length < (2 * ListHeader) + length)
                    throw Unreadable();
                groups.Add(BinaryPrimitives.ReadUInt16BigEndian(rest));
                rest = rest[((2 * ListHeader) + length)..];
            }

            return [.. groups];
        }
    }

    /// <summary>The one host name of server_name (RFC 6066, section 3); empty for none.</summary>
    public ReadOnlySpan<byte> ServerName
    {
        get
        {
            if (Find(Tls.ExtensionType.server_name) is not { } data)
                return default;
            var entry = Body(data);
            if (entry.Length < ServerNameHeader || entry[0] != Tls.NameType.host_name
                || BinaryPrimitives.ReadUInt16BigEndian(entry[1..]) != entry.Length - ServerNameHeader)
                throw Unreadable();
            var name = entry[ServerNameHeader..];
            return name.Length <= Certificates.CertificateSelection.NameMaximum && !name.Contains((byte)0)
                ? name
                : throw new Tls.TlsFatalAlert(Tls.AlertDescription.unrecognized_name);
        }
    }

    /// <summary>Checks lists of bytes that nothing is chosen by.</summary>
    public void CheckLists(bool isTls13)
    {
        var list = Find(isTls13 ? Tls.ExtensionType.psk_key_exchange_modes : Tls.ExtensionType.ec_point_formats);
        if (list is not null && (list.Length < 2 || list[0] != list.Length - 1))
            throw Unreadable();
        CheckProtocols();
        CheckStapleRequest();
        _ = Numbers(Tls.ExtensionType.signature_algorithms_cert);
        if (!isTls13 && Find(Tls.ExtensionType.extended_master_secret) is { Length: > 0 })
            throw Unreadable();
    }

    /// <summary>Checks that ALPN lists names that aren't empty (RFC 7301, section 3.1).</summary>
    private void CheckProtocols()
    {
        if (Find(Tls.ExtensionType.application_layer_protocol_negotiation) is not { } data)
            return;
        var rest = Body(data);
        if (rest.IsEmpty)
            throw Unreadable();
        while (!rest.IsEmpty)
        {
            if (rest[0] == 0 || rest.Length <= rest[0])
                throw Unreadable();
            rest = rest[(rest[0] + 1)..];
        }
    }

    /// <summary>Checks the lengths in a request for an OCSP response (RFC 6066, section 8). Responders and extensions in it aren't looked
    /// at.</summary>
    private void CheckStapleRequest()
    {
        if (Find(Tls.ExtensionType.status_request) is not { } data)
            return;
        if (data.Length == 0)
            throw Unreadable();
        if (data[0] != Tls.CertificateStatusType.ocsp)
            return;
        var rest = (ReadOnlySpan<byte>)data.AsSpan(1);
        for (var responders = Take(ref rest); !responders.IsEmpty;)
        {
            if (Take(ref responders).IsEmpty)
                throw Unreadable();
        }

        Take(ref rest);
        if (!rest.IsEmpty)
            throw Unreadable();
    }

    /// <summary>Takes a list with its length off the beginning.</summary>
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.Length < ListHeader ? int.MaxValue : ListHeader + BinaryPrimitives.ReadUInt16BigEndian(rest);
        if (end > rest.Length)
            throw Unreadable();
        var taken = rest[ListHeader..end];
        rest = rest[end..];
        return taken;
    }

    public byte[]? Find(int number) => extensions is not null && extensions.TryGetValue(number, out var data) ? data : null;

    private static Tls.TlsFatalAlert Unreadable() => new(Tls.AlertDescription.decode_error);

    private static ReadOnlySpan<byte> Body(byte[] data) =>
        data.Length >= ListHeader && BinaryPrimitives.ReadUInt16BigEndian(data) == data.Length - ListHeader
            ? data.AsSpan(ListHeader)
            : throw Unreadable();

    private static ushort[] Numbers(ReadOnlySpan<byte> list)
    {
        if (list.IsEmpty || list.Length % sizeof(ushort) != 0)
            throw Unreadable();
        var numbers = new ushort[list.Length / sizeof(ushort)];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadUInt16BigEndian(list[(i * sizeof(ushort))..]);
        return numbers;
    }

    private ushort[]? Numbers(int number) => Find(number) is { } data ? Numbers(Body(data)) : null;
}
