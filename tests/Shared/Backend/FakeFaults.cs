namespace TlsProxy.Testing.Backend;

/// <summary>What goes wrong by chance in the fake back end. Chances are of 1,000.</summary>
public sealed record FakeFaults
{
    /// <summary>A transfer finds that the peer has reset the connection.</summary>
    public int Resets { get; init; }

    /// <summary>A send fails: out of memory, timed out, cancelled.</summary>
    public int SendErrors { get; init; }

    /// <summary>A send is interrupted before its first byte.</summary>
    public int SendInterruptions { get; init; }

    /// <summary>A receive ends without data, though the connection is well.</summary>
    public int ReceiveErrors { get; init; }

    /// <summary>An accept fails: out of descriptors or memory, the connection aborted.</summary>
    public int AcceptErrors { get; init; }

    /// <summary>A connect that an origin would take fails: refused, unreachable, timed out, cancelled.</summary>
    public int ConnectErrors { get; init; }

    /// <summary>A connect gets no answer until it is cancelled.</summary>
    public int LostConnects { get; init; }

    /// <summary>A turn whose completions overflow the queue: they come later, and multishot operations end.</summary>
    public int Overflows { get; init; }

    /// <summary>A turn with a completion of an operation that has ended.</summary>
    public int StaleCompletions { get; init; }

    /// <summary>A send takes less than it could.</summary>
    public int ShortSends { get; init; }

    /// <summary>A turn in which nothing happens until the next deadline has passed.</summary>
    public int LongWaits { get; init; }

    /// <summary>Descriptors that may be open.</summary>
    public int DescriptorLimit { get; init; } = int.MaxValue;
}
