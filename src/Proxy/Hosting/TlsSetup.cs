using Microsoft.Extensions.Logging;
using TlsProxy.Handshake;
using TlsProxy.Handshake.OpenSsl;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Channel;
using TlsProxy.Ktls.Costs;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What the TLS listeners need: the library, the certificate, and the policy that decides what the kernel takes.</summary>
/// <param name="Engine">What runs the handshakes with clients; null without listeners.</param>
/// <param name="OriginOffload">What the kernel takes of connections to origins.</param>
internal sealed record TlsSetup(TlsContext? Context, EngineChoice? Engine, OffloadPolicy Offload, OffloadPolicy OriginOffload)
{
    /// <param name="hasTlsOrigins">Whether an origin is spoken to with TLS.</param>
    /// <param name="mayDump">Whether the process may make core dumps, which keys are then kept out of.</param>
    /// <exception cref="StartException">A file, the library or the kernel can't be used as asked.</exception>
    public static TlsSetup Create(TlsOptions options, bool hasTlsOrigins, bool mayDump, ILogger logger)
    {
        if (options.Server is null && !hasTlsOrigins)
            return new TlsSetup(null, null, OffloadPolicy.UserSpace, OffloadPolicy.UserSpace);
        UseLibrary(options.LibSsl, mayDump);
        // What the records of origins cost isn't measured: they are in the kernel where an option says so.
        var isForced = options.Mode is not null || options.RequireKtls;
        var policy = options.Server is null && !isForced ? OffloadPolicy.UserSpace : Probe(
            new OffloadPolicy { Mode = options.Mode ?? KtlsMode.Transmit, IsRequired = options.RequireKtls }, logger);
        var ofOrigins = isForced ? policy with { IsRequired = false } : OffloadPolicy.UserSpace;
        if (hasTlsOrigins)
            ProxyLog.OriginTls(logger, OpenSslLibrary.VersionText, InWords(ofOrigins));
        if (options.Server is not { } server)
            return new TlsSetup(null, null, OffloadPolicy.UserSpace, ofOrigins);
        var (context, engine) = Load(options, server);
        if (options.ChoosesByCost && policy.Support is { Module: Errno.None } support)
            policy = policy with { Choice = CostProbe.Run(support, options.ThresholdBytes) };
        ProxyLog.Tls(logger, engine.Library, InWords(policy));
        return new TlsSetup(context, engine, policy, ofOrigins);
    }

    private static string InWords(OffloadPolicy policy) => policy.Support switch
    {
        null => "records in user space",
        { Module: Errno.None } => $"{Records(policy)} (AES-GCM of the kernel by {AesGcmDriver.Name ?? "no driver yet"})",
        { Module: var error } => $"records in user space, since kernel TLS is not available: {KtlsProbe.Explain(error)}",
    };

    private static string Records(OffloadPolicy policy) => policy.Choice is { } choice
        ? RecordChoiceText.Line(choice)
        : $"{(policy.TakesReceive ? "both directions" : "sent records")} in the kernel";

    private static void UseLibrary(string? libSsl, bool mayDump)
    {
        try
        {
            OpenSslLibrary.Use(libSsl);
        }
        catch (TlsConfigurationException exception)
        {
            throw new StartException($"--libssl: {exception.Message}");
        }

        if (mayDump)
            OpenSslLibrary.KeepKeysOutOfDumps();
    }

    private static (TlsContext Context, EngineChoice Engine) Load(TlsOptions options, TlsServerOptions tls)
    {
        var engine = ChooseEngine(options.Engine);
        try
        {
            return (TlsContext.Create(tls with { Engine = engine.Engine }), engine);
        }
        catch (TlsConfigurationException exception)
        {
            throw new StartException($"{OptionOf(tls, exception.Message)}: {exception.Message}");
        }
    }

    private static EngineChoice ChooseEngine(TlsEngine? wanted)
    {
        try
        {
            return EngineChoice.Make(wanted);
        }
        catch (TlsConfigurationException exception)
        {
            throw new StartException($"--tls-engine: {exception.Message}");
        }
    }

    /// <summary>The option that a refused file was named by.</summary>
    private static string OptionOf(TlsServerOptions tls, string message)
    {
        bool Names(string? path) => path is not null && message.Contains(path, StringComparison.Ordinal);
        if (Names(tls.TicketKeyPath))
            return "--ticket-key-file";
        if (Names(tls.ClientAuthorityPath))
            return "--client-ca";
        if (Names(tls.CertificateFolder))
            return "--certificates";
        // Of a pair that doesn't fit, the key is the one named first.
        var named = tls.Certificates.Where(pair => Names(pair.KeyPath)).ToList();
        return named.Exists(pair => message.StartsWith("The private key", StringComparison.Ordinal) || !Names(pair.ChainPath))
            ? "--key"
            : "--certificate";
    }

    /// <summary>Asks the kernel what it can do, where it is to take anything.</summary>
    private static OffloadPolicy Probe(OffloadPolicy policy, ILogger logger)
    {
        if (policy.Mode == KtlsMode.Off)
            return policy;
        var report = KtlsProbe.Run();
        policy = policy with { Support = report };
        var refusal = policy.Shortfall;
        if (refusal == Errno.None)
            return policy;
        if (policy.IsRequired)
            throw new StartException($"--ktls-require: the kernel's TLS can't be used: {KtlsProbe.Explain(refusal)}.");
        // Where some suites work, their connections have them; where none does, the line about TLS says why.
        if (report.Module == Errno.None)
        {
            var suites = report.Cells.Where(cell => cell.Refusal(policy.Mode) != Errno.None).Select(cell => cell.Name);
            ProxyLog.KtlsUnavailable(logger, string.Join(", ", suites), KtlsProbe.Explain(refusal));
        }

        return policy;
    }
}
