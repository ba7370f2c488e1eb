namespace TlsProxy.Proxy.Upstream;

/// <summary>Chooses the origin of a request. Immutable: any thread asks it.</summary>
internal interface IOriginRouter
{
    /// <summary>Chooses by what is part of the cache's key, so that all requests of a key go to one origin.</summary>
    /// <param name="host">Host as it is keyed: in lower case, without the default port of the scheme; empty where there is none.</param>
    /// <param name="target">Path and query, after the rule for them.</param>
    OriginRoute Choose(ReadOnlySpan<byte> host, ReadOnlySpan<byte> target);
}
