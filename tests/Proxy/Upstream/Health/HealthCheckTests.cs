using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Health;

namespace TlsProxy.Proxy.Tests.Upstream.Health;

public sealed class HealthCheckTests : IOrigin
{
    private readonly HeldOrigin _server = new();
    private readonly List<string?> _results = [];
    private HealthCheck _check;
    private bool _throws;

    public HealthCheckTests() => _check = Create(new OriginOptions { Host = "s", Port = 80 });

    void IOrigin.Start(OriginRequest request, IOriginSink sink)
    {
        if (_throws)
            throw new InvalidOperationException("A fault.");
        _server.Start(request, sink);
    }

    [Theory]
    [InlineData("s", 80, null, "s")]
    [InlineData("s", 81, null, "s:81")]
    [InlineData("::1", 81, null, "[::1]:81")]
    [InlineData("s", 81, "internal", "internal")]
    public void A_check_is_a_GET_with_the_servers_host(string host, int port, string? sent, string told)
    {
        _check = Create(new OriginOptions { Host = host, Port = port, HostSent = sent });
        _check.Begin();

        Assert.Equal((KnownMethod.Get, "/health", told), (_server.Method(0), _server.Target(0), _server.Field(0, "Host")));
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(399, null)]
    [InlineData(404, "GET /health was answered with 404")]
    [InlineData(503, "GET /health was answered with 503")]
    public void The_status_says_whether_the_server_is_well(int status, string? result)
    {
        _check.Begin();
        _server.Answer(0, Messages.Response(status));

        Assert.Equal([result], _results);
    }

    [Fact]
    public void The_body_is_not_read()
    {
        _check.Begin();
        _server.Sinks[0].OnHead(Messages.Response(200));
        Assert.False(_server.Sinks[0].TryReserve(1, out _));
        Assert.True(_server.IsCancelled(0));
        _server.Sinks[0].OnFailed(OriginFailed.OfProxy(OriginFailure.Cancelled));

        Assert.Equal([null], _results);
    }

    [Fact]
    public void A_server_without_an_answer_is_not_well()
    {
        _check.Begin();
        _server.Sinks[0].OnInterim(Messages.Response(103));
        _server.Sinks[0].OnFailed(new OriginFailed(OriginFailure.ConnectFailed, FailureSource.Connect, MayRetry: true, Trouble: null));

        Assert.Equal(["GET /health: The origin can't be reached"], _results);
    }

    [Theory]
    [InlineData(OriginFailure.NoDescriptor)]
    [InlineData(OriginFailure.Cancelled)]
    internal void A_failure_of_the_proxys_own_says_nothing_about_the_server(OriginFailure failure)
    {
        _check.Begin();
        _server.Sinks[0].OnFailed(OriginFailed.OfProxy(failure));
        _check.Begin();
        _server.Sinks[1].OnFault();
        _server.Sinks[1].OnFault();
        _check.Begin();
        _server.Answer(2, Messages.Response(200));

        Assert.Equal([null], _results);
    }

    [Fact]
    public void One_check_at_a_time_is_under_way()
    {
        _check.Begin();
        _check.Begin();
        Assert.Single(_server.Sinks);
        _server.Answer(0, Messages.Response(200));
        _check.Begin();

        Assert.Equal(2, _server.Sinks.Count);
    }

    [Fact]
    public void A_check_that_cannot_begin_does_not_keep_the_next_one_from_it()
    {
        _throws = true;
        Assert.Throws<InvalidOperationException>(_check.Begin);
        _throws = false;
        _check.Begin();

        Assert.Single(_server.Sinks);
    }

    private HealthCheck Create(OriginOptions options) =>
        new(this, options, new HealthCheckOptions("/health"u8.ToArray(), TimeSpan.FromSeconds(1)), _results.Add);
}
