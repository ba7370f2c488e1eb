namespace TlsProxy.Integration.Tests.Harness;

/// <summary>How bytes travel between a client and the proxy: in clear, or by TLS version and by who makes the proxy's records.</summary>
public enum Transport
{
    Plaintext,
    Tls12User,
    Tls13User,
    Tls12KernelTransmit,
    Tls13KernelTransmit,
    Tls12KernelBoth,
    Tls13KernelBoth,
}
