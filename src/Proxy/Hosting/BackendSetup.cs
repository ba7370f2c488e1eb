using Microsoft.Extensions.Logging;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Backends;

namespace TlsProxy.Proxy.Hosting;

/// <summary>Chooses what the event loops stand on.</summary>
internal static class BackendSetup
{
    /// <exception cref="StartException">What was asked for can't be set up.</exception>
    public static BackendChoice Choose(BackendRequest request, ILogger logger)
    {
        if (BackendChoice.Make(request, out var failure) is not { } choice)
        {
            var asked = request.Kind is { } kind ? BackendChoice.NameOf(kind) : "auto";
            throw new StartException($"--transport {asked}: {failure!.Reason}", failure.LacksDescriptors);
        }

        if (choice.UnusedSettings.Count > 0)
            ProxyLog.UnusedSettings(logger, string.Join(", ", choice.UnusedSettings), choice.Name);
        return choice;
    }
}
