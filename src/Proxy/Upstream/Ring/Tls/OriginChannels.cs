using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Upstream.Ring.Tls;

/// <summary>Makes the record channels of one loop's connections to origins, and counts. Its counts may be read by any thread.</summary>
/// <param name="memory">Where sealed records find room.</param>
/// <param name="options">Who makes the records, and how long a close takes.</param>
internal sealed class OriginChannels(EventLoop loop, SegmentPool memory, ChannelOptions options, KtlsFirsts firsts)
{
    private readonly SegmentStock _segments = new(memory);
    private readonly ChannelScratch _scratch = new();
    private readonly CounterCells _cells = new(Enum.GetValues<Cell>().Length);

    private enum Cell
    {
        Handshakes,
        Resumed,
        Failed,
    }

    /// <summary>Handshakes completed.</summary>
    public long Handshakes => _cells[(int)Cell.Handshakes];

    /// <summary>Those that resumed a session.</summary>
    public long Resumed => _cells[(int)Cell.Resumed];

    /// <summary>Handshakes that failed.</summary>
    public long Failed => _cells[(int)Cell.Failed];

    /// <summary>What has become of the connections' records.</summary>
    public KtlsCounters Counters { get; } = new(firsts);

    public void CountHandshake(bool isResumed)
    {
        _cells.Add((int)Cell.Handshakes);
        if (isResumed)
            _cells.Add((int)Cell.Resumed);
    }

    public void CountFailure() => _cells.Add((int)Cell.Failed);

    /// <summary>No connection is left for now: gives back what is kept for the next.</summary>
    public void Trim() => _segments.Clear();

    /// <param name="domain">What ends when one of the channel's callbacks throws.</param>
    public RecordChannel Create(IFaultDomain domain) => new(loop, options, _segments, Counters, _scratch) { Domain = domain };
}
