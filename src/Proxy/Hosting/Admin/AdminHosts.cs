using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>The hosts that requests to the admin address may name. A web page of any name can have its name lead here (DNS rebinding), and
/// the browser then sends that name: addresses and localhost can't be taken over so.</summary>
/// <param name="names">Further names that are allowed.</param>
internal sealed class AdminHosts(IReadOnlyList<string> names)
{
    private readonly byte[][] _names = [.. names.Select(Encoding.ASCII.GetBytes)];

    /// <param name="host">A valid Host field, or empty in HTTP/1.0, which no browser speaks.</param>
    public bool Contain(ReadOnlySpan<byte> host)
    {
        if (host.IsEmpty)
            return true;
        var name = HostField.Name(host, out var isAddress);
        if (isAddress || Ascii.EqualsIgnoreCase(name, "localhost"u8))
            return true;
        foreach (var allowed in _names)
        {
            if (Ascii.EqualsIgnoreCase(name, allowed))
                return true;
        }

        return false;
    }
}
