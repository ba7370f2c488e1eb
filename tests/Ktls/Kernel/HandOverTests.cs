using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Tests.Channel;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Tests.Kernel;

public sealed class HandOverTests
{
    public HandOverTests() => Assert.SkipWhen(RunningKernel.HasTls, "SKIPPED: the running kernel has TLS, so that it refuses nothing.");

    [Theory]
    [InlineData(KtlsMode.Transmit)]
    [InlineData(KtlsMode.Both)]
    public void Where_the_kernel_has_no_tls_records_stay_in_user_space(KtlsMode mode)
    {
        var refusals = new List<Errno>();
        var options = new ChannelOptions { Offload = new OffloadPolicy { Mode = mode }, OnFirstRefusal = refusals.Add };
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256, options);
        for (var i = 0; i < 2; i++)
        {
            if (i > 0)
                connection.Connect();
            connection.Start();
            Assert.False(connection.Channel.KernelTransmits);
            Assert.False(connection.Channel.KernelReceives);
            connection.Peer.Send(ContentType.ApplicationData, "request"u8);
            Assert.Equal("request"u8, connection.Owner.Receive(7));
            connection.SendAll("answer"u8.ToArray());
            Assert.Equal("answer"u8, connection.Peer.ReadData(6).Content);
            Assert.Equal($"none:{refusals[0]}", connection.Do(() => connection.Channel.Verdict.Text));
            connection.CloseAndCheck();
        }

        Assert.Single(refusals);
        Assert.Equal([new(refusals[0], 2)], connection.Counters.Refusals);
        Assert.Equal(2, connection.Counters.UserSpace);
        Assert.Equal(2, connection.Counters.Because(KtlsReason.Refused));
    }

    [Fact]
    public void A_kernel_known_to_have_no_tls_is_not_asked()
    {
        var options = new ChannelOptions { Offload = new OffloadPolicy { Mode = KtlsMode.Both, Support = KtlsProbe.Run() } };
        using var connection = new TestConnection(CipherSuite.Aes128GcmSha256, options);

        connection.Start();

        Assert.Equal("none:no_module", connection.Do(() => connection.Channel.Verdict.Text));
        Assert.Empty(connection.Counters.Refusals);
        Assert.Equal(1, connection.Counters.Because(KtlsReason.NoModule));
        connection.CloseAndCheck();
    }

    [Fact]
    public void Where_kernel_tls_is_required_a_refusal_ends_the_connection()
    {
        using var connection = new TestConnection(
            CipherSuite.Aes128GcmSha256,
            new ChannelOptions { Offload = new OffloadPolicy { Mode = KtlsMode.Transmit, IsRequired = true } });

        connection.Start();

        connection.Owner.ExpectFailure(ChannelFailure.HandOverRefused);
        connection.Owner.Expect(ChannelEventKind.Closed);
        connection.CheckNothingIsHeld();
    }

    [Fact]
    public void The_probe_tells_why_in_plain_words()
    {
        var report = KtlsProbe.Run();

        Assert.NotEqual(Errno.None, report.Module);
        Assert.All(report.Cells, support => Assert.NotEqual(Errno.None, support.Transmit));
        Assert.All(report.Cells, support => Assert.NotEqual("works", KtlsProbe.Explain(support.Transmit)));
    }
}
