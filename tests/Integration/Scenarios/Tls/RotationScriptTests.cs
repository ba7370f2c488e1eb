using System.Globalization;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>The script that installs a certificate, and has the proxy take it.</summary>
public sealed class RotationScriptTests(SharedProxies shared) : IDisposable
{
    private readonly RotationScene _scene = new(shared);

    private static string Script => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../scripts/rotate-certs"));

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_script_issues_installs_tells_and_asks(bool byAdmin)
    {
        await WriteAuthorityAsync();
        await using var proxy = await _scene.StartAsync("off");
        var before = await RotationScene.PresentedAsync(proxy);
        string[] tell = byAdmin
            ? ["--admin", proxy.AdminAddress.ToString(), "--token-file", proxy.TokenFile]
            : ["--pid", proxy.ProcessId.ToString(CultureInfo.InvariantCulture)];

        var result = await RunScriptAsync(proxy, [.. tell, "--ca", _scene.Folder.Location, "--force"]);

        Assert.True(result.ExitStatus == 0, result.Error);
        var after = await RotationScene.PresentedAsync(proxy);
        var output = Encoding.ASCII.GetString(result.Output);
        Assert.Contains($"before: serial {before}", output, StringComparison.Ordinal);
        Assert.Contains($"now:    serial {after}", output, StringComparison.Ordinal);
        Assert.NotEqual(before, after);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_scene.KeyFile));
        Assert.Equal(
            ["ca.key", "ca.pem", "server.key", "server.pem"], Directory.GetFiles(_scene.Folder.Location).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task The_script_is_a_deploy_hook_of_certbot()
    {
        var renewed = _scene.Authority.Issue(["localhost", "www.localhost"]);
        renewed.SaveAsCertbot(_scene.Folder["live/localhost"]);
        await using var proxy = await _scene.StartAsync("100ms");

        var result = await RunScriptAsync(proxy, [], ("RENEWED_LINEAGE", _scene.Folder["live/localhost"]));

        Assert.True(result.ExitStatus == 0, result.Error);
        Assert.Equal(renewed.Serial, await RotationScene.PresentedAsync(proxy));
        Assert.Equal(renewed.KeyPem, await File.ReadAllTextAsync(_scene.KeyFile));
    }

    [Theory]
    [InlineData("live/a.example/fullchain.pem", "a.example")]
    [InlineData("a.example.pem", "a.example")]
    public async Task In_a_folder_of_certificates_a_pair_is_named_by_its_file_or_by_the_folder_of_certbot_s(string chain, string name)
    {
        Directory.CreateDirectory(_scene.Folder["live/a.example"]);
        _scene.Authority.Issue(["a.example"]).Save(_scene.Folder[chain], _scene.Folder["new.key"]);

        var result = await Command.RunAsync(
            Script,
            [
                "--certificate", _scene.Folder[chain], "--key", _scene.Folder["new.key"], "--folder", _scene.Folder["certificates"],
                "--no-verify",
            ]);

        Assert.True(result.ExitStatus == 0, result.Error);
        Assert.Equal([_scene.Folder["certificates/" + name]], Directory.GetDirectories(_scene.Folder["certificates"]));
    }

    /// <summary>The script is told to install it all the same, but the proxy keeps to the names it has.</summary>
    [Theory]
    [InlineData("admin", "off", "the proxy refused: ")]
    [InlineData("pid", "off", "didn't present the new certificate")]
    [InlineData("watch", "100ms", "didn't present the new certificate")]
    [InlineData("nobody", "off", "there is no process")]
    public async Task What_the_proxy_refuses_does_not_stay_installed(string told, string watch, string reason)
    {
        await using var proxy = await _scene.StartAsync(watch);
        var serial = await RotationScene.PresentedAsync(proxy);
        var before = await _scene.ReadAsync();
        _scene.Authority.Issue(["elsewhere.example"]).Save(_scene.Folder["new.pem"], _scene.Folder["new.key"]);
        string[] tell = told switch
        {
            "admin" => ["--admin", proxy.AdminAddress.ToString(), "--token-file", proxy.TokenFile],
            "pid" => ["--pid", proxy.ProcessId.ToString(CultureInfo.InvariantCulture)],
            // Numbers of processes end at 2^22 (PID_MAX_LIMIT, proc(5)).
            "nobody" => ["--pid", "4194305"],
            _ => [],
        };

        var result = await RunScriptAsync(
            proxy,
            [
                .. tell, "--certificate", _scene.Folder["new.pem"], "--key", _scene.Folder["new.key"], "--force",
                "--servername", "localhost", "--wait", "1",
            ]);

        Assert.Equal(1, result.ExitStatus);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Contains("the files before are back", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await _scene.ReadAsync());
        Assert.Equal(serial, await RotationScene.PresentedAsync(proxy));
    }

    [Theory]
    [InlineData("key", "isn't the key of")]
    [InlineData("expired", "has expired")]
    [InlineData("names", "isn't for localhost")]
    [InlineData("chain", "didn't issue")]
    [InlineData("early", "isn't valid yet")]
    public async Task The_script_installs_nothing_that_does_not_fit(string what, string reason)
    {
        var now = DateTimeOffset.UtcNow;
        var good = _scene.Authority.Issue(["localhost"]);
        var bad = what switch
        {
            "key" => good with { KeyPem = _scene.Authority.Issue(["localhost"]).KeyPem },
            "expired" => _scene.Authority.Issue(["localhost"], notBefore: now.AddDays(-9), notAfter: now.AddMinutes(-1)),
            "early" => _scene.Authority.Issue(["localhost"], notBefore: now.AddDays(1)),
            "names" => _scene.Authority.Issue(["elsewhere.example"]),
            _ => good with { ChainPem = good.ChainPem + _scene.Authority.Issue(["localhost"]).ChainPem },
        };
        bad.Save(_scene.Folder["new.pem"], _scene.Folder["new.key"]);
        var before = await _scene.ReadAsync();

        var result = await Command.RunAsync(
            Script,
            [
                "--certificate", _scene.Folder["new.pem"], "--key", _scene.Folder["new.key"], "--to", _scene.ChainFile,
                "--to-key", _scene.KeyFile, "--no-verify",
            ]);

        Assert.Equal(1, result.ExitStatus);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await _scene.ReadAsync());
    }

    [Theory]
    [InlineData("--pid", "0", "the number of one process")]
    [InlineData("--pid", "-1", "the number of one process")]
    [InlineData("--pid", "1 2", "the number of one process")]
    [InlineData("--days", "-5", "a number of days from 1 on")]
    [InlineData("--days", "abc", "a number of days from 1 on")]
    [InlineData("--wait", "", "a number of seconds")]
    public async Task Values_that_cannot_be_meant_are_refused_before_anything_is_done(string option, string value, string reason)
    {
        // In a session of its own, so that a signal to its group ends nothing else.
        var result = await Command.RunAsync(
            "setsid", ["--wait", Script, "--to", _scene.ChainFile, "--to-key", _scene.KeyFile, option, value]);

        Assert.Equal($"rotate-certs: {option} needs {reason}, not \"{value}\"\n", result.Error);
        Assert.Equal(1, result.ExitStatus);
    }

    [Fact]
    public async Task A_pipe_is_no_certificate_to_install()
    {
        var result = await Command.RunAsync(
            "bash", ["-c", $"{Script} --certificate <(echo) --key <(echo) --to {_scene.ChainFile} --no-verify"]);

        Assert.Contains("have to be files, not pipes or folders", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitStatus);
    }

    private async Task WriteAuthorityAsync()
    {
        await File.WriteAllTextAsync(_scene.Folder["ca.pem"], _scene.Authority.CertificatePem);
        await File.WriteAllTextAsync(_scene.Folder["ca.key"], _scene.Authority.KeyPem);
    }

    private Task<CommandResult> RunScriptAsync(ProxyProcess proxy, string[] options, params (string Name, string Value)[] environment)
    {
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{proxy.Port(Transport.Tls13User)}");
        string[] variables = [.. environment.Select(variable => $"{variable.Name}={variable.Value}")];
        return Command.RunAsync(
            "env", [.. variables, Script, "--to", _scene.ChainFile, "--to-key", _scene.KeyFile, "--connect", address, .. options]);
    }
}
