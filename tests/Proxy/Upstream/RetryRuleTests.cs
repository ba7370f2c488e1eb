using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>Which requests may be sent again after which failure, and which of them the same origin gets once more.</summary>
public sealed class RetryRuleTests
{
    private const bool Silent = true;
    private const bool Kept = true;
    private const string Idempotent = "GET HEAD OPTIONS TRACE PUT DELETE";
    private const string All = Idempotent + " POST PATCH OTHER";

    [Theory]
    // No byte of the request left.
    [InlineData(OriginFailure.ConnectFailed, FailureSource.Connect, !Silent, !Kept, Idempotent, "")]
    [InlineData(OriginFailure.ConnectFailed, FailureSource.Tls, !Silent, !Kept, Idempotent, "")]
    [InlineData(OriginFailure.ConnectTimeout, FailureSource.Connect, !Silent, !Kept, Idempotent, "")]
    [InlineData(OriginFailure.NoResponse, FailureSource.Connect, !Silent, Kept, All, All)]
    // The connection ended before a byte of an answer.
    [InlineData(OriginFailure.NoResponse, FailureSource.BeforeHead, Silent, Kept, Idempotent, Idempotent)]
    [InlineData(OriginFailure.NoResponse, FailureSource.BeforeHead, Silent, !Kept, "", "")]
    // Something of an answer came.
    [InlineData(OriginFailure.NoResponse, FailureSource.BeforeHead, !Silent, !Kept, "", "")]
    [InlineData(OriginFailure.Malformed, FailureSource.BeforeHead, !Silent, !Kept, "", "")]
    [InlineData(OriginFailure.Truncated, FailureSource.InBody, !Silent, !Kept, "", "")]
    [InlineData(OriginFailure.Malformed, FailureSource.InBody, !Silent, !Kept, "", "")]
    // No time is left.
    [InlineData(OriginFailure.ResponseTimeout, FailureSource.Connect, !Silent, !Kept, "", "")]
    [InlineData(OriginFailure.ResponseTimeout, FailureSource.BeforeHead, !Silent, !Kept, "", "")]
    [InlineData(OriginFailure.IdleTimeout, FailureSource.InBody, !Silent, !Kept, "", "")]
    // The origin isn't the cause.
    [InlineData(OriginFailure.NoDescriptor, FailureSource.Proxy, !Silent, !Kept, "", "")]
    [InlineData(OriginFailure.Cancelled, FailureSource.Proxy, !Silent, !Kept, "", "")]
    [InlineData(OriginFailure.ClientBodyFailed, FailureSource.Proxy, !Silent, !Kept, "", "")]
    [InlineData(OriginFailure.Unsupported, FailureSource.Proxy, !Silent, !Kept, "", "")]
    internal void A_failed_attempt_may_be_followed_by_another_for_these_methods(
        OriginFailure reason, FailureSource source, bool isSilent, bool wasKept, string mayRetry, string goOn)
    {
        var attempt = new FailedAttempt(reason, source, isSilent, wasKept);
        // CONNECT never leaves for an origin.
        var methods = Enum.GetValues<KnownMethod>().Where(method => method != KnownMethod.Connect).ToArray();

        Assert.Equal(Set(mayRetry), Set(methods, method => RetryRule.MayRetry(attempt, OriginRequests.Create("/", method))));
        Assert.Equal(Set(goOn), Set(methods, method => RetryRule.TakesNewConnection(attempt, OriginRequests.Create("/", method))));
        Assert.All(methods, method => Assert.Equal(
            new OriginFailed(reason, source, Set(mayRetry).Contains(Name(method)), null), attempt.Of(OriginRequests.Create("/", method))));
    }

    [Theory]
    [InlineData(FailureSource.Connect, false, true)]
    [InlineData(FailureSource.BeforeHead, true, false)]
    internal void A_body_is_sent_again_only_where_nothing_of_it_had_been_read(FailureSource source, bool isSilent, bool mayRetry)
    {
        var body = new RequestBody(5, new ManualMailbox(), new CountingWriter(), new SegmentPool());
        var attempt = new FailedAttempt(OriginFailure.NoResponse, source, isSilent, WasKept: true);
        Assert.Equal(mayRetry, RetryRule.TakesNewConnection(attempt, OriginRequests.Create("/", KnownMethod.Put, body)));
    }

    private static SortedSet<string> Set(string names) => [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static SortedSet<string> Set(IEnumerable<KnownMethod> methods, Func<KnownMethod, bool> holds) =>
        [.. methods.Where(holds).Select(Name)];

    private static string Name(KnownMethod method) => method.ToString().ToUpperInvariant();
}
