using System.Text;
using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Tests.Http;

/// <summary>Which requests offer to switch to WebSocket, which of those an origin may accept, and which answers accept.</summary>
public sealed class WebSocketHandshakeTests
{
    // RFC 6455, section 1.3.
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    private const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    private const string Offer = $"Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: {Key}";
    private const string Accepting = $"Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Accept: {Accept}";

    [Fact]
    public void The_value_that_accepts_a_key_is_that_of_the_specification()
    {
        var accept = new byte[WebSocketHandshake.AcceptBytes];
        WebSocketHandshake.WriteAccept(Encoding.ASCII.GetBytes(Key), accept);

        Assert.Equal(Accept, Encoding.ASCII.GetString(accept));
    }

    [Theory]
    [InlineData("GET", "HTTP/1.1", $"connection: keep-alive, uPGRADE|upgrade: h2c, WebSocket|Sec-WebSocket-Key: {Key}")]
    [InlineData("GET", "HTTP/1.1", $"Connection: keep-alive|Connection: upgrade|Upgrade: x/1|Upgrade: websocket|Sec-WebSocket-Key: {Key}")]
    [InlineData("POST", "HTTP/1.1", "Connection: upgrade|Upgrade: websocket|Sec-WebSocket-Key:")]
    public void A_request_that_names_the_protocol_with_a_key_offers_to_switch(string method, string version, string fields) =>
        Assert.True(WebSocketHandshake.IsOffered(Read(method, version, fields)));

    [Theory]
    [InlineData("GET", "HTTP/1.1", "X: y")]
    [InlineData("GET", "HTTP/1.1", "Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13")]
    [InlineData("GET", "HTTP/1.1", $"Upgrade: websocket|Sec-WebSocket-Key: {Key}")]
    [InlineData("GET", "HTTP/1.1", $"Connection: keep-alive|Upgrade: websocket|Sec-WebSocket-Key: {Key}")]
    [InlineData("GET", "HTTP/1.1", $"Connection: Upgrade|Sec-WebSocket-Key: {Key}")]
    [InlineData("GET", "HTTP/1.1", $"Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|HTTP2-Settings: AAMAAABk|Sec-WebSocket-Key: {Key}")]
    [InlineData("GET", "HTTP/1.1", $"Connection: Upgrade|Upgrade: websocket/13|Sec-WebSocket-Key: {Key}")]
    [InlineData("GET", "HTTP/1.1", $"Connection: Upgrade|Upgrade: xwebsocket|Sec-WebSocket-Key: {Key}")]
    [InlineData("GET", "HTTP/1.0", Offer)]
    public void Any_other_request_offers_nothing_that_is_switched_to(string method, string version, string fields) =>
        Assert.False(WebSocketHandshake.IsOffered(Read(method, version, fields)));

    [Theory]
    [InlineData("GET", Offer, nameof(Refusal.None))]
    [InlineData("GET", Offer + "|Content-Length: 0", nameof(Refusal.None))]
    [InlineData("GET", Offer + "|Content-Length: 1", nameof(Refusal.WebSocketRequest))]
    [InlineData("GET", Offer + "|Transfer-Encoding: chunked", nameof(Refusal.WebSocketRequest))]
    [InlineData("POST", Offer, nameof(Refusal.WebSocketRequest))]
    [InlineData("HEAD", Offer, nameof(Refusal.WebSocketRequest))]
    [InlineData("GET", Offer + $"|Sec-WebSocket-Key: {Key}", nameof(Refusal.WebSocketKey))]
    [InlineData("GET", Offer + "|Sec-WebSocket-Version: 13", nameof(Refusal.WebSocketVersion))]
    [InlineData("GET", $"Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Key: {Key}", nameof(Refusal.WebSocketVersion))]
    [InlineData(
        "GET", $"Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Key: {Key}|Sec-WebSocket-Version: 8",
        nameof(Refusal.WebSocketVersion))]
    [InlineData(
        "GET", $"Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13, 8|Sec-WebSocket-Key: {Key}",
        nameof(Refusal.WebSocketVersion))]
    public void An_offer_is_refused_that_no_origin_may_accept(string method, string fields, string refusal) =>
        Assert.Equal(refusal, WebSocketHandshake.Check(Read(method, "HTTP/1.1", fields)).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ===")]
    [InlineData("dGhlIHNhbXBsZSBub25jZTEy")]
    [InlineData("dGhlIHNhbXBsZSBub25j")]
    [InlineData("dGhlIHNhb XBsZSBub25jZQ=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ-=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==, x")]
    public void A_key_is_sixteen_bytes_in_base64(string key) => Assert.Equal(
        Refusal.WebSocketKey,
        WebSocketHandshake.Check(Read(
            "GET", "HTTP/1.1", $"Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: {key}")));

    [Theory]
    [InlineData(Accepting, true)]
    [InlineData(Accepting + "|Sec-WebSocket-Protocol: chat|Sec-WebSocket-Extensions: permessage-deflate", true)]
    [InlineData($"connection: x, upgrade|UPGRADE: WebSocket|sec-websocket-accept: {Accept}", true)]
    [InlineData("Connection: Upgrade|Upgrade: websocket", false)]
    [InlineData("Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOO=", false)]
    [InlineData(Accepting + $"|Sec-WebSocket-Accept: {Accept}", false)]
    [InlineData($"Upgrade: websocket|Sec-WebSocket-Accept: {Accept}", false)]
    [InlineData($"Connection: Upgrade|Sec-WebSocket-Accept: {Accept}", false)]
    [InlineData($"Connection: Upgrade|Upgrade: h2c|Sec-WebSocket-Accept: {Accept}", false)]
    [InlineData($"Connection: Upgrade|Upgrade: websocket, h2c|Sec-WebSocket-Accept: {Accept}", false)]
    [InlineData(Accepting + "|Upgrade: websocket", false)]
    public void An_answer_accepts_by_the_protocol_and_the_value_for_the_key(string fields, bool accepts)
    {
        var offer = new WebSocketOffer(Read("GET", "HTTP/1.1", Offer));
        var answer = $"HTTP/1.1 101 Switching Protocols\r\n{Lines(fields)}\r\n";
        var status = ResponseParser.Parse(Encoding.ASCII.GetBytes(answer), HttpLimits.OfAnswers, KnownMethod.Get, out var head, out _);

        Assert.Equal(ParseStatus.Complete, status);
        Assert.Equal(accepts, offer.WhyNotAccepted(head!) is null);
    }

    private static string Lines(string fields) => fields.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n";

    private static RequestHead Read(string method, string version, string fields)
    {
        var head = new RequestHead();
        var bytes = Encoding.ASCII.GetBytes($"{method} /chat {version}\r\nHost: a\r\n{Lines(fields)}\r\n");
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(bytes, new HttpLimits(), head, out _, out _));
        return head;
    }
}
