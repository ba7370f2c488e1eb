using TlsProxy.Testing;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Uring.Tests.Memory;

public sealed class SliceMemoryTests : IDisposable
{
    private readonly SegmentPool _pool = new();
    private readonly Segment _segment;
    private readonly SliceMemory _memory = new();

    public SliceMemoryTests() => _segment = _pool.TryRent(4096)!;

    public void Dispose()
    {
        _segment.Release();
        _pool.Dispose();
    }

    [Fact]
    public async Task A_stream_writes_into_the_range_itself()
    {
        using var stream = new MemoryStream("hello"u8.ToArray());

        var count = await stream.ReadAsync(_memory.Aim(_segment.Memory.Slice(1000, 100)), TestContext.Current.CancellationToken);

        Assert.Equal("hello"u8, _segment.Memory.Span.Slice(1000, count));
    }

    [Fact]
    public void Each_range_takes_the_place_of_the_one_before()
    {
        _segment.Memory.Span[8] = 8;
        _segment.Memory.Span[9] = 9;

        Assert.Equal([8, 9], _memory.Aim(_segment.Memory.Slice(8, 2)).ToArray());
        Assert.Equal([9], _memory.Aim(_segment.Memory.Slice(9, 1)).ToArray());
    }

    [Fact]
    public void Calls_of_the_kernel_that_pin_it_find_each_byte()
    {
        using var folder = new TestFolder();
        using var file = File.OpenHandle(folder["bytes"], FileMode.CreateNew, FileAccess.ReadWrite);
        "hello world"u8.CopyTo(_segment.Memory.Span[8..]);
        var sent = _memory.Aim(_segment.Memory.Slice(8, 11));

        // Several ranges in one call are pinned.
        RandomAccess.Write(file, [sent[6..], sent[..5]], fileOffset: 0);
        var received = new SliceMemory().Aim(_segment.Memory.Slice(100, 10));
        RandomAccess.Read(file, [received[..3], received[3..]], fileOffset: 0);

        Assert.Equal("worldhello"u8, _segment.Memory.Span.Slice(100, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => _memory.Pin(12));
    }
}
