using System.CommandLine;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>How many connections of clients there may be.</summary>
internal sealed class ConnectionOptionGroup : OptionGroup
{
    private readonly Option<int?> _most;

    public ConnectionOptionGroup()
        : base(HelpSection.Limits)
    {
        _most = Number(
            "--max-connections",
            "Connections of clients at once; at the limit idle kept ones are ended, the longest idle first, and others wait. "
            + "By default the hard limit of open files (ulimit -Hn) less what origin, logs, certificates, admin address and "
            + "runtime need.",
            1, int.MaxValue);
    }

    /// <summary>The number asked for, or null for as many as descriptors allow.</summary>
    public int? Bind(ParseResult parsed) => parsed.GetValue(_most);
}
