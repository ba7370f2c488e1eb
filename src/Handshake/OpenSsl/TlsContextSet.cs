using System.Runtime.InteropServices;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.OpenSsl.Interop;
using TlsProxy.Handshake.Policy;
using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake.OpenSsl;

/// <summary>The contexts of one moment, one for each group of certificates that is presented together, and which of them is for which name.
/// It doesn't change: other certificates make another set. Its users hold references.</summary>
internal sealed class TlsContextSet : EngineSetup
{
    private readonly List<ContextHandle> _contexts = [];
    private readonly List<CertificateGroup> _groups = [];
    private readonly CertificateSelection _selection;
    private readonly TimeProvider _time;
    private GCHandle _self;

    /// <exception cref="TlsConfigurationException">A certificate, or the file of the clients' authorities, can't be used.</exception>
    public TlsContextSet(ServerTerms terms)
        : base(HandshakeRole.Server)
    {
        _time = terms.Time;
        TicketKeys = terms.TicketKeys;
        Protocols = new ApplicationProtocols(terms.Options.Protocols);
        IsByName = terms.Options.CertificateFolder is not null;
        _selection = new CertificateSelection(terms.Groups);
        try
        {
            foreach (var group in terms.Groups)
            {
                _groups.Add(group);
                _contexts.Add(CreateContext(terms.Options, group, terms.Authorities));
            }
        }
        catch (TlsConfigurationException)
        {
            Free();
            throw;
        }

        _self = GCHandle.Alloc(this);
    }

    /// <summary>Whether certificates are chosen by name, so that a request for a name they aren't for has gone astray.</summary>
    public bool IsByName { get; }

    /// <summary>The application protocols that clients may choose from.</summary>
    public ApplicationProtocols Protocols { get; }

    public TicketKeyRing TicketKeys { get; }

    /// <summary>The time that what expires is judged by.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>What callbacks find the set by, as long as it is referenced.</summary>
    public nint Handle => GCHandle.ToIntPtr(_self);

    public ContextHandle Context(int index) => _contexts[index];

    public CertificateGroup Group(int index) => _groups[index];

    /// <summary>The context for a name: the name itself, then a wildcard in place of its first label, then the default.</summary>
    /// <param name="known">Whether it was found by the name.</param>
    public int Select(ReadOnlySpan<byte> name, out bool known) => _selection.Select(name, out known);

    /// <summary>The OCSP response for a certificate of a context, if there is one that isn't stale.</summary>
    /// <param name="certificate">libssl's pointer to it.</param>
    public OcspStaple? StapleFor(int index, nint certificate)
    {
        // By index: an enumerator of the list would be allocated for each handshake.
        var certificates = _groups[index].Certificates;
        for (var i = 0; i < certificates.Count; i++)
        {
            if (certificates[i].Handle.Certificate == certificate)
                return certificates[i].Staple is { } staple && staple.IsFreshAt(Now) ? staple : null;
        }

        return null;
    }

    protected override void Free()
    {
        foreach (var context in _contexts)
            context.Dispose();
        if (_self.IsAllocated)
            _self.Free();
    }

    private static ContextHandle CreateContext(TlsServerOptions options, CertificateGroup group, ClientAuthorities? authorities)
    {
        var context = ContextHandle.Create(options, SessionContext.Of(options, group, authorities));
        try
        {
            AddCertificates(context, group);
            if (authorities is not null)
                AddAuthorities(context, authorities, options.ClientAuthentication == ClientAuthentication.Require);
            return context;
        }
        catch (TlsConfigurationException)
        {
            context.Dispose();
            throw;
        }
    }

    private static void AddCertificates(ContextHandle context, CertificateGroup group)
    {
        foreach (var certificate in group.Certificates)
        {
            if (!context.TryAdd(certificate.Handle))
            {
                throw new TlsConfigurationException(
                    $"The certificate {certificate.Files.ChainPath} can't be used ({OpenSslErrors.Take()}): "
                    + "name one with a key that is strong enough.");
            }
        }
    }

    /// <summary>Has a context ask clients for certificates.</summary>
    private static void AddAuthorities(ContextHandle context, ClientAuthorities authorities, bool isRequired)
    {
        if (!context.TryAskForCertificates(authorities.Pem.Span, isRequired))
        {
            throw new TlsConfigurationException(
                $"The clients' authorities {authorities.Path} can't be used ({OpenSslErrors.Take()}): "
                + "name a PEM file with the certificates of authorities.");
        }
    }
}
