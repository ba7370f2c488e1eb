namespace TlsProxy.Handshake.Policy;

/// <summary>Signature algorithms by their IANA numbers (RFC 9846, section 4.3.3).</summary>
public enum SignatureScheme : ushort
{
    RsaPkcs1Sha256 = 0x0401,
    EcdsaSha256 = 0x0403,
    RsaPkcs1Sha384 = 0x0501,
    EcdsaSha384 = 0x0503,
    RsaPkcs1Sha512 = 0x0601,
    EcdsaSha512 = 0x0603,
    RsaPssRsaeSha256 = 0x0804,
    RsaPssRsaeSha384 = 0x0805,
    RsaPssRsaeSha512 = 0x0806,
    Ed25519 = 0x0807,
    Ed448 = 0x0808,
    RsaPssPssSha256 = 0x0809,
    RsaPssPssSha384 = 0x080A,
    RsaPssPssSha512 = 0x080B,
}
