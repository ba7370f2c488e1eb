using TlsProxy.Handshake.Certificates;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Files;
using TlsProxy.Handshake.Policy;

namespace TlsProxy.Handshake;

/// <summary>What the handshakes of clients share that trust the same authorities and present the same certificate: these, the policy, and
/// the sessions to resume. Any thread may begin handshakes with it, and the files can be read again while it is used.</summary>
public sealed class TlsClientContext : IDisposable
{
    // Guards a reload: one thread at a time reads the files and publishes what they hold.
    private readonly Lock _lock = new();
    private readonly TlsClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Replaceable<ClientEpoch> _current;

    private TlsClientContext(TlsClientOptions options, IClientEngine engine, TimeProvider time)
    {
        Engine = engine;
        _options = options;
        _time = time;
        _current = new Replaceable<ClientEpoch>(CreateEpoch(OperatorFile.PipePatience));
    }

    /// <summary>What runs the handshakes.</summary>
    internal IClientEngine Engine { get; }

    /// <summary>Reads the authorities and the certificate.</summary>
    /// <exception cref="TlsConfigurationException">A file can't be used, or the system has no authorities; the message says which.
    /// </exception>
    public static TlsClientContext Create(TlsClientOptions options, TimeProvider? time = null) =>
        Create(options, EngineChoice.OfClients, time);

    /// <summary>Reads all files again and uses from now on what they hold. Handshakes that have begun end with what they began with, and
    /// earlier sessions aren't resumed any more.</summary>
    /// <exception cref="TlsConfigurationException">A file can't be used; what was before goes on.</exception>
    public void Reload()
    {
        lock (_lock)
        {
            // Of two threads the later one publishes the later read.
            _current.Replace(CreateEpoch(pipes: null));
        }
    }

    public void Dispose() => _current.Dispose();

    internal static TlsClientContext Create(TlsClientOptions options, IClientEngine engine, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new TlsClientContext(options, engine, time ?? TimeProvider.System);
    }

    /// <summary>What is used at this moment; to be released.</summary>
    /// <returns>Null after the end.</returns>
    internal ClientEpoch? TryAcquire() => _current.TryAcquire();

    /// <param name="pipes">How long a pipe may take; null where pipes are refused.</param>
    private ClientEpoch CreateEpoch(TimeSpan? pipes)
    {
        var authorities = _options.AuthorityPath is { } path ? ServerAuthorities.Read(path, pipes) : null;
        using var certificate = _options.Certificate is { } files ? CertificatePair.Load(files, "client's", pipes) : null;
        var protocols = new ApplicationProtocols(_options.Protocols);
        return new ClientEpoch(Engine.PrepareClient(new ClientTerms(_options.Profile, protocols, authorities, certificate)), _time);
    }
}
