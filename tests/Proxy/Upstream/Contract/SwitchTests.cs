using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Connections.Tunnels;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Contract;

/// <summary>What becomes of a 101, over the kernel's own sockets.</summary>
public sealed class SwitchTests
{
    [Theory]
    [EachOrigin]
    public async Task The_sink_gets_the_tunnel_and_what_came_behind_the_head(OriginKind kind)
    {
        await using var origin = new WireOrigin(kind, async (_, stream, end) =>
        {
            await WireOrigin.ReadHeadAsync(stream, end);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(TunnelScene.Acceptance + "first"), end);
            var bytes = new byte[5];
            await stream.ReadExactlyAsync(bytes, end);
            await stream.WriteAsync(bytes, end);
            Assert.Equal(0, await stream.ReadAsync(bytes, end));
        });
        var sink = new SwitchedSink("hello");
        origin.Origin.Start(Request(offers: true), sink);

        Assert.Equal("firsthello", await sink.Received);
    }

    [Theory]
    [EachOrigin]
    public async Task A_switch_that_no_request_offers_is_malformed(OriginKind kind)
    {
        await using var origin = WireOrigin.Answering(kind, TunnelScene.Acceptance);
        var sink = new RecordingSink();
        origin.Origin.Start(Request(offers: false), sink);

        Assert.Equal(OriginFailure.Malformed, await sink.End);
    }

    [Theory]
    [EachOrigin]
    public async Task A_switch_that_accepts_another_key_is_malformed_and_says_why(OriginKind kind)
    {
        await using var origin = WireOrigin.Answering(kind, TunnelScene.Acceptance.Replace("s3pP", "s3pp", StringComparison.Ordinal));
        var sink = new RecordingSink();
        origin.Origin.Start(Request(offers: true), sink);

        Assert.Equal(OriginFailure.Malformed, await sink.End);
        Assert.Equal("101 with a wrong Sec-WebSocket-Accept", sink.Failed!.Value.Trouble!.Error);
    }

    [Theory]
    [EachOrigin]
    public async Task An_offer_that_the_origin_refuses_is_answered_like_any_request(OriginKind kind)
    {
        await using var origin = WireOrigin.Answering(kind, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", closes: false);
        for (var i = 0; i < 2; i++)
        {
            var sink = new RecordingSink();
            origin.Origin.Start(Request(offers: true), sink);
            Assert.Equal(OriginFailure.None, await sink.End);
            Assert.Equal((403, "no"), (sink.Head!.Status, sink.Body));
        }

        Assert.Equal(1, origin.Connections);
    }

    private static OriginRequest Request(bool offers)
    {
        var head = new RequestHead();
        var bytes = Encoding.ASCII.GetBytes(TunnelScene.Offer);
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(bytes, new HttpLimits(), head, out _, out _));
        return new OriginRequest
        {
            Method = KnownMethod.Get,
            MethodText = "GET"u8.ToArray(),
            Target = "/chat"u8.ToArray(),
            Fields = new FieldTable(),
            WebSocket = offers ? new WebSocketOffer(head) : null,
        };
    }

    /// <summary>Sends some bytes into the tunnel, and reads until it has as many beyond the first.</summary>
    private sealed class SwitchedSink(string sent) : IOriginSink, ITunnelUser
    {
        private readonly TaskCompletionSource<string> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly StringBuilder _text = new();
        private IOriginTunnel? _tunnel;

        public Task<string> Received => _received.Task.WaitAsync(TimeSpan.FromMinutes(1));

        public void OnSwitched(ResponseHead head, IOriginTunnel tunnel)
        {
            Assert.Equal(101, head.Status);
            _tunnel = tunnel;
            tunnel.Begin(this);
            Assert.True(tunnel.TrySend(Encoding.ASCII.GetBytes(sent)));
            tunnel.Receive();
        }

        public void OnOriginBytes(Segment memory, int count)
        {
            _text.Append(Encoding.ASCII.GetString(memory.Memory.Span[..count]));
            memory.Release();
            if (_text.Length < "first".Length + sent.Length)
                _tunnel!.Receive();
            else
                End();
        }

        public void OnOriginEnded() => _received.TrySetException(new InvalidOperationException("The origin has ended."));

        public void OnOriginTook()
        {
            // Nothing waits for it.
        }

        public void OnOriginLeft() => OnOriginFailed();

        public void OnOriginFailed() => _received.TrySetException(new InvalidOperationException("The tunnel is lost."));

        public void OnFault() => _received.TrySetException(new InvalidOperationException("Something has thrown."));

        public void OnInterim(ResponseHead head) => OnFault();

        public void OnHead(ResponseHead head) => OnFault();

        public bool TryReserve(int wanted, out SegmentRoom room) => throw new InvalidOperationException("There is no body.");

        public OriginFlow Commit(int count) => throw new InvalidOperationException("There is no body.");

        public void OnTrailers(FieldTable trailers) => OnFault();

        public void OnEnd() => OnFault();

        public void OnFailed(in OriginFailed failure) => _received.TrySetException(new InvalidOperationException($"{failure}"));

        private void End()
        {
            _tunnel!.EndSend();
            _tunnel.Close();
            _received.TrySetResult(_text.ToString());
        }
    }
}
