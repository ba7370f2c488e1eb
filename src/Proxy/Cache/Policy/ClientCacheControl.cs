namespace TlsProxy.Proxy.Cache.Policy;

/// <summary>What <c>no-cache</c>, <c>max-age</c>, <c>min-fresh</c>, <c>no-store</c> and <c>Pragma</c> of requests count for (RFC 9111,
/// section 5.2.1).</summary>
internal enum ClientCacheControl : byte
{
    /// <summary>They are kept; requests that ask the origin meanwhile share its answers as far as the demands of each allow.</summary>
    Share,

    /// <summary>They are kept, and each such request asks the origin for itself.</summary>
    Honour,

    /// <summary>They don't count.</summary>
    Ignore,
}
