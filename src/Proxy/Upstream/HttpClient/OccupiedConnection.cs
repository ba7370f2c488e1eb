using System.Net;

namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>An attempt to send a request, and the connection that carries it. SocketsHttpHandler doesn't tell which connection it takes,
/// but writes the request in the flow of its caller.</summary>
/// <param name="message">The message that is sent.</param>
internal sealed class OccupiedConnection(HttpRequestMessage message)
{
    private static readonly AsyncLocal<OccupiedConnection?> OfFlow = new();

    // Written by the flow that sends, read by it after the answer's head.
    private OriginStream? _stream;

    /// <summary>The attempt in whose flow the caller runs; null for work that the handler does for no request.</summary>
    public static OccupiedConnection? Current => OfFlow.Value;

    public HttpRequestMessage Message { get; } = message;

    /// <summary>The origin's address; null before a connection carries the request.</summary>
    public IPEndPoint? Address => _stream?.Address;

    /// <summary>Names the message that is sent from now on in the caller's flow.</summary>
    public static OccupiedConnection Begin(HttpRequestMessage message) => OfFlow.Value = new OccupiedConnection(message);

    /// <summary>The request is written to a connection.</summary>
    public void Note(OriginStream stream) => _stream = stream;

    /// <summary>Closes the connection: its remaining bytes could belong to any response. Called before the response is disposed, which
    /// would return the connection to the pool.</summary>
    public void Abandon() => _stream?.Dispose();
}
