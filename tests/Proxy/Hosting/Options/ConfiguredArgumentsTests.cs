using System.CommandLine;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class ConfiguredArgumentsTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private readonly RootCommand _root = new()
    {
        new Command("serve")
        {
            new Option<string>("--config"), new Option<string[]>("--listen"), new Option<string>("--cache-size"),
            new Option<string>("--cache"), new Option<bool>("--sqpoll"),
        },
        new Command("doctor") { new Option<string>("--cache-size") },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("--help")]
    [InlineData("other --cache-size 1")]
    [InlineData("--cache-size 1 serve")]
    public void Without_a_command_of_ours_arguments_stay_as_they_are(string arguments)
    {
        _environment["TLSPROXY_CACHE_SIZE"] = "2";
        Assert.Equal(arguments, Complete(arguments));
    }

    [Fact]
    public void The_environment_adds_what_the_command_line_does_not_name()
    {
        _environment["TLSPROXY_CACHE_SIZE"] = "2";
        _environment["TLSPROXY_LISTEN"] = "http://a:1, https://b:2";
        _environment["TLSPROXY_OTHER"] = "3";
        Assert.Equal("serve --listen=http://a:1 --listen=https://b:2 --cache-size=2", Complete("serve"));
        Assert.Equal("doctor --cache-size=2", Complete("doctor"));
    }

    [Theory]
    [InlineData("serve --cache-size 1")]
    [InlineData("serve --cache-size=1")]
    [InlineData("serve --cache-size:1")]
    public void The_command_line_goes_before_the_environment_however_it_is_written(string arguments)
    {
        _environment["TLSPROXY_CACHE_SIZE"] = "2";
        Assert.Equal(arguments, Complete(arguments));
    }

    [Fact]
    public void A_variable_without_a_value_sets_nothing()
    {
        _environment["TLSPROXY_CONFIG"] = "";
        _environment["TLSPROXY_CACHE_SIZE"] = "";
        Assert.Equal("serve", Complete("serve"));
    }

    [Fact]
    public void A_file_without_a_name_is_refused()
    {
        var refusal = Assert.Throws<StartException>(() => Complete("serve --config="));
        Assert.StartsWith("--config: the name of the file is empty", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_whose_name_begins_another_is_not_taken_for_it()
    {
        _environment["TLSPROXY_CACHE"] = "2";
        Assert.Equal("serve --cache-size=1 --cache=2", Complete("serve --cache-size=1"));
    }

    [Fact]
    public void The_environment_goes_before_the_file()
    {
        var file = Write("""{ "cache-size": "1MiB", "cache": "x", "listen": ["http://a:1", "https://b:2"], "sqpoll": true }""");
        _environment["TLSPROXY_CACHE"] = "y";
        Assert.Equal(
            $"serve --config {file} --listen=http://a:1 --listen=https://b:2 --cache-size=1MiB --cache=y --sqpoll=True",
            Complete($"serve --config {file}"));
    }

    [Fact]
    public void The_environment_may_name_the_file_and_the_command_line_goes_before_it()
    {
        var file = Write("""{ "cache-size": 5 }""");
        _environment["TLSPROXY_CONFIG"] = file;
        Assert.Equal($"serve --config={file} --cache-size=5", Complete("serve"));
        var other = Write("""{ "cache-size": 6 }""", "other.json");
        Assert.Equal($"serve --config={other} --cache-size=6", Complete($"serve --config={other}"));
    }

    [Fact]
    public void A_value_may_hold_what_would_end_an_argument()
    {
        _environment["TLSPROXY_CACHE"] = "a b --listen=x";
        Assert.Equal(["serve", "--cache=a b --listen=x"], CompleteAll("serve"));
    }

    [Theory]
    [InlineData("1", "true")]
    [InlineData("on", "true")]
    [InlineData("YES", "true")]
    [InlineData("true", "true")]
    [InlineData("0", "false")]
    [InlineData("off", "false")]
    [InlineData("no", "false")]
    public void A_switch_takes_the_words_that_environments_give(string word, string value)
    {
        Assert.Equal($"serve --sqpoll={value}", Complete($"serve --sqpoll={word}"));
        Assert.Equal($"serve --sqpoll={value} --cache=1", Complete($"serve --sqpoll {word} --cache=1"));
        Assert.Equal("serve --sqpoll --cache=1", Complete("serve --sqpoll --cache=1"));
        _environment["TLSPROXY_SQPOLL"] = word;
        Assert.Equal($"serve --sqpoll={value}", Complete("serve"));
    }

    [Fact]
    public void A_switch_that_is_neither_on_nor_off_is_refused()
    {
        const string Sentence = "--sqpoll: 'maybe' is neither on nor off; write true or false, or the option alone.";
        Assert.Equal(Sentence, Assert.Throws<StartException>(() => Complete("serve --sqpoll maybe")).Message);
        Assert.Equal(Sentence, Assert.Throws<StartException>(() => Complete("serve --sqpoll=maybe")).Message);
        _environment["TLSPROXY_SQPOLL"] = "maybe";
        Assert.Equal(Sentence, Assert.Throws<StartException>(() => Complete("serve")).Message);
    }

    [Fact]
    public void Rules_are_no_option_and_pass()
    {
        var file = Write("""{ "rules": [ { "path": "/" } ] }""");
        Assert.Equal($"serve --config {file}", Complete($"serve --config {file}"));
    }

    [Theory]
    [InlineData("""{ "config": "other.json" }""", "sets config, which names a file and stands on the command line alone; remove it")]
    [InlineData("""{ "cache-sise": 1 }""", "sets cache-sise, and there is no such option")]
    [InlineData("""{ "--cache-size": 1 }""", "sets --cache-size, and there is no such option")]
    [InlineData("""{ "config": "x" }""", "sets config")]
    [InlineData("""{ "cache-size": { "value": "1" } }""", "cache-size")]
    [InlineData("""{ "listen": [["a"]] }""", "listen")]
    [InlineData("{", "can't be read")]
    [InlineData("", "can't be read")]
    [InlineData("[]", "can't be read")]
    public void A_file_that_would_be_read_in_part_is_refused(string content, string why)
    {
        var file = Write(content);
        var refusal = Assert.Throws<StartException>(() => Complete($"serve --config {file}"));
        Assert.StartsWith("--config: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_refused()
    {
        var refusal = Assert.Throws<StartException>(() => Complete($"serve --config {_folder["none.json"]}"));
        Assert.Contains("none.json can't be read", refusal.Message, StringComparison.Ordinal);
    }

    private string Write(string content, string name = "config.json")
    {
        File.WriteAllText(_folder[name], content);
        return _folder[name];
    }

    private string Complete(string arguments) => string.Join(' ', CompleteAll(arguments));

    private string[] CompleteAll(string arguments) =>
        ConfiguredArguments.Complete(
            _root, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), _environment.GetValueOrDefault, out _);
}
