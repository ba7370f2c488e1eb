using Microsoft.Extensions.Logging;
using TlsProxy.Handshake;
using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Uring;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What the TLS listeners need: the library, the certificate, and which directions the kernel takes.</summary>
/// <param name="Mode">What the kernel is asked to take.</param>
/// <param name="Support">Where it is asked at all; null where it isn't.</param>
internal sealed record TlsSetup(TlsContext? Context, KtlsMode Mode, KtlsReport? Support)
{
    /// <exception cref="StartException">A file, the library or the kernel can't be used as asked.</exception>
    public static TlsSetup Create(TlsOptions options, ILogger logger)
    {
        if (options.Server is not { } server)
            return new TlsSetup(null, KtlsMode.Off, null);
        var mode = options.Mode ?? KtlsMode.Transmit;
        var context = Load(options.LibSsl, server);
        var support = mode == KtlsMode.Off ? null : Probe(mode, options.RequireKtls, logger);
        ProxyLog.Tls(logger, OpenSslLibrary.VersionText, support is { Module: Errno.None }
            ? $"{(mode == KtlsMode.Both ? "both directions" : "sent records")} in the kernel (AES-GCM by {AesGcmDriver.Name ?? "no driver yet"})"
            : "records in user space");
        return new TlsSetup(context, mode, support);
    }

    private static TlsContext Load(string? library, TlsServerOptions tls)
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
            return TlsContext.Create(tls);
        }
        catch (TlsConfigurationException exception)
        {
            var option = exception.Message.Contains(tls.PrivateKeyPath, StringComparison.Ordinal) ? "--key" : "--certificate";
            throw new StartException($"{option}: {exception.Message}");
        }
    }

    private static KtlsReport Probe(KtlsMode mode, bool isRequired, ILogger logger)
    {
        var report = KtlsProbe.Run();
        var refusal = report.Module != Errno.None ? report.Module : report.FirstRefusal(mode);
        if (refusal == Errno.None)
            return report;
        if (isRequired)
            throw new StartException($"--ktls-require: the kernel's TLS can't be used: {KtlsProbe.Explain(refusal)}.");
        // Where some suites work, their connections have them.
        var suites = report.Module != Errno.None
            ? "any suite"
            : string.Join(", ", report.Cells.Where(cell => cell.Refusal(mode) != Errno.None).Select(cell => cell.Name));
        ProxyLog.KtlsUnavailable(logger, suites, KtlsProbe.Explain(refusal));
        return report;
    }
}
