using Org.BouncyCastle.Tls.Crypto;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A cipher of the handshake's records, which counts what they bring for messages.</summary>
internal sealed class CountingCipher(TlsCipher cipher, HandshakeBytes bytes) : TlsCipher
{
    public bool UsesOpaqueRecordType => cipher.UsesOpaqueRecordType;

    public int GetCiphertextDecodeLimit(int plaintextLimit) => cipher.GetCiphertextDecodeLimit(plaintextLimit);

    public int GetCiphertextEncodeLimit(int plaintextLength, int plaintextLimit) =>
        cipher.GetCiphertextEncodeLimit(plaintextLength, plaintextLimit);

    public int GetPlaintextLimit(int ciphertextLimit) => cipher.GetPlaintextLimit(ciphertextLimit);

    public TlsEncodeResult EncodePlaintext(
        long seqNo, short contentType, Tls.ProtocolVersion recordVersion, int headerAllocation, byte[] plaintext, int offset, int len) =>
        cipher.EncodePlaintext(seqNo, contentType, recordVersion, headerAllocation, plaintext, offset, len);

    public TlsEncodeResult EncodePlaintext(
        long seqNo, short contentType, Tls.ProtocolVersion recordVersion, int headerAllocation, ReadOnlySpan<byte> plaintext) =>
        cipher.EncodePlaintext(seqNo, contentType, recordVersion, headerAllocation, plaintext);

    public TlsDecodeResult DecodeCiphertext(
        long seqNo, short recordType, Tls.ProtocolVersion recordVersion, byte[] ciphertext, int offset, int len)
    {
        var decoded = cipher.DecodeCiphertext(seqNo, recordType, recordVersion, ciphertext, offset, len);
        if (decoded.contentType == Tls.ContentType.handshake)
            bytes.Bring(decoded.len);
        return decoded;
    }

    public void RekeyDecoder() => cipher.RekeyDecoder();

    public void RekeyEncoder() => cipher.RekeyEncoder();
}
