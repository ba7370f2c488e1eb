using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Upstream;

/// <summary>A client that writes a request's body as fast as there is room. Its loop is the thread of whoever makes room, so a body that is
/// full is continued by its reader alone.</summary>
internal sealed class FeedingWriter : IRequestBodyWriter, IMailbox
{
    private static readonly byte[] s_bytes = new byte[16 * 1024];

    // A body may be discarded on another thread than that of its reader.
    private readonly Lock _gate = new();
    private readonly int _length;
    private readonly int _stopsAt;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _written;

    /// <param name="length">Bytes of the body, as announced.</param>
    /// <param name="stopsAt">Behind so many bytes the client sends no more.</param>
    public FeedingWriter(SegmentPool pool, int length, int stopsAt = int.MaxValue)
    {
        _length = length;
        _stopsAt = Math.Min(stopsAt, length);
        Body = new RequestBody(length, this, this, pool);
    }

    public RequestBody Body { get; }

    public int Index => 0;

    /// <summary>Completes when the client sends no more.</summary>
    public Task Stopped => _stopped.Task;

    public void Post(IPosted work) => work.Run();

    public void OnWanted() => Assert.Fail("Nobody asked for it.");

    public void OnRoom()
    {
        lock (_gate)
        {
            while (_written < _stopsAt)
            {
                var count = Math.Min(s_bytes.Length, _stopsAt - _written);
                var taken = Body.Write(s_bytes.AsSpan(0, count));
                _written += taken;
                if (taken < count)
                    return;
            }
        }

        if (_stopsAt == _length)
            Body.Complete();
        _stopped.TrySetResult();
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
