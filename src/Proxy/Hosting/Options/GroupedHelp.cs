using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The help of a command, with options in groups where it has some.</summary>
/// <param name="command">The command.</param>
internal sealed class GroupedHelp(Command command) : SynchronousCommandLineAction
{
    private const int WidthMinimum = 40;

    // Longer lines are hard to read, and break in terminals that are half as wide as a screen.
    private const int WidthMaximum = 80;

    private readonly List<OptionGroup> _groups = [];

    /// <summary>That of a command, which gets it by the first group that asks for it.</summary>
    public static GroupedHelp Of(Command command)
    {
        // A root command comes with one.
        var option = command.Options.OfType<HelpOption>().FirstOrDefault();
        if (option?.Action is GroupedHelp known)
            return known;
        if (option is null)
            command.Options.Add(option = new HelpOption());
        var help = new GroupedHelp(command);
        option.Action = help;
        return help;
    }

    public IReadOnlyList<OptionGroup> Groups => _groups;

    public void Add(OptionGroup group) => _groups.Add(group);

    /// <param name="width">Columns of a line.</param>
    public string TextOf(int width) => HelpText.Of(command, _groups, width);

    public override int Invoke(ParseResult parseResult)
    {
        var width = Console.IsOutputRedirected ? WidthMaximum : Math.Clamp(Console.WindowWidth, WidthMinimum, WidthMaximum);
        parseResult.InvocationConfiguration.Output.Write(TextOf(width));
        return 0;
    }
}
