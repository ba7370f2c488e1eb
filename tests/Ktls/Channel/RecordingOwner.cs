using System.Collections.Concurrent;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Hands what a channel tells its owner to the test, in order.</summary>
internal sealed class RecordingOwner : ITicketOwner
{
    private readonly BlockingCollection<ChannelEvent> _events = [];

    /// <summary>Called within <see cref="OnReceived"/>, on the loop's thread, with all that has come.</summary>
    public Action<byte[]>? Receiving { get; set; }

    /// <summary>Called within <see cref="OnEnding"/>, on the loop's thread.</summary>
    public Action? Ending { get; set; }

    /// <summary>Called within <see cref="OnSent"/>, on the loop's thread.</summary>
    public Action? Sending { get; set; }

    /// <summary>All that have come.</summary>
    public ConcurrentQueue<byte[]> Tickets { get; } = [];

    public void OnTicket(ReadOnlySpan<byte> message) => Tickets.Enqueue(message.ToArray());

    public void OnReceived(ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        _events.Add(new ChannelEvent(ChannelEventKind.Received, copy));
        Receiving?.Invoke(copy);
    }

    public bool IsWithinMessage => false;

    public void OnReceiveEnded() => _events.Add(new ChannelEvent(ChannelEventKind.ReceiveEnded, []));

    public void OnEnding()
    {
        _events.Add(new ChannelEvent(ChannelEventKind.Ending, []));
        Ending?.Invoke();
    }

    public void OnSilent() => _events.Add(new ChannelEvent(ChannelEventKind.Silent, []));

    public void OnSent()
    {
        _events.Add(new ChannelEvent(ChannelEventKind.Sent, []));
        Sending?.Invoke();
    }

    public void OnFailed(ChannelFailure failure, Errno error) => _events.Add(new ChannelEvent(ChannelEventKind.Failed, [], failure));

    public void OnClosed() => _events.Add(new ChannelEvent(ChannelEventKind.Closed, []));

    public ChannelEvent Next()
    {
        Assert.True(_events.TryTake(out var next, TestConnection.Patience), "The channel told its owner nothing more.");
        return next;
    }

    public void Expect(ChannelEventKind kind) => Assert.Equal(kind, Next().Kind);

    public void ExpectFailure(ChannelFailure failure)
    {
        var next = Next();
        Assert.Equal((ChannelEventKind.Failed, failure), (next.Kind, next.Failure));
    }

    /// <summary>The next bytes, however they were cut.</summary>
    public byte[] Receive(int length)
    {
        var received = new List<byte>();
        while (received.Count < length)
        {
            var next = Next();
            Assert.Equal(ChannelEventKind.Received, next.Kind);
            received.AddRange(next.Bytes);
        }

        Assert.Equal(length, received.Count);
        return [.. received];
    }

    public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
}
