using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Responses;

/// <summary>Makes a whole body out of parts of others. Nothing is copied: all hold the segments.</summary>
internal static class JoinedBody
{
    /// <param name="parts">In their order, each with the body that holds it and is held itself; at least one.</param>
    public static Body Of(params ReadOnlySpan<(Body Body, ByteSpan Span)> parts)
    {
        var joined = new Body(Body.NoPool, null);
        foreach (var (body, span) in parts)
            joined.AppendShared(body, span);
        joined.Complete();
        return joined;
    }
}
