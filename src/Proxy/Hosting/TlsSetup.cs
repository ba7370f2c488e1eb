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
internal sealed record TlsSetup(TlsContext? Context, KtlsMode Mode)
{
    /// <exception cref="StartException">A file, the library or the kernel can't be used as asked.</exception>
    public static TlsSetup Create(TlsOptions options, ILogger logger)
    {
        if (options.Server is not { } server)
            return new TlsSetup(null, KtlsMode.Off);
        var context = Load(options.LibSsl, server);
        var isRefused = false;
        var mode = options.Mode == KtlsMode.Off ? KtlsMode.Off : Probe(options, logger, out isRefused);
        ProxyLog.Tls(logger, OpenSslLibrary.VersionText, mode switch
        {
            KtlsMode.Off => "records in user space",
            _ when isRefused => "records in user space for as long as the kernel refuses",
            KtlsMode.Both => "both directions in the kernel",
            _ => "sent records in the kernel",
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

    /// <param name="isRefused">The kernel can't be used for any suite.</param>
    private static KtlsMode Probe(TlsOptions options, ILogger logger, out bool isRefused)
    {
        var wanted = options.Mode ?? KtlsMode.Transmit;
        var cells = KtlsProbe.Run().Select(cell => (
            Name: $"TLS {(cell.Version == TlsVersion.Tls13 ? "1.3" : "1.2")} {cell.Aead}",
            Error: wanted == KtlsMode.Both && cell.Transmit == Errno.None ? cell.Receive : cell.Transmit)).ToArray();
        var refused = Array.FindAll(cells, cell => cell.Error != Errno.None);
        isRefused = refused.Length == cells.Length;
        if (refused.Length == 0)
            return wanted;
        var reason = KtlsProbe.Explain(refused[0].Error);
        if (options.RequireKtls)
            throw new StartException($"--ktls-require: the kernel's TLS can't be used for {refused[0].Name}: {reason}.");
        ProxyLog.KtlsUnavailable(logger, isRefused ? "any suite" : string.Join(", ", refused.Select(cell => cell.Name)), reason);
        // Where some suites work, each connection tries for itself; who asks for the kernel by name has it tried in any case.
        return isRefused && options.Mode is null ? KtlsMode.Off : wanted;
    }
}
