using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Seeded;

/// <summary>Where the sinks of a schedule keep what is being received.</summary>
internal sealed class SeededSinkMemory : IDisposable
{
    private readonly SegmentPool _pool = new();
    private int _held;

    public Segment Rent(int bytes)
    {
        _held++;
        return _pool.TryRent(bytes)!;
    }

    public void Release(Segment segment)
    {
        _held--;
        segment.Release();
    }

    /// <summary>Nobody but the sinks holds any of it.</summary>
    public void CheckRooms(string who) =>
        Assert.True(_pool.RentedSegments <= _held, $"{who} got its last call while its room was still held.");

    public void CheckNothingIsLeft() => Assert.Equal((0, 0), (_held, _pool.RentedSegments));

    public void Dispose() => _pool.Dispose();
}
