using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Costs;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Tests.Channel;

public sealed class OffloadPolicyTests
{
    private const CipherSuite Suite = CipherSuite.Aes128GcmSha256;

    private static readonly KtlsReport s_some = new(
        Errno.None,
        [
            new(TlsVersion.Tls13, Aead.Aes128Gcm, Errno.None, Errno.EINVAL),
            new(TlsVersion.Tls13, Aead.Aes256Gcm, Errno.ENOENT, Errno.ENOENT),
        ]);

    private static readonly RecordChoice s_dear = new(
        [new(TlsVersion.Tls13, Aead.Aes128Gcm, [new(1024, 3, 2)])], 1024, TimeSpan.Zero);

    public static TheoryData<OffloadPolicy, CipherSuite, KtlsReason> Policies => new()
    {
        { OffloadPolicy.UserSpace, Suite, KtlsReason.Off },
        { new() { Mode = KtlsMode.Transmit }, Suite, KtlsReason.None },
        { new() { Mode = KtlsMode.Both, Support = s_some }, Suite, KtlsReason.None },
        { new() { Mode = KtlsMode.Transmit, Support = s_some }, CipherSuite.Aes256GcmSha384, KtlsReason.Cipher },
        { new() { Mode = KtlsMode.Transmit, Support = s_some }, CipherSuite.EcdheRsaAes128Gcm, KtlsReason.Version },
        { new() { Mode = KtlsMode.Transmit, Support = s_some with { Module = Errno.ENOENT } }, Suite, KtlsReason.NoModule },
        { new() { Mode = KtlsMode.Transmit, Choice = s_dear }, Suite, KtlsReason.Dearer },
        { new() { Mode = KtlsMode.Transmit, Choice = s_dear }, CipherSuite.ChaCha20Poly1305Sha256, KtlsReason.Unmeasured },
        { new() { Mode = KtlsMode.Both, ResponseBytesLeast = 1 }, Suite, KtlsReason.None },
        // What the kernel will never take isn't put off.
        { new() { ResponseBytesLeast = 1 }, Suite, KtlsReason.Off },
        { new() { Mode = KtlsMode.Both, Support = s_some, ResponseBytesLeast = 1 }, CipherSuite.Aes256GcmSha384, KtlsReason.Cipher },
        { new() { Mode = KtlsMode.Both, Choice = s_dear, ResponseBytesLeast = 1 }, Suite, KtlsReason.Dearer },
    };

    [Theory]
    [MemberData(nameof(Policies), DisableDiscoveryEnumeration = true)]
    public void A_hand_over_is_decided_by_mode_keys_kernel_and_costs(OffloadPolicy policy, CipherSuite suite, KtlsReason reason)
    {
        using var keys = new TestKeys(suite).Create();

        Assert.Equal(reason, policy.ReasonAgainst(keys));
        Assert.Equal(reason == KtlsReason.None && policy.ResponseBytesLeast == 0, policy.TakesAtHandshakeEnd(keys));
    }

    [Fact]
    public void Short_records_are_made_in_user_space_whatever_the_kernel_can_do()
    {
        using var keys = new TestKeys(Suite, requirements: new RecordRequirements(1024)).Create();

        Assert.Equal(KtlsReason.FragmentLength, new OffloadPolicy { Mode = KtlsMode.Both, ResponseBytesLeast = 1 }.ReasonAgainst(keys));
        Assert.Equal(KtlsReason.Off, OffloadPolicy.UserSpace.ReasonAgainst(keys));
    }

    [Theory]
    [InlineData(999, false)]
    [InlineData(1000, true)]
    [InlineData(null, false)]
    public void A_response_of_enough_bytes_is_worth_a_late_hand_over(int? bytes, bool isTaken) =>
        Assert.Equal(isTaken, new OffloadPolicy { Mode = KtlsMode.Both, ResponseBytesLeast = 1000 }.TakesAtResponse(bytes));

    [Fact]
    public void A_connection_is_closed_where_the_kernel_is_required_and_not_the_peer_is_the_cause()
    {
        var required = new OffloadPolicy { Mode = KtlsMode.Both, IsRequired = true };
        KtlsReason[] ofThePeer = [KtlsReason.PeerEnded, KtlsReason.FragmentLength];

        Assert.True(required.Closes(OffloadPolicy.AtRefusal(Errno.ENOENT)));
        Assert.False(required.Closes(OffloadPolicy.AtRefusal(Errno.ENOTCONN)));
        Assert.DoesNotContain(ofThePeer, required.Closes);
        // Nothing has been refused yet.
        Assert.False(required.Closes(KtlsReason.None));
        Assert.DoesNotContain(Enum.GetValues<KtlsReason>(), (required with { IsRequired = false }).Closes);
    }

    [Theory]
    [InlineData(KtlsMode.Off, Errno.None)]
    [InlineData(KtlsMode.Transmit, Errno.ENOENT)]
    [InlineData(KtlsMode.Both, Errno.EINVAL)]
    public void The_shortfall_is_the_first_error_of_what_is_asked_for(KtlsMode mode, Errno shortfall)
    {
        var policy = new OffloadPolicy { Mode = mode, Support = s_some };

        Assert.Equal(shortfall, policy.Shortfall);
        Assert.Equal(Errno.EPERM, (policy with { Support = s_some with { Module = Errno.EPERM } }).Shortfall);
        Assert.Equal(Errno.None, (policy with { Support = null }).Shortfall);
    }
}
