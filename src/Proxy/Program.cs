using System.CommandLine;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting;

var root = new RootCommand("A caching HTTP proxy on io_uring.") { new ServeCommand() };
try
{
    // The host handles the signals: it drains before it ends.
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
}
catch (StartException exception)
{
    await Console.Error.WriteLineAsync($"tlsproxy: {exception.Message}");
    return 1;
}
