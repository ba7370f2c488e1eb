using System.CommandLine;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>How many connections of clients there may be.</summary>
internal sealed class ConnectionOptionGroup : OptionGroup
{
    private readonly Option<int?> _most;

    public ConnectionOptionGroup()
    {
        _most = Add(new Option<int?>("--max-connections")
        {
            Description = "Connections of clients at once; at the limit idle kept ones are ended, the longest idle first, and others wait. "
                + "By default the hard limit of open files (ulimit -Hn) less what origin, logs, certificates, admin address and "
                + "runtime need.",
        });
        _most.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var number) || number < 1))
                result.AddError("--max-connections takes a number from 1.");
        });
    }

    /// <summary>The number asked for, or null for as many as descriptors allow.</summary>
    public int? Bind(ParseResult parsed) => parsed.GetValue(_most);
}
