using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Records;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Derives record keys of the secrets that a handshake has at the moment.</summary>
internal static class KeyExport
{
    private const int FragmentUnit = 256;

    public static void Derive(Tls.SecurityParameters parameters, SessionKeys keys)
    {
        var suite = (CipherSuite)parameters.CipherSuite;
        // max_fragment_length_512 is 1, …_4096 is 4 (RFC 6066, section 4).
        var fragment = parameters.MaxFragmentLength;
        keys.Begin(HandshakeRole.Server, suite.Version(), suite, new RecordRequirements(
            fragment is >= 1 and <= 4 ? FragmentUnit << fragment : RecordRequirements.PlaintextDefault));
        if (keys.Version == TlsVersion.Tls13)
        {
            keys.Transmit.SetSecret(suite, ((DelegatedSecret)parameters.TrafficSecretServer).Bytes);
            keys.Receive.SetSecret(suite, ((DelegatedSecret)parameters.TrafficSecretClient).Bytes);
        }
        else
        {
            Derive12(parameters, suite, keys);
        }
    }

    /// <summary>Cuts the key block: the client's key, the server's key, the client's IV, the server's IV (RFC 5246, section 6.3).</summary>
    private static void Derive12(Tls.SecurityParameters parameters, CipherSuite suite, SessionKeys keys)
    {
        var keyLength = suite.Aead().KeyLength();
        var ivLength = suite.Aead() == Aead.ChaCha20Poly1305 ? RecordLayout.NonceLength : RecordLayout.SaltLength;
        Span<byte> block = stackalloc byte[2 * (keyLength + ivLength)];
        byte[] randoms = [.. parameters.ServerRandom, .. parameters.ClientRandom];
        KeySchedule.Prf12(suite.Hash(), ((DelegatedSecret)parameters.MasterSecret).Bytes, "key expansion"u8, randoms, block);
        var ivs = block[(2 * keyLength)..];
        keys.Receive.SetKeyBlock(suite, block[..keyLength], ivs[..ivLength], 0);
        keys.Transmit.SetKeyBlock(suite, block.Slice(keyLength, keyLength), ivs.Slice(ivLength, ivLength), 0);
        CryptographicOperations.ZeroMemory(block);
    }
}
