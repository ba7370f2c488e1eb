using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Takes the record keys out of a handshake that is ending; BouncyCastle forgets its secrets then.</summary>
internal static class KeyExport
{
    private const int SecretMaximum = 48;
    private const int FragmentUnit = 256;

    public static void Export(Tls.SecurityParameters parameters, TlsVersion version, CipherSuite suite, SessionKeys keys)
    {
        // max_fragment_length_512 is 1, …_4096 is 4 (RFC 6066, section 4).
        var fragment = parameters.MaxFragmentLength;
        keys.Begin(version, suite, new RecordRequirements(
            fragment is >= 1 and <= 4 ? FragmentUnit << fragment : RecordRequirements.PlaintextDefault));
        if (version == TlsVersion.Tls13)
        {
            Export13(parameters.TrafficSecretServer, suite, keys.Transmit);
            Export13(parameters.TrafficSecretClient, suite, keys.Receive);
        }
        else
        {
            Export12(parameters, suite, keys);
        }
    }

    private static void Export13(Org.BouncyCastle.Tls.Crypto.TlsSecret secret, CipherSuite suite, TrafficKeys keys)
    {
        Span<byte> bytes = stackalloc byte[SecretMaximum];
        bytes = bytes[..secret.Length];
        secret.ExtractTo(bytes);
        keys.SetSecret(suite, bytes);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Cuts the key block: the client's key, the server's key, the client's IV, the server's IV (RFC 5246, section 6.3).</summary>
    private static void Export12(Tls.SecurityParameters parameters, CipherSuite suite, SessionKeys keys)
    {
        var keyLength = suite.Aead().KeyLength();
        var ivLength = suite.Aead() == Aead.ChaCha20Poly1305 ? RecordLayout.NonceLength : RecordLayout.SaltLength;
        Span<byte> block = stackalloc byte[2 * (keyLength + ivLength)];
        byte[] randoms = [.. parameters.ServerRandom, .. parameters.ClientRandom];
        parameters.MasterSecret
            .DeriveUsingPrf(parameters.PrfAlgorithm, "key expansion", randoms, block.Length)
            .ExtractTo(block);
        var ivs = block[(2 * keyLength)..];
        keys.Receive.SetKeyBlock(suite, block[..keyLength], ivs[..ivLength], 0);
        keys.Transmit.SetKeyBlock(suite, block.Slice(keyLength, keyLength), ivs.Slice(ivLength, ivLength), 0);
        CryptographicOperations.ZeroMemory(block);
    }
}
