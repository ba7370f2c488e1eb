using System.Net;
using System.Text;

namespace TlsProxy.Handshake.Certificates;

/// <summary>The names and addresses that certificates are for (RFC 9525): a wildcard stands for one label, the first.</summary>
public sealed class CertificateNames
{
    private readonly byte[][] _names;
    private readonly IPAddress[] _addresses;

    public CertificateNames(IEnumerable<string> names, IEnumerable<IPAddress> addresses)
    {
        _names = [.. names.Select(name => Encoding.ASCII.GetBytes(name.ToLowerInvariant())).DistinctBy(Convert.ToHexString)];
        _addresses = [.. addresses.Distinct()];
    }

    /// <summary>The names in lower case, those with wildcards as <c>*.example.org</c>.</summary>
    public IReadOnlyList<string> Names => [.. _names.Select(Encoding.ASCII.GetString)];

    public IReadOnlyList<IPAddress> Addresses => _addresses;

    /// <summary>Whether there is neither a name nor an address.</summary>
    public bool IsEmpty => _names.Length == 0 && _addresses.Length == 0;

    /// <summary>Those of several certificates together.</summary>
    public static CertificateNames Union(IReadOnlyList<CertificateNames> all) =>
        new(all.SelectMany(one => one.Names), all.SelectMany(one => one.Addresses));

    /// <summary>Whether a name is among them. It may be in any case and end in the dot of the root.</summary>
    public bool Cover(ReadOnlySpan<byte> name)
    {
        if (name is [.., (byte)'.'])
            name = name[..^1];
        var dot = name.IndexOf((byte)'.');
        foreach (var known in _names)
        {
            if (Ascii.EqualsIgnoreCase(known, name))
                return true;
            if (dot > 0 && known is [(byte)'*', (byte)'.', ..] && Ascii.EqualsIgnoreCase(known.AsSpan(1), name[dot..]))
                return true;
        }

        return false;
    }

    /// <summary>Names and addresses, one after the other.</summary>
    public override string ToString() =>
        IsEmpty ? "no name" : string.Join(", ", [.. Names, .. _addresses.Select(address => address.ToString())]);

    public bool Cover(IPAddress address) => Array.IndexOf(_addresses, address) >= 0;
}
