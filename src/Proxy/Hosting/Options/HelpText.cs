using System.CommandLine;
using System.Text;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Sets the text of <c>--help</c>: options below the heading of their section, sentences wrapped at words, each default as it
/// could be given.</summary>
internal static class HelpText
{
    private const int OptionIndent = 2;
    private const int TextIndent = 8;

    private const string OtherWays =
        "Each option may be set in the environment instead, as TLSPROXY_CACHE_SIZE for --cache-size, or in the file of --config. The "
        + "command line goes before the environment, the environment before the file. A variable that is empty sets nothing.";

    private static readonly (HelpSection Section, string Heading)[] Headings =
    [
        (HelpSection.Listen, "Listen"), (HelpSection.Tls, "TLS"), (HelpSection.Cache, "Cache"), (HelpSection.Origin, "Origin"),
        (HelpSection.Limits, "Limits"), (HelpSection.Log, "Log"), (HelpSection.Operation, "Operation"),
    ];

    /// <param name="width">Columns of a line.</param>
    public static string Of(Command command, IReadOnlyList<OptionGroup> groups, int width)
    {
        var text = new StringBuilder();
        Wrap(text, command.Description ?? string.Empty, 0, width);
        text.Append('\n');
        Wrap(text, $"Usage: tlsproxy {(command is RootCommand ? "<command>" : command.Name)} [options]", 0, width);
        if (groups.Count > 0)
            Wrap(text, OtherWays, 0, width);
        if (command.Subcommands.Count > 0)
            Add(text, command.Subcommands, width);
        foreach (var (section, heading) in Headings)
        {
            var options = groups.Where(group => group.Section == section).SelectMany(group => group.Options).ToList();
            if (options.Count > 0)
                Add(text, heading, options, width);
        }

        var others = command.Options.Except(groups.SelectMany(group => group.Options).Select(one => one.Option));
        Add(text, "Others", [.. others.Where(option => !option.Hidden).Select(option => (option, (string?)null))], width);
        return text.ToString();
    }

    private static void Add(StringBuilder text, IEnumerable<Command> commands, int width)
    {
        text.Append("\nCommands\n");
        foreach (var command in commands)
        {
            Wrap(text, command.Name, OptionIndent, width);
            Wrap(text, $"{command.Description} See tlsproxy {command.Name} --help.", TextIndent, width);
        }
    }

    private static void Add(StringBuilder text, string heading, IReadOnlyList<(Option Option, string? Default)> options, int width)
    {
        text.Append($"\n{heading}\n");
        foreach (var (option, value) in options)
        {
            Wrap(text, Names(option), OptionIndent, width);
            var end = option.Required ? " Required." : value is null ? string.Empty : $" Default: {value}";
            Wrap(text, $"{option.Description?.TrimEnd('.')}.{end}", TextIndent, width);
        }
    }

    private static string Names(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(alias => alias.StartsWith('-')).Prepend(option.Name));
        return option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool)
            ? names
            : $"{names} <{option.HelpName ?? option.Name.TrimStart('-')}>";
    }

    private static void Wrap(StringBuilder text, string sentence, int indent, int width)
    {
        var column = 0;
        foreach (var word in sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (column > 0 && column + 1 + word.Length > width)
            {
                text.Append('\n');
                column = 0;
            }

            text.Append(' ', column == 0 ? indent : 1).Append(word);
            column += (column == 0 ? indent : 1) + word.Length;
        }

        text.Append('\n');
    }
}
