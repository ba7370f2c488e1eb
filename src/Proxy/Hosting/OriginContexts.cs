using Microsoft.Extensions.Logging;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Files;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring.Tls;
using TlsProxy.Proxy.Upstream.Routing;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What https origins are verified by and presented with, read from the operator's files: one context for all origins that name
/// the same, so that they share their sessions. Any thread may read it.</summary>
internal sealed class OriginContexts : IDisposable
{
    // Written by the constructor alone.
    private readonly Dictionary<OriginTlsOptions, TlsClientContext> _contexts = [];

    /// <param name="origins">Those without TLS are passed over.</param>
    /// <exception cref="StartException">A file or a name can't be used; the message names the option.</exception>
    public OriginContexts(IEnumerable<OriginOptions> origins)
    {
        try
        {
            foreach (var origin in origins)
            {
                if (origin.Tls is { } tls && Identify(origin, tls) is not null && !_contexts.ContainsKey(tls.Terms))
                    _contexts.Add(tls.Terms, Create(tls));
            }
        }
        catch (StartException)
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether no origin has TLS.</summary>
    public bool IsEmpty => _contexts.Count == 0;

    /// <summary>Every server of a set.</summary>
    public static IEnumerable<OriginOptions> ServersOf(OriginSet origins) =>
        origins.Clusters.SelectMany(cluster => cluster.Members).Select(member => member.Options);

    /// <summary>How the connections of a loop to a server are protected; null for an http origin.</summary>
    /// <param name="channels">Of the loop.</param>
    public OriginTls? Of(OriginOptions origin, OriginChannels channels) => origin.Tls is not { } tls ? null : new OriginTls(
        _contexts[tls.Terms], Identify(origin, tls), tls.AuthorityPath ?? "the system's authorities", channels);

    /// <summary>Reads all files again. Where one can't be used, the earlier context stays in use.</summary>
    public void Reload(ILogger logger)
    {
        if (IsEmpty)
            return;
        foreach (var (tls, context) in _contexts)
        {
            try
            {
                CheckMode(tls);
                context.Reload();
            }
            catch (TlsConfigurationException refused)
            {
                Certificates.CertificateLog.Refused(logger, refused.Message);
            }
        }

        ProxyLog.OriginFilesRead(logger);
    }

    public void Dispose()
    {
        foreach (var context in _contexts.Values)
            context.Dispose();
    }

    private static TlsClientContext Create(OriginTlsOptions tls)
    {
        try
        {
            CheckMode(tls);
            return TlsClientContext.Create(new TlsClientOptions { AuthorityPath = tls.AuthorityPath, Certificate = tls.Certificate });
        }
        catch (TlsConfigurationException refused)
        {
            throw new StartException($"{tls.OptionOf(SettingOf(tls, refused.Message))}: {refused.Message}");
        }
    }

    /// <summary>Refuses a key that others may read.</summary>
    private static void CheckMode(OriginTlsOptions tls)
    {
        if (tls.Certificate?.KeyPath is { } path && File.Exists(path) && FileStatus.Of(path).Mode.AllowsMoreThanOwner())
            throw new TlsConfigurationException($"The private key {path} may be read by others: set the file's mode to 0600.");
    }

    private static string SettingOf(OriginTlsOptions tls, string message)
    {
        bool Names(string? path) => path is not null && message.Contains(path, StringComparison.Ordinal);
        if (Names(tls.Certificate?.KeyPath) && (message.StartsWith("The private key", StringComparison.Ordinal)
            || !Names(tls.Certificate?.ChainPath)))
            return "key";
        return tls.Certificate is not null && !Names(tls.AuthorityPath) && message.Contains("certificate", StringComparison.Ordinal)
            ? "cert"
            : "ca";
    }

    private static ServerIdentity Identify(OriginOptions origin, OriginTlsOptions tls)
    {
        try
        {
            return ServerIdentity.Parse(tls.Name ?? origin.Host);
        }
        catch (TlsConfigurationException refused)
        {
            throw new StartException($"{(tls.Name is null ? origin.Url : tls.OptionOf("tls-name"))}: {refused.Message}");
        }
    }
}
