using Microsoft.Extensions.Logging;
using TlsProxy.Handshake;
using TlsProxy.Handshake.OpenSsl;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Costs;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What the TLS listeners need: the library, the certificate, and which directions the kernel takes.</summary>
/// <param name="Mode">What the kernel is asked to take.</param>
/// <param name="Support">Where it is asked at all; null where it isn't.</param>
/// <param name="Choice">Where it is cheaper; null where that doesn't matter.</param>
internal sealed record TlsSetup(TlsContext? Context, KtlsMode Mode, KtlsReport? Support, RecordChoice? Choice)
{
    /// <param name="mayDump">Whether the process may make core dumps, which keys are then kept out of.</param>
    /// <exception cref="StartException">A file, the library or the kernel can't be used as asked.</exception>
    public static TlsSetup Create(TlsOptions options, bool mayDump, ILogger logger)
    {
        if (options.Server is not { } server)
            return new TlsSetup(null, KtlsMode.Off, null, null);
        var mode = options.Mode ?? KtlsMode.Transmit;
        var context = Load(options.LibSsl, server, mayDump);
        var support = mode == KtlsMode.Off ? null : Probe(mode, options.RequireKtls, logger);
        var choice = options.ChoosesByCost && support is { Module: Errno.None } ? CostProbe.Run(support, options.ThresholdBytes) : null;
        ProxyLog.Tls(logger, OpenSslLibrary.VersionText, support switch
        {
            null => "records in user space",
            { Module: Errno.None } => $"{Records(mode, choice)} (AES-GCM of the kernel by {AesGcmDriver.Name ?? "no driver yet"})",
            _ => $"records in user space, since kernel TLS is not available: {KtlsProbe.Explain(support.Module)}",
        });
        return new TlsSetup(context, mode, support, choice);
    }

    private static string Records(KtlsMode mode, RecordChoice? choice) => choice is not null
        ? RecordChoiceText.Line(choice)
        : $"{(mode == KtlsMode.Both ? "both directions" : "sent records")} in the kernel";

    private static TlsContext Load(string? library, TlsServerOptions tls, bool mayDump)
    {
        try
        {
            OpenSslLibrary.Use(library);
        }
        catch (TlsConfigurationException exception)
        {
            throw new StartException($"--libssl: {exception.Message}");
        }

        try
        {
            if (mayDump)
                OpenSslLibrary.KeepKeysOutOfDumps();
            return TlsContext.Create(tls);
        }
        catch (TlsConfigurationException exception)
        {
            throw new StartException($"{OptionOf(tls, exception.Message)}: {exception.Message}");
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

    private static KtlsReport Probe(KtlsMode mode, bool isRequired, ILogger logger)
    {
        var report = KtlsProbe.Run();
        var refusal = report.Module != Errno.None ? report.Module : report.FirstRefusal(mode);
        if (refusal == Errno.None)
            return report;
        if (isRequired)
            throw new StartException($"--ktls-require: the kernel's TLS can't be used: {KtlsProbe.Explain(refusal)}.");
        // Where some suites work, their connections have them; where none does, the line about TLS says why.
        if (report.Module == Errno.None)
        {
            var suites = report.Cells.Where(cell => cell.Refusal(mode) != Errno.None).Select(cell => cell.Name);
            ProxyLog.KtlsUnavailable(logger, string.Join(", ", suites), KtlsProbe.Explain(refusal));
        }

        return report;
    }
}
