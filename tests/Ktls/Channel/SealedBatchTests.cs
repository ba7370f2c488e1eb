using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>How many records are sealed for one send.</summary>
public sealed class SealedBatchTests : IDisposable
{
    private const int Record = RecordFormat.PlaintextMaximum;
    private const int SealedRecord = Record + 22;

    private readonly ScriptedChannel _scene = new(CipherSuite.Aes128GcmSha256, KtlsMode.Off);

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void It_grows_while_the_socket_takes_each_whole()
    {
        _scene.Send(50 * Record);
        Assert.Equal([4, 8, 16, 16, 6], BatchesUntilSent());
        Assert.Equal(1, _scene.Sent);
    }

    [Fact]
    public void It_begins_with_one_record_after_the_socket_has_taken_less()
    {
        _scene.Send(50 * Record);
        _scene.CompleteSend(4 * SealedRecord);
        _scene.CompleteSend((8 * SealedRecord) - 1);
        Assert.Equal(1, _scene.LastSend.Memory.Length);
        _scene.CompleteSend(1);
        Assert.Equal([1, 2, 4, 8, 16, 7], BatchesUntilSent());
    }

    [Theory]
    [InlineData(1, new[] { 4, 8, 8 })]
    [InlineData(4, new[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 })]
    public void It_stays_smaller_the_more_buffers_a_worker_has_lent(int lentMebibytes, int[] batches)
    {
        var giveBack = _scene.LendToOthers(lentMebibytes + 1, 1 << 20);
        _scene.Send(20 * Record);
        Assert.Equal(batches, BatchesUntilSent());
        giveBack();
    }

    [Fact]
    public void It_is_sealed_when_the_socket_has_room_while_a_worker_has_many_buffers_lent()
    {
        var giveBack = _scene.LendToOthers(2, 1 << 20);
        var lent = _scene.LentBytes;
        _scene.Send(30 * Record);
        Assert.Equal((OperationKind.Poll, lent), (_scene.UnderWay!.Kind, _scene.LentBytes));
        _scene.FindRoom();
        Assert.Equal(OperationKind.Send, _scene.UnderWay!.Kind);
        _scene.CompleteSend(_scene.LastSend.Memory.Length);
        Assert.Equal((OperationKind.Poll, lent), (_scene.UnderWay!.Kind, _scene.LentBytes));
        giveBack();
    }

    [Fact]
    public void A_short_send_is_sealed_at_once_while_a_worker_has_many_buffers_lent()
    {
        var giveBack = _scene.LendToOthers(2, 1 << 20);
        _scene.Send(2 * Record);
        Assert.Equal(OperationKind.Send, _scene.UnderWay!.Kind);
        giveBack();
    }

    private int[] BatchesUntilSent()
    {
        var batches = new List<int>();
        for (var sent = _scene.Sent; sent == _scene.Sent;)
        {
            _scene.FindRoom();
            var length = _scene.LastSend.Memory.Length;
            Assert.Equal(0, length % SealedRecord);
            batches.Add(length / SealedRecord);
            _scene.CompleteSend(length);
        }

        return [.. batches];
    }
}
