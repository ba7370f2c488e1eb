namespace TlsProxy.Ktls;

/// <summary>Limits of a record channel.</summary>
public sealed record ChannelOptions
{
    /// <summary>Bytes of one send operation at most; a multiple of 16,384, so that every record but the last is full.</summary>
    public int ChunkBytes { get; init; } = 128 * 1024;

    /// <summary>How long a closed connection is read on, so that what the peer still sends doesn't turn our last bytes into a reset.</summary>
    public TimeSpan LingerTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes discarded in that time at most.</summary>
    public int LingerBytes { get; init; } = 1 << 20;
}
