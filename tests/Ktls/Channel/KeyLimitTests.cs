using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Records;
using TlsProxy.Ktls.Tests.Kernel;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>Keys that protect a few records only: what happens near the limit and at it, in both directions, wherever records are
/// made.</summary>
public sealed class KeyLimitTests
{
    private const int Limit = 32;
    private const int Near = 24;

    // The last two are for alerts.
    private const int DataMaximum = Limit - 2;

    private static readonly byte[] s_request = [24, 0, 0, 1, 1];
    private static readonly byte[] s_update = [24, 0, 0, 1, 0];

    /// <summary>Where the keys that send can't be changed: TLS 1.2, and the kernel.</summary>
    public static IEnumerable<TheoryDataRow<CipherSuite, KtlsMode>> KeysThatStay() => Cells((suite, mode) =>
        mode != KtlsMode.Off || TestKeys.VersionOf(suite) == TlsVersion.Tls12);

    /// <summary>Where the peer can't be asked for other keys: there too.</summary>
    public static IEnumerable<TheoryDataRow<CipherSuite, KtlsMode>> PeersThatStay() => KeysThatStay();

    [Theory]
    [MemberData(nameof(KeysThatStay))]
    public void Keys_that_cannot_be_changed_tell_the_owner_in_time(CipherSuite suite, KtlsMode mode)
    {
        using var connection = Open(suite, mode);
        connection.Start();
        // TLS 1.2: Finished was the first record under its keys.
        var sent = TestKeys.VersionOf(suite) == TlsVersion.Tls12 ? 1 : 0;
        for (; sent < Near; sent++)
        {
            Assert.False(connection.Do(() => connection.Channel.IsEnding));
            connection.SendAll("answer"u8.ToArray());
            Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
        }

        Assert.True(connection.Do(() => connection.Channel.IsEnding));
        connection.SendAll("last"u8.ToArray());
        Assert.Equal("last"u8, connection.Peer.ReadData(4).Content);
        connection.CloseAndCheck();
        Assert.Equal(0, connection.Counters.Records.KeysExhausted);
    }

    [Theory]
    [MemberData(nameof(KeysThatStay))]
    public void A_message_too_long_for_them_is_cut_with_an_alert_before_the_limit(CipherSuite suite, KtlsMode mode)
    {
        using var connection = Open(suite, mode);
        connection.Start();

        connection.Send(new byte[100], new byte[1 << 20]);

        var records = TestKeys.VersionOf(suite) == TlsVersion.Tls12 ? 1 : 0;
        (ContentType Type, byte[] Content) record;
        for (record = connection.Peer.Read(); record.Type == ContentType.ApplicationData; record = connection.Peer.Read())
            records++;
        Assert.InRange(records, 16, DataMaximum);
        Assert.Equal((ContentType.Alert, 2, (int)TlsAlert.InternalError), (record.Type, record.Content[0], record.Content[1]));
        connection.Owner.ExpectFailure(ChannelFailure.KeysExhausted);
        Assert.Equal(1, connection.Counters.Records.KeysExhausted);
    }

    [Theory]
    [InlineData(CipherSuite.Aes128GcmSha256)]
    [InlineData(CipherSuite.Aes256GcmSha384)]
    [InlineData(CipherSuite.ChaCha20Poly1305Sha256)]
    public void Keys_of_TLS_1_3_in_user_space_are_changed_within_and_between_sends(CipherSuite suite)
    {
        using var connection = Open(suite, KtlsMode.Off);
        connection.Start();
        var content = RandomNumberGenerator.GetBytes(3 << 20);
        connection.Send(content);
        var (data, changes) = ReadFollowing(connection, content.Length);
        Assert.Equal(content, data);
        Assert.InRange(changes, content.Length / 16384 / Limit, content.Length / 16384 / (Near - 16));
        connection.Owner.Expect(ChannelEventKind.Sent);
        for (var i = 0; i < 2 * Limit; i++)
        {
            connection.SendAll("answer"u8.ToArray());
            Assert.Equal("answer"u8, ReadFollowing(connection, 6).Data);
        }

        Assert.False(connection.Do(() => connection.Channel.IsEnding));
        connection.CloseAndCheck();
    }

    [Theory]
    [MemberData(nameof(PeersThatStay))]
    public void The_peers_keys_are_counted_and_end_the_connection_where_they_cannot_be_asked_for(CipherSuite suite, KtlsMode mode)
    {
        using var connection = Open(suite, mode);
        connection.Start();
        var received = TestKeys.VersionOf(suite) == TlsVersion.Tls12 ? 1 : 0;
        for (; received < Near; received++)
        {
            Assert.False(connection.Do(() => connection.Channel.IsEnding), $"It ends after {received} records.");
            connection.Peer.Send(ContentType.ApplicationData, new byte[100]);
            connection.Owner.Receive(100);
        }

        Assert.True(connection.Do(() => connection.Channel.IsEnding));
        for (; received < Limit; received++)
            connection.Peer.Send(ContentType.ApplicationData, [1]);
        connection.Peer.Send(ContentType.ApplicationData, [1]);

        ChannelEvent next;
        for (next = connection.Owner.Next(); next.Kind == ChannelEventKind.Received; next = connection.Owner.Next())
            received += next.Bytes.Length;
        Assert.Equal((ChannelEventKind.Failed, ChannelFailure.KeysExhausted), (next.Kind, next.Failure));
        connection.Peer.ReadAlert(TlsPeer.CloseNotify);
        Assert.Equal(1, connection.Counters.Records.KeysExhausted);
    }

    [Fact]
    public void A_peer_of_TLS_1_3_is_asked_once_for_new_keys_and_ended_when_it_does_not_change_them()
    {
        using var connection = Open(CipherSuite.Aes128GcmSha256, KtlsMode.Off);
        connection.Start();
        for (var round = 0; round < 3; round++)
        {
            Receive(connection, Near);
            ReadKeyUpdate(connection, s_request);
            // It goes on meanwhile, and is not asked again.
            Receive(connection, 3);
            connection.Peer.Send(ContentType.Handshake, s_update);
            connection.Peer.UpdateSealing();
        }

        Receive(connection, Near);
        ReadKeyUpdate(connection, s_request);
        Receive(connection, Limit - Near);
        connection.Peer.Send(ContentType.ApplicationData, [1]);

        connection.Owner.ExpectFailure(ChannelFailure.KeysExhausted);
        connection.Peer.ReadAlert(TlsPeer.CloseNotify);
    }

    private static IEnumerable<TheoryDataRow<CipherSuite, KtlsMode>> Cells(Func<CipherSuite, KtlsMode, bool> isWanted)
    {
        foreach (var suite in TestKeys.EachLayout.Select(row => row.Data))
        {
            foreach (var mode in Enum.GetValues<KtlsMode>().Where(mode => isWanted(suite, mode)))
            {
                var row = new TheoryDataRow<CipherSuite, KtlsMode>(suite, mode);
                yield return mode == KtlsMode.Off ? row : row.WithTrait("Kernel", "tls");
            }
        }
    }

    private static TestConnection Open(CipherSuite suite, KtlsMode mode)
    {
        if (mode != KtlsMode.Off)
            RunningKernel.SkipWithoutTls();
        return new TestConnection(suite, new ChannelOptions { Offload = new OffloadPolicy { Mode = mode }, KeyRecordsMaximum = Limit });
    }

    private static void Receive(TestConnection connection, int records)
    {
        for (var i = 0; i < records; i++)
        {
            connection.Peer.Send(ContentType.ApplicationData, [1]);
            connection.Owner.Receive(1);
        }
    }

    private static void ReadKeyUpdate(TestConnection connection, byte[] message)
    {
        var (type, content) = connection.Peer.Read();
        Assert.Equal(ContentType.Handshake, type);
        Assert.Equal(message, content);
        connection.Peer.UpdateOpening();
    }

    /// <summary>Reads data as a peer that follows each change of keys; no key protects more than it may.</summary>
    private static (byte[] Data, int Changes) ReadFollowing(TestConnection connection, int length)
    {
        var data = new List<byte>();
        var (changes, records) = (0, 0);
        while (data.Count < length)
        {
            var (type, content) = connection.Peer.Read();
            Assert.InRange(++records, 1, Limit);
            if (type == ContentType.ApplicationData)
            {
                data.AddRange(content);
                continue;
            }

            Assert.Equal((ContentType.Handshake, Convert.ToHexString(s_update)), (type, Convert.ToHexString(content)));
            connection.Peer.UpdateOpening();
            (changes, records) = (changes + 1, 0);
        }

        return ([.. data], changes);
    }
}
