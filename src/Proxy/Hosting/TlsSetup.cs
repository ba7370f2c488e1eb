using Microsoft.Extensions.Logging;
using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Proxy.Connections;
using TlsProxy.Uring;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What the TLS listeners need: the library, the certificate, and which directions the kernel takes.</summary>
internal sealed record TlsSetup(TlsContext? Context, KtlsMode Mode)
{
    /// <exception cref="StartException">A file, the library or the kernel can't be used as asked.</exception>
    public static TlsSetup Create(ServeOptions options, ILogger logger)
    {
        if (options.Tls is not { } tls)
            return new TlsSetup(null, KtlsMode.Off);
        var context = Load(options.LibSsl, tls);
        var mode = options.Ktls == KtlsMode.Off && !options.RequireKtls ? KtlsMode.Off : Probe(options, logger);
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

    private static KtlsMode Probe(ServeOptions options, ILogger logger)
    {
        var support = KtlsProbe.Run();
        var refusal = support.Select(cell => cell.Transmit).FirstOrDefault(error => error != Errno.None);
        if (options.Ktls == KtlsMode.Both && refusal == Errno.None)
            refusal = support.Select(cell => cell.Receive).FirstOrDefault(error => error != Errno.None);
        if (refusal == Errno.None)
            return options.Ktls == KtlsMode.Both ? KtlsMode.Both : options.Ktls == KtlsMode.Off ? KtlsMode.Off : KtlsMode.Transmit;
        if (options.RequireKtls)
            throw new StartException($"--ktls-require: the kernel's TLS can't be used: {KtlsProbe.Explain(refusal)}.");
        ProxyLog.KtlsUnavailable(logger, KtlsProbe.Explain(refusal));
        // Where some suites work, each connection tries for itself.
        return options.Ktls is null && support.All(cell => cell.Transmit != Errno.None) ? KtlsMode.Off : options.Ktls ?? KtlsMode.Transmit;
    }
}
