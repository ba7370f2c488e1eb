using System.CommandLine;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Doctor;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class HelpTextTests
{
    private static readonly string[] s_headings = ["Listen", "TLS", "Cache", "Origin", "Limits", "Log", "Operation", "Others"];

    private readonly ServeCommand _serve = new();
    private readonly DoctorCommand _doctor = new();

    private GroupedHelp Help => GroupedHelp.Of(_serve);

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    public void Lines_end_between_words_and_within_the_width(int width)
    {
        var words = Words(Help.TextOf(int.MaxValue));
        var text = Help.TextOf(width);
        Assert.Equal(words, Words(text));
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width || !line.Trim().Contains(' '), line));
    }

    [Fact]
    public void No_line_of_any_help_exceeds_80_columns()
    {
        var root = new RootCommand("A caching HTTPS proxy.") { _serve, _doctor };
        foreach (var command in root.Subcommands.Prepend<Command>(root))
            Assert.DoesNotContain(GroupedHelp.Of(command).TextOf(80).Split('\n'), line => line.Length > 80);
    }

    [Fact]
    public void The_help_without_a_command_names_the_commands()
    {
        var text = GroupedHelp.Of(new RootCommand("A proxy.") { _serve, _doctor }).TextOf(80);
        Assert.StartsWith("A proxy.\n\nUsage: tlsproxy <command> [options]\n\nCommands\n  serve\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  doctor\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  --version\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_stand_below_headings_in_order_and_each_once()
    {
        var lines = Help.TextOf(80).Split('\n');
        Assert.Equal(s_headings, lines.Where(s_headings.Contains));
        var names = lines.Where(line => line.StartsWith("  --", StringComparison.Ordinal)).Select(line => line.Trim().Split(' ', ',')[0]);
        Assert.Equal(_serve.Options.Select(option => option.Name).Order(), names.Order());
    }

    [Fact]
    public void Each_default_is_accepted_as_the_help_has_it()
    {
        var defaults = Help.Groups.SelectMany(group => group.Options).Where(one => one.Default is not null).ToList();
        Assert.NotEmpty(defaults);
        Assert.All(defaults, one => Assert.Empty(Parse($"{one.Option.Name}={one.Default}").Errors));
    }

    [Fact]
    public void Each_option_with_a_default_of_its_own_shows_it()
    {
        // Lists are empty by default.
        var silent = Help.Groups.SelectMany(group => group.Options)
            .Where(one => one.Default is null && one.Option.HasDefaultValue && !one.Option.ValueType.IsArray);
        Assert.Empty(silent.Select(one => one.Option.Name));
    }

    private static ParseResult Parse(string argument)
    {
        var root = new RootCommand { new ServeCommand() };
        return root.Parse(ConfiguredArguments.Complete(root, ["serve", "--origin", "http://127.0.0.1:1", argument], _ => null, out _));
    }

    private static string[] Words(string text) => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
