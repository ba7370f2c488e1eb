using Org.BouncyCastle.Tls.Crypto;
using TlsProxy.Handshake.Keys;
using Tls = Org.BouncyCastle.Tls;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>The key of a ticket that is resumed.</summary>
internal sealed class TicketKey(SessionTicket ticket, byte[] identity, DelegatedCrypto crypto) : Tls.TlsPskExternal
{
    public byte[] Identity => identity;

    public TlsSecret Key { get; } = crypto.CreateSecret(ticket.Secret);

    public int PrfAlgorithm => ticket.Suite.Aead() == Aead.Aes256Gcm
        ? Tls.PrfAlgorithm.tls13_hkdf_sha384
        : Tls.PrfAlgorithm.tls13_hkdf_sha256;
}
