using System.CommandLine;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Finds options that were given, on the command line, in the environment or in the file, and that do nothing beside the
/// others.</summary>
internal static class IdleOptions
{
    private static readonly string[] s_ofClients = ["--client-subject-header", "--client-cert-header"];

    // Connections to https origins use them too.
    private static readonly string[] s_ofAllTls = ["--ktls", "--ktls-require", "--libssl"];

    private static readonly (string[] Names, string Needed, string Advice)[] s_needs =
    [
        (["--access-log-format"], "--access-log", "name the file"),
        (["--admin-hosts", "--admin-token-file"], "--admin", "name the address"),
        (["--redirect-port"], "--redirect", "name the address that redirects"),
    ];

    /// <summary>A sentence for each reason.</summary>
    /// <param name="tls">Names of the options that TLS listeners use.</param>
    /// <param name="originTls">Names of the options that https origins use.</param>
    /// <param name="hasTlsOrigins">Whether there is such an origin.</param>
    public static IEnumerable<string> Of(
        ParseResult parsed, IEnumerable<string> tls, IEnumerable<string> originTls, bool hasTlsOrigins)
    {
        var given = parsed.CommandResult.Command.Options
            .Where(option => parsed.GetResult(option) is { Implicit: false } && !IsSwitchedOff(parsed, option))
            .Select(option => option.Name)
            .ToHashSet();
        foreach (var (names, needed, advice) in s_needs)
        {
            if (!given.Contains(needed) && names.Where(given.Contains).ToList() is { Count: > 0 } idle)
                yield return Without(idle, $"there is no {needed}", $"{advice} with {needed}");
        }

        var listeners = parsed.GetValue<ListenAddress[]>("--listen") ?? [];
        // A header of the PROXY protocol has the same deadline as a handshake.
        var timed = Array.Exists(listeners, address => address.Traits.HasProxyHeader) ? [] : new[] { "--handshake-timeout" };
        if (!hasTlsOrigins && originTls.Where(given.Contains).ToList() is { Count: > 0 } ofOrigins)
            yield return Without(ofOrigins, "there is no https origin", "write https:// in its URL");
        if (!Array.Exists(listeners, address => address.Traits.IsTls)
            && tls.Except(hasTlsOrigins ? s_ofAllTls : []).Append("--hsts").Concat(timed).Where(given.Contains).ToList()
                is { Count: > 0 } ofTls)
            yield return Without(ofTls, "there is no https listener", "add one with --listen");
        foreach (var sentence in Outdone(parsed, given))
            yield return sentence;
    }

    /// <summary>Options whose value another makes unreachable.</summary>
    private static IEnumerable<string> Outdone(ParseResult parsed, HashSet<string> given)
    {
        if (given.Contains("--ticket-rotation") && given.Contains("--ticket-key-file"))
            yield return "--ticket-rotation has no effect: the keys of --ticket-key-file rotate by hand; leave one of them out";
        if (parsed.GetValue<string>("--client-auth") == "off"
            && s_ofClients.Where(given.Contains).ToList() is { Count: > 0 } ofClients)
            yield return Without(ofClients, "clients aren't asked for certificates", "write --client-auth require, or request");
        if (given.Contains("--ktls-threshold") && parsed.GetValue<string>("--ktls") is { } mode and not "auto")
            yield return $"--ktls-threshold has no effect: --ktls {mode} asks for no choice; write --ktls auto, or leave it out";
        else if (given.Contains("--ktls-threshold") && given.Contains("--ktls-require"))
            yield return "--ktls-threshold has no effect: --ktls-require takes the kernel whatever it costs; leave one of them out";
        if (given.Contains("--origin-connect-timeout") && Time("--origin-connect-timeout") > Time("--origin-timeout"))
        {
            yield return $"--origin-connect-timeout {Text("--origin-connect-timeout")} is longer than the --origin-timeout of "
                + $"{Text("--origin-timeout")}, which includes connecting; set it lower";
        }

        if (given.Contains("--drain-idle") && Time("--drain-idle") > Time("--drain-timeout") / 2)
        {
            yield return $"--drain-idle {Text("--drain-idle")} is longer than half of the --drain-timeout of {Text("--drain-timeout")}, "
                + "and counts for no more than that; set it lower";
        }

        if (given.Contains("--max-handshakes") && parsed.GetValue<int?>("--max-connections") is { } connections
            && parsed.GetValue<int>("--max-handshakes") > connections)
            yield return "--max-handshakes is more than --max-connections, so that it limits nothing; set it lower";

        TimeSpan Time(string name) => parsed.GetValue<TimeSpan>(name);

        string Text(string name) => OptionTexts.Duration(Time(name));
    }

    private static bool IsSwitchedOff(ParseResult parsed, Option option) => option is Option<bool> flag && !parsed.GetValue(flag);

    private static string Without(List<string> names, string reason, string advice) => names.Count == 1
        ? $"{names[0]} has no effect: {reason}; {advice}, or leave it out"
        : $"{string.Join(", ", names)} have no effect: {reason}; {advice}, or leave them out";
}
