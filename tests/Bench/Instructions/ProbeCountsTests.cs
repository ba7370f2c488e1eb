using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Instructions;

namespace TlsProxy.Bench.Tests.Instructions;

public sealed class ProbeCountsTests
{
    private const string Profile = """
          bench_zerocopy                                            8430               0
          bench_memcopy                                               12               0
          bench_record                                              8442               0
          another                                                      1               7
        """;

    [Fact]
    public void Hits_are_read_from_the_profile_of_the_kernel_whatever_else_it_has() =>
        Assert.Equal(new ProbeCounts(ZeroCopies: 8430, Copies: 12, Records: 8442), ProbeCounts.Parse(Profile));

    [Fact]
    public void Counts_between_two_readings_are_their_difference() => Assert.Equal(
        new ProbeCounts(8000, 12, 8400), ProbeCounts.Parse(Profile) - new ProbeCounts(430, 0, 42));

    [Fact]
    public void A_missing_probe_is_an_error_that_names_the_function_of_the_kernel()
    {
        var without = string.Join('\n', Profile.Split('\n').Where(line => !line.Contains("bench_record", StringComparison.Ordinal)));

        var thrown = Assert.Throws<BenchException>(() => ProbeCounts.Parse(without));

        Assert.Contains("no probe at tls_push_record", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_that_the_kernel_missed_prove_nothing()
    {
        var missed = Profile.Replace("12               0", "12               3", StringComparison.Ordinal);

        Assert.Contains(
            "missed 3 calls of sk_msg_memcopy_from_iter",
            Assert.Throws<BenchException>(() => ProbeCounts.Parse(missed)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0, 1, true)]
    [InlineData(0, 0, 5, true)]
    [InlineData(1, 1, 2, false)]
    [InlineData(0, 0, 0, false)]
    public void A_server_copies_nothing_where_the_kernel_makes_records_and_no_call_copies(
        long zeroCopies, long copies, long records, bool isZeroCopy)
    {
        var entry = new PlannedServer("one", PlannedServer.PlainKilobyte, 1.0).Entry;

        Assert.Equal(isZeroCopy, new CopyProof(entry, 1, new ProbeCounts(zeroCopies, copies, records)).IsZeroCopy);
    }
}
