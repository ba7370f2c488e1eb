namespace TlsProxy.Proxy.Hosting;

/// <summary>How many connections a worker may have to one server. All servers have the same share of the descriptors.</summary>
/// <param name="Descriptors">Those that there are for each server.</param>
/// <param name="Workers">The loops that ask it.</param>
internal readonly record struct OriginShare(int Descriptors, int Workers)
{
    /// <summary>The most connections of one loop to a server; each loop has one at least.</summary>
    /// <param name="connectionsMax">What the operator allows.</param>
    public int Of(int connectionsMax) => Math.Max(1, Math.Min(Descriptors, connectionsMax) / Workers);
}
