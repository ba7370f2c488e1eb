using TlsProxy.Ktls.Records;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Channel;

/// <summary>Limits and policies of a record channel.</summary>
public sealed record ChannelOptions
{
    /// <summary>Bytes of one send operation at most, in plaintext or where the kernel makes the records: in multiples of 16,384 every
    /// record but the last is full; otherwise each operation ends with a short one. Zero-copy sends in plaintext aren't cut.</summary>
    public int ChunkBytes { get; init; } = 512 * 1024;

    /// <summary>How long a closed connection is read on, so that what the peer still sends doesn't turn our last bytes into a
    /// reset.</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the last records may take to leave a socket whose records the kernel makes.</summary>
    public TimeSpan FlushTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an abort may take, which waits for the kernel alone, before it is told and tried again.</summary>
    public TimeSpan AbortTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Called the first time that an abort took longer.</summary>
    public Action? OnFirstLateAbort { get; init; }

    /// <summary>Bytes discarded while lingering at most.</summary>
    public int LingerBytes { get; init; } = 1 << 20;

    /// <summary>Receives one buffer of the loop's at a time, so that a pause leaves no more than that to be taken. Otherwise
    /// one receive stays armed and fills buffer after buffer.</summary>
    public bool ReceivesSingly { get; init; }

    /// <summary>Whether the kernel or user space makes and opens the records.</summary>
    public OffloadPolicy Offload { get; init; } = OffloadPolicy.UserSpace;

    /// <summary>The least that <see cref="KeyRecordsMaximum"/> may be.</summary>
    public const int KeyRecordsLeast = KeyLimit.Minimum;

    /// <summary>What AES-GCM bears.</summary>
    public const int KeyRecordsMost = (int)KeyLimit.AesGcmRecords;

    /// <summary>Records that one key protects at most, where that is fewer than its cipher bears (RFC 9846, section 5.5); null for what the
    /// cipher bears.</summary>
    public int? KeyRecordsMaximum { get; init; }

    /// <summary>Called once for each error with which the kernel refuses a hand-over.</summary>
    public Action<Errno>? OnFirstRefusal { get; init; }
}
