using TlsProxy.Uring;

namespace TlsProxy.Ktls;

/// <summary>How connections ended up protected, for all workers together.</summary>
public sealed class KtlsCounters
{
    private readonly long[] _refusals = new long[256];
    private long _transmit;
    private long _receive;
    private long _userSpace;
    private long _rekeyRefused;

    /// <summary>Hand-overs of the sending direction.</summary>
    public long Transmit => Interlocked.Read(ref _transmit);

    /// <summary>Hand-overs of the receiving direction.</summary>
    public long Receive => Interlocked.Read(ref _receive);

    /// <summary>Connections with both directions in user space.</summary>
    public long UserSpace => Interlocked.Read(ref _userSpace);

    /// <summary>Connections closed because the kernel takes no new key.</summary>
    public long RekeyRefused => Interlocked.Read(ref _rekeyRefused);

    /// <summary>Refused hand-overs by the kernel's error.</summary>
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

    internal void CountTransmit() => Interlocked.Increment(ref _transmit);

    internal void CountReceive() => Interlocked.Increment(ref _receive);

    internal void CountUserSpace() => Interlocked.Increment(ref _userSpace);

    internal void CountRekeyRefused() => Interlocked.Increment(ref _rekeyRefused);

    /// <returns>True for the first refusal with this error.</returns>
    internal bool CountRefusal(Errno error) => Interlocked.Increment(ref _refusals[(int)error & 0xFF]) == 1;
}
