using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The help of a command whose options come in groups.</summary>
/// <param name="command">The command.</param>
internal sealed class GroupedHelp(Command command) : SynchronousCommandLineAction
{
    private const int WidthMinimum = 40;
    private const int WidthMaximum = 100;
    private const int WidthOfFiles = 80;

    private readonly List<OptionGroup> _groups = [];

    /// <summary>That of a command, which gets it by the first group that asks for it.</summary>
    public static GroupedHelp Of(Command command)
    {
        if (command.Options.OfType<HelpOption>().FirstOrDefault()?.Action is GroupedHelp known)
            return known;
        var help = new GroupedHelp(command);
        command.Options.Add(new HelpOption { Action = help });
        return help;
    }

    public IReadOnlyList<OptionGroup> Groups => _groups;

    public void Add(OptionGroup group) => _groups.Add(group);

    /// <param name="width">Columns of a line.</param>
    public string TextOf(int width) => HelpText.Of(command, _groups, width);

    public override int Invoke(ParseResult parseResult)
    {
        var width = Console.IsOutputRedirected ? WidthOfFiles : Math.Clamp(Console.WindowWidth, WidthMinimum, WidthMaximum);
        parseResult.InvocationConfiguration.Output.Write(TextOf(width));
        return 0;
    }
}
