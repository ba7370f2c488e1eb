using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>A proxy whose certificate lies in files that a test replaces.</summary>
internal sealed class RotationScene : IDisposable
{
    private readonly SharedProxies _shared;

    public RotationScene(SharedProxies shared)
    {
        _shared = shared;
        Install(Authority.Issue(["localhost"]));
    }

    public TestFolder Folder { get; } = new();

    public TestAuthority Authority { get; } = TestAuthority.CreateRoot();

    public string ChainFile => Folder["server.pem"];

    public string KeyFile => Folder["server.key"];

    public void Install(TestLeaf leaf) => leaf.Save(ChainFile, KeyFile);

    /// <summary>The files as they are.</summary>
    public async Task<(string Chain, string Key)> ReadAsync() =>
        (await File.ReadAllTextAsync(ChainFile), await File.ReadAllTextAsync(KeyFile));

    /// <param name="watch">How often the proxy looks at the files.</param>
    public Task<ProxyProcess> StartAsync(string watch) => _shared.StartAsync(
        _shared.Scripted.Address, Transport.Tls13User, "--certificate", ChainFile, "--key", KeyFile, "--certificate-watch", watch);

    public static async Task<SslStream> OpenAsync(ProxyProcess proxy)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, proxy.Port(Transport.Tls13User));
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            AllowTlsResume = false,
            // Who has issued it is known: the test compares serial numbers.
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                certificate is not null && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
        });
        return tls;
    }

    /// <summary>The serial number of the certificate that a new connection gets.</summary>
    public static async Task<string> PresentedAsync(ProxyProcess proxy)
    {
        using var client = await OpenAsync(proxy);
        var serial = client.RemoteCertificate!.GetSerialNumberString();
        // As openssl writes it: without the byte that keeps a number of DER positive.
        return serial.StartsWith("00", StringComparison.Ordinal) ? serial[2..] : serial;
    }

    public void Dispose()
    {
        Authority.Dispose();
        Folder.Dispose();
    }
}
