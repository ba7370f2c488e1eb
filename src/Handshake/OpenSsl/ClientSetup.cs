using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.OpenSsl.Interop;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake.OpenSsl;

/// <summary>The context of clients with the same terms. It doesn't change. Its users hold references.</summary>
internal sealed class ClientSetup : EngineSetup
{
    /// <exception cref="TlsConfigurationException">The authorities or the certificate can't be used.</exception>
    public ClientSetup(ClientTerms terms)
        : base(HandshakeRole.Client)
    {
        Protocols = terms.Protocols;
        Context = ContextHandle.CreateClient(terms.Profile, terms.Protocols);
        try
        {
            Trust(terms.Authorities);
            if (terms.Certificate is { } certificate && !Context.TryAdd(certificate))
            {
                throw new TlsConfigurationException(
                    $"The client's certificate can't be used ({OpenSslErrors.Take()}): name one with a key that is strong enough.");
            }
        }
        catch (TlsConfigurationException)
        {
            Context.Dispose();
            throw;
        }
    }

    public ContextHandle Context { get; }

    /// <summary>Those offered.</summary>
    public ApplicationProtocols Protocols { get; init; }

    protected override void Free() => Context.Dispose();

    private void Trust(ServerAuthorities? authorities)
    {
        if (authorities is null)
        {
            if (!ServerTrust.TryUseSystem(Context))
            {
                throw new TlsConfigurationException(
                    "The system has no authorities that servers' certificates could lead to: install them (package ca-certificates), "
                    + "set SSL_CERT_FILE, or name a file of authorities.");
            }
        }
        else if (!ServerTrust.TryUse(Context, authorities.Pem.Span))
        {
            throw new TlsConfigurationException(
                $"The servers' authorities {authorities.Path} can't be used ({OpenSslErrors.Take()}): "
                + "name a PEM file with the certificates of authorities.");
        }
    }
}
