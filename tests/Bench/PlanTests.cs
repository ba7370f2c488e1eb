using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Servers;

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

    [Fact]
    public void Misses_and_uploads_are_measured_in_plaintext_and_over_TLS_of_servers_that_have_an_origin()
    {
        var options = Options(kernelTls: true);

        Assert.Equal(
            [
                "plaintext, miss, 1,024 B, 8 connections", "TLS, miss, 1,024 B, 8 connections",
                "plaintext, upload, 1,000,000 B, 8 connections", "TLS, upload, 1,000,000 B, 8 connections",
            ],
            Plan.Forwarding(options).SelectMany(group => group.Cells).Select(cell => cell.Name));
        Assert.Empty(Plan.Forwarding(options with { Targets = [new Target("mine", new Uri("http://127.0.0.1/"), [1])] }));
    }

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
