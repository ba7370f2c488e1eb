using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Upstream.Ring.Transports;

/// <summary>How a receive or a send of an <see cref="IOriginTransport"/> has ended.</summary>
internal readonly ref struct TransportResult
{
    private readonly Errno _error;

    /// <summary>That of one operation on the socket.</summary>
    public TransportResult(in OperationResult result)
    {
        Count = result.Count;
        Received = result.Received.Span;
        IsTransient = result.IsTransient;
        _error = result.Error;
    }

    /// <summary>Bytes moved; of a receive that succeeded, 0 is the end of the stream, as the origin has declared it.</summary>
    public int Count { get; }

    /// <summary>The received bytes of <see cref="IOriginTransport.Receive"/>, valid until the call returns. Empty where they are in the
    /// memory that was named.</summary>
    public ReadOnlySpan<byte> Received { get; }

    public bool Succeeded => _error == Errno.None;

    /// <summary>Nothing was done, and it may be asked for again.</summary>
    public bool IsTransient { get; }

    /// <summary>Why it failed, in a few words for a log; null where it succeeded.</summary>
    public string? Error => Succeeded ? null : _error.ToString();
}
