namespace TlsProxy.Bench.Load;

internal static class TransportNames
{
    /// <summary>As cells are named; <c>--only</c> is compared with it.</summary>
    public static string Name(this Transport transport) => transport switch
    {
        Transport.Plaintext => "plaintext",
        Transport.Tls or Transport.AsConfigured => "TLS",
        Transport.KernelSend => "kernel TLS TX",
        Transport.KernelBoth => "kernel TLS TX+RX",
        _ => "TLS auto",
    };

    /// <summary>In a sentence about what TLS costs.</summary>
    public static string InWords(this Transport transport) => transport switch
    {
        Transport.Plaintext => "plaintext",
        Transport.Tls => "TLS in user space",
        Transport.KernelSend => "kernel TX",
        Transport.KernelBoth => "kernel TX+RX",
        Transport.AsConfigured => "TLS",
        _ => "`auto`",
    };

    /// <summary>Whether only a kernel with TLS has it, or a choice in it.</summary>
    public static bool NeedsKernel(this Transport transport) => transport is Transport.KernelSend or Transport.KernelBoth or Transport.Auto;
}
