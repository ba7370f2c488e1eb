using System.Security.Cryptography;
using System.Text;
using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Handshake.Tickets;

/// <summary>What makes sessions of one group of certificates be refused by another: other names, or another way to trust clients. It
/// doesn't change with the certificates, so that sessions survive their replacement.</summary>
internal static class SessionContext
{
    /// <summary>Bytes of a context.</summary>
    public const int Length = SHA256.HashSizeInBytes;

    public static byte[] Of(TlsServerOptions options, CertificateGroup group, ClientAuthorities? authorities)
    {
        var text = $"tlsproxy\n{options.ClientAuthentication}\n{string.Join('\n', group.Labels)}\n";
        return SHA256.HashData([.. Encoding.UTF8.GetBytes(text), .. authorities is null ? default : authorities.Digest.Span]);
    }
}
