using TlsProxy.Proxy.Responses;

namespace TlsProxy.Proxy.Fetching;

/// <summary>The part of a response that a ticket asks for, where it has been found in stored parts. An object of its own, since few
/// tickets have one.</summary>
internal sealed record FoundPart(ResponsePart Part);
