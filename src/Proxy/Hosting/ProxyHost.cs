using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The host around the proxy: logging to standard error, SIGTERM and SIGINT.</summary>
internal static class ProxyHost
{
    // Besides --drain-timeout, which the log of a proxy that drains may have used up.
    private static readonly TimeSpan s_logPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>Serves until a signal ends it.</summary>
    /// <returns>The exit status: 0 after a drain, 1 when the start failed.</returns>
    public static async Task<int> RunAsync(ServeOptions options, CancellationToken cancellation)
    {
        // Before a key is read.
        if (!options.Operators.CoreDumps && CoreDumps.Forbid() is not Errno.None and var error)
        {
            await Console.Error.WriteLineAsync($"tlsproxy: core dumps can't be forbidden ({error}); allow prctl, or give --core-dumps.")
                .ConfigureAwait(false);
            return 1;
        }

        PoolThreads.Prepare();
        LaterAssemblies.Load();
        try
        {
            await ServeAsync(options, cancellation).ConfigureAwait(false);
            return 0;
        }
        catch (StartException exception)
        {
            var advice = exception.LacksDescriptors
                ? ' ' + DescriptorBudget.Advise(
                    options.Workers.Count, options.Listeners.Addresses.Count, options.ConnectionsMax, options.TunnelsMax)
                : string.Empty;
            await Console.Error.WriteLineAsync($"tlsproxy: {exception.Message}{advice}").ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task ServeAsync(ServeOptions options, CancellationToken cancellation)
    {
        var log = new ConsoleLog(options.Log.Format);
        try
        {
            var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
            builder.Logging.AddProvider(log.Provider);
            builder.Logging.AddFilter("Microsoft.Hosting", LogLevel.Warning);
            // A start that fails is told in one sentence, without its trace.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical);
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout + TimeSpan.FromSeconds(10));
            builder.Services.AddSingleton(options);
            builder.Services.AddHostedService<ProxyService>();
            using var host = builder.Build();
            ProcessEnd.Register(host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication);
            // Whatever a start waits for, such as a pipe, a signal ends it: the host's own handlers, which drain, come later.
            _ = host.Services.GetServices<IHostedService>();
            await host.RunAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            log.End(s_logPatience);
        }
    }
}
