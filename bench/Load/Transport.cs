namespace TlsProxy.Bench.Load;

/// <summary>What carries the responses of a cell.</summary>
internal enum Transport
{
    Plaintext,

    /// <summary>Records made in user space.</summary>
    Tls,

    /// <summary>Records made by the kernel.</summary>
    KernelTls,
}

internal static class TransportNames
{
    public static string Name(this Transport transport) => transport switch
    {
        Transport.Plaintext => "plaintext",
        Transport.Tls => "TLS",
        _ => "kernel TLS",
    };
}
