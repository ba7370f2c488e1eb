using TlsProxy.Uring;

namespace TlsProxy.Testing.Backend;

/// <summary>What the kernel below the fake back end can do.</summary>
public sealed record FakeKernel
{
    /// <summary>What it answers to the TLS protocol (TCP_ULP).</summary>
    public Errno Attach { get; init; } = Errno.ENOENT;

    /// <summary>What it answers to the keys of the sending direction.</summary>
    public Errno Transmit { get; init; }

    /// <summary>What it answers to the keys of the receiving direction.</summary>
    public Errno Receive { get; init; }

    /// <summary>A second key of the receiving direction is taken (kernel 6.14); before, the answer is EBUSY.</summary>
    public bool TakesNewKeys { get; init; }

    /// <summary>Operations that promise more completions do so; else each completes once.</summary>
    public bool Multishot { get; init; } = true;

    /// <summary>Sends are made without copying: their memory is read when the second completion comes.</summary>
    public bool SendsWithoutCopying { get; init; }

    /// <summary>Bytes of one receive buffer of the pool.</summary>
    public int ReceiveBufferBytes { get; init; } = 4096;

    /// <summary>Receive buffers in the pool.</summary>
    public int ReceiveBuffers { get; init; } = 4;

    /// <summary>Bytes a socket holds that its peer hasn't taken (SO_SNDBUF).</summary>
    public int SendBufferBytes { get; init; } = 65536;
}
