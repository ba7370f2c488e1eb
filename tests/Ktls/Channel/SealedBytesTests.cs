using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>What the records of many connections take, all on one worker, whose peers take some batches and then nothing any more.
/// </summary>
public sealed class SealedBytesTests
{
    private const int Count = 200;
    private const int RecordSegment = 20 * 1024;
    private const int TicketSegment = 1024;
    private const int LargestBatch = SealedTransmitter.BatchMaximum * 20 * 1024;

    public static TheoryData<CipherSuite, int> Cells =>
        new(from suite in (CipherSuite[])[CipherSuite.Aes128GcmSha256, CipherSuite.EcdheRsaAes128Gcm]
            from record in (int[])[512, RecordRequirements.PlaintextDefault]
            select (suite, record));

    [Theory]
    [MemberData(nameof(Cells))]
    public void Connections_hold_no_records_while_their_sockets_have_no_room(CipherSuite suite, int record)
    {
        using var pool = new SegmentPool();
        var stock = new SegmentStock(pool);
        var channels = Send(stock, suite, record);
        Assert.InRange(
            stock.LentBytes, SealedTransmitter.LentMaximum, SealedTransmitter.LentMaximum + LargestBatch + (Count * TicketSegment));
        Assert.True(channels.Count(channel => channel.UnderWay!.Kind == OperationKind.Poll) > Count / 2);
        channels.ForEach(channel => channel.Dispose());
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Connections_hold_a_record_each_where_their_sockets_take_a_part_of_a_batch(CipherSuite suite, int record)
    {
        using var pool = new SegmentPool();
        var stock = new SegmentStock(pool);
        var channels = Send(stock, suite, record);
        foreach (var channel in channels)
        {
            channel.FindRoom();
            channel.CompleteSend(1);
        }

        Assert.InRange(
            stock.LentBytes, (long)Count * 16 * 1024, ((long)Count * RecordSegment) + RecordChannel.LargeBatchBytesMaximum);
        channels.ForEach(channel => channel.Dispose());
    }

    /// <summary>Has connections send, each of which has had some batches taken.</summary>
    private static List<ScriptedChannel> Send(SegmentStock stock, CipherSuite suite, int record)
    {
        var channels = new List<ScriptedChannel>();
        for (var i = 0; i < Count; i++)
        {
            // The tickets of TLS 1.3 leave with the first batch.
            var tickets = TestKeys.VersionOf(suite) == TlsVersion.Tls13 ? new byte[1000] : null;
            var channel = new ScriptedChannel(
                suite, KtlsMode.Off, unsent: tickets, segments: stock, requirements: new RecordRequirements(record));
            channels.Add(channel);
            channel.Send(1 << 20);
            for (var batches = 0; batches < i % 4 && channel.UnderWay is { Kind: OperationKind.Send }; batches++)
                channel.CompleteSend(channel.LastSend.Memory.Length);
        }

        return channels;
    }
}
