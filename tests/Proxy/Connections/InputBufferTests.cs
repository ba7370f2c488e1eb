using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Tests.Connections;

public sealed class InputBufferTests
{
    private readonly InputBuffer _buffer = new();

    [Fact]
    public void Nothing_is_in_it_at_first()
    {
        Assert.True(_buffer.IsEmpty);
        Assert.Equal(0, _buffer.Length);
        Assert.True(_buffer.Span.IsEmpty);
        _buffer.Clear();
        _buffer.Append([]);
        _buffer.Consume(0);
        Assert.True(_buffer.IsEmpty);
    }

    [Fact]
    public void Bytes_leave_in_the_order_they_came_however_they_are_cut()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var expected = new List<byte>();
            for (var step = 0; step < 200; step++)
            {
                var added = new byte[random.Next(random.Next(10) == 0 ? 20_000 : 100)];
                random.NextBytes(added);
                _buffer.Append(added);
                expected.AddRange(added);
                var used = random.Next(expected.Count + 1);
                Assert.True(_buffer.Span[..used].SequenceEqual(expected.Take(used).ToArray()));
                _buffer.Consume(used);
                expected.RemoveRange(0, used);
                Assert.Equal(expected.Count, _buffer.Length);
            }

            Assert.True(_buffer.Span.SequenceEqual(expected.ToArray()));
            _buffer.Clear();
        }
    }

    [Fact]
    public void What_is_left_after_a_clear_is_nothing()
    {
        _buffer.Append([1, 2, 3]);
        _buffer.Consume(1);
        _buffer.Clear();
        Assert.True(_buffer.IsEmpty);
        _buffer.Append([4]);
        Assert.Equal([4], _buffer.Span.ToArray());
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void More_than_there_is_can_not_be_consumed(int count)
    {
        _buffer.Append([1, 2, 3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _buffer.Consume(count));
        Assert.Equal(3, _buffer.Length);
    }

    [Fact]
    public void A_long_pipeline_read_bit_by_bit_takes_no_more_memory_than_what_waits()
    {
        // A client that is always one request ahead must not make the buffer grow with the connection's age.
        _buffer.Append(new byte[100]);
        for (var i = 0; i < 10_000; i++)
        {
            _buffer.Append(new byte[100]);
            _buffer.Consume(100);
        }

        Assert.Equal(100, _buffer.Length);
        Assert.InRange(_buffer.Capacity, 100, 8192);
    }

    [Fact]
    public void Empty_again_it_holds_no_memory()
    {
        _buffer.Append(new byte[10_000]);
        Assert.InRange(_buffer.Capacity, 10_000, int.MaxValue);
        _buffer.Consume(10_000);
        Assert.Equal(0, _buffer.Capacity);
    }
}
