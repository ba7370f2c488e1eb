using System.Net;
using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>Answers that another thread makes.</summary>
public sealed class LaterAnswerTests : IAsyncDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly ResponseCache _cache = new(1 << 20, 100);
    private readonly WireOrigin _origin = new((_, _, _) => Task.CompletedTask);

    public async ValueTask DisposeAsync()
    {
        await _origin.DisposeAsync();
        _cache.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [InlineData(5, HttpStatusCode.GatewayTimeout)]
    [InlineData(30_000, HttpStatusCode.OK)]
    public async Task An_answer_that_takes_too_long_is_an_error_and_is_given_back_when_it_comes(int milliseconds, HttpStatusCode expected)
    {
        var responder = new LateResponder();
        using var server = new ProxyServer(Settings(responder, TimeSpan.FromMilliseconds(milliseconds)), Epoll());
        var any = new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0), new ListenerTraits(IsTls: false));
        var address = server.Start([any], workers: 1, new ListenOptions(), InheritedSockets.None)[0];
        var rented = _pool.RentedSegments;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        var asking = client.GetAsync(new Uri($"http://{address.EndPoint}/"), TestContext.Current.CancellationToken);
        var answer = await responder.Asked;
        if (expected == HttpStatusCode.GatewayTimeout)
            await asking;
        answer.Give(LocalResponse.TryCreate(_pool, 200, "late\n"));

        using var reply = await asking;
        Assert.Equal(expected, reply.StatusCode);
        // A connection that is kept would wait for its next request.
        client.Dispose();
        Assert.True(server.Drain(TimeSpan.FromSeconds(30)));
        Assert.Equal(rented, _pool.RentedSegments);
    }

    private static BackendChoice Epoll() => BackendChoice.Make(new BackendRequest { Kind = BackendKind.Epoll }, out _)!;

    private WorkerSettings Settings(IResponder responder, TimeSpan patience) => new()
    {
        Pool = _pool,
        Responses = new LocalResponses(_pool),
        Cache = _cache,
        Responder = responder,
        Deadlines = new DeadlineOptions { LaterAnswer = patience },
        Fetches = _origin.CreateTable(_cache, _pool),
        CreateOrigin = _ => _origin.Origin,
    };

    /// <summary>Has whoever asks wait until the test answers.</summary>
    private sealed class LateResponder : IResponder
    {
        private readonly TaskCompletionSource<LaterAnswer> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<LaterAnswer> Asked => _asked.Task;

        public Response? TryAnswer(SegmentPool pool, RequestHead head, IAnswerOwner owner)
        {
            _asked.SetResult(owner.Await());
            return null;
        }
    }
}
