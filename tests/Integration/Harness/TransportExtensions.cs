using System.Security.Authentication;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What follows from a transport.</summary>
public static class TransportExtensions
{
    public static bool IsTls(this Transport transport) => transport != Transport.Plaintext;

    public static bool NeedsKernelTls(this Transport transport) => transport >= Transport.Tls12KernelTransmit;

    /// <summary>The value of the proxy's option <c>--ktls</c>.</summary>
    public static string KtlsOption(this Transport transport) => transport switch
    {
        Transport.Tls12KernelTransmit or Transport.Tls13KernelTransmit => "tx",
        Transport.Tls12KernelBoth or Transport.Tls13KernelBoth => "both",
        _ => "off",
    };

    /// <summary>Who makes the records, as the access log has it.</summary>
    public static string KtlsLogged(this Transport transport) => transport.KtlsOption() switch
    {
        "tx" => "tx",
        "both" => "tx+rx",
        _ => "none:off",
    };

    public static SslProtocols Protocol(this Transport transport) => transport switch
    {
        Transport.Plaintext => SslProtocols.None,
        Transport.Tls12User or Transport.Tls12KernelTransmit or Transport.Tls12KernelBoth => SslProtocols.Tls12,
        _ => SslProtocols.Tls13,
    };
}
