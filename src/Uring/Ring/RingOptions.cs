namespace TlsProxy.Uring.Ring;

/// <summary>How a ring is set up.</summary>
public sealed record RingOptions
{
    /// <summary>Submission queue entries, a power of two; the completion queue has four times as many.</summary>
    public int Entries { get; init; } = 1024;

    /// <summary>Operations queued before they are submitted within a turn; 0 submits once a turn.</summary>
    public int SubmitBatch { get; init; }

    /// <summary>A kernel thread polls the submission queue (IORING_SETUP_SQPOLL); it costs a core.</summary>
    public bool SqPoll { get; init; }

    /// <summary>Multishot accept and receive.</summary>
    public bool Multishot { get; init; } = true;

    /// <summary>Receive buffers in the pool, a power of two up to 32,768.</summary>
    public int ReceiveBuffers { get; init; } = 512;

    /// <summary>Bytes of one receive buffer.</summary>
    public int ReceiveBufferBytes { get; init; } = 4096;

    /// <summary>Sends without copying where the socket allows it (IORING_OP_SEND_ZC).</summary>
    public bool SendZeroCopy { get; init; }

    /// <summary>Sends of one range go out of registered buffers (IORING_OP_WRITE_FIXED).</summary>
    public bool FixedBuffers { get; init; }
}
