using System.CommandLine;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What is wrong with a command line, a sentence each.</summary>
internal static class CommandLineErrors
{
    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        // What follows an option that there isn't is its value, and what it was meant for may then be missing.
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens.Where(token => token.StartsWith("--", StringComparison.Ordinal)).Select(NameOf).ToList();
        if (unknown.Count == 0)
        {
            var required = command.Options.Where(option => option.Required);
            var missing = required.Where(option => parsed.GetResult(option) is null or { Implicit: true }).ToList();
            return
            [
                .. missing.Select(option => $"{option.Name} is missing. It says: {option.Description}"),
                .. parsed.Errors.Select(error => error.Message).Distinct()
                    .Where(message => !missing.Exists(option => message.Contains($"'{option.Name}'", StringComparison.Ordinal))),
            ];
        }

        var names = command.Options.Select(option => option.Name).ToList();
        return [.. unknown.Select(name => $"{name}: there is no such option.{Spelling.Hint(name, names)}")];
    }

    private static string NameOf(string token) => token.Split('=', 2)[0];
}
