using System.Net;

namespace TlsProxy.Proxy.Upstream.Ring.Connecting;

/// <summary>The order in which the addresses of a name are tried (RFC 8305, section 4).</summary>
internal static class AddressOrder
{
    /// <summary>Alternates between the family of the first address and the others, so that a network without one family costs one delay.
    /// Within a family the order stays.</summary>
    public static Queue<EndPoint> Interleaved(IReadOnlyList<EndPoint> addresses)
    {
        var ordered = new Queue<EndPoint>(addresses.Count);
        var preferred = new Queue<EndPoint>(addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily));
        var others = new Queue<EndPoint>(addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily));
        while (ordered.Count < addresses.Count)
        {
            if (preferred.TryDequeue(out var next))
                ordered.Enqueue(next);
            if (others.TryDequeue(out next))
                ordered.Enqueue(next);
        }

        return ordered;
    }
}
