namespace TlsProxy.Proxy.Fetching;

/// <summary>How a request that the cache hasn't answered goes to the origin.</summary>
internal enum FetchRoute : byte
{
    /// <summary>Together with others for the same.</summary>
    Shared,

    /// <summary>By itself, since what others are told isn't new enough for it.</summary>
    Alone,

    /// <summary>By itself and as it is, past the cache.</summary>
    Past,
}
