using System.Buffers.Binary;
using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Records;

namespace TlsProxy.Ktls.Tests.Records;

/// <summary>Records against other implementations of their AEADs, with nonce and additional data written out as in the standards.</summary>
public sealed class VectorTests
{
    [Fact]
    public void The_record_of_rfc_8448_is_made_and_opened()
    {
        // RFC 8448, section 3: application data of the server, the first record after its ticket.
        var secret = Convert.FromHexString("A11AF9F05531F856AD47116B45A950328204B4F44BFB6B3A4B4F1F3FCB631643");
        var expected = Convert.FromHexString(
            "17030300432E937E11EF4AC740E538AD36005FC4A46932FC3225D05F82AA1B36E30EFAF97D"
            + "90E6DFFC602DCB501A59A8FCC49C4BF2E5F0A21C0047C2ABF332540DD032E167C2955D");
        var content = Enumerable.Range(0, 50).Select(i => (byte)i).ToArray();
        using var keys = TrafficKeys.FromSecret(CipherSuite.Aes128GcmSha256, secret);
        Assert.Equal("9F02283B6C9C07EFC26BB9F2AC92E356", Convert.ToHexString(keys.Key));
        Assert.Equal("CF782B88DD83549AADF1E984", Convert.ToHexString(keys.Iv));
        keys.Sequence = 1;
        using var sealer = new RecordSealer(TlsVersion.Tls13, CipherSuite.Aes128GcmSha256, keys);
        var record = new byte[expected.Length];

        Assert.Equal(expected.Length, sealer.Seal(ContentType.ApplicationData, content, record));

        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(record));
        keys.Sequence = 1;
        using var opener = new RecordOpener(TlsVersion.Tls13, CipherSuite.Aes128GcmSha256, keys);
        var opened = new byte[100];
        Assert.Equal(ContentType.ApplicationData, opener.Open(record, opened, out var length, out _));
        Assert.Equal(content, opened[..length]);
    }

    [Theory]
    [MemberData(nameof(TestKeys.AllSuites), MemberType = typeof(TestKeys))]
    public void Records_are_what_the_standards_say(CipherSuite suite)
    {
        using var session = new TestKeys(suite).Create();
        var keys = session.Transmit;
        keys.Sequence = 0x0102030405060708;
        var isTls13 = session.Version == TlsVersion.Tls13;
        if (!isTls13 && suite.Aead() != Aead.ChaCha20Poly1305)
            keys.ExplicitNonce = 0x1112131415161718;
        var expected = isTls13 ? Tls13(keys, suite) : suite.Aead() == Aead.ChaCha20Poly1305 ? Tls12ChaCha(keys) : Tls12Gcm(keys);
        using var sealer = new RecordSealer(session.Version, suite, keys);
        var record = new byte[200];

        var length = sealer.Seal(ContentType.Alert, [1, 0], record);

        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(record.AsSpan(0, length)));
        Assert.Equal(0x0102030405060709UL, keys.Sequence);
    }

    [Theory]
    [InlineData(10, 0, ContentType.ApplicationData, TlsAlert.CloseNotify)]
    [InlineData(10, 300, ContentType.ApplicationData, TlsAlert.CloseNotify)]
    [InlineData(0, 16384, ContentType.ApplicationData, TlsAlert.CloseNotify)]
    [InlineData(16384, 0, ContentType.ApplicationData, TlsAlert.CloseNotify)]
    [InlineData(16384, 1, ContentType.ApplicationData, TlsAlert.RecordOverflow)]
    [InlineData(16385, 0, ContentType.ApplicationData, TlsAlert.RecordOverflow)]
    [InlineData(10, 16384, ContentType.ApplicationData, TlsAlert.RecordOverflow)]
    [InlineData(0, 10, ContentType.None, TlsAlert.UnexpectedMessage)]
    [InlineData(0, 0, ContentType.None, TlsAlert.UnexpectedMessage)]
    public void Padding_is_taken_off_and_limited(int content, int padding, object type, object alert)
    {
        var suite = CipherSuite.Aes128GcmSha256;
        using var session = new TestKeys(suite).Create();
        var inner = new byte[content + 1 + padding];
        inner.AsSpan(0, content).Fill(7);
        inner[content] = (byte)(ContentType)type;
        var record = Gcm(session.Transmit, XoredNonce(session.Transmit), Header(23, inner.Length + 16), inner);
        var opened = new byte[RecordFormat.RecordMaximum];
        using var opener = new RecordOpener(session.Version, suite, session.Transmit);

        var result = opener.Open(record, opened, out var length, out var found);

        if ((TlsAlert)alert == TlsAlert.CloseNotify)
            Assert.Equal((type, content), (result, length));
        else
            Assert.Equal((ContentType.None, alert), (result, found));
    }

    [Theory]
    [InlineData(
        CipherSuite.Aes128GcmSha256,
        "040333000405060708090A0B" + "101112131415161718191A1B1C1D1E1F" + "00010203" + "0000000000000005")]
    [InlineData(
        CipherSuite.EcdheRsaAes256Gcm,
        "030334000405060708090A0B" + "101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F" + "00010203" + "0000000000000005")]
    [InlineData(
        CipherSuite.EcdheRsaChaCha20,
        "03033600000102030405060708090A0B" + "101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F" + "0000000000000005")]
    public void The_kernel_is_given_its_structures(CipherSuite suite, string expected)
    {
        var isTls12 = TestKeys.VersionOf(suite) == TlsVersion.Tls12;
        var key = Enumerable.Range(0x10, suite.Aead().KeyLength()).Select(i => (byte)i).ToArray();
        // The whole IV is given, so that the layout can be seen; the sequence number of AES-GCM's nonce is the caller's.
        var iv = Enumerable.Range(0, 12).Select(i => (byte)i).ToArray();
        using var keys = TrafficKeys.FromKeyBlock(suite, key, iv, 5);
        Span<byte> info = stackalloc byte[CryptoInfo.LengthMaximum];

        var length = CryptoInfo.Write(info, isTls12 ? TlsVersion.Tls12 : TlsVersion.Tls13, suite.Aead(), keys);

        Assert.Equal(expected, Convert.ToHexString(info[..length]));
    }

    private static byte[] Tls13(TrafficKeys keys, CipherSuite suite)
    {
        byte[] inner = [1, 0, 21];
        var header = Header(23, inner.Length + 16);
        return suite.Aead() == Aead.ChaCha20Poly1305
            ? ChaCha(keys, header, header, inner)
            : Gcm(keys, XoredNonce(keys), header, inner);
    }

    private static byte[] Tls12ChaCha(TrafficKeys keys) => ChaCha(keys, Header(21, 2 + 16), [.. Sequence(keys), .. Header(21, 2)], [1, 0]);

    private static byte[] Tls12Gcm(TrafficKeys keys)
    {
        byte[] nonce = [.. keys.Iv[..4], 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18];
        var ciphertext = new byte[2];
        var tag = new byte[16];
        using var aes = new AesGcm(keys.Key, tag.Length);
        byte[] additional = [.. Sequence(keys), .. Header(21, 2)];
        aes.Encrypt(nonce, new byte[] { 1, 0 }, ciphertext, tag, additional);
        return [.. Header(21, 8 + 2 + 16), .. nonce[4..], .. ciphertext, .. tag];
    }

    private static byte[] Gcm(TrafficKeys keys, byte[] nonce, byte[] header, byte[] inner)
    {
        var ciphertext = new byte[inner.Length];
        var tag = new byte[16];
        using var aes = new AesGcm(keys.Key, tag.Length);
        aes.Encrypt(nonce, inner, ciphertext, tag, header);
        return [.. header, .. ciphertext, .. tag];
    }

    private static byte[] ChaCha(TrafficKeys keys, byte[] header, byte[] additional, byte[] inner)
    {
        var ciphertext = new byte[inner.Length];
        var tag = new byte[16];
        using var chacha = new ChaCha20Poly1305(keys.Key);
        chacha.Encrypt(XoredNonce(keys), inner, ciphertext, tag, additional);
        return [.. header, .. ciphertext, .. tag];
    }

    private static byte[] XoredNonce(TrafficKeys keys)
    {
        var nonce = keys.Iv.ToArray();
        var sequence = Sequence(keys);
        for (var i = 0; i < sequence.Length; i++)
            nonce[4 + i] ^= sequence[i];
        return nonce;
    }

    private static byte[] Sequence(TrafficKeys keys)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, keys.Sequence);
        return bytes;
    }

    private static byte[] Header(byte type, int length) => [type, 3, 3, (byte)(length >> 8), (byte)length];
}
