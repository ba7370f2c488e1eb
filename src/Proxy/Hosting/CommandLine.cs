using System.CommandLine;
using System.Runtime.CompilerServices;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Doctor;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The commands of <c>tlsproxy</c>.</summary>
internal static class CommandLine
{
    /// <summary>Runs a command to its end.</summary>
    /// <returns>The exit status.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Run(string[] args) => RunAsync(args).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("A caching HTTPS proxy on io_uring and kernel TLS.") { new ServeCommand(), new DoctorCommand() };
        // The host handles the signals: it drains before it ends.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
        try
        {
            var completed = ConfiguredArguments.Complete(root, args, Environment.GetEnvironmentVariable);
            return await root.Parse(completed).InvokeAsync(invocation).ConfigureAwait(false);
        }
        catch (StartException exception)
        {
            await Console.Error.WriteLineAsync($"tlsproxy: {exception.Message}").ConfigureAwait(false);
            return 1;
        }
    }
}
