using System.CommandLine;
using TlsProxy.Proxy.Hosting.Admin;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What those who run the proxy see of it.</summary>
/// <param name="Admin">Where they ask; null for nowhere.</param>
/// <param name="AdminTokenFile">The file of the token that they send for what changes the proxy's state; empty without an address.</param>
/// <param name="AdminHosts">Names that requests to <paramref name="Admin"/> may have as their host, beside addresses and localhost.</param>
/// <param name="CoreDumps">Whether the kernel may write core dumps.</param>
internal sealed record OperatorOptions(
    ListenAddress? Admin, string AdminTokenFile, IReadOnlyList<string> AdminHosts, bool CoreDumps);

/// <summary>The options behind <see cref="OperatorOptions"/>.</summary>
internal sealed class OperatorOptionGroup : OptionGroup
{
    private readonly Option<ListenAddress?> _admin;
    private readonly Option<string?> _adminTokenFile;
    private readonly Option<string[]> _adminHosts;
    private readonly Option<bool> _coreDumps;

    public OperatorOptionGroup()
        : base(HelpSection.Operation)
    {
        _admin = Add(new Option<ListenAddress?>("--admin")
        {
            Description = "Address of GET /stats, POST /cache/clear, POST /certificates/reload and POST /memory/collect, "
                + "as http://127.0.0.1:9090; by default there is none.",
            CustomParser = result => Read(result, OptionValues.Admin(TextOf(result), out var error), error),
        });
        _adminTokenFile = Text(
            "--admin-token-file",
            "File of the bearer token for POST requests to --admin; made with mode 0600 where there is none. By default it is "
            + "~/.tlsproxy/admin-token, or without HOME $STATE_DIRECTORY/admin-token.");
        _adminHosts = Add(new Option<string[]>("--admin-hosts")
        {
            Description = "Name that requests to --admin may have as their Host, repeatable; by default IP addresses and localhost only, "
                + "so that a web page can't read statistics by a name of its own that leads here (DNS rebinding).",
            HelpName = "name",
            DefaultValueFactory = _ => [],
            CustomParser = result => [.. result.Tokens
                .Select(token => Read(result, OptionValues.HostName(token.Value, out var error), error))
                .OfType<string>()],
            AllowMultipleArgumentsPerToken = false,
        });
        _coreDumps = Flag(
            "--core-dumps",
            "Let the kernel write core dumps, without the C library's heap and other memory that holds keys. Without the option there are "
            + "none, and gdb, strace, perf, dotnet-dump and much of the process's folder in /proc (fd, maps, environ) work for root alone");
        // Read before the others (ConfiguredArguments).
        _ = Text(
            "--config",
            "JSON file with options by their names without dashes before them, and with rules by path; "
            + "the environment (TLSPROXY_CACHE_SIZE …) and the command line go before it.");
    }

    /// <exception cref="StartException">There is no place for the token.</exception>
    public OperatorOptions Bind(ParseResult parsed) => new(
        BindAdmin(parsed),
        BindAdmin(parsed) is null ? string.Empty : BindTokenFile(parsed),
        parsed.GetRequiredValue(_adminHosts),
        parsed.GetValue(_coreDumps));

    /// <summary>The operators' address, or null for none.</summary>
    public ListenAddress? BindAdmin(ParseResult parsed) => parsed.GetValue(_admin);

    private string BindTokenFile(ParseResult parsed) =>
        parsed.GetValue(_adminTokenFile) ?? AdminToken.DefaultPath(Environment.GetEnvironmentVariable) ?? throw new StartException(
            "--admin-token-file is missing: the environment has neither HOME nor STATE_DIRECTORY to say where the token of --admin lies; "
            + "name its file.");
}
