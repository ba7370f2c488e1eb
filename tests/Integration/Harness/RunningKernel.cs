using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What the kernel under the tests can do.</summary>
internal static class RunningKernel
{
    private const string UpperLayerProtocols = "/proc/sys/net/ipv4/tcp_available_ulp";

    public static bool HasTls { get; } =
        File.Exists(UpperLayerProtocols) && File.ReadAllText(UpperLayerProtocols).Split((char[])[' ', '\n']).Contains("tls");

    /// <summary>An emulated kernel is several times slower, so the limits that end a stuck test are wider there.</summary>
    public static TimeSpan TestLimit { get; } =
        TimeSpan.FromSeconds(Environment.GetEnvironmentVariable("TLSPROXY_IN_KTLS_VM") == "1" ? 300 : 90);

    public static void SkipUnlessAble(Transport transport) =>
        Assert.SkipUnless(!transport.NeedsKernelTls() || HasTls, "SKIPPED: the running kernel has no TLS (run scripts/test, or modprobe tls)");
}
