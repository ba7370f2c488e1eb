using System.CommandLine;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Doctor;
using TlsProxy.Proxy.Hosting.Options;

var root = new RootCommand("A caching HTTPS proxy on io_uring and kernel TLS.") { new ServeCommand(), new DoctorCommand() };
try
{
    // The host handles the signals: it drains before it ends.
    return await root.Parse(ConfiguredArguments.Complete(root, args, Environment.GetEnvironmentVariable)).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
}
catch (StartException exception)
{
    await Console.Error.WriteLineAsync($"tlsproxy: {exception.Message}");
    return 1;
}
