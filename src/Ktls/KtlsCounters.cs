using TlsProxy.Ktls.Channel;
using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls;

/// <summary>How connections ended up protected, counted by the thread of one worker.</summary>
/// <param name="firsts">Of all workers.</param>
public sealed class KtlsCounters(KtlsFirsts firsts)
{
    private const int Errors = 256;

    private readonly CounterCells _refusals = new(Errors);
    private readonly CounterCells _reasons = new(Enum.GetValues<KtlsReason>().Length);
    private readonly CounterCells _cells = new(Enum.GetValues<Cell>().Length);

    public KtlsCounters()
        : this(new KtlsFirsts())
    {
    }

    private enum Cell
    {
        Transmit,
        Receive,
        Partial,
        RekeyRefused,
        LateAborts,
    }

    /// <summary>What isn't about the kernel.</summary>
    public RecordCounters Records { get; } = new();

    /// <summary>Hand-overs of the sending direction.</summary>
    public long Transmit => _cells[(int)Cell.Transmit];

    /// <summary>Hand-overs of the receiving direction.</summary>
    public long Receive => _cells[(int)Cell.Receive];

    /// <summary>Connections whose sending direction alone the kernel has taken, though both were to be its own.</summary>
    public long Partial => _cells[(int)Cell.Partial];

    /// <summary>Connections with both directions in user space.</summary>
    public long UserSpace
    {
        get
        {
            long sum = 0;
            for (var i = 0; i < _reasons.Count; i++)
                sum += _reasons[i];
            return sum;
        }
    }

    /// <summary>Connections closed because the kernel takes no new key.</summary>
    public long RekeyRefused => _cells[(int)Cell.RekeyRefused];

    /// <summary>Aborts for which the kernel took longer than <see cref="ChannelOptions.AbortTimeout"/>.</summary>
    public long LateAborts => _cells[(int)Cell.LateAborts];

    /// <summary>Refused hand-overs of either direction by the kernel's error.</summary>
    public IEnumerable<KeyValuePair<Errno, long>> Refusals
    {
        get
        {
            for (var i = 0; i < _refusals.Count; i++)
            {
                if (_refusals[i] is var count and > 0)
                    yield return new((Errno)i, count);
            }
        }
    }

    /// <summary>Connections with both directions in user space, by why.</summary>
    public long Because(KtlsReason reason) => _reasons[(int)reason];

    internal void CountTransmit() => _cells.Add((int)Cell.Transmit);

    internal void CountReceive() => _cells.Add((int)Cell.Receive);

    internal void CountPartial() => _cells.Add((int)Cell.Partial);

    internal void CountUserSpace(KtlsReason reason) => _reasons.Add((int)reason);

    internal void CountRekeyRefused() => _cells.Add((int)Cell.RekeyRefused);

    /// <returns>True for the first of all workers.</returns>
    internal bool CountLateAbort()
    {
        _cells.Add((int)Cell.LateAborts);
        return firsts.IsFirstLateAbort();
    }

    /// <returns>True for the first refusal of all workers with this error.</returns>
    internal bool CountRefusal(Errno error)
    {
        _refusals.Add((int)error & (Errors - 1));
        return firsts.IsFirstRefusal(error);
    }
}
