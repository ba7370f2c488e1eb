using System.Globalization;
using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>curl as a client of the proxy.</summary>
internal static class Curl
{
    /// <summary>Fetches <paramref name="path"/> and returns the body; fails the test unless the answer is a whole 200.</summary>
    public static async Task<byte[]> GetAsync(ProxyProcess proxy, Transport transport, Persistence persistence, string path)
    {
        List<string> arguments =
        [
            "--silent", "--show-error", "--fail", "--http1.1", "--noproxy", "*", "--max-time",
            RunningKernel.TestLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        ];
        if (transport.IsTls())
        {
            var isTls12 = transport.Protocol() == System.Security.Authentication.SslProtocols.Tls12;
            arguments.AddRange(["--cacert", proxy.Certificates.AuthorityFile]);
            arguments.AddRange(isTls12 ? ["--tlsv1.2", "--tls-max", "1.2"] : ["--tlsv1.3"]);
        }
        if (persistence == Persistence.Close)
            arguments.AddRange(["--header", "Connection: close"]);
        arguments.Add(proxy.Address(transport) + path);

        var result = await Command.RunAsync("curl", arguments);
        Assert.True(result.ExitStatus == 0, $"curl ended with {result.ExitStatus}: {result.Error}");
        return result.Output;
    }
}
