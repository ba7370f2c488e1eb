using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests;

/// <summary>Handshakes of every shape that clients may give them, and shapes that they may not.</summary>
public sealed class HandshakeShapeTests : IDisposable
{
    private static readonly byte[] _changeCipherSpec = [20, 3, 3, 0, 1, 1];

    private readonly TestCertificate _certificate = new();
    private readonly TlsContext _context;

    public HandshakeShapeTests() => _context = _certificate.CreateContext();

    public void Dispose()
    {
        _context.Dispose();
        _certificate.Dispose();
    }

    public static TheoryData<TlsVersion, int, int> Fragments
    {
        get
        {
            var data = new TheoryData<TlsVersion, int, int>();
            foreach (var version in new[] { TlsVersion.Tls12, TlsVersion.Tls13 })
            {
                foreach (var (record, segment) in new[] { (1, 1), (1, 100_000), (2, 7), (5, 3), (100, 64), (16384, 1) })
                    data.Add(version, record, segment);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Fragments))]
    public void A_hello_may_be_cut_over_records_and_segments(TlsVersion version, int record, int segment)
    {
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(version);
        var first = true;

        Wire.ShakeHands(server, client, flight =>
        {
            var stream = first ? Wire.Refragment(flight, record) : flight;
            first = false;
            return stream.Chunk(segment);
        });

        CheckDone(server, client, version);
    }

    /// <summary>The last bytes of the server's random tell a client of both versions that somebody has kept it from the newer one (RFC
    /// 9846, section 4.2.3).</summary>
    [Theory]
    [InlineData(TlsVersion.Tls12, true)]
    [InlineData(TlsVersion.Tls13, false)]
    public void The_older_version_is_marked_as_a_downgrade(TlsVersion version, bool isMarked)
    {
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(version);

        var hello = Wire.Records(Wire.ShakeHands(server, client))[0];

        CheckDone(server, client, version);
        // Behind the headers of record and message and the version.
        var random = hello.AsSpan(Wire.HeaderLength + 4 + 2, 32);
        Assert.Equal(isMarked, random[24..].SequenceEqual("DOWNGRD\u0001"u8));
    }

    /// <summary>A client of TLS 1.2 waits for the last flight; the tickets of TLS 1.3 nobody waits for.</summary>
    [Theory]
    [InlineData(TlsVersion.Tls12, false)]
    [InlineData(TlsVersion.Tls13, true)]
    public void The_last_output_may_wait_for_data_where_no_client_waits_for_it(TlsVersion version, bool mayWait)
    {
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(version);
        for (var flight = client.Advance();
            flight.Length > 0 && server.Status == HandshakeStatus.NeedMore;
            flight = client.Advance(server.Output))
        {
            Assert.False(server.OutputMayWait);
            server.ClearOutput();
            server.Offer(flight);
        }

        Assert.Equal((HandshakeStatus.Done, mayWait), (server.Status, server.OutputMayWait));
        Assert.False(server.Output.IsEmpty);
        server.Reset();
        Assert.False(server.OutputMayWait);
    }

    [Theory]
    [InlineData("P-521:P-256", "secp256r1")]
    [InlineData("P-521:P-384", "secp384r1")]
    [InlineData("P-521:X25519", "x25519")]
    public void A_client_whose_first_share_is_of_no_use_is_asked_for_another(string groups, string chosen)
    {
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(TlsVersion.Tls13, groups);

        var answers = Wire.Records(Wire.ShakeHands(server, client));

        CheckDone(server, client, TlsVersion.Tls13);
        Assert.Equal(chosen, server.Facts.Group);
        // HelloRetryRequest is a ServerHello with a random of its own (RFC 9846, section 4.2.3).
        Assert.Equal("CF21AD74E59A6111", Convert.ToHexString(answers[0].AsSpan(11, 8)));
    }

    [Fact]
    public void A_client_without_any_group_of_ours_is_refused()
    {
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(TlsVersion.Tls13, "P-521");

        Wire.ShakeHands(server, client);

        Assert.Equal(HandshakeStatus.Failed, server.Status);
        Assert.Contains("alert handshake failure", client.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(16384)]
    public void Early_data_is_skipped(int length)
    {
        using var session = Wire.MakeSession(_context, TlsVersion.Tls13);
        session.AllowEarlyData(16384);
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(TlsVersion.Tls13, session: session);

        server.Offer(client.WriteEarlyData(new byte[length]));
        Wire.ShakeHands(server, client, flight => flight.Chunk(100));

        CheckDone(server, client, TlsVersion.Tls13);
        Assert.Equal(1, client.EarlyDataStatus);
        Assert.True(server.Facts.Resumed);
        // What is sent in earnest afterwards is the first record under its keys.
        server.Offer(client.Write("request"));
        Assert.Equal(Wire.HeaderLength + "request".Length + 1 + 16, server.Leftover.Length);
        Assert.Equal(0UL, server.Keys.Receive.Sequence);
    }

    [Fact]
    public void Early_data_is_skipped_after_a_retry_too()
    {
        using var session = Wire.MakeSession(_context, TlsVersion.Tls13);
        session.AllowEarlyData(16384);
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(TlsVersion.Tls13, "P-521:P-256", session);

        server.Offer(client.WriteEarlyData(new byte[500]));
        Wire.ShakeHands(server, client);

        CheckDone(server, client, TlsVersion.Tls13);
        Assert.Equal(1, client.EarlyDataStatus);
    }

    [Fact]
    public void Early_data_without_end_is_refused()
    {
        using var session = Wire.MakeSession(_context, TlsVersion.Tls13);
        session.AllowEarlyData(100_000);
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(TlsVersion.Tls13, session: session);

        server.Offer(client.WriteEarlyData(new byte[16384]));
        for (var i = 0; i < 5 && server.Status == HandshakeStatus.NeedMore; i++)
            server.Offer(client.WriteEarlyData(new byte[16384]));

        Assert.Equal(HandshakeStatus.Failed, server.Status);
        client.Advance(server.Output);
        Assert.Contains("alert", client.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Some_change_cipher_specs_are_dropped_and_a_flood_is_refused()
    {
        foreach (var (count, isDone) in new[] { (0, true), (1, true), (32, true), (33, false), (1000, false) })
        {
            using var server = new ServerHandshake(_context);
            using var client = new OpenSslClient(TlsVersion.Tls13);
            Wire.ShakeHands(server, client, flight => flight[0] == 22
                ? [flight]
                // The client's own for middleboxes stands at the beginning of its second flight.
                : [.. Enumerable.Repeat(_changeCipherSpec, count), flight[_changeCipherSpec.Length..]]);

            if (isDone)
                CheckDone(server, client, TlsVersion.Tls13);
            else
                Assert.Equal(HandshakeStatus.Failed, server.Status);
        }
    }

    [Theory]
    [InlineData("140303000102")]
    [InlineData("14030300020101")]
    [InlineData("150303000101")]
    [InlineData("1503030002020A")]
    [InlineData("16030300050B00000101")]
    [InlineData("17030300050102030405")]
    [InlineData("18030300050102030405")]
    [InlineData("1603030000")]
    public void What_may_not_follow_a_hello_ends_the_handshake(string record)
    {
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(TlsVersion.Tls13);
        var isAlert = record.StartsWith("15030300020", StringComparison.Ordinal);

        server.Offer(client.Advance());
        server.ClearOutput();
        // Empty records are allowed, in a limited number.
        for (var i = 0; i < 50; i++)
            server.Offer(Convert.FromHexString(record));

        Assert.Equal(HandshakeStatus.Failed, server.Status);
        Assert.Equal(isAlert, server.Output.IsEmpty);
    }

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Warning_alerts_without_end_are_refused(TlsVersion version)
    {
        using var server = new ServerHandshake(_context);
        using var client = new OpenSslClient(version);
        server.Offer(client.Advance());

        for (var i = 0; i < 50; i++)
            server.Offer([21, 3, 3, 0, 2, 1, 90]);

        Assert.Equal(HandshakeStatus.Failed, server.Status);
    }

    private static void CheckDone(ServerHandshake server, OpenSslClient client, TlsVersion version)
    {
        Assert.Equal((HandshakeStatus.Done, string.Empty), (server.Status, server.FailureReason));
        Assert.True(client.IsDone);
        Assert.Null(client.Failure);
        Assert.Equal(version, server.Keys.Version);
        Assert.True(server.Leftover.IsEmpty);
    }
}
