using TlsProxy.Proxy.Tests.Upstream;

namespace TlsProxy.Proxy.Tests.Connections.Http1;

/// <summary>Responses of HTTP/1.1 and 1.0 that begin while something else changes.</summary>
public sealed class Http1ProtocolTests : IDisposable
{
    private readonly Http1Scene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_body_that_ends_while_its_response_begins_tells_its_length_or_ends_a_connection_of_HTTP_1_0()
    {
        _scene.Ask("GET /arriving HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
        _scene.Origin.Sinks[0].OnHead(Messages.Response(200, "Transfer-Encoding: chunked", "Cache-Control: no-store"));
        _scene.Origin.Sinks[0].Deliver("body"u8);

        _scene.WhileAsked = _scene.Origin.Sinks[0].OnEnd;
        _scene.TurnUntil(() => _scene.Received.EndsWith("\r\n\r\nbody", StringComparison.Ordinal));

        Assert.Null(_scene.WhileAsked);
        Assert.Matches("\r\n(Content-Length: 4|Connection: close)\r\n", _scene.Received);
    }

    [Fact]
    public void A_client_that_waits_for_100_Continue_gets_it_where_no_memory_is_left()
    {
        _scene.Ask("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        _scene.ExhaustMemory();

        var reading = _scene.Origin.Body(0)!.ReadAsync(new byte[4], TestContext.Current.CancellationToken);
        _scene.TurnUntil(() => _scene.Received == "HTTP/1.1 100 Continue\r\n\r\n");

        Assert.False(reading.IsCompleted);
    }
}
