using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using TlsProxy.Integration.Tests.Harness;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios;

/// <summary>What those who run the proxy give it and see of it.</summary>
public sealed partial class OperatorTests(SharedProxies shared)
{
    public static IEnumerable<TheoryDataRow<Transport, string, string>> Records()
    {
        yield return new(Transport.Plaintext, "- - - -", "-");
        yield return new(Transport.Tls12User, "TLSv1.2 ECDHE-ECDSA-AES(128|256)-GCM-SHA(256|384) (x25519|X25519MLKEM768) no", "none:off");
        yield return new(Transport.Tls13User, "TLSv1.3 TLS_AES_(128|256)_GCM_SHA(256|384) (x25519|X25519MLKEM768) no", "none:off");
        yield return new TheoryDataRow<Transport, string, string>(
            Transport.Tls13KernelTransmit, "TLSv1.3 TLS_AES_.* (x25519|X25519MLKEM768) no", "tx").WithTrait("Kernel", "tls");
        yield return new TheoryDataRow<Transport, string, string>(
            Transport.Tls12KernelBoth, "TLSv1.2 ECDHE-.* (x25519|X25519MLKEM768) no", "tx+rx").WithTrait("Kernel", "tls");
    }

    [Theory]
    [MemberData(nameof(Records))]
    public async Task The_access_log_has_one_line_a_request_with_its_times_session_records_and_outcome(
        Transport transport, string session, string records)
    {
        using var folder = new TemporaryFolder();
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(1000), "Cache-Control: max-age=60"));
        await using (var proxy = await shared.StartAsync(shared.Scripted.Address, transport, "--access-log", folder["access"]))
        {
            await using var client = await ClientConnection.OpenAsync(proxy, transport);
            await client.GetAsync(path);
            await proxy.WaitUntilAsync(statistics => statistics.CacheEntries == 1, "one entry");
            await client.GetAsync(path);
            await client.SendAsync("nonsense\r\n\r\n");
            Assert.Equal(400, (await client.ReadReplyAsync()).Status);
        }

        var lines = (await File.ReadAllLinesAsync(folder["access"])).Select(line => Line().Match(line)).ToArray();
        Assert.All(lines, line => Assert.True(line.Success, line.Value));
        Assert.Equal([$"GET {path}", $"GET {path}", "nonsense"], lines.Select(line => line.Groups["request"].Value));
        Assert.Equal(["HTTP/1.1", "HTTP/1.1", "-"], lines.Select(line => line.Groups["protocol"].Value));
        Assert.Equal(["1000", "1000"], lines.Take(2).Select(line => line.Groups["body"].Value));
        Assert.Equal([false, true, true], lines.Select(line => line.Groups["upstream"].Value == "-"));
        Assert.Equal(["200", "200", "400"], lines.Select(line => line.Groups["status"].Value));
        Assert.Equal(["Miss", "Hit", "Local"], lines.Select(line => line.Groups["outcome"].Value));
        Assert.Equal(["nothing-stored", "fresh", "refused"], lines.Select(line => line.Groups["reuse"].Value));
        Assert.Equal(["stored", "none", "none"], lines.Select(line => line.Groups["store"].Value));
        Assert.All(lines, line => Assert.Matches(
            $"^{session}$",
            line.Groups["session"].Value.Replace("suite=", "").Replace("group=", "").Replace("resumed=", "")));
        Assert.All(lines, line => Assert.Equal(records, line.Groups["ktls"].Value));
    }

    [Fact]
    public async Task A_response_on_its_way_is_finished_after_SIGTERM_and_no_connection_is_taken_any_more()
    {
        var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User);
        var half = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Content-Length: 20000", "Cache-Control: max-age=60");
            await exchange.SendAsync(TestContent.Make(20_000).AsMemory(0, 10_000));
            await half.WaitAsync(exchange.End);
            await exchange.SendAsync(TestContent.Make(20_000).AsMemory(10_000));
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Tls13User);
        await client.RequestAsync(path);
        var head = await client.ReadHeadAsync();
        var port = proxy.Port(Transport.Tls13User);

        var stopping = proxy.StopAsync();
        await RefusedAsync(port);
        half.Arrive();
        var body = await MessageBody.ReadAsync(client.Reader, head, untilClose: false, client.Limit);

        Assert.Equal(TestContent.Make(20_000), body);
        Assert.True(await client.IsClosedByProxyAsync());
        Assert.Equal(0, await stopping);
        await proxy.DisposeAsync();
    }

    [Fact]
    public async Task Without_time_to_drain_a_response_on_its_way_is_cut()
    {
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Plaintext, "--drain-timeout", "0s", "--drain-idle", "0");
        var over = new Gate(1);
        var path = shared.Scripted.Add(async exchange =>
        {
            await exchange.SendHeadAsync("HTTP/1.1 200 OK", "Content-Length: 20");
            await over.WaitAsync(exchange.End);
        });
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.RequestAsync(path);
        await client.ReadHeadAsync();

        Assert.Equal(0, await proxy.StopAsync());
        over.Arrive();
    }

    [Fact]
    public async Task Options_come_from_the_command_line_before_the_environment_before_the_file()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["options.json"], """{ "workers": 3, "default-ttl": "0s", "access-log": "from-file" }""");
        string[] arguments = ["--config", folder["options.json"], "--workers", "1"];
        var environment = new Dictionary<string, string>
        {
            ["TLSPROXY_WORKERS"] = "2",
            ["TLSPROXY_ACCESS_LOG"] = folder["from-environment"],
        };

        await using var proxy = await ProxyProcess.StartAsync(shared.Certificates, shared.Scripted.Address, environment, arguments, []);

        Assert.Contains("1 workers on", proxy.Log, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["from-environment"]));
        // The file guesses no lifetime; the default would.
        var path = shared.Scripted.Add(exchange => exchange.AnswerAsync(TestContent.Make(10)));
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        await client.GetAsync(path);
        await client.GetAsync(path);
        Assert.Equal(2, shared.Scripted.CountRequests(path));
    }

    [Fact]
    public async Task A_variable_that_sets_no_option_is_a_warning_but_for_those_of_Kubernetes()
    {
        const string warning = "TLSPROXY_WROKERS is set in the environment, and there is no such option. Did you mean TLSPROXY_WORKERS?";
        var environment = new Dictionary<string, string>
        {
            ["TLSPROXY_WROKERS"] = "3",
            ["TLSPROXY_SERVICE_HOST"] = "10.0.0.1",
            ["TLSPROXY_PORT"] = "tcp://10.0.0.1:443",
        };
        await using var proxy = await ProxyProcess.StartAsync(shared.Certificates, shared.Scripted.Address, environment, [], []);
        Assert.Contains(warning, proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("TLSPROXY_SERVICE", proxy.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("TLSPROXY_PORT", proxy.Log, StringComparison.Ordinal);

        var doctor = await Command.RunAsync(
            "/usr/bin/env", ["TLSPROXY_WROKERS=3", "TLSPROXY_PORT=tcp://10.0.0.1:443", ProxyProcess.Program, "doctor"]);
        Assert.Equal($"tlsproxy: {warning}\n", doctor.Error);
    }

    [Fact]
    public async Task An_option_without_effect_is_a_warning_at_the_start_and_by_the_doctor()
    {
        const string warning =
            "--access-log-format has no effect: there is no --access-log; name the file with --access-log, or leave it out";
        await using var proxy = await ProxyProcess.StartAsync(
            shared.Certificates, shared.Scripted.Address, "--access-log-format", "json");
        Assert.Contains(warning, proxy.Log, StringComparison.Ordinal);

        var doctor = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--access-log-format", "json"]);
        Assert.Equal($"tlsproxy: {warning}\n", doctor.Error);
    }

    [Fact]
    public async Task Without_a_home_the_token_lies_in_the_service_s_folder_and_without_either_its_file_is_asked_for()
    {
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["HOME"] = "", ["STATE_DIRECTORY"] = folder.Location };
        await using (await ProxyProcess.StartAsync(shared.Certificates, shared.Scripted.Address, environment, [], []))
            Assert.True(File.Exists(folder["admin-token"]));

        environment["STATE_DIRECTORY"] = "";
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ProxyProcess.StartAsync(shared.Certificates, shared.Scripted.Address, environment, [], []));
        Assert.Contains("tlsproxy: --admin-token-file is missing: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_an_unknown_option_ends_the_start_with_its_name()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["options.json"], """{ "wrokers": 3 }""");

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ProxyProcess.StartAsync(shared.Certificates, shared.Scripted.Address, "--config", folder["options.json"]));

        Assert.Contains("sets wrokers", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_says_what_the_machine_can_do_in_words_and_in_JSON()
    {
        var words = await Command.RunAsync(ProxyProcess.Program, ["doctor"]);
        var json = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--json"]);

        Assert.Equal((0, 0), (words.ExitStatus, json.ExitStatus));
        Assert.Contains("The proxy can serve here", System.Text.Encoding.UTF8.GetString(words.Output), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json.Output);
        var findings = document.RootElement.EnumerateArray().ToArray();
        foreach (var area in new[] { "kernel", "io_uring", "ktls", "openssl", "limits" })
            Assert.Contains(findings, finding => finding.GetProperty("area").GetString() == area);
        // One line where the kernel has no TLS at all.
        var isInKernel = File.ReadAllText("/proc/sys/net/ipv4/tcp_available_ulp").Split().Contains("tls");
        Assert.Equal(isInKernel ? 13 : 1, findings.Count(finding => finding.GetProperty("area").GetString() == "ktls"));
    }

    [Fact]
    public async Task The_doctor_looks_at_the_TLS_library_that_it_is_told()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "libssl.so.3", "libcrypto.so.3" })
            File.CreateSymbolicLink(folder[name], LocationOf(name));

        var doctor = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--libssl", folder.Location]);

        var words = System.Text.Encoding.UTF8.GetString(doctor.Output);
        Assert.Equal((0, true), (doctor.ExitStatus, words.Contains("  ok  openssl   library", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_doctor_says_that_there_is_no_TLS_library_and_goes_on()
    {
        var doctor = await Command.RunAsync(ProxyProcess.Program, ["doctor", "--libssl", "/does/not/exist"]);

        var words = System.Text.Encoding.UTF8.GetString(doctor.Output);
        Assert.Equal(1, doctor.ExitStatus);
        Assert.Contains("The proxy can't serve here: The TLS library /does/not/exist does not exist", words, StringComparison.Ordinal);
        Assert.Contains("  no  ktls      records in the kernel", words, StringComparison.Ordinal);
        Assert.Contains("  ok  limits    open files", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_IPv6_address_is_served_and_named_to_the_origin()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "SKIPPED: this machine has no IPv6");
        await using var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Plaintext, "--listen", "http://[::1]:0");
        var seen = new TaskCompletionSource<string?>();
        var path = shared.Scripted.Add(exchange =>
        {
            seen.SetResult(exchange.Head["X-Forwarded-For"]);
            return exchange.AnswerAsync("content"u8.ToArray());
        });
        var port = await proxy.WaitForPortAsync("listening on http://[::1]:");

        var address = string.Create(CultureInfo.InvariantCulture, $"http://[::1]:{port}{path}");
        var result = await Command.RunAsync("curl", ["--silent", "--noproxy", "*", "--globoff", address]);

        Assert.Equal("content"u8, result.Output);
        Assert.Equal("::1", await seen.Task);
    }

    /// <summary>The file that the dynamic linker finds for a library.</summary>
    private static string LocationOf(string library)
    {
        NativeLibrary.Load(library);
        return File.ReadLines("/proc/self/maps").Select(line => line[(line.LastIndexOf(' ') + 1)..])
            .First(path => Path.GetFileName(path).StartsWith(library, StringComparison.Ordinal));
    }

    /// <summary>Tries until connections are refused.</summary>
    private static async Task RefusedAsync(int port)
    {
        using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
        while (true)
        {
            try
            {
                await using var late = await ClientConnection.OpenRawAsync(port);
            }
            catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset)
            {
                // A reset is a connection that was still waiting to be accepted when the listener closed.
                if (refused.SocketErrorCode == SocketError.ConnectionRefused)
                    return;
            }

            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [GeneratedRegex(
        "^\\S+Z 127\\.0\\.0\\.1 \"(?<request>[^\"]*)\" (?<status>\\d+) \\d+ (?<outcome>\\w+) reuse=(?<reuse>\\S+) store=(?<store>\\S+) "
        + "tls=(?<session>\\S+ suite=\\S+ group=\\S+ resumed=\\S+) ktls=(?<ktls>\\S+) handshake=\\d+ head=\\d+ first=\\d+ last=\\d+ "
        + "upstream=(?<upstream>\\d+|-) body=(?<body>\\d+) protocol=(?<protocol>\\S+) host=\"(?<host>[^\"]*)\" referer=\"-\" agent=\"-\"$")]
    private static partial Regex Line();
}
