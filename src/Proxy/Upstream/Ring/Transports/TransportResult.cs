using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Upstream.Ring.Transports;

/// <summary>How a receive or a send of an <see cref="IOriginTransport"/> has ended.</summary>
internal readonly ref struct TransportResult
{
    private readonly Errno _number;
    private readonly string? _reason;

    /// <summary>That of one operation on the socket.</summary>
    public TransportResult(in OperationResult result)
    {
        Count = result.Count;
        Received = result.Received.Span;
        IsTransient = result.IsTransient;
        _number = result.Error;
    }

    private TransportResult(int count, ReadOnlySpan<byte> received, string? reason)
    {
        Count = count;
        Received = received;
        _reason = reason;
    }

    /// <summary>Bytes moved; of a receive that succeeded, 0 is the end of the stream, as the origin has declared it.</summary>
    public int Count { get; }

    /// <summary>The received bytes of <see cref="IOriginTransport.Receive"/>, valid until the call returns. Empty where they are in the
    /// memory that was named.</summary>
    public ReadOnlySpan<byte> Received { get; }

    public bool Succeeded => _number == Errno.None && _reason is null;

    /// <summary>Nothing was done, and it may be asked for again.</summary>
    public bool IsTransient { get; }

    /// <summary>Why it failed, in a few words for a log; null where it succeeded.</summary>
    public string? Error => _reason ?? (_number == Errno.None ? null : _number.ToString());

    /// <summary>Bytes in memory of the transport's.</summary>
    public static TransportResult Of(ReadOnlySpan<byte> received) => new(received.Length, received, reason: null);

    /// <summary>Bytes in memory that was named, or bytes sent.</summary>
    public static TransportResult Of(int count) => new(count, [], reason: null);

    /// <summary>The connection carries no more, in this direction at least.</summary>
    public static TransportResult Failed(string reason) => new(0, [], reason);
}
