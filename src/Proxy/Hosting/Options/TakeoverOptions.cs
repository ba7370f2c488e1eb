using System.CommandLine;
using TlsProxy.Proxy.Hosting.Takeover;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>How the process is replaced by another without losing connections.</summary>
/// <param name="IsAsked">Take the sockets of the running process over.</param>
/// <param name="Path">The UNIX socket of takeovers; null where there is none, because a port is the kernel's choice.</param>
/// <param name="IsNamed">The path was named by option, so that it has to be usable.</param>
internal sealed record TakeoverOptions(bool IsAsked, string? Path, bool IsNamed);

/// <summary>The options behind <see cref="TakeoverOptions"/>.</summary>
internal sealed class TakeoverOptionGroup : OptionGroup
{
    private readonly Option<bool> _takeover;
    private readonly Option<string?> _socket;

    public TakeoverOptionGroup()
        : base(HelpSection.Operation)
    {
        _takeover = Flag(
            "--takeover",
            "Take the listening sockets over from the process that serves on the same addresses, and have it drain; where there is none, "
            + "just start");
        _socket = Text(
            "--takeover-socket",
            "UNIX socket by which a later process takes over from this one; by default it lies in $STATE_DIRECTORY or ~/.tlsproxy and is "
            + "named after the addresses of --listen and --redirect.");
    }

    /// <exception cref="StartException">There is no name for the socket.</exception>
    public TakeoverOptions Bind(ParseResult parsed, IEnumerable<ListenAddress> addresses)
    {
        var named = parsed.GetValue(_socket);
        var asked = parsed.GetValue(_takeover);
        var path = named ?? TakeoverSocket.DefaultPath(addresses, Environment.GetEnvironmentVariable);
        return !asked || path is not null
            ? new TakeoverOptions(asked, path, IsNamed: named is not null)
            : throw new StartException(
                "--takeover: with port 0, or without HOME and STATE_DIRECTORY, the running process can't be found by its addresses; "
                + "name its --takeover-socket.");
    }
}
