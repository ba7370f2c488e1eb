using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Upstream;

/// <summary>A request as it is to leave for the origin.</summary>
internal sealed class OriginRequest
{
    // One word, written once by the first of an exchange and a cancel, with an interlocked operation: a cancel finds the exchange, or is
    // found by TryAttach.
    private IOriginExchange? _exchange;

    public required KnownMethod Method { get; init; }

    /// <summary>The method as the client sent it.</summary>
    public required ReadOnlyMemory<byte> MethodText { get; init; }

    /// <summary>Path and query, sent byte for byte, or <c>*</c>.</summary>
    public required ReadOnlyMemory<byte> Target { get; init; }

    /// <summary>All fields but those that frame the body; Host is among them.</summary>
    public required FieldTable Fields { get; init; }

    public RequestBody? Body { get; init; }

    /// <summary>Trailers of the body that the origin doesn't get; they come behind the head, for which they were left out.</summary>
    public FieldNames WithheldTrailers { get; init; } = FieldNames.None;

    /// <summary>Where the request goes; null for the only place that an origin is made for.</summary>
    public OriginRoute? Route { get; init; }

    /// <summary>The client waits for 100 Continue before it sends the body, so the origin is asked for it
    /// (RFC 9110, section 10.1.1).</summary>
    public bool ExpectsContinue { get; init; }

    /// <summary>Trailers of the answer are passed on (RFC 9110, section 10.1.4).</summary>
    public bool AcceptsTrailers { get; init; }

    /// <summary>The offer to switch protocols that goes along; null for none.</summary>
    public WebSocketOffer? WebSocket { get; init; }

    /// <summary>The attempts of the same request at other servers.</summary>
    public EarlierAttempts Earlier { get; init; }

    /// <summary>The same request for one attempt of several. It is steered by itself, and goes to the only place of its origin.</summary>
    public OriginRequest ForAttempt(EarlierAttempts earlier) => new()
    {
        Method = Method,
        MethodText = MethodText,
        Target = Target,
        Fields = Fields,
        Body = Body,
        ExpectsContinue = ExpectsContinue,
        AcceptsTrailers = AcceptsTrailers,
        WithheldTrailers = WithheldTrailers,
        Earlier = earlier,
        WebSocket = WebSocket,
    };

    /// <summary>Gives the request up; callable from any thread, at any time and more than once.</summary>
    public void Cancel() => Interlocked.CompareExchange(ref _exchange, GivenUp.Instance, null)?.Cancel();

    /// <summary>Lets data come again after <see cref="OriginFlow.Wait"/>; callable from any thread.</summary>
    public void Resume() => Volatile.Read(ref _exchange)?.Resume();

    /// <summary>An origin names here what steers the request before it calls the sink; once for each request.</summary>
    /// <returns>False when the request has been given up already: the origin need only tell the sink.</returns>
    public bool TryAttach(IOriginExchange exchange) => Interlocked.CompareExchange(ref _exchange, exchange, null) is null;

    /// <summary>Stands for the exchange of a request that was given up before it had one.</summary>
    private sealed class GivenUp : IOriginExchange
    {
        public static GivenUp Instance { get; } = new();

        public void Cancel()
        {
        }

        public void Resume()
        {
        }
    }
}
