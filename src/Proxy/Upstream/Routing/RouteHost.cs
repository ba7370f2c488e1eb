using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>The hosts of a route: one name, all names below one, or all. Ports don't count.</summary>
internal sealed class RouteHost
{
    private readonly byte[] _name;
    private readonly bool _isSuffix;

    /// <param name="host">A name or address without a port, <c>*.</c> and a name, or null for every host.</param>
    public RouteHost(string? host)
    {
        _isSuffix = host is null || host.StartsWith('*');
        _name = Encoding.ASCII.GetBytes((_isSuffix ? host?[1..] ?? string.Empty : host!).ToLowerInvariant());
    }

    /// <summary>Whether it is for every host.</summary>
    public bool IsAny => _name.Length == 0;

    /// <summary>The higher, the fewer hosts: a name goes before a wildcard, a longer wildcard before a shorter one.</summary>
    public int Rank => _isSuffix ? _name.Length : int.MaxValue;

    /// <summary>Whether a host is among them.</summary>
    /// <param name="host">As it is keyed; empty for none.</param>
    public bool Matches(ReadOnlySpan<byte> host)
    {
        if (IsAny)
            return true;
        if (host.IsEmpty)
            return false;
        var name = HostField.NameOf(host);
        // The root's dot at the end of a name names the same host (RFC 1034, section 3.1).
        name = name.EndsWith("."u8) ? name[..^1] : name;
        return _isSuffix ? name.Length > _name.Length && name.EndsWith(_name) : name.SequenceEqual(_name);
    }

    /// <summary>Whether two are for the same hosts.</summary>
    public bool Equals(RouteHost other) => _isSuffix == other._isSuffix && _name.AsSpan().SequenceEqual(other._name);
}
