using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>How a request meets the exchange that it steers, whichever comes first.</summary>
public sealed class OriginRequestTests : IOriginExchange
{
    private readonly OriginRequest _request = OriginRequests.Create("/");
    private int _cancels;
    private int _resumes;

    void IOriginExchange.Cancel() => _cancels++;

    void IOriginExchange.Resume() => _resumes++;

    [Fact]
    public void An_exchange_is_cancelled_each_time_its_request_is()
    {
        Assert.True(_request.TryAttach(this));
        _request.Cancel();
        _request.Cancel();

        Assert.Equal(2, _cancels);
        Assert.Equal(0, _resumes);
    }

    [Fact]
    public void A_request_that_was_given_up_before_attaches_no_exchange()
    {
        _request.Cancel();

        Assert.False(_request.TryAttach(this));
        Assert.Equal(0, _cancels);
    }

    [Fact]
    public void An_exchange_resumes_with_its_request()
    {
        _request.Resume();
        Assert.True(_request.TryAttach(this));
        Assert.Equal(0, _resumes);

        _request.Resume();

        Assert.Equal(1, _resumes);
        Assert.Equal(0, _cancels);
    }

    [Fact]
    public async Task Whether_cancel_or_exchange_comes_first_one_finds_the_other()
    {
        for (var i = 0; i < 500; i++)
        {
            var request = OriginRequests.Create("/");
            _cancels = 0;
            using var start = new Barrier(2);
            var cancelling = Task.Run(
                () =>
                {
                    start.SignalAndWait();
                    request.Cancel();
                },
                TestContext.Current.CancellationToken);
            start.SignalAndWait();
            var attached = request.TryAttach(this);
            await cancelling;

            Assert.Equal(attached ? 1 : 0, _cancels);
        }
    }
}
