using System.Collections.Concurrent;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>A loop that writes a request's body while another thread pulls it; either may end it at any byte.</summary>
public sealed class RequestBodyRaceTests : IMailbox, IRequestBodyWriter, IRequestBodyReader, IDisposable
{
    private const int Length = 700_000;

    private readonly SegmentPool _pool = new();
    private readonly SemaphoreSlim _readable = new(0);
    private BlockingCollection<IPosted> _posted = [];
    private int _written;
    private int _abortsAt;
    private RequestBody? _body;

    int IMailbox.Index => 0;

    public void Dispose()
    {
        _pool.Dispose();
        _readable.Dispose();
    }

    [Theory]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(Length, int.MaxValue)]
    [InlineData(int.MaxValue, Length)]
    [InlineData(Length, Length)]
    public async Task The_origin_gets_the_bytes_in_order_and_no_segment_is_left(int abortsWithin, int discardsWithin)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            _abortsAt = abortsWithin == int.MaxValue ? int.MaxValue : random.Next(abortsWithin);
            var discardsAt = discardsWithin == int.MaxValue ? int.MaxValue : random.Next(discardsWithin);
            _written = 0;
            _posted = [];
            _body = new RequestBody(seed % 2 == 0 ? Length : null, this, this, _pool);

            var reading = Task.Run(() => ReadAndEnd(_body, new Random(seed + 1000), discardsAt), TestContext.Current.CancellationToken);
            Write();
            foreach (var work in _posted.GetConsumingEnumerable(TestContext.Current.CancellationToken))
                work.Run();

            var (read, isWhole) = await reading;
            Assert.Equal(_abortsAt == int.MaxValue && discardsAt == int.MaxValue, isWhole && read == Length);
            Assert.Equal(0, _pool.RentedSegments);
            _posted.Dispose();
        }
    }

    void IMailbox.Post(IPosted work) => _posted.Add(work);

    void IRequestBodyWriter.OnWanted() => Assert.Fail("Nobody asked for it.");

    void IRequestBodyWriter.OnRoom() => Write();

    void IRequestBodyReader.OnReadable() => _readable.Release();

    void IFaultDomain.OnFault() => throw new InvalidOperationException("Nothing contains faults here.");

    private static byte Byte(int place) => (byte)(place % 251);

    /// <summary>Writes until there is no room, as a connection does with what it has received.</summary>
    private void Write()
    {
        var bytes = new byte[16 * 1024];
        while (_written < Math.Min(_abortsAt, Length))
        {
            var count = Math.Min(bytes.Length, Length - _written);
            for (var i = 0; i < count; i++)
                bytes[i] = Byte(_written + i);
            var taken = _body!.Write(bytes.AsSpan(0, count));
            _written += taken;
            if (taken < count)
                return;
        }

        if (_abortsAt < Length)
            _body!.Abort();
        else
            _body!.Complete();
    }

    /// <summary>Reads, and has the loop end after what was posted by then.</summary>
    private (int Read, bool IsWhole) ReadAndEnd(RequestBody body, Random random, int discardsAt)
    {
        try
        {
            return Read(body, random, discardsAt);
        }
        finally
        {
            _posted.CompleteAdding();
        }
    }

    /// <returns>Bytes taken, and whether the end was found behind them.</returns>
    private (int Read, bool IsWhole) Read(RequestBody body, Random random, int discardsAt)
    {
        var read = 0;
        while (true)
        {
            if (read >= discardsAt)
            {
                body.Discard();
                return (read, false);
            }

            switch (body.TryPull(out var bytes))
            {
                case RequestBodyPull.Bytes:
                    var count = random.Next(bytes.Length + 1);
                    for (var i = 0; i < count; i++)
                        Assert.True(bytes.Span[i] == Byte(read + i), $"byte {read + i} is another");
                    body.Advance(count);
                    read += count;
                    break;
                case RequestBodyPull.NotYet:
                    body.Subscribe(this);
                    _readable.Wait();
                    break;
                case var end:
                    return (read, end == RequestBodyPull.End);
            }
        }
    }
}
