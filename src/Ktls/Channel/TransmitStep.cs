namespace TlsProxy.Ktls.Channel;

/// <summary>How a send goes on.</summary>
internal enum TransmitStep : byte
{
    /// <summary>The next operation has been submitted.</summary>
    Sending,

    /// <summary>Everything has been taken by the kernel.</summary>
    Done,

    /// <summary>There is no memory to go on.</summary>
    NoMemory,

    /// <summary>The keys must not protect more.</summary>
    KeysExhausted,
}
