using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>Which requests may be sent again after which failure, and which of them the same server gets once more.</summary>
public sealed class RetryRuleTests
{
    private const bool Silent = true;
    private const bool Left = true;
    private const string Safe = "GET HEAD OPTIONS TRACE";
    private const string Idempotent = Safe + " PUT DELETE";

    // CONNECT never leaves for an origin.
    private static readonly KnownMethod[] s_methods = [.. Enum.GetValues<KnownMethod>().Where(method => method != KnownMethod.Connect)];

    [Theory]
    // No connection carried the request.
    [InlineData(OriginFailure.ConnectFailed, FailureSource.Connect, !Silent, !Left, Idempotent)]
    [InlineData(OriginFailure.ConnectFailed, FailureSource.Tls, !Silent, !Left, Idempotent)]
    [InlineData(OriginFailure.ConnectTimeout, FailureSource.Connect, !Silent, !Left, Idempotent)]
    // The connection ended before a byte of an answer, and of the request or behind some of it.
    [InlineData(OriginFailure.NoResponse, FailureSource.BeforeHead, Silent, !Left, Idempotent)]
    [InlineData(OriginFailure.NoResponse, FailureSource.BeforeHead, Silent, Left, Safe)]
    // Bytes came that were no answer to it.
    [InlineData(OriginFailure.Malformed, FailureSource.BeforeHead, Silent, !Left, Idempotent)]
    [InlineData(OriginFailure.Malformed, FailureSource.BeforeHead, Silent, Left, Safe)]
    // Something of an answer came.
    [InlineData(OriginFailure.NoResponse, FailureSource.BeforeHead, !Silent, Left, "")]
    [InlineData(OriginFailure.Malformed, FailureSource.BeforeHead, !Silent, Left, "")]
    [InlineData(OriginFailure.Truncated, FailureSource.InBody, !Silent, Left, "")]
    [InlineData(OriginFailure.Malformed, FailureSource.InBody, !Silent, Left, "")]
    // No time is left.
    [InlineData(OriginFailure.ResponseTimeout, FailureSource.Connect, !Silent, !Left, "")]
    [InlineData(OriginFailure.ResponseTimeout, FailureSource.BeforeHead, Silent, Left, "")]
    [InlineData(OriginFailure.IdleTimeout, FailureSource.InBody, !Silent, Left, "")]
    // The origin isn't the cause.
    [InlineData(OriginFailure.NoDescriptor, FailureSource.Proxy, !Silent, !Left, "")]
    [InlineData(OriginFailure.Cancelled, FailureSource.Proxy, Silent, !Left, "")]
    [InlineData(OriginFailure.ClientBodyFailed, FailureSource.Proxy, !Silent, Left, "")]
    [InlineData(OriginFailure.Unsupported, FailureSource.Proxy, !Silent, !Left, "")]
    internal void A_failed_attempt_may_be_followed_by_another_for_these_methods(
        OriginFailure reason, FailureSource source, bool isSilent, bool hasLeft, string mayRetry)
    {
        foreach (var wasKept in new[] { false, true })
        {
            var attempt = new FailedAttempt(reason, source, isSilent, wasKept) { HasLeft = hasLeft };
            Assert.Equal(Set(mayRetry), Set(method => RetryRule.MayRetry(attempt, OriginRequests.Create("/", method))));
            Assert.All(s_methods, method => Assert.Equal(
                new OriginFailed(reason, source, Set(mayRetry).Contains(Name(method)), null, hasLeft),
                attempt.Of(OriginRequests.Create("/", method))));
        }
    }

    [Theory]
    [InlineData(FailureSource.BeforeHead, true, true, true)]
    [InlineData(FailureSource.BeforeHead, true, false, true)]
    [InlineData(FailureSource.BeforeHead, false, false, true)]
    // Another server is better than one that was silent on a new connection, or can't be reached.
    [InlineData(FailureSource.BeforeHead, false, true, false)]
    [InlineData(FailureSource.Connect, false, true, false)]
    [InlineData(FailureSource.Connect, false, false, false)]
    internal void The_same_server_gets_the_request_once_more_where_the_connection_may_be_the_cause(
        FailureSource source, bool wasKept, bool hasSiblings, bool isAsked)
    {
        var attempt = new FailedAttempt(OriginFailure.NoResponse, source, IsSilent: true, wasKept);
        Assert.Equal(isAsked, RetryRule.TakesNewConnection(attempt, OriginRequests.Create("/"), hasSiblings));
    }

    [Theory]
    [InlineData(KnownMethod.Put, false, true)]
    [InlineData(KnownMethod.Put, true, false)]
    [InlineData(KnownMethod.Get, true, false)]
    internal void A_request_with_a_body_is_sent_again_only_where_nothing_of_it_has_left(KnownMethod method, bool hasLeft, bool mayRetry)
    {
        var body = new RequestBody(5, new ManualMailbox(), new CountingWriter(), new SegmentPool());
        var attempt = new FailedAttempt(OriginFailure.NoResponse, FailureSource.BeforeHead, IsSilent: true) { HasLeft = hasLeft };
        Assert.Equal(mayRetry, RetryRule.MayRetry(attempt, OriginRequests.Create("/", method, body)));
    }

    [Fact]
    internal void A_request_that_has_left_for_another_server_is_not_sent_a_third_time()
    {
        var request = OriginRequests.Create("/").ForAttempt(new EarlierAttempts(HasLeft: true, TimeSpan.Zero));
        var silent = new FailedAttempt(OriginFailure.NoResponse, FailureSource.BeforeHead, IsSilent: true, WasKept: true);
        Assert.False(RetryRule.MayRetry(silent, request));
    }

    [Theory]
    [InlineData(FailureSource.BeforeHead, false)]
    [InlineData(FailureSource.Connect, true)]
    internal void Behind_a_second_attempt_another_server_is_asked_only_where_there_was_no_connection(FailureSource source, bool mayRetry)
    {
        var second = new FailedAttempt(OriginFailure.NoResponse, source, IsSilent: true);
        Assert.Equal(
            new OriginFailed(OriginFailure.NoResponse, source, mayRetry, Trouble: null, HasLeft: true),
            second.AfterFirst(OriginRequests.Create("/"), hasLeft: true));
    }

    private static SortedSet<string> Set(string names) => [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static SortedSet<string> Set(Func<KnownMethod, bool> holds) => [.. s_methods.Where(holds).Select(Name)];

    private static string Name(KnownMethod method) => method.ToString().ToUpperInvariant();
}
