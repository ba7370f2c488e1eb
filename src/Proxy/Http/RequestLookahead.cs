namespace TlsProxy.Proxy.Http;

/// <summary>Looks for a further request behind the one being answered, without reading it.</summary>
internal static class RequestLookahead
{
    /// <summary>Whether there is a whole head (RFC 9112, section 2.1), of a request that may be invalid.</summary>
    public static bool HoldsHead(ReadOnlySpan<byte> input) => input.TrimStart("\r\n"u8).IndexOf("\r\n\r\n"u8) >= 0;
}
