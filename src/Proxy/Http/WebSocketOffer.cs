namespace TlsProxy.Proxy.Http;

/// <summary>A client's offer to switch to WebSocket that may go to an origin. Immutable: any thread reads it.</summary>
internal sealed class WebSocketOffer
{
    private readonly byte[] _accept = new byte[WebSocketHandshake.AcceptBytes];

    /// <param name="head">It has passed <see cref="WebSocketHandshake.Check"/>.</param>
    public WebSocketOffer(RequestHead head)
    {
        var key = head.Fields.Find(KnownField.SecWebSocketKey);
        WebSocketHandshake.WriteAccept(head.Fields.Value(key), _accept);
    }

    /// <inheritdoc cref="WebSocketHandshake.WhyNotAccepted"/>
    public string? WhyNotAccepted(ResponseHead head) => WebSocketHandshake.WhyNotAccepted(head, _accept);
}
