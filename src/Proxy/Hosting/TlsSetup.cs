using Microsoft.Extensions.Logging;
using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Uring;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What the TLS listeners need: the library, the certificate, and which directions the kernel takes.</summary>
internal sealed record TlsSetup(TlsContext? Context, KtlsMode Mode)
{
    /// <exception cref="StartException">A file, the library or the kernel can't be used as asked.</exception>
    public static TlsSetup Create(TlsOptions options, ILogger logger)
    {
        if (options.Server is not { } server)
            return new TlsSetup(null, KtlsMode.Off);
        var context = Load(options.LibSsl, server);
        var mode = options.Mode == KtlsMode.Off && !options.RequireKtls ? KtlsMode.Off : Probe(options, logger);
        ProxyLog.Tls(logger, OpenSslLibrary.VersionText, mode switch
        {
            KtlsMode.Both => "both directions in the kernel",
            KtlsMode.Transmit => "sent records in the kernel",
            _ => "records in user space",
        });
        return new TlsSetup(context, mode);
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

    private static KtlsMode Probe(TlsOptions options, ILogger logger)
    {
        var support = KtlsProbe.Run();
        var refusal = support.Select(cell => cell.Transmit).FirstOrDefault(error => error != Errno.None);
        if (options.Mode == KtlsMode.Both && refusal == Errno.None)
            refusal = support.Select(cell => cell.Receive).FirstOrDefault(error => error != Errno.None);
        if (refusal == Errno.None)
            return options.Mode == KtlsMode.Both ? KtlsMode.Both : options.Mode == KtlsMode.Off ? KtlsMode.Off : KtlsMode.Transmit;
        if (options.RequireKtls)
            throw new StartException($"--ktls-require: the kernel's TLS can't be used: {KtlsProbe.Explain(refusal)}.");
        ProxyLog.KtlsUnavailable(logger, KtlsProbe.Explain(refusal));
        // Where some suites work, each connection tries for itself.
        return options.Mode is null && support.All(cell => cell.Transmit != Errno.None) ? KtlsMode.Off : options.Mode ?? KtlsMode.Transmit;
    }
}
