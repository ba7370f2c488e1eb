using System.Globalization;
using System.Text;
using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary><c>openssl s_client</c> as a client of the proxy.</summary>
internal static class OpenSslClient
{
    /// <summary>Shakes hands, asks for /health, and reads until the proxy closes.</summary>
    /// <param name="options">Added to those of every session, such as <c>-tls1_2</c> or <c>-sess_in F</c>.</param>
    public static Task<OpenSslSession> ConnectAsync(ProxyProcess proxy, params string[] options) =>
        ConnectAsync(proxy, "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", options);

    /// <param name="request">What is sent in place of a request for /health.</param>
    public static async Task<OpenSslSession> ConnectAsync(ProxyProcess proxy, string request, string[] options)
    {
        string[] arguments =
        [
            "s_client", "-connect", "127.0.0.1:" + proxy.Port(Transport.Tls13User).ToString(CultureInfo.InvariantCulture),
            "-ign_eof", .. options,
        ];
        var result = await Command.RunAsync("openssl", arguments, Encoding.ASCII.GetBytes(request));
        return new OpenSslSession(Encoding.Latin1.GetString(result.Output) + result.Error);
    }

    /// <summary>Fetches one object on a connection of its own; returns all plaintext that came, head included.</summary>
    /// <param name="suite">The one suite to offer, or empty for the client's own.</param>
    /// <param name="options">Further options.</param>
    public static async Task<byte[]> GetAsync(ProxyProcess proxy, Transport transport, string suite, string path, params string[] options)
    {
        var isTls12 = transport.Protocol() == System.Security.Authentication.SslProtocols.Tls12;
        string[] offer = suite.Length == 0 ? [] : [isTls12 ? "-cipher" : "-ciphersuites", suite];
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var result = await Command.RunAsync(
            "openssl", [.. Arguments(proxy, transport), "-quiet", "-ign_eof", .. offer, .. options], request);
        Assert.True(result.ExitStatus == 0, $"s_client ended with {result.ExitStatus}: {result.Error}");
        return result.Output;
    }

    /// <summary>What a session of a transport needs: address, name, authority, version.</summary>
    public static string[] Arguments(ProxyProcess proxy, Transport transport) =>
    [
        "s_client", "-connect", "127.0.0.1:" + proxy.Port(transport).ToString(CultureInfo.InvariantCulture), "-servername", "localhost",
        "-CAfile", proxy.Certificates.AuthorityFile, "-verify_return_error",
        transport.Protocol() == System.Security.Authentication.SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3",
    ];
}
