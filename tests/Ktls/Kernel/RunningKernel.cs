namespace TlsProxy.Ktls.Tests.Kernel;

/// <summary>What the kernel under the tests can do.</summary>
internal static class RunningKernel
{
    private const string UpperLayerProtocols = "/proc/sys/net/ipv4/tcp_available_ulp";

    public static bool HasTls { get; } =
        File.Exists(UpperLayerProtocols) && File.ReadAllText(UpperLayerProtocols).Split((char[])[' ', '\n']).Contains("tls");

    public static void SkipWithoutTls() =>
        Assert.SkipUnless(HasTls, "SKIPPED: the running kernel has no TLS (run scripts/test, or modprobe tls)");
}
