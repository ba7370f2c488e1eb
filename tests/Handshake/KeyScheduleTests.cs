using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests;

public sealed class KeyScheduleTests
{
    /// <summary>The server's application traffic keys of RFC 8448, section 3.</summary>
    [Fact]
    public void Keys_of_TLS_1_3_are_those_of_the_published_trace()
    {
        var secret = Convert.FromHexString("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643");
        using var keys = TrafficKeys.FromSecret(CipherSuite.Aes128GcmSha256, secret);
        Assert.Equal("9F02283B6C9C07EFC26BB9F2AC92E356", Convert.ToHexString(keys.Key));
        Assert.Equal("CF782B88DD83549AADF1E984", Convert.ToHexString(keys.Iv));
    }

    /// <summary>A published vector of the TLS 1.2 PRF with SHA-256.</summary>
    [Fact]
    public void The_PRF_of_TLS_1_2_gives_the_published_bytes()
    {
        var output = new byte[100];
        KeySchedule.Prf12(
            HashAlgorithmName.SHA256, Convert.FromHexString("9bbe436ba940f017b17652849a71db35"), "test label"u8,
            Convert.FromHexString("a0ba9f936cda311827a6f796ffd5198c"), output);
        Assert.StartsWith(
            "E3F229BA727BE17B8D122620557CD453C2AAB21D07C3D495329B52D4E61EDB5A", Convert.ToHexString(output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SHA256", 32)]
    [InlineData("SHA384", 48)]
    public void Keys_are_the_same_with_the_HMAC_of_libcrypto_and_of_the_runtime(string name, int secretLength)
    {
        var hash = new HashAlgorithmName(name);
        var runtime = new RuntimeKeyedHash(hash);
        var secret = RandomNumberGenerator.GetBytes(secretLength);
        var seed = RandomNumberGenerator.GetBytes(64);
        var (expected, derived) = (new byte[32 + 12 + 72], new byte[32 + 12 + 72]);

        KeySchedule.ExpandTrafficKeys(runtime, secret, expected.AsSpan(0, 32), expected.AsSpan(32, 12));
        KeySchedule.Prf12(runtime, secret, "key expansion"u8, seed, expected.AsSpan(44));
        KeySchedule.ExpandTrafficKeys(hash, secret, derived.AsSpan(0, 32), derived.AsSpan(32, 12));
        KeySchedule.Prf12(hash, secret, "key expansion"u8, seed, derived.AsSpan(44));

        Assert.Equal(expected, derived);
    }

    [Fact]
    public void A_key_update_changes_everything_and_begins_at_zero()
    {
        using var keys = TrafficKeys.FromSecret(CipherSuite.ChaCha20Poly1305Sha256, RandomNumberGenerator.GetBytes(32));
        keys.Sequence = 7;
        var before = (keys.Key.ToArray(), keys.Iv.ToArray(), keys.Secret.ToArray());
        keys.Update();
        Assert.NotEqual(before.Item1, keys.Key.ToArray());
        Assert.NotEqual(before.Item2, keys.Iv.ToArray());
        Assert.NotEqual(before.Item3, keys.Secret.ToArray());
        Assert.Equal(0UL, keys.Sequence);
    }

    [Fact]
    public void Disposed_keys_are_zero()
    {
        var keys = TrafficKeys.FromSecret(CipherSuite.Aes256GcmSha384, RandomNumberGenerator.GetBytes(48));
        keys.Dispose();
        Assert.Equal(-1, keys.Key.IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, keys.Iv.IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, keys.Secret.IndexOfAnyExcept((byte)0));
    }
}
