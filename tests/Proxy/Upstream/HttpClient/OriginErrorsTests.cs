using System.Net.Sockets;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.HttpClient;

namespace TlsProxy.Proxy.Tests.Upstream.HttpClient;

/// <summary>What each exception of HttpClient says of the attempt that it ends.</summary>
public sealed class OriginErrorsTests
{
    [Theory]
    [InlineData(HttpRequestError.ResponseEnded, nameof(OriginFailure.NoResponse), nameof(FailureSource.BeforeHead))]
    [InlineData(HttpRequestError.InvalidResponse, nameof(OriginFailure.Malformed), nameof(FailureSource.BeforeHead))]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, nameof(OriginFailure.Malformed), nameof(FailureSource.BeforeHead))]
    [InlineData(HttpRequestError.NameResolutionError, nameof(OriginFailure.ConnectFailed), nameof(FailureSource.Connect))]
    [InlineData(HttpRequestError.SecureConnectionError, nameof(OriginFailure.ConnectFailed), nameof(FailureSource.Tls))]
    [InlineData(HttpRequestError.Unknown, nameof(OriginFailure.NoResponse), nameof(FailureSource.BeforeHead))]
    public void Errors_of_requests_and_of_reads_tell_reason_and_source(HttpRequestError error, string reason, string source)
    {
        Exception[] told = [new HttpRequestException(error), new IOException("outer", new HttpIOException(error))];
        Assert.All(told, exception =>
        {
            var attempt = OriginErrors.Of(exception, FailureSource.BeforeHead);
            Assert.Equal((reason, source), (attempt.Reason.ToString(), attempt.Source.ToString()));
            Assert.False(attempt.IsSilent || attempt.WasKept);
        });
    }

    [Fact]
    public void Behind_the_head_an_end_has_cut_the_answer()
    {
        var attempt = OriginErrors.Of(new HttpIOException(HttpRequestError.ResponseEnded), FailureSource.InBody);

        Assert.Equal(new FailedAttempt(OriginFailure.Truncated, FailureSource.InBody), attempt);
    }

    [Theory]
    [InlineData(nameof(OriginFailure.ConnectTimeout), nameof(FailureSource.Connect))]
    [InlineData(nameof(OriginFailure.NoDescriptor), nameof(FailureSource.Proxy))]
    public void The_connectors_own_exception_says_more_than_those_around_it(string reason, string source)
    {
        var failure = Enum.Parse<OriginFailure>(reason);
        var inner = new OriginConnectException(failure, new SocketException((int)SocketError.TimedOut));

        var attempt = OriginErrors.Of(new HttpRequestException(HttpRequestError.ConnectionError, inner: inner), FailureSource.Connect);

        Assert.Equal(new FailedAttempt(failure, Enum.Parse<FailureSource>(source)), attempt);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_silent_end_tells_whether_the_connection_was_kept(bool wasKept)
    {
        var silent = new HttpRequestException("outer", new OriginSilentException(wasKept, null));

        Assert.Equal(
            new FailedAttempt(OriginFailure.NoResponse, FailureSource.BeforeHead, IsSilent: true, wasKept),
            OriginErrors.Of(silent, FailureSource.BeforeHead));
    }

    [Fact]
    public void A_connection_that_was_unfit_has_carried_no_byte() => Assert.Equal(
        new FailedAttempt(OriginFailure.NoResponse, FailureSource.Connect, WasKept: true),
        OriginErrors.Of(new HttpRequestException("outer", new UnfitConnectionException()), FailureSource.BeforeHead));
}
