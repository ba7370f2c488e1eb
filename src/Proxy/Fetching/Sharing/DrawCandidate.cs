using TlsProxy.Proxy.Cache.Store;

namespace TlsProxy.Proxy.Fetching.Sharing;

/// <summary>One who may be drawn to lead others.</summary>
/// <param name="Shape">The kind of client that sends such a request (<see cref="RequestShape"/>), as a hash: thousands may wait.</param>
/// <param name="Network">Where it comes from (<see cref="ClientNetwork"/>).</param>
internal readonly record struct DrawCandidate(FetchTicket Ticket, KeyHash Shape, string Network);
