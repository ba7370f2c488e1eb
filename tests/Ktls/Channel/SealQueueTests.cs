using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring.Loop;
using static TlsProxy.Uring.Interop.PollConstants;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Many connections of one worker that send at once.</summary>
public sealed class SealQueueTests : IDisposable
{
    private const int Count = 60;
    private const int SentBytes = 1 << 20;
    private const int BatchMaximum = SealedTransmitter.BatchMaximum * 20 * 1024;

    private readonly List<ScriptedChannel> _channels = [];
    private readonly Action _giveBack;

    public SealQueueTests()
    {
        for (var i = 0; i < Count; i++)
            _channels.Add(new ScriptedChannel(CipherSuite.Aes128GcmSha256, KtlsMode.Off, beside: _channels.FirstOrDefault()));
        // No connection seals right away.
        _giveBack = First.LendToOthers(2, 1 << 20);
        _channels.ForEach(channel => channel.Send(SentBytes));
    }

    private ScriptedChannel First => _channels[0];

    private List<ScriptedChannel> Sending => [.. _channels.Where(channel => channel.UnderWay is { Kind: OperationKind.Send })];

    public void Dispose()
    {
        _giveBack();
        _channels.AsEnumerable().Reverse().ToList().ForEach(channel => channel.Dispose());
    }

    [Fact]
    public void A_turn_seals_no_more_than_its_bytes_however_many_sockets_have_room()
    {
        var before = First.LentBytes;
        CompleteUnderWay();
        Assert.InRange(First.LentBytes - before, SealQueue.BytesPerTurn, SealQueue.BytesPerTurn + (2 * BatchMaximum));
        Assert.InRange(Sending.Count, 1, Count / 2);
    }

    [Fact]
    public void All_are_sent_in_turns_and_nothing_is_held_at_the_end()
    {
        var before = First.LentBytes;
        for (var turns = 0; turns < 1000 && _channels.Exists(channel => channel.Sent == 0); turns++)
        {
            CompleteUnderWay();
            Assert.InRange(First.LentBytes - before, 0, SealQueue.BytesPerTurn + (2 * BatchMaximum));
        }

        Assert.All(_channels, channel => Assert.Equal(1, channel.Sent));
        Assert.Equal(before, First.LentBytes);
    }

    [Fact]
    public void None_has_its_third_batch_before_all_have_had_their_first()
    {
        var batches = _channels.ToDictionary(channel => channel, _ => 0);
        for (var turns = 0; turns < 1000 && batches.ContainsValue(0); turns++)
        {
            CompleteUnderWay();
            Sending.ForEach(channel => batches[channel]++);
        }

        Assert.All(batches.Values, count => Assert.InRange(count, 1, 2));
    }

    [Fact]
    public void One_that_is_aborted_while_it_waits_seals_no_more()
    {
        CompleteUnderWay();
        var waiting = _channels.First(channel => channel.UnderWay is null);
        waiting.Channel.Abort();
        for (var turns = 0; turns < 10; turns++)
            CompleteUnderWay();
        Assert.Null(waiting.UnderWay);
        Assert.Equal((0, 0), (waiting.Sent, waiting.Channel.SentBytes));
    }

    [Fact]
    public void One_that_gets_a_wrong_message_while_it_waits_sends_the_alert_at_once()
    {
        CompleteUnderWay();
        var waiting = _channels.First(channel => channel.UnderWay is null);
        waiting.Receive(ContentType.Handshake, [99, 0, 0, 0]);
        Assert.Equal(ChannelFailure.BadRecord, waiting.Failure);
        Assert.Equal((OperationKind.Send, AlertRecord), (waiting.UnderWay!.Kind, waiting.UnderWay.Memory.Length));
    }

    private static int AlertRecord => 5 + 2 + 1 + 16;

    /// <summary>All sockets have room and take what is sent, in one turn of the worker.</summary>
    private void CompleteUnderWay()
    {
        foreach (var operation in _channels.Select(channel => channel.UnderWay).OfType<Operation>())
            First.Backend.Complete(operation, operation.Kind == OperationKind.Poll ? POLLOUT : operation.Memory.Length);
        First.Turn();
    }
}
