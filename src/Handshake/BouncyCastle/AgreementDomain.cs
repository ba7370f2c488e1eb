using Org.BouncyCastle.Tls.Crypto;
using TlsProxy.Handshake.BouncyCastle.Interop;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>Key agreement over a group, by libcrypto.</summary>
internal sealed class AgreementDomain(DelegatedCrypto crypto, int group) : TlsECDomain
{
    public TlsAgreement CreateECDH() => new Agreement(crypto, group);

    private sealed class Agreement(DelegatedCrypto crypto, int group) : TlsAgreement
    {
        private readonly KeyAgreement _key = crypto.GenerateKey(group);
        private byte[] _peer = [];

        public byte[] GenerateEphemeral() => _key.Share;

        public void ReceivePeerValue(byte[] peerValue) => _peer = peerValue;

        public TlsSecret CalculateSecret()
        {
            using (_key)
            {
                if (_key.TryAgree(_peer) is not { } agreed)
                    throw new Tls.TlsFatalAlert(Tls.AlertDescription.illegal_parameter, "the client's share is not on the curve");
                var secret = new DelegatedSecret(crypto, agreed);
                Array.Clear(agreed);
                return secret;
            }
        }
    }
}
