using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Files;
using TlsProxy.Handshake.Tickets;

namespace TlsProxy.Handshake;

/// <summary>What all handshakes of a server share: certificates, keys, policy. Any thread may begin handshakes with it, and what it
/// presents can be replaced while it serves: handshakes that have begun end with what they began with.</summary>
public sealed class TlsContext : IDisposable
{
    // Guards a reload: one at a time reads the files and compares them with what the one before it published.
    private readonly Lock _lock = new();
    private readonly TlsServerOptions _options;
    private readonly TimeProvider _time;
    private readonly Replaceable<EngineSetup> _current;

    // Written under the lock and read by any thread. The list never changes, so that a reader sees either the old one or the new one whole.
    private volatile IReadOnlyList<ServerCertificate> _certificates;

    private TlsContext(TlsServerOptions options, TimeProvider time, IHandshakeEngine engine)
    {
        Engine = engine;
        _options = options;
        _time = time;
        TicketKeys = new TicketKeyRing(options.TicketKeyPath, options.TicketKeyLifetime, time);
        var certificates = CertificateLoading.LoadAll(options, OperatorFile.PipePatience);
        _certificates = certificates;
        _current = new Replaceable<EngineSetup>(CreateSetup(certificates, OperatorFile.PipePatience));
    }

    /// <summary>The keys of session tickets.</summary>
    public TicketKeyRing TicketKeys { get; }

    /// <summary>The certificates that are presented now, the default first.</summary>
    public IReadOnlyList<ServerCertificate> Certificates => _certificates;

    /// <summary>What runs the handshakes, by name.</summary>
    public TlsEngine EngineKind => _options.Engine;

    /// <summary>What runs the handshakes.</summary>
    internal IHandshakeEngine Engine { get; }

    /// <summary>The files that are read again by <see cref="Reload"/>, as far as they can be found now; some may not exist.</summary>
    public IReadOnlyList<string> FindFiles()
    {
        List<string?> files = [_options.ClientAuthorityPath, _options.TicketKeyPath];
        try
        {
            foreach (var pair in CertificateLoading.Find(_options))
                files.AddRange([pair.ChainPath, pair.KeyPath, pair.StaplePath]);
        }
        catch (TlsConfigurationException)
        {
            // The folder is gone or empty: reading again says so.
            files.Add(_options.CertificateFolder);
        }

        return [.. files.OfType<string>()];
    }

    /// <summary>Loads certificates and keys.</summary>
    /// <exception cref="TlsConfigurationException">A file can't be used; the message names it.</exception>
    public static TlsContext Create(TlsServerOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(options, EngineChoice.Of(options.Engine), time);
    }

    /// <summary>Reads all files again and presents from now on what they hold. A certificate that can't take the place of the one before it
    /// is refused, and the one before goes on; so do the clients' authorities and the ticket keys.</summary>
    public CertificateReload Reload()
    {
        lock (_lock)
        {
            var refusals = new List<string>();
            var changes = new List<CertificateChange>();
            try
            {
                var (certificates, found) = CertificateLoading.Reload(_options, _certificates, _time.GetUtcNow(), refusals);
                _current.Replace(CreateSetup(certificates, pipes: null));
                _certificates = certificates;
                changes = found;
            }
            catch (TlsConfigurationException exception)
            {
                refusals.Add(exception.Message);
            }

            var ticketKeysChanged = TryReloadTicketKeys(refusals);
            return new CertificateReload(changes, ticketKeysChanged, refusals);
        }
    }

    public void Dispose()
    {
        _current.Dispose();
        TicketKeys.Dispose();
    }

    /// <summary>Loads certificates and keys for an engine.</summary>
    internal static TlsContext Create(TlsServerOptions options, IHandshakeEngine engine, TimeProvider? time = null) =>
        new(options, time ?? TimeProvider.System, engine);

    /// <summary>What is presented at this moment; to be released.</summary>
    /// <returns>Null after the end.</returns>
    internal EngineSetup? TryAcquire() => _current.TryAcquire();

    private bool TryReloadTicketKeys(List<string> refusals)
    {
        try
        {
            return TicketKeys.Reload();
        }
        catch (TlsConfigurationException exception)
        {
            refusals.Add(exception.Message);
            return false;
        }
    }

    /// <param name="pipes">How long a pipe may take; null where pipes are refused.</param>
    private EngineSetup CreateSetup(IReadOnlyList<ServerCertificate> certificates, TimeSpan? pipes) => Engine.PrepareServer(
        new ServerTerms(_options, CertificateGroup.Arrange(certificates), ClientAuthorities.Read(_options, pipes), TicketKeys, _time));
}
