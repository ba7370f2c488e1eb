using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Loop;

/// <summary>What a completion tells the owner of an operation.</summary>
public readonly ref struct OperationResult
{
    internal OperationResult(int result, bool more, NativeSlice received, byte recordType)
    {
        Count = result < 0 ? 0 : result;
        Error = result < 0 ? (Errno)(-result) : Errno.None;
        More = more;
        Received = received;
        RecordType = recordType;
    }

    /// <summary>Bytes moved, or the descriptor accepted, or the events polled; 0 on failure.</summary>
    public int Count { get; }

    /// <summary>None where it succeeded.</summary>
    public Errno Error { get; }

    /// <summary>True when the operation goes on and will complete again.</summary>
    public bool More { get; }

    /// <summary>The received bytes of Receive and ReceiveMultishot, in a buffer that goes back to the pool when the callback
    /// returns.</summary>
    public NativeSlice Received { get; }

    /// <summary>The TLS content type of a ReceiveMessage (RFC 9846, section 5.1), or 0 where the kernel gave none.</summary>
    public byte RecordType { get; }

    public bool Succeeded => Error == Errno.None;

    /// <summary>Nothing was done, and the operation may be submitted again: a signal came first (EINTR), the kernel would have had to wait
    /// or lacked memory (EAGAIN), or a receive found the pool empty (ENOBUFS). io_uring completes so too (io_uring_enter(2), section
    /// ERRORS).</summary>
    public bool IsTransient => Error is Errno.EINTR or Errno.EAGAIN or Errno.ENOBUFS;
}
