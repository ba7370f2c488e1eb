using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The log on standard error, with services of its own: the host's container waits for those of its services however long they
/// take to end.</summary>
internal sealed class ConsoleLog
{
    private const string Timestamps = "yyyy-MM-ddTHH:mm:ss.fffZ";

    private readonly ServiceProvider _services;

    public ConsoleLog(LogFormat format)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => Add(logging, format));
        services.Configure<ConsoleLoggerOptions>(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            // A reader of standard error that has stopped reading must not stop those who log: lines are dropped, and their number is
            // logged later.
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
        _services = services.BuildServiceProvider();
        Provider = _services.GetRequiredService<ILoggerProvider>();
    }

    /// <summary>What the host logs to. It goes on until <see cref="End"/>.</summary>
    public ILoggerProvider Provider { get; }

    /// <summary>Writes what was logged, or gives it up when standard error takes longer: it may be a pipe that nobody reads.</summary>
    public void End(TimeSpan patience)
    {
        // The provider waits longer than that.
        var thread = new Thread(_services.Dispose) { Name = "log-end", IsBackground = true };
        thread.Start();
        thread.Join(patience);
    }

    private static void Add(ILoggingBuilder logging, LogFormat format)
    {
        if (format == LogFormat.Json)
        {
            logging.AddJsonConsole(console =>
            {
                console.UseUtcTimestamp = true;
                console.TimestampFormat = Timestamps;
            });
            return;
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = Timestamps + " ";
        });
    }
}
