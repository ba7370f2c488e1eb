namespace TlsProxy.Bench.Load;

/// <summary>What carries the responses of a cell.</summary>
internal enum Transport
{
    Plaintext,

    /// <summary>Records made in user space.</summary>
    Tls,

    /// <summary>The kernel makes the records that the server sends.</summary>
    KernelSend,

    /// <summary>The kernel also opens the records that the server receives.</summary>
    KernelBoth,

    /// <summary>The server chooses.</summary>
    Auto,

    /// <summary>Records made as a server that runs already is configured.</summary>
    AsConfigured,
}
