using TlsProxy.Handshake.BouncyCastle.Interop;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>The terms of one moment: the groups of certificates, and which of them is for which name.</summary>
internal sealed class ServerSetup : EngineSetup
{
    private readonly CertificateSelection _selection;
    private readonly List<PresentedGroup> _groups = [];
    private readonly TimeProvider _time;

    /// <exception cref="TlsConfigurationException">A certificate can't be used.</exception>
    public ServerSetup(ServerTerms terms)
        : base(HandshakeRole.Server)
    {
        _time = terms.Time;
        TicketKeys = terms.TicketKeys;
        TicketLifetime = terms.Options.TicketKeyLifetime;
        Protocols = new ApplicationProtocols(terms.Options.Protocols);
        IsByName = terms.Options.CertificateFolder is not null;
        Oldest = TlsPolicy.Oldest(terms.Options.Profile);
        _selection = new CertificateSelection(terms.Groups);
        using var strength = StrengthRules.Create();
        foreach (var group in terms.Groups)
            _groups.Add(new PresentedGroup(group, SessionContext.Of(terms.Options, group, terms.Authorities), strength));
        Judge = terms.Authorities is { } authorities
            ? new ClientJudge(authorities, terms.Options.ClientAuthentication == ClientAuthentication.Require, strength.Level)
            : null;
    }

    /// <summary>Whether certificates are chosen by name.</summary>
    public bool IsByName { get; }

    public ApplicationProtocols Protocols { get; }

    /// <summary>The oldest version served.</summary>
    public TlsVersion Oldest { get; }

    /// <summary>Of the clients' certificates; null where clients aren't asked for any.</summary>
    public ClientJudge? Judge { get; }

    public TicketKeyRing TicketKeys { get; }

    public TimeSpan TicketLifetime { get; }

    /// <summary>The time that what expires is judged by.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>What is presented to a client that asks for a name; empty for none.</summary>
    /// <param name="isKnown">Whether it was found by the name.</param>
    public PresentedGroup Select(ReadOnlySpan<byte> name, out bool isKnown)
    {
        isKnown = false;
        return _groups[name.IsEmpty ? 0 : _selection.Select(name, out isKnown)];
    }

    /// <summary>Whether the certificate of a client, in a session to be resumed, hasn't expired.</summary>
    public bool IsStillValid(PeerCertificate client) => TrustStore.IsValidAt(client.Der.Span, Now);

    // The certificates end with the last who presents them.
    protected override void Free() => Judge?.Dispose();
}
