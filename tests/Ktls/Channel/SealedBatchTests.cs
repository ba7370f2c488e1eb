using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;

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
    public void It_is_small_again_after_the_socket_has_taken_less()
    {
        _scene.Send(50 * Record);
        _scene.CompleteSend(4 * SealedRecord);
        _scene.CompleteSend((8 * SealedRecord) - 1);
        Assert.Equal(1, _scene.LastSend.Memory.Length);
        _scene.CompleteSend(1);
        Assert.Equal([4, 8, 16, 10], BatchesUntilSent());
    }

    [Fact]
    public void It_stays_small_while_a_worker_has_many_buffers_lent()
    {
        var giveBack = _scene.LendToOthers(2, 1 << 20);
        _scene.Send(10 * Record);
        Assert.Equal([4, 4, 2], BatchesUntilSent());
        giveBack();
    }

    private int[] BatchesUntilSent()
    {
        var batches = new List<int>();
        for (var sent = _scene.Sent; sent == _scene.Sent;)
        {
            var length = _scene.LastSend.Memory.Length;
            Assert.Equal(0, length % SealedRecord);
            batches.Add(length / SealedRecord);
            _scene.CompleteSend(length);
        }

        return [.. batches];
    }
}
