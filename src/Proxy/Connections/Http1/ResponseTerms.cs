using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>What the HTTP/1.1 message of a response depends on: its client, and the time.</summary>
/// <param name="KeepAlive">The connection goes on after it.</param>
/// <param name="AcceptsTrailers">The client takes trailers after a chunked body.</param>
/// <param name="AddedFields">Field lines that each response gets, with their CRLF.</param>
/// <param name="UnixSeconds">The time of day, for Date.</param>
internal readonly record struct ResponseTerms(
    HttpVersion Version, bool KeepAlive, bool AcceptsTrailers, ReadOnlyMemory<byte> AddedFields, long UnixSeconds);
