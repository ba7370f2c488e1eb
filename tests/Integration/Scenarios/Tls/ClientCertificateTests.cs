using System.Security.Authentication;
using System.Text;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Clients that present certificates, and what the origin hears of them.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const string Subject = "CN=client one,O=Example\\, Inc.";

    private readonly SharedProxies _shared;
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot("Client CA");
    private readonly TestAuthority _stranger = TestAuthority.CreateRoot("Stranger");

    public ClientCertificateTests(SharedProxies shared)
    {
        _shared = shared;
        File.WriteAllText(_folder["ca.pem"], _authority.CertificatePem);
        using var intermediate = _authority.CreateIntermediate("Client intermediate");
        Save("good", intermediate.IssueForClient("CN=client one,O=\"Example, Inc.\""));
        Save("stranger", _stranger.IssueForClient("CN=stranger"));
        Save("expired", _authority.IssueForClient("CN=expired", DateTimeOffset.UtcNow.AddMinutes(-1)));
        Save("server", _authority.Issue(["server.example"]));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("-tls1_3", "good", "")]
    [InlineData("-tls1_2", "good", "")]
    [InlineData("-tls1_3", null, "116")]
    [InlineData("-tls1_2", null, "40")]
    [InlineData("-tls1_3", "stranger", "48")]
    [InlineData("-tls1_2", "stranger", "48")]
    [InlineData("-tls1_3", "expired", "45")]
    [InlineData("-tls1_2", "expired", "45")]
    [InlineData("-tls1_3", "server", "43")]
    public async Task Where_one_is_required_only_a_good_certificate_gets_a_session(string version, string? client, string alert)
    {
        await using var proxy = await StartAsync("require");
        var session = await OpenSslClient.ConnectAsync(proxy, [version, .. Present(client)]);
        Assert.Equal(alert, session.Alert);
        Assert.Equal(alert.Length == 0, session.IsAnswered);
        Assert.Contains("Client CA", session.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_one_is_asked_for_it_may_be_missing_but_not_bad()
    {
        await using var proxy = await StartAsync("request");
        Assert.True((await OpenSslClient.ConnectAsync(proxy, Present(null))).IsAnswered);
        Assert.True((await OpenSslClient.ConnectAsync(proxy, Present("good"))).IsAnswered);
        Assert.Equal("48", (await OpenSslClient.ConnectAsync(proxy, Present("stranger"))).Alert);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task The_origin_hears_the_subject_in_new_and_resumed_sessions_and_no_forged_one(string version)
    {
        await using var origin = new RecordingOrigin();
        await using var proxy = await StartAsync("request", origin.Address, "--client-subject-header", "X-Who", "--client-cert-header");
        var ticket = _folder["session"];
        string[] resumed = [version, "-sess_in", ticket];

        await AskAsync(proxy, [version, "-sess_out", ticket, .. Present("good")]);
        Assert.True((await AskAsync(proxy, resumed)).IsResumed);
        await AskAsync(proxy, [version]);

        Assert.Equal([Subject, Subject, null], origin.Requests.Select(request => request["X-Who"]));
        var certificate = Convert.ToBase64String(_good!.Certificate.RawData);
        Assert.Equal([$":{certificate}:", $":{certificate}:", null], origin.Requests.Select(request => request["Client-Cert"]));
        Assert.All(origin.Requests, request => Assert.Null(request["x_who"]));
        Assert.All(origin.Requests, request => Assert.Null(request["Client-Cert-Chain"]));
    }

    [Fact]
    public async Task A_client_of_clear_text_or_without_being_asked_can_not_forge_a_subject()
    {
        await using var origin = new RecordingOrigin();
        await using var proxy = await _shared.StartAsync(origin.Address, Transport.Plaintext);
        await using var client = await ClientConnection.OpenAsync(proxy, Transport.Plaintext);
        const string Fields = "X-Client-Subject: CN=admin\r\nx_client_subject: CN=admin\r\nClient-Cert: :AA==:\r\nX-Other: kept\r\n";
        Assert.Equal(200, (await client.GetAsync("/", fields: Fields)).Status);
        var request = Assert.Single(origin.Requests);
        Assert.Equal("kept", request["X-Other"]);
        Assert.DoesNotContain(
            request.Fields,
            field => field.Value.Contains("admin", StringComparison.Ordinal) || field.Key == "Client-Cert");
    }

    [Fact]
    public async Task Answers_that_vary_with_the_subject_are_kept_apart()
    {
        await using var proxy = await StartAsync("request");
        var path = _shared.Scripted.Add(exchange => exchange.AnswerAsync(
            Encoding.ASCII.GetBytes($"for {exchange.Head["X-Client-Subject"] ?? "nobody"}"),
            "Cache-Control: max-age=60", "Vary: X-Client-Subject"));
        var request = $"GET {path} HTTP/1.1\r\nHost: localhost\r\nX-Client-Subject: {Subject}\r\nConnection: close\r\n\r\n";
        for (var i = 0; i < 2; i++)
        {
            var named = await OpenSslClient.ConnectAsync(proxy, request, Present("good"));
            Assert.True(named.Text.Contains($"for {Subject}", StringComparison.Ordinal), named.Text);
            var nameless = await OpenSslClient.ConnectAsync(proxy, request, Present(null));
            Assert.True(nameless.Text.Contains("for nobody", StringComparison.Ordinal), nameless.Text);
        }

        Assert.Equal(2, _shared.Scripted.CountRequests(path));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_session_without_a_certificate_is_not_resumed_where_one_is_required(string version)
    {
        var keys = _folder["ticket.keys"];
        await File.WriteAllBytesAsync(keys, System.Security.Cryptography.RandomNumberGenerator.GetBytes(80));
        File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var ticket = _folder["session"];
        await using (var open = await _shared.StartAsync(_shared.Scripted.Address, Transport.Tls13User, "--ticket-key-file", keys))
            await OpenSslClient.ConnectAsync(open, version, "-sess_out", ticket);
        await using var closed = await StartAsync("require", _shared.Scripted.Address, "--ticket-key-file", keys);
        var session = await OpenSslClient.ConnectAsync(closed, version, "-sess_in", ticket);
        Assert.Equal(version == "-tls1_3" ? "116" : "40", session.Alert);
        Assert.False(session.IsAnswered);
    }

    [Theory]
    [InlineData("--client-auth", "require")]
    [InlineData("--client-ca", "ca.pem")]
    [InlineData("--client-subject-header", "Host")]
    [InlineData("--client-subject-header", "not a name")]
    public async Task Options_that_do_not_fit_end_the_start_with_a_sentence(string option, string value)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ProxyProcess.StartAsync(_shared.Certificates, _shared.Scripted.Address, option, value));
        Assert.Contains("--client-", failure.Message.Split("It said:")[1], StringComparison.Ordinal);
    }

    private TestLeaf? _good;

    private void Save(string name, TestLeaf leaf)
    {
        if (name == "good")
            _good = leaf;
        leaf.Save(_folder[name + ".pem"], _folder[name + ".key"]);
    }

    private Task<OpenSslSession> AskAsync(ProxyProcess proxy, string[] options) => OpenSslClient.ConnectAsync(
        proxy,
        "GET /who HTTP/1.1\r\nHost: localhost\r\nX-Who: CN=admin\r\nx_who: CN=admin\r\nClient-Cert-Chain: :AA==:\r\n"
        + "Connection: close, X-Who\r\n\r\n",
        options);

    private string[] Present(string? name) =>
        name is null ? [] : ["-cert", _folder[name + ".pem"], "-key", _folder[name + ".key"], "-cert_chain", _folder[name + ".pem"]];

    private Task<ProxyProcess> StartAsync(string mode) => StartAsync(mode, _shared.Scripted.Address);

    private Task<ProxyProcess> StartAsync(string mode, Uri origin, params string[] options) =>
        _shared.StartAsync(origin, Transport.Tls13User, ["--client-auth", mode, "--client-ca", _folder["ca.pem"], .. options]);
}
