using TlsProxy.Ktls.Channel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls;

/// <summary>How connections ended up protected, for all workers together.</summary>
public sealed class KtlsCounters
{
    private readonly long[] _refusals = new long[256];
    private readonly long[] _reasons = new long[Enum.GetValues<KtlsReason>().Length];
    private long _transmit;
    private long _receive;
    private long _partial;
    private long _rekeyRefused;
    private long _lateAborts;

    /// <summary>What isn't about the kernel.</summary>
    public RecordCounters Records { get; } = new();

    /// <summary>Hand-overs of the sending direction.</summary>
    public long Transmit => Interlocked.Read(ref _transmit);

    /// <summary>Hand-overs of the receiving direction.</summary>
    public long Receive => Interlocked.Read(ref _receive);

    /// <summary>Connections whose sending direction alone the kernel has taken, though both were to be its own.</summary>
    public long Partial => Interlocked.Read(ref _partial);

    /// <summary>Connections with both directions in user space.</summary>
    public long UserSpace
    {
        get
        {
            long sum = 0;
            for (var i = 0; i < _reasons.Length; i++)
                sum += Interlocked.Read(ref _reasons[i]);
            return sum;
        }
    }

    /// <summary>Connections closed because the kernel takes no new key.</summary>
    public long RekeyRefused => Interlocked.Read(ref _rekeyRefused);

    /// <summary>Aborts for which the kernel took longer than <see cref="ChannelOptions.AbortTimeout"/>.</summary>
    public long LateAborts => Interlocked.Read(ref _lateAborts);

    /// <summary>Refused hand-overs of either direction by the kernel's error.</summary>
    public IEnumerable<KeyValuePair<Errno, long>> Refusals
    {
        get
        {
            for (var i = 0; i < _refusals.Length; i++)
            {
                if (Interlocked.Read(ref _refusals[i]) is var count and > 0)
                    yield return new((Errno)i, count);
            }
        }
    }

    /// <summary>Connections with both directions in user space, by why.</summary>
    public long Because(KtlsReason reason) => Interlocked.Read(ref _reasons[(int)reason]);

    internal void CountTransmit() => Interlocked.Increment(ref _transmit);

    internal void CountReceive() => Interlocked.Increment(ref _receive);

    internal void CountPartial() => Interlocked.Increment(ref _partial);

    internal void CountUserSpace(KtlsReason reason) => Interlocked.Increment(ref _reasons[(int)reason]);

    internal void CountRekeyRefused() => Interlocked.Increment(ref _rekeyRefused);

    /// <returns>True for the first.</returns>
    internal bool CountLateAbort() => Interlocked.Increment(ref _lateAborts) == 1;

    /// <returns>True for the first refusal with this error.</returns>
    internal bool CountRefusal(Errno error) => Interlocked.Increment(ref _refusals[(int)error & 0xFF]) == 1;
}
