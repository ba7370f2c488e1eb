namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>What an origin may do to a connection.</summary>
internal enum OriginBreak
{
    None,
    Close,
    Reset,

    /// <summary>It does nothing more.</summary>
    Stall,
}
