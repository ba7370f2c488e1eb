using System.Collections.Immutable;
using System.Net;

namespace TlsProxy.Proxy.Upstream.Ring.Naming;

/// <summary>What is known of an origin's name.</summary>
/// <param name="Addresses">Its addresses in the order of the resolver (RFC 6724); empty where the lookup failed.</param>
/// <param name="Trouble">What the resolver said, null where there are addresses. Its error is null where the resolver was too slow to
/// say anything.</param>
internal sealed record OriginNames(ImmutableArray<EndPoint> Addresses, OriginTrouble? Trouble);
