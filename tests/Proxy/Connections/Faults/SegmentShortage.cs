using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Connections.Faults;

/// <summary>Takes all that a pool may still lend, so that nobody gets a segment.</summary>
internal sealed class SegmentShortage(SegmentPool pool)
{
    // Guards the list: points are passed by several threads.
    private readonly Lock _gate = new();
    private readonly List<Segment> _taken = [];

    public void Begin()
    {
        lock (_gate)
        {
            for (var length = SegmentPool.LargestSegment; length > 0; length /= 2)
            {
                while (pool.TryRent(length) is { } segment)
                    _taken.Add(segment);
            }
        }
    }

    public void End()
    {
        lock (_gate)
        {
            foreach (var segment in _taken)
                segment.Release();
            _taken.Clear();
        }
    }
}
