using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Connections.Http1;

/// <summary>What a request says of its own message and connection; replaced as a whole by the next.</summary>
internal struct Http1Request
{
    public HttpVersion Version;

    /// <summary>The connection goes on after the response.</summary>
    public bool KeepAlive;

    public bool AcceptsTrailers;

    /// <summary>A body follows, and the exchange hasn't asked for it.</summary>
    public bool HasUntakenBody;

    /// <summary>The origin wants the body, and 100 Continue waits for another interim response to leave.</summary>
    public bool OwesContinue;

    public static Http1Request Of(RequestHead head) => new()
    {
        Version = head.Version,
        KeepAlive = head.KeepAlive,
        AcceptsTrailers = head.AcceptsTrailers,
        HasUntakenBody = head.HasBody,
    };
}
