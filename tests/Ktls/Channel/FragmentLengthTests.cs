using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>A peer has asked for short records by max_fragment_length (RFC 6066, section 4).</summary>
public sealed class FragmentLengthTests
{
    public static TheoryData<CipherSuite, int> Cells
    {
        get
        {
            var data = new TheoryData<CipherSuite, int>();
            foreach (var suite in Enum.GetValues<CipherSuite>())
            {
                foreach (var limit in new[] { 512, 1024, 2048, 4096 })
                    data.Add(suite, limit);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void No_record_is_longer_whatever_is_sent(CipherSuite suite, int limit)
    {
        using var connection = Open(suite, limit, new ChannelOptions());
        connection.Start();
        int[][] sends = [[1, 0, 0], [250, limit, 2], [250, 100_000, 2], [5000, 3, 70_000], [limit, limit, limit + 1], [0, 300_000, 0]];
        foreach (var lengths in sends)
        {
            byte[][] ranges = [.. lengths.Select(RandomNumberGenerator.GetBytes)];
            connection.Send(ranges);
            Assert.Equal(ranges.SelectMany(range => range), Read(connection, lengths.Sum(), limit));
            connection.Owner.Expect(ChannelEventKind.Sent);
        }

        connection.CloseAndCheck();
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_longer_record_of_the_peer_is_answered_with_an_alert(CipherSuite suite, int limit)
    {
        using var connection = Open(suite, limit, new ChannelOptions());
        connection.Start();
        connection.Peer.Send(ContentType.ApplicationData, new byte[limit]);
        Assert.Equal(limit, connection.Owner.Receive(limit).Length);

        connection.Peer.Send(ContentType.ApplicationData, new byte[limit + 1]);

        connection.Owner.ExpectFailure(ChannelFailure.BadRecord);
        connection.Peer.ReadAlert([2, (byte)TlsAlert.RecordOverflow]);
    }

    [Theory]
    [InlineData(KtlsMode.Transmit, false, KtlsReason.FragmentLength, "none:fragment_length")]
    [InlineData(KtlsMode.Both, true, KtlsReason.FragmentLength, "none:fragment_length")]
    [InlineData(KtlsMode.Off, false, KtlsReason.Off, "none:off")]
    public void The_kernel_is_not_asked_even_where_it_is_required(KtlsMode mode, bool isRequired, KtlsReason reason, string text)
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, 1024, new ChannelOptions
        {
            Offload = new OffloadPolicy { Mode = mode, IsRequired = isRequired },
        });
        connection.Start();

        connection.SendAll("answer"u8.ToArray());

        Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        Assert.Equal(text, connection.Do(() => connection.Channel.Verdict.Text));
        Assert.Equal((1, 0), (connection.Counters.Because(reason), connection.Counters.Transmit));
        connection.CloseAndCheck();
    }

    [Fact]
    public void The_next_connection_of_the_channel_has_full_records_again()
    {
        var keys = new TestKeys(CipherSuite.Aes128GcmSha256, 0, new RecordRequirements(512)).Create();
        Assert.Equal(512, keys.Requirements.PlaintextMaximum);
        var moved = new SessionKeys();
        moved.TakeFrom(keys);
        Assert.Equal((16384, 512), (keys.Requirements.PlaintextMaximum, moved.Requirements.PlaintextMaximum));
        moved.Dispose();
        Assert.Equal(16384, moved.Requirements.PlaintextMaximum);
    }

    private static TestConnection Open(CipherSuite suite, int limit, ChannelOptions options) =>
        new(suite, options, requirements: new RecordRequirements(limit));

    private static byte[] Read(TestConnection connection, int length, int limit)
    {
        var data = new List<byte>();
        while (data.Count < length)
        {
            var (type, content) = connection.Peer.Read();
            Assert.Equal(ContentType.ApplicationData, type);
            Assert.InRange(content.Length, 1, limit);
            data.AddRange(content);
        }

        return [.. data];
    }
}
