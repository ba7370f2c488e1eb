using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using TlsProxy.Bench.Load;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Tests.Servers;

public sealed class SiteTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bench");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Libssl_takes_X25519_alone_on_both_sides(bool isOfClients)
    {
        Assert.SkipUnless(SmokeTests.IsThere("openssl"), "openssl isn't installed");
        var site = new Site(_folder.FullName, libSsl: null, [new Payload(1)]);
        var configuration = isOfClients ? site.ClientConfiguration : site.Environment["OPENSSL_CONF"];

        // supported_groups (10) with a list of 2 bytes: x25519 (RFC 9846, section 4.3.7).
        byte[] alone = [0, 10, 0, 4, 0, 2, 0, 0x1d];
        Assert.True((await ClientHelloAsync(configuration)).AsSpan().IndexOf(alone) > 0, "another group is offered");
    }

    [Fact]
    public void Servers_have_the_libssl_that_is_asked_for() =>
        Assert.Equal("/opt/libssl", new Site(_folder.FullName, "/opt/libssl", [new Payload(1)]).Environment["LD_LIBRARY_PATH"]);

    /// <summary>The first record of openssl s_client, which takes what libssl is configured to.</summary>
    private static async Task<byte[]> ClientHelloAsync(string configuration)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var start = new ProcessStartInfo("openssl", ["s_client", "-connect", $"{listener.LocalEndpoint}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["OPENSSL_CONF"] = configuration },
        };
        using var process = Process.Start(start)!;
        byte[] record;
        using (var client = await listener.AcceptTcpClientAsync())
        {
            var head = new byte[5];
            await client.GetStream().ReadExactlyAsync(head);
            record = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(3))];
            await client.GetStream().ReadExactlyAsync(record);
        }

        await process.WaitForExitAsync();
        return record;
    }
}
