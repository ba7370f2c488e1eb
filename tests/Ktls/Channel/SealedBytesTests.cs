using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Peers that take some batches and then nothing any more, all on one worker.</summary>
public sealed class SealedBytesTests
{
    private const int Count = 40;

    public static TheoryData<CipherSuite, int> Cells =>
        new(from suite in (CipherSuite[])[CipherSuite.Aes128GcmSha256, CipherSuite.EcdheRsaAes128Gcm]
            from record in (int[])[512, RecordRequirements.PlaintextDefault]
            select (suite, record));

    [Theory]
    [MemberData(nameof(Cells))]
    public void Connections_hold_no_more_than_their_bound_however_many_batches_were_taken_before(CipherSuite suite, int record)
    {
        using var pool = new SegmentPool();
        var stock = new SegmentStock(pool);
        var channels = new List<ScriptedChannel>();
        for (var i = 0; i < Count; i++)
        {
            // The tickets of TLS 1.3 leave with the first batch.
            var tickets = TestKeys.VersionOf(suite) == TlsVersion.Tls13 ? new byte[1000] : null;
            var channel = new ScriptedChannel(
                suite, KtlsMode.Off, unsent: tickets, segments: stock, requirements: new RecordRequirements(record));
            channels.Add(channel);
            channel.Send(1 << 20);
            for (var batches = 0; batches < i % 4; batches++)
                channel.CompleteSend(channel.LastSend.Memory.Length);
        }

        Assert.InRange(
            stock.LentBytes, (long)Count * 64 * 1024,
            ((long)Count * RecordChannel.SealedBytesMaximum) + RecordChannel.LargeBatchBytesMaximum);
        channels.ForEach(channel => channel.Dispose());
    }
}
