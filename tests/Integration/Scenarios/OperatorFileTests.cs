using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>Files named by options that are none, never begin or never end.</summary>
public sealed class OperatorFileTests : IDisposable
{
    private readonly SharedProxies _shared;
    private readonly TestFolder _folder = new();

    public OperatorFileTests(SharedProxies shared)
    {
        _shared = shared;
        using var authority = TestAuthority.CreateRoot();
        authority.Issue(["localhost"]).Save(_folder["chain"], _folder["key"]);
        File.WriteAllText(_folder["authority"], authority.CertificatePem);
        File.WriteAllText(_folder["token"], RandomNumberGenerator.GetHexString(64, lowercase: true));
        File.WriteAllBytes(_folder["tickets"], RandomNumberGenerator.GetBytes(80));
        File.WriteAllText(_folder["config"], """{ "workers": 1, "rules": [ { "path": "/piped/", "ttl": "60s" } ] }""");
        foreach (var name in new[] { "token", "tickets" })
            File.SetUnixFileMode(_folder[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public static TheoryData<string> Options() =>
        ["--certificate", "--key", "--certificates", "--client-ca", "--ticket-key-file", "--config", "--admin-token-file", "--libssl"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Options))]
    public async Task What_is_no_file_ends_the_start_with_one_sentence_that_names_the_option_and_the_path(string option)
    {
        foreach (var path in new[] { "/dev/zero", _folder.Location })
        {
            var result = await Command.RunAsync(ProxyProcess.Program, Arguments(option, path));
            Assert.Equal(1, result.ExitStatus);
            var line = Assert.Single(result.Error.Split('\n'), line => line.StartsWith("tlsproxy: ", StringComparison.Ordinal));
            Assert.StartsWith($"tlsproxy: {option}: ", line, StringComparison.Ordinal);
            Assert.Contains(path, line, StringComparison.Ordinal);
            Assert.Matches("it is a (device|folder)|is not called libssl|cannot be loaded|no certificates|it is no folder", line);
        }
    }

    [Fact]
    public async Task A_TLS_library_that_is_a_FIFO_is_refused()
    {
        var library = _folder["libcrypto.so.3"];
        Assert.Equal(0, (await Command.RunAsync("mkfifo", [library])).ExitStatus);
        var result = await Command.RunAsync(ProxyProcess.Program, Arguments("--libssl", _folder.Location));
        Assert.Equal(1, result.ExitStatus);
        Assert.Contains($"tlsproxy: --libssl: The TLS library {library} is no regular file: name", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--certificate")]
    [InlineData("--config")]
    [InlineData("--admin-token-file")]
    public async Task SIGTERM_ends_a_start_that_waits_for_a_pipe(string option)
    {
        Assert.Equal(0, (await Command.RunAsync("mkfifo", ["--mode=600", _folder["pipe"]])).ExitStatus);
        string[] script = ["-c", "echo $$ > \"$0\"; exec \"$@\"", _folder["process"]];
        var starting = Command.RunAsync("/bin/sh", [.. script, ProxyProcess.Program, .. Arguments(option, _folder["pipe"])]);
        // This open waits for the reader.
        using var writer = File.OpenHandle(_folder["pipe"], FileMode.Open, FileAccess.Write);
        var process = (await File.ReadAllTextAsync(_folder["process"])).Trim();
        Assert.Equal(0, (await Command.RunAsync("/bin/kill", [process])).ExitStatus);

        var result = await starting;

        // By the signal, not by the pipe's deadline.
        Assert.NotEqual(1, result.ExitStatus);
        Assert.DoesNotContain("tlsproxy: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipes_are_read_at_a_start_and_refused_by_a_reload()
    {
        var launcher = "mkdir .tlsproxy; cp -p " + _folder["token"] + " .tlsproxy/admin-token; exec \"$@\" "
            + string.Join(' ', new[] { "chain", "key", "authority", "tickets", "config", "token" }.Select(
                (name, index) => string.Create(CultureInfo.InvariantCulture, $"{40 + index}< <(cat {_folder[name]})")));
        string[] options =
        [
            "--certificate", "/dev/fd/40", "--key", "/dev/fd/41", "--client-auth", "request", "--client-ca", "/dev/fd/42",
            "--ticket-key-file", "/dev/fd/43", "--config", "/dev/fd/44", "--admin-token-file", "/dev/fd/45", "--ktls", "off",
            "--certificate-watch", "off",
        ];
        await using var proxy = await ProxyProcess.StartAsync(
            _shared.Certificates, _shared.Scripted.Address, new Dictionary<string, string>(), options,
            ["/bin/bash", "-c", launcher, "bash"]);
        Assert.Contains("1 workers on", proxy.Log, StringComparison.Ordinal);

        var (status, answer) = await proxy.PostAsync("certificates/reload");

        Assert.Equal(422, status);
        Assert.Contains("/dev/fd/40 can't be read (it is a pipe, which is read at a start only)", answer, StringComparison.Ordinal);
        Assert.Contains("/dev/fd/43 can't be read (it is a pipe, which is read at a start only)", answer, StringComparison.Ordinal);
        var rule = "/piped" + _shared.Scripted.Add(exchange => exchange.AnswerAsync("body"u8.ToArray()));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        Assert.Equal(404, (await client.GetAsync(rule)).Status);
    }

    [Fact]
    public async Task SIGTERM_ends_the_proxy_while_a_reload_waits_for_a_file()
    {
        await using var proxy = await _shared.StartAsync(
            _shared.Scripted.Address, Transport.Tls13User, "--certificate", _folder["chain"], "--key", _folder["key"],
            "--certificate-watch", "off");
        using var slow = new SlowFile(_folder["key"]);
        await proxy.SignalAsync("HUP");
        await slow.AwaitedAsync();

        Assert.Equal(0, await proxy.StopAsync());
    }

    private string[] Arguments(string option, string path)
    {
        var files = new Dictionary<string, string>
        {
            ["--certificate"] = _folder["chain"],
            ["--key"] = _folder["key"],
            ["--admin-token-file"] = _folder["token"],
        };
        if (option == "--client-ca")
            files["--client-auth"] = "require";
        files[option] = path;
        return
        [
            "serve", "--listen", "https://127.0.0.1:0", "--origin", "http://127.0.0.1:1", "--admin", "http://127.0.0.1:0",
            .. files.SelectMany(file => new[] { file.Key, file.Value }),
        ];
    }
}
