using System.CommandLine;
using System.CommandLine.Parsing;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Hosting;

/// <summary>What is wrong with a command line, a sentence each.</summary>
internal static class CommandLineErrors
{
    private const string Dashes = "--";

    public static IReadOnlyList<string> Of(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (command.Subcommands.Count > 0)
            return [OfCommand(parsed, command)];
        // What follows an option that there isn't is its value, and what it was meant for may then be missing.
        var unknown = parsed.UnmatchedTokens.Where(token => token.StartsWith('-') && token.Length > 1).Select(NameOf).ToList();
        if (unknown.Count > 0)
        {
            var names = command.Options.Select(option => option.Name).ToList();
            return [.. unknown.Select(name => $"{name}: there is no such option.{Spelling.Hint(name, names, Dashes)}")];
        }

        if (parsed.UnmatchedTokens.Count > 0)
        {
            const string Advice = "put a value with spaces in quotes, or leave it out.";
            return [.. parsed.UnmatchedTokens.Select(token => $"'{token}' belongs to no option; {Advice}")];
        }

        var required = command.Options.Where(option => option.Required);
        var missing = required.Where(option => parsed.GetResult(option) is null or { Implicit: true }).ToList();
        return
        [
            .. missing.Select(option => $"{option.Name} is missing. It says: {option.Description}"),
            .. parsed.Errors.Where(error => (error.SymbolResult as OptionResult)?.Option is not { } option || !missing.Contains(option))
                .Select(error => OfParser(error, command)).Distinct(),
        ];
    }

    /// <summary>What the parser says of an option's values in its own words, in ours.</summary>
    private static string OfParser(ParseError error, Command command)
    {
        if (error.SymbolResult is not OptionResult { Option: var option } result || error.Message.StartsWith("--", StringComparison.Ordinal)
            || !command.Options.Contains(option))
            return error.Message;
        return result.Tokens.Count == 0
            ? $"{option.Name}: its value is missing; write one behind it."
            : $"{option.Name} is given {result.Tokens.Count} times, and takes one value; leave one of them.";
    }

    private static string OfCommand(ParseResult parsed, Command command)
    {
        var names = command.Subcommands.Select(one => one.Name).ToList();
        var choice = $"write {string.Join(" or ", names.Select(name => $"tlsproxy {name}"))}.";
        if (parsed.UnmatchedTokens is not [var first, ..])
            return $"The command is missing; {choice}";
        return $"'{first}' is no command; {choice}{Spelling.Hint(first, names)}";
    }

    private static string NameOf(string token) => token.Split('=', 2)[0];
}
