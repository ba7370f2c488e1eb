namespace TlsProxy.Proxy.Cache.Store;

/// <summary>What a node holds that has other than one whole response. It never changes.</summary>
/// <param name="Variants">The whole responses, the latest first. The array is never written.</param>
/// <param name="Parts">A response of which only parts are there; null for none.</param>
internal sealed record NodeContent(CacheEntry[] Variants, PartialResponse? Parts);
