using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Exchanges;

/// <summary>What a body's producer sees of a sender that moves through the body.</summary>
public sealed class BodyReaderTests : IDisposable
{
    private const int BodyBytes = 100_000;

    private readonly SegmentPool _pool = new();
    private readonly WaitingProducer _producer = new();
    private readonly Body _body;
    private readonly ReaderScene _scene;

    public BodyReaderTests()
    {
        _body = new Body(_pool, BodyBytes, _producer);
        _scene = new ReaderScene(_pool, _body);
    }

    public void Dispose()
    {
        _scene.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public void The_bytes_of_a_later_part_are_needed_while_the_parts_before_it_are_sent()
    {
        _body.Append(new byte[BodyBytes - 1]);
        _scene.Start(new(50_000, 10), new(1_000, 10), new(70_000, 10));

        Assert.Equal(1_000, _scene.Reader.BodyOffset);
        _scene.TurnUntilSent(parts: 1);
        Assert.Equal(1_000, _scene.Reader.BodyOffset);
        _scene.TurnUntilSent(parts: 2);
        Assert.Equal(70_000, _scene.Reader.BodyOffset);
    }

    [Fact]
    public void A_sender_that_moves_on_to_bytes_that_have_not_come_tells_a_producer_that_waits()
    {
        _body.Append(new byte[40_000]);
        _scene.Start(new(0, 10), new(90_000, 10));
        _body.LimitToWindow(new BodyWindow(16_000));
        Assert.True(_body.MustWait());

        _scene.TurnUntilSent(parts: 1);

        Assert.Equal(1, _producer.Rooms);
        Assert.False(_body.MustWait());
    }

    [Theory]
    [InlineData(50_000, true)]
    [InlineData(41_000, true)]
    [InlineData(7_000, false)]
    public void A_part_that_no_window_reaches_while_it_holds_a_later_one_cuts_the_response(int first, bool isCut)
    {
        _body.Append(new byte[4_000]);
        _scene.MayCut = true;
        _scene.Start(new(first, 10), new(1_000, 10));
        _scene.TurnUntilSent(parts: 1);
        Assert.False(_scene.IsCut);

        _body.LimitToWindow(new BodyWindow(16_000));
        _scene.Turn();

        Assert.Equal(isCut, _scene.IsCut);
    }

    [Fact]
    public void A_part_that_begins_beyond_what_has_come_tells_a_producer_that_waits()
    {
        _body.Append(new byte[40_000]);
        _body.AddReader(_scene.Reader);
        _body.LimitToWindow(new BodyWindow(16_000));
        Assert.True(_body.MustWait());

        _scene.StartFrom(90_000);

        Assert.Equal(1, _producer.Rooms);
    }

    private sealed class WaitingProducer : IBodyProducer
    {
        public int Rooms { get; private set; }

        public void OnWhole()
        {
        }

        public void OnRoom() => Rooms++;

        public void OnReadersGone()
        {
        }
    }
}
