using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Handshake.Tests.Records;

public sealed class RecordCipherTests
{
    public static TheoryData<Aead, int, int> Lengths()
    {
        var data = new TheoryData<Aead, int, int>();
        foreach (var aead in Enum.GetValues<Aead>())
        {
            foreach (var length in new[] { 0, 1, 15, 16, 17, 1024, 16384 })
            {
                data.Add(aead, length, 0);
                data.Add(aead, length, 1);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Sealing_agrees_with_the_ciphers_of_the_base_library(Aead aead, int length, int trailerLength)
    {
        var key = RandomNumberGenerator.GetBytes(aead.KeyLength());
        var nonce = RandomNumberGenerator.GetBytes(12);
        var aad = RandomNumberGenerator.GetBytes(13);
        var text = RandomNumberGenerator.GetBytes(length + trailerLength);
        var expected = Reference(aead, key, nonce, aad, text);

        using var sealer = RecordCipher.CreateSealer(aead, key);
        var output = new byte[text.Length + 16];
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(output.Length, sealer.Seal(nonce, aad, text.AsSpan(0, length), text.AsSpan(length), output));
            Assert.Equal(expected, output);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Opening_gives_back_what_was_sealed_also_after_a_forgery(Aead aead, int length, int trailerLength)
    {
        var key = RandomNumberGenerator.GetBytes(aead.KeyLength());
        var nonce = RandomNumberGenerator.GetBytes(12);
        var aad = RandomNumberGenerator.GetBytes(5);
        var text = RandomNumberGenerator.GetBytes(length + trailerLength);
        var wire = Reference(aead, key, nonce, aad, text);
        var forged = (byte[])wire.Clone();
        forged[^1] ^= 1;

        using var opener = RecordCipher.CreateOpener(aead, key);
        var output = new byte[text.Length];
        Array.Fill(output, (byte)0xEE);
        Assert.False(opener.Open(nonce, aad, forged, output));
        Assert.All(output, b => Assert.Equal(0, b));
        Assert.True(opener.Open(nonce, aad, wire, output));
        Assert.Equal(text, output);
        Assert.True(opener.Open(nonce, aad, wire, wire));
        Assert.Equal(text, wire[..text.Length]);
    }

    [Fact]
    public void A_ciphertext_shorter_than_a_tag_is_not_authentic()
    {
        using var opener = RecordCipher.CreateOpener(Aead.Aes128Gcm, new byte[16]);
        Assert.False(opener.Open(new byte[12], [], new byte[15], []));
    }

    [Fact]
    public void A_key_of_the_wrong_length_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RecordCipher.CreateSealer(Aead.Aes256Gcm, new byte[16]));

    [Fact]
    public void A_disposed_cipher_is_not_used()
    {
        var sealer = RecordCipher.CreateSealer(Aead.Aes128Gcm, new byte[16]);
        sealer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => sealer.Seal(new byte[12], [], [1], [], new byte[17]));
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        var key = new byte[32];
        using var sealer = RecordCipher.CreateSealer(Aead.Aes256Gcm, key);
        using var opener = RecordCipher.CreateOpener(Aead.Aes256Gcm, key);
        var nonce = new byte[12];
        var text = new byte[100];
        var wire = new byte[116];
        sealer.Seal(nonce, [], text, [], wire);
        opener.Open(nonce, [], wire, text);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (byte round = 0; round < 100; round++)
            {
                nonce[0] = round;
                sealer.Seal(nonce, nonce, text, [], wire);
                opener.Open(nonce, nonce, wire, text);
            }
        }));
    }

    private static byte[] Reference(Aead aead, byte[] key, byte[] nonce, byte[] aad, byte[] text)
    {
        var output = new byte[text.Length + 16];
        if (aead == Aead.ChaCha20Poly1305)
        {
            using var cipher = new ChaCha20Poly1305(key);
            cipher.Encrypt(nonce, text, output.AsSpan(0, text.Length), output.AsSpan(text.Length), aad);
        }
        else
        {
            using var cipher = new AesGcm(key, 16);
            cipher.Encrypt(nonce, text, output.AsSpan(0, text.Length), output.AsSpan(text.Length), aad);
        }

        return output;
    }
}
