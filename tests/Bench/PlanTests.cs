using TlsProxy.Bench.Load;

namespace TlsProxy.Bench.Tests;

public sealed class PlanTests
{
    [Fact]
    public void Every_way_of_making_records_is_measured_in_the_rounds_of_its_plaintext_where_the_kernel_has_TLS()
    {
        var groups = Plan.Groups(Options(kernelTls: true));

        Assert.Equal(["1,024 B, 8 connections", "1,345,292 B, 8 connections"], groups.Select(group => group.Name));
        Assert.All(groups, group => Assert.Equal(
            ["plaintext", "TLS", "kernel TLS TX", "kernel TLS TX+RX", "TLS auto"], group.Cells.Select(cell => cell.Transport.Name())));
    }

    [Fact]
    public void Without_TLS_in_the_kernel_only_plaintext_and_user_space_are_measured() =>
        Assert.All(Plan.Groups(Options(kernelTls: false)), group => Assert.Equal(
            [Transport.Plaintext, Transport.Tls], group.Cells.Select(cell => cell.Transport)));

    [Fact]
    public void Only_chooses_cells_by_their_name() => Assert.Equal(
        ["TLS, 1,024 B, 8 connections"],
        Plan.Groups(Options(kernelTls: false) with { Only = "tls, 1,024" }).SelectMany(group => group.Cells).Select(cell => cell.Name));

    internal static BenchOptions Options(bool kernelTls) => new()
    {
        Quick = true,
        Limit = TimeSpan.MaxValue,
        Objects = Plan.Objects(quick: true),
        Proxy = "tlsproxy",
        With = [],
        Against = [],
        SslStreamLoop = null,
        Rivals = false,
        Only = null,
        Connections = [8],
        Rounds = 1,
        Seconds = 1,
        Patience = TimeSpan.Zero,
        Json = null,
        Report = null,
        Folder = "/nonexistent",
        LibSsl = null,
        KernelTls = kernelTls,
    };
}
