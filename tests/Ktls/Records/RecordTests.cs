using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Records;

public sealed class RecordTests
{
    public static TheoryData<CipherSuite> Suites => new(Enum.GetValues<CipherSuite>());

    [Theory]
    [MemberData(nameof(Suites))]
    public void What_one_side_seals_the_other_opens_in_order_at_every_length(CipherSuite suite)
    {
        var (version, seal, open) = Keys(suite);
        using var sealer = new RecordSealer(version, suite, seal);
        using var opener = new RecordOpener(version, suite, open);
        var record = new byte[RecordFormat.RecordMaximum];
        var opened = new byte[RecordFormat.RecordMaximum];
        foreach (var length in new[] { 0, 1, 15, 16, 17, 1000, 16383, 16384, 3 })
        {
            var plaintext = RandomNumberGenerator.GetBytes(length);
            var whole = sealer.Seal(ContentType.ApplicationData, plaintext, record);
            Assert.Equal(whole, opener.LengthOf(record, out var alert));
            Assert.Equal(TlsAlert.CloseNotify, alert);
            Assert.Equal(ContentType.ApplicationData, opener.Open(record.AsSpan(0, whole), opened, out var count, out _));
            Assert.Equal(plaintext, opened[..count]);
        }

        Assert.Equal(seal.Sequence, open.Sequence);
    }

    [Theory]
    [MemberData(nameof(Suites))]
    public void A_record_changed_in_any_byte_is_not_opened(CipherSuite suite)
    {
        var (version, seal, open) = Keys(suite);
        using var sealer = new RecordSealer(version, suite, seal);
        var record = new byte[100];
        var whole = sealer.Seal(ContentType.ApplicationData, "hello"u8, record);
        for (var i = RecordFormat.HeaderLength; i < whole; i++)
        {
            using var opener = new RecordOpener(version, suite, open);
            var changed = record[..whole];
            changed[i] ^= 1;
            Assert.Equal(ContentType.None, opener.Open(changed, new byte[200], out _, out var alert));
            Assert.Equal(TlsAlert.BadRecordMac, alert);
        }
    }

    [Fact]
    public void Both_sides_go_on_after_a_key_update()
    {
        var suite = CipherSuite.Aes256GcmSha384;
        var (version, seal, open) = Keys(suite);
        using var sealer = new RecordSealer(version, suite, seal);
        using var opener = new RecordOpener(version, suite, open);
        var record = new byte[100];
        for (var generation = 0; generation < 3; generation++)
        {
            var whole = sealer.Seal(ContentType.Handshake, "message"u8, record);
            Assert.Equal(ContentType.Handshake, opener.Open(record.AsSpan(0, whole), new byte[200], out var length, out _));
            Assert.Equal(7, length);
            sealer.Update();
            opener.Update();
        }
    }

    [Fact]
    public void Records_are_put_together_however_the_stream_is_split()
    {
        var suite = CipherSuite.Aes128GcmSha256;
        for (var split = 1; split < 60; split++)
        {
            var (version, seal, open) = Keys(suite);
            using var sealer = new RecordSealer(version, suite, seal);
            using var opener = new RecordOpener(version, suite, open);
            var stream = new byte[200];
            var length = sealer.Seal(ContentType.ApplicationData, "first"u8, stream);
            length += sealer.Seal(ContentType.ApplicationData, "second"u8, stream.AsSpan(length));
            var assembler = new RecordAssembler();
            var found = new List<string>();
            foreach (var part in new[] { stream[..Math.Min(split, length)], stream[Math.Min(split, length)..length] })
            {
                ReadOnlySpan<byte> input = part;
                while (assembler.TryTake(opener, ref input, out var record, out var alert))
                {
                    Assert.Equal(TlsAlert.CloseNotify, alert);
                    var opened = new byte[200];
                    opener.Open(record, opened, out var count, out _);
                    found.Add(System.Text.Encoding.ASCII.GetString(opened, 0, count));
                }
            }

            Assert.Equal(["first", "second"], found);
            assembler.Trim();
            Assert.Equal(0, assembler.Kept);
        }
    }

    [Theory]
    [InlineData(22, 3, 100, TlsAlert.UnexpectedMessage)]
    [InlineData(23, 2, 100, TlsAlert.UnexpectedMessage)]
    [InlineData(23, 3, 16641, TlsAlert.RecordOverflow)]
    public void A_header_that_no_record_has_is_answered_with_its_alert(byte type, byte major, int length, object expected)
    {
        var (version, _, open) = Keys(CipherSuite.Aes128GcmSha256);
        using var opener = new RecordOpener(version, CipherSuite.Aes128GcmSha256, open);
        opener.LengthOf([type, major, 3, (byte)(length >> 8), (byte)length], out var alert);
        Assert.Equal(expected, alert);
    }

    [Theory]
    [InlineData(Aead.Aes128Gcm, 40, 51)]
    [InlineData(Aead.Aes256Gcm, 56, 52)]
    [InlineData(Aead.ChaCha20Poly1305, 56, 54)]
    public void The_kernel_structures_have_the_layout_of_its_header(Aead aead, int length, int cipher)
    {
        var suite = Enum.GetValues<CipherSuite>().First(value => value.Aead() == aead);
        var (version, keys, _) = Keys(suite);
        keys.Sequence = 0x0102030405060708;
        Span<byte> info = stackalloc byte[CryptoInfo.LengthMaximum];
        Assert.Equal(length, CryptoInfo.Write(info, version, aead, keys));
        Assert.Equal([0x04, 0x03, (byte)cipher, 0], info[..4].ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], info[(length - 8)..length].ToArray());
        var iv = aead == Aead.ChaCha20Poly1305 ? keys.Iv : keys.Iv[4..];
        Assert.True(info.Slice(4, iv.Length).SequenceEqual(iv));
        Assert.True(info.Slice(4 + iv.Length, keys.Key.Length).SequenceEqual(keys.Key));
    }

    private static (TlsVersion Version, TrafficKeys Seal, TrafficKeys Open) Keys(CipherSuite suite)
    {
        if ((int)suite >> 8 == 0x13)
        {
            var secret = RandomNumberGenerator.GetBytes(suite.Aead() == Aead.Aes256Gcm ? 48 : 32);
            return (TlsVersion.Tls13, TrafficKeys.FromSecret(suite, secret), TrafficKeys.FromSecret(suite, secret));
        }

        var key = RandomNumberGenerator.GetBytes(suite.Aead().KeyLength());
        var iv = RandomNumberGenerator.GetBytes(suite.Aead() == Aead.ChaCha20Poly1305 ? 12 : 4);
        return (TlsVersion.Tls12, TrafficKeys.FromKeyBlock(suite, key, iv, 1), TrafficKeys.FromKeyBlock(suite, key, iv, 1));
    }
}
