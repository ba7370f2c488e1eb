namespace TlsProxy.Proxy.Upstream.Balancing;

/// <summary>A hash that is the same in every process, so that a restart or a second proxy sends a target to the same member. It isn't
/// secret: clients who choose targets for one member meet the bound of its load.</summary>
internal static class StableHash
{
    // FNV-1a of 64 bits (RFC 9923).
    private const ulong Basis = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Basis;
        foreach (var octet in bytes)
            hash = (hash ^ octet) * Prime;
        return hash;
    }

    /// <summary>Spreads every bit over all of them (the finalizer of MurmurHash3).</summary>
    public static ulong Mix(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }
}
