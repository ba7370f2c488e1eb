using System.CommandLine;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class IdleOptionsTests
{
    private const string Http = "--listen http://127.0.0.1:0 ";
    private const string NoListener = "there is no https listener; add one with --listen, or leave ";

    [Theory]
    [InlineData("--access-log-format json", "--access-log-format has no effect: there is no --access-log; name the file with ")]
    [InlineData("--admin-hosts proxy.example", "--admin-hosts has no effect: there is no --admin; name the address ")]
    [InlineData("--admin-token-file token --admin-hosts a", "--admin-hosts, --admin-token-file have no effect: there is no --admin")]
    [InlineData("--redirect-port 443", "--redirect-port has no effect: there is no --redirect;")]
    [InlineData(Http + "--certificate a --key b", "--certificate, --key have no effect: " + NoListener + "them out")]
    [InlineData(Http + "--hsts 0", "--hsts has no effect: " + NoListener + "it out")]
    [InlineData(Http + "--max-handshakes 3", "--max-handshakes has no effect: " + NoListener)]
    [InlineData(Http + "--handshake-timeout 3s", "--handshake-timeout has no effect: " + NoListener)]
    [InlineData(Http + "--ktls-require", "--ktls-require has no effect: " + NoListener)]
    [InlineData("--client-cert-header", "--client-cert-header has no effect: clients aren't asked for certificates; write ")]
    [InlineData("--ticket-key-file keys --ticket-rotation 1h", "--ticket-rotation has no effect: the keys of --ticket-key-file rotate ")]
    [InlineData("--origin-timeout 2s --origin-connect-timeout 3s", "--origin-connect-timeout 3s is longer than the --origin-timeout of 2s")]
    [InlineData("--drain-idle 6s --drain-timeout 10s", "--drain-idle 6s is longer than half of the --drain-timeout of 10s")]
    [InlineData("--max-connections 10 --max-handshakes 11", "--max-handshakes is more than --max-connections")]
    [InlineData("--ktls tx --ktls-threshold 1MiB", "--ktls-threshold has no effect: --ktls tx asks for no choice; write --ktls auto, or ")]
    [InlineData("--ktls-require --ktls-threshold 1MiB", "--ktls-threshold has no effect: --ktls-require takes the kernel whatever ")]
    [InlineData("--origin http://a --origin-ca c", "--origin-ca has no effect: there is no https origin; write https:// in its URL")]
    [InlineData(Http + "--origin https://a --tls-profile modern", "--tls-profile has no effect: " + NoListener)]
    public void An_option_without_effect_is_told_in_one_sentence(string arguments, string sentence) =>
        Assert.StartsWith(sentence, Assert.Single(Find(arguments)), StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("--access-log - --access-log-format json")]
    [InlineData("--admin http://127.0.0.1:0 --admin-hosts a --admin-token-file b")]
    [InlineData("--redirect http://127.0.0.1:0 --redirect-port 443")]
    [InlineData("--listen http://127.0.0.1:0 --listen https://127.0.0.1:0 --hsts 0 --certificate a --key b --tls-profile modern")]
    [InlineData("--listen http+proxy://127.0.0.1:0 --handshake-timeout 3s")]
    [InlineData(Http + "--ktls-require=false")]
    [InlineData("--client-auth require --client-ca a --client-cert-header --client-subject-header X-Subject")]
    [InlineData("--origin-timeout 2s")]
    [InlineData("--drain-timeout 1s")]
    [InlineData("--max-connections 10")]
    [InlineData("--ktls-threshold 1MiB")]
    [InlineData("--ktls auto --ktls-threshold 0 --ktls-require=false")]
    [InlineData(Http + "--origin https://a --origin-ca c --ktls both --libssl l")]
    public void An_option_with_effect_is_not(string arguments) => Assert.Empty(Find(arguments));

    [Fact]
    public void Every_option_of_TLS_is_told_where_nothing_is_served_over_TLS()
    {
        var groups = new ServeOptionGroups(isServing: false);
        var command = new Command("serve");
        groups.AddTo(command);
        var groupsOfTls = GroupedHelp.Of(command).Groups.Where(group => group.Section == HelpSection.Tls);
        var options = groupsOfTls.SelectMany(group => group.Options).ToList();
        Assert.NotEmpty(options);
        // Two of them have no effect for one more reason.
        foreach (var (option, standard) in options.Where(one => !one.Option.Name.EndsWith("-header", StringComparison.Ordinal)))
        {
            var value = option.ValueType == typeof(bool) ? "true" : standard ?? "name";
            var sentence = Assert.Single(Find($"{Http}{option.Name}={value}"));
            Assert.StartsWith($"{option.Name} has no effect: {NoListener}", sentence, StringComparison.Ordinal);
        }
    }

    private static IReadOnlyList<string> Find(string arguments)
    {
        var groups = new ServeOptionGroups(isServing: false);
        var command = new Command("serve");
        groups.AddTo(command);
        return groups.Warn(command.Parse(arguments), processors: int.MaxValue, memory: long.MaxValue);
    }
}
