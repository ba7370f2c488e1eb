namespace TlsProxy.Proxy.Cache.Explanation;

/// <summary>How a request was answered.</summary>
internal enum CacheOutcome : byte
{
    /// <summary>By the proxy itself.</summary>
    Local,

    /// <summary>From the cache.</summary>
    Hit,

    /// <summary>By a fetch that this request began.</summary>
    Miss,

    /// <summary>By a fetch that another request began.</summary>
    Joined,

    /// <summary>From the cache, past its lifetime.</summary>
    Stale,

    /// <summary>From the cache, after the origin confirmed it.</summary>
    Revalidated,

    /// <summary>By the origin, past the cache.</summary>
    Pass,

    /// <summary>The origin gave no answer.</summary>
    Failed,
}
