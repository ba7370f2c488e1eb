using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Fetching.Answers;

/// <summary>The part of a response that a 206 brings, and that may be kept.</summary>
/// <param name="Whole">The entry of the whole response, with an empty body.</param>
/// <param name="Span">Where the part lies in it.</param>
/// <param name="Total">Bytes of the whole.</param>
internal sealed record ArrivingPart(CacheEntry Whole, ByteSpan Span, long Total);
