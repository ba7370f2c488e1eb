using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Upstream;

public sealed class OriginFailuresTests
{
    public static TheoryData<string> All => [.. Enum.GetNames<OriginFailure>().Where(static name => name != nameof(OriginFailure.None))];

    [Theory]
    [MemberData(nameof(All))]
    public void A_client_is_told_of_each_failure_in_a_sentence_with_an_error_status(string name)
    {
        var (status, text) = OriginFailures.Of(Enum.Parse<OriginFailure>(name));

        Assert.Contains(status, new[] { 400, 500, 501, 502, 503, 504 });
        Assert.Matches("^[A-Z].*[.]$", text);
    }

    [Theory]
    [InlineData(nameof(OriginFailure.ConnectFailed), 502)]
    [InlineData(nameof(OriginFailure.HandshakeFailed), 502)]
    [InlineData(nameof(OriginFailure.CertificateRefused), 502)]
    [InlineData(nameof(OriginFailure.NoResponse), 502)]
    [InlineData(nameof(OriginFailure.Malformed), 502)]
    [InlineData(nameof(OriginFailure.Truncated), 502)]
    [InlineData(nameof(OriginFailure.Cancelled), 502)]
    [InlineData(nameof(OriginFailure.NoDescriptor), 503)]
    [InlineData(nameof(OriginFailure.NoneHealthy), 503)]
    [InlineData(nameof(OriginFailure.InTrouble), 503)]
    [InlineData(nameof(OriginFailure.ConnectTimeout), 504)]
    [InlineData(nameof(OriginFailure.ResponseTimeout), 504)]
    [InlineData(nameof(OriginFailure.IdleTimeout), 504)]
    [InlineData(nameof(OriginFailure.Unconfirmed), 504)]
    [InlineData(nameof(OriginFailure.ClientBodyFailed), 400)]
    [InlineData(nameof(OriginFailure.Fault), 500)]
    [InlineData(nameof(OriginFailure.Unsupported), 501)]
    public void The_status_tells_whose_failure_it_is(string name, int status) =>
        Assert.Equal(status, OriginFailures.Of(Enum.Parse<OriginFailure>(name)).Status);

    [Fact]
    public void Each_failure_has_a_sentence_of_its_own() =>
        Assert.Equal(All.Count, All.Select(row => OriginFailures.Of(Enum.Parse<OriginFailure>(row.Data)).Text).Distinct().Count());

    [Fact]
    public void An_answer_is_no_failure() => Assert.Throws<ArgumentOutOfRangeException>(() => OriginFailures.Of(OriginFailure.None));

    [Fact]
    public void A_stored_response_stands_in_for_origins_that_fail_and_not_for_clients_that_do()
    {
        OriginFailure[] others =
        [
            OriginFailure.None, OriginFailure.Cancelled, OriginFailure.ClientBodyFailed, OriginFailure.Unsupported,
            OriginFailure.Unconfirmed, OriginFailure.InTrouble, OriginFailure.Fault,
        ];

        Assert.Equal(others, Enum.GetValues<OriginFailure>().Where(static failure => !OriginFailures.IsUnreachable(failure)));
    }
}
