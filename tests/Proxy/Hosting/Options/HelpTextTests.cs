using System.CommandLine;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class HelpTextTests
{
    private static readonly string[] s_headings = ["Listen", "TLS", "Cache", "Origin", "Limits", "Log", "Operation", "Others"];

    private readonly ServeCommand _serve = new();

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

    [Theory]
    [InlineData("--workers=many", "--workers: 'many' is no number from 1 to 1024.")]
    [InlineData("--max-connections=0", "--max-connections: '0' is no number from 1 to 2147483647.")]
    [InlineData("--admin-hosts=a b", "--admin-hosts: 'a b' is not a valid host; write a name without a port, such as proxy.example.com.")]
    public void A_wrong_value_is_one_sentence(string argument, string sentence) =>
        Assert.Equal([sentence], CommandLineErrors.Of(Parse(argument)));

    [Fact]
    public void A_missing_option_is_told_with_what_it_is_for() =>
        Assert.Equal(["--origin is missing. It says: Where misses go, as http://host:port."], CommandLineErrors.Of(_serve.Parse([])));

    [Theory]
    [InlineData("--wrokers", "--wrokers: there is no such option. Did you mean --workers?")]
    [InlineData("--orgin=http://a:1", "--orgin: there is no such option. Did you mean --origin?")]
    [InlineData("--completely-different", "--completely-different: there is no such option.")]
    public void An_unknown_option_is_one_sentence_with_what_may_have_been_meant(string argument, string sentence) =>
        Assert.Equal([sentence], CommandLineErrors.Of(_serve.Parse([argument, "3"])));

    private static ParseResult Parse(string argument)
    {
        var root = new RootCommand { new ServeCommand() };
        return root.Parse(ConfiguredArguments.Complete(root, ["serve", "--origin", "http://127.0.0.1:1", argument], _ => null));
    }

    private static string[] Words(string text) => text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
