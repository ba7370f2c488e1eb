using System.CommandLine;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting;

/// <summary><c>tlsproxy serve</c>.</summary>
internal sealed class ServeCommand : Command
{
    private readonly ServeOptionGroups _options = new(isServing: true);

    public ServeCommand()
        : base("serve", "Serve clients, until SIGTERM or SIGINT ends it.")
    {
        _options.AddTo(this);
        SetAction((parsed, cancellation) => ProxyHost.RunAsync(Bind(parsed), cancellation));
    }

    /// <summary>A sentence for each variable of the environment that sets no option.</summary>
    public IReadOnlyList<string> UnknownVariables { get; set; } = [];

    /// <summary>The file of <c>--config</c>, or null.</summary>
    public ConfigFile? Config
    {
        set => _options.Config = value;
    }

    /// <summary>The options of a command line without errors.</summary>
    /// <exception cref="StartException">Options don't fit together.</exception>
    public ServeOptions Bind(ParseResult parsed) => _options.Bind(parsed) with
    {
        Warnings = [.. _options.Warn(parsed, Environment.ProcessorCount, MemoryLimit.Bytes), .. UnknownVariables],
    };
}
