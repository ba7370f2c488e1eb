using System.CommandLine;
using TlsProxy.Proxy.Hosting;
using TlsProxy.Proxy.Hosting.Doctor;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Tests.Hosting;

public sealed class CommandLineErrorsTests
{
    [Theory]
    [InlineData("--workers=many", "--workers: 'many' is no number from 1 to 1024.")]
    [InlineData("--max-connections=0", "--max-connections: '0' is no number from 1 to 2147483647.")]
    [InlineData("--admin-hosts=a b", "--admin-hosts: 'a b' is not a valid host; write a name without a port, such as proxy.example.com.")]
    public void A_wrong_value_is_one_sentence(string argument, string sentence) =>
        Assert.Equal([sentence], CommandLineErrors.Of(Parse(argument)));

    [Fact]
    public void A_missing_option_is_told_with_what_it_is_for() =>
        Assert.Equal(
            ["--origin is missing. It says: Where misses go, as http://host:port, https://host:port or unix:/path."],
            CommandLineErrors.Of(new ServeCommand().Parse([])));

    [Theory]
    [InlineData("--wrokers", "--wrokers: there is no such option. Did you mean --workers?")]
    [InlineData("--orgin=http://a:1", "--orgin: there is no such option. Did you mean --origin?")]
    [InlineData("--completely-different", "--completely-different: there is no such option.")]
    public void An_unknown_option_is_one_sentence_with_what_may_have_been_meant(string argument, string sentence) =>
        Assert.Equal([sentence], CommandLineErrors.Of(new ServeCommand().Parse([argument, "3"])));

    [Theory]
    [InlineData("", "The command is missing; write tlsproxy serve or tlsproxy doctor.")]
    [InlineData("serv", "'serv' is no command; write tlsproxy serve or tlsproxy doctor. Did you mean serve?")]
    [InlineData("Serve --workers 3", "'Serve' is no command; write tlsproxy serve or tlsproxy doctor. Did you mean serve?")]
    [InlineData("start", "'start' is no command; write tlsproxy serve or tlsproxy doctor.")]
    [InlineData("serve --origin http://a extra", "'extra' belongs to no option; put a value with spaces in quotes, or leave it out.")]
    [InlineData("serve --origin http://a -x", "-x: there is no such option.")]
    [InlineData("serve --origin http://a --workers", "--workers: its value is missing; write one behind it.")]
    [InlineData("serve --origin http://a --access-log=", "--access-log: its value is missing; write one behind it.")]
    [InlineData("serve --origin http://a --origin http://b", "--origin is given 2 times, and takes one value; leave one of them.")]
    public void A_command_line_that_is_not_understood_is_one_sentence(string arguments, string sentence)
    {
        var root = new RootCommand { new ServeCommand(), new DoctorCommand() };
        Assert.Equal([sentence], CommandLineErrors.Of(root.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public void A_value_without_a_letter_is_refused() => Assert.Equal(
        ["--access-log: the value is empty; write one, or leave the option out."],
        CommandLineErrors.Of(new ServeCommand().Parse(["--origin", "http://a", "--access-log", string.Empty])));

    [Fact]
    public void Every_option_with_an_empty_value_is_refused_in_one_sentence_that_names_it()
    {
        foreach (var name in new ServeCommand().Options.Select(option => option.Name).Where(name => name != "--help"))
        {
            string[] origin = name == "--origin" ? [] : ["--origin", "http://a"];
            Assert.StartsWith(name, Assert.Single(Refusals([.. origin, name, string.Empty])), StringComparison.Ordinal);
        }
    }

    /// <summary>What a start says of its options, wherever it finds it.</summary>
    private static IReadOnlyList<string> Refusals(string[] options)
    {
        var serve = new ServeCommand();
        var root = new RootCommand { serve };
        try
        {
            string[] arguments = ["serve", "--listen", "http://127.0.0.1:1", .. options];
            var parsed = root.Parse(ConfiguredArguments.Complete(root, arguments, _ => null, out _));
            if (parsed.Errors.Count > 0)
                return CommandLineErrors.Of(parsed);
            _ = serve.Bind(parsed);
            return [];
        }
        catch (StartException exception)
        {
            return [exception.Message];
        }
    }

    private static ParseResult Parse(string argument)
    {
        var root = new RootCommand { new ServeCommand() };
        return root.Parse(ConfiguredArguments.Complete(root, ["serve", "--origin", "http://127.0.0.1:1", argument], _ => null, out _));
    }
}
