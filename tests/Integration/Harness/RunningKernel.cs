using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What the kernel under the tests can do.</summary>
internal static class RunningKernel
{
    private const string UpperLayerProtocols = "/proc/sys/net/ipv4/tcp_available_ulp";

    public static bool HasTls { get; } =
        File.Exists(UpperLayerProtocols) && File.ReadAllText(UpperLayerProtocols).Split((char[])[' ', '\n']).Contains("tls");

    private static readonly bool s_isEmulated = Environment.GetEnvironmentVariable("TLSPROXY_IN_KTLS_VM") == "1";

    /// <summary>An emulated kernel is several times slower, so the limits that end a stuck test are wider there.</summary>
    public static TimeSpan TestLimit { get; } = TimeSpan.FromSeconds(s_isEmulated ? 300 : 90);

    /// <summary>Options that give clients more time there, without those that a test sets: an emulated processor takes seconds for
    /// the first handshake and the first request.</summary>
    /// <param name="options">Those of the test.</param>
    public static string[] Deadlines(string[] options) => !s_isEmulated ? [] :
    [
        .. new[] { "--handshake-timeout", "--head-timeout", "--body-timeout", "--write-timeout" }
            .Except(options).SelectMany(name => (string[])[name, "200s"]),
    ];

    public static void SkipUnlessAble(Transport transport) =>
        Assert.SkipUnless(
            !transport.NeedsKernelTls() || HasTls, "SKIPPED: the running kernel has no TLS (run scripts/test, or modprobe tls)");
}
