namespace TlsProxy.Proxy.Fetching;

/// <summary>How a fetch asks the origin: past the cache or for it, for one client, for several or for none.</summary>
internal enum FetchKind : byte
{
    /// <summary>For one client, with its own conditions and range, past the cache.</summary>
    Past,

    /// <summary>For one client, since what others are told isn't new enough for it; the cache answers its conditions and range.</summary>
    Alone,

    /// <summary>For all who ask for the same; the cache answers their conditions and ranges.</summary>
    Shared,

    /// <summary>For the cache, while clients use a stale response; others may join it.</summary>
    Refresh,
}
