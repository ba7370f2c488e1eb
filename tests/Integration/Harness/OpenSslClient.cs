using System.Globalization;
using System.Text;
using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary><c>openssl s_client</c> as a client of the proxy.</summary>
internal static class OpenSslClient
{
    /// <summary>Fetches one object on a connection of its own with exactly this suite; returns all plaintext that came, head included.</summary>
    public static async Task<byte[]> GetAsync(ProxyProcess proxy, Transport transport, string suite, string path)
    {
        var isTls12 = transport.Protocol() == System.Security.Authentication.SslProtocols.Tls12;
        string[] arguments =
        [
            "s_client", "-connect", "127.0.0.1:" + proxy.Port(transport).ToString(CultureInfo.InvariantCulture), "-servername", "localhost",
            "-CAfile", proxy.Certificates.AuthorityFile, "-verify_return_error", "-quiet", "-ign_eof",
            isTls12 ? "-tls1_2" : "-tls1_3", isTls12 ? "-cipher" : "-ciphersuites", suite,
        ];
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var result = await Command.RunAsync("openssl", arguments, request);
        Assert.True(result.ExitStatus == 0, $"s_client ended with {result.ExitStatus}: {result.Error}");
        return result.Output;
    }
}
