using System.Security.Cryptography;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Testing;
using Xunit;

namespace TlsProxy.Integration.Tests.Scenarios.Tls;

/// <summary>Sessions that clients resume with tickets. A resumed session that gives a whole answer shows too that the records' sequence
/// numbers are right where the keys have gone.</summary>
public sealed class ResumptionTests(SharedProxies shared) : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = TestAuthority.CreateRoot();

    private string Ticket => _folder["session"];

    private string KeyFile => _folder["ticket.keys"];

    public static IEnumerable<TheoryDataRow<Transport>> TlsTransports() => Matrix.Transports().Where(row => row.Data.IsTls());

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(TlsTransports))]
    public async Task A_ticket_is_good_for_a_session_and_brings_the_next_wherever_records_are_made(Transport transport)
    {
        var proxy = await shared.BeforeScriptedAsync(transport);
        string[] options = [Version(transport), "-servername", "localhost"];
        var first = await OpenSslClient.ConnectAsync(proxy, [.. options, "-sess_out", Ticket]);
        Assert.True(first is { IsAnswered: true, IsResumed: false }, first.Text);
        for (var i = 0; i < 3; i++)
        {
            var next = await OpenSslClient.ConnectAsync(proxy, [.. options, "-sess_in", Ticket, "-sess_out", Ticket]);
            Assert.True(next is { IsAnswered: true, IsResumed: true }, next.Text);
        }
    }

    [Theory]
    [InlineData("-tls1_3", 1)]
    [InlineData("-tls1_2", 0)]
    public async Task One_ticket_comes_with_a_handshake(string version, int afterwards)
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Tls13User);
        var session = await OpenSslClient.ConnectAsync(proxy, version, "-msg");
        // In TLS 1.2 the ticket is a message of the handshake, and none follows.
        Assert.Equal(afterwards, Count(session.Text, "Post-Handshake New Session Ticket arrived"));
        Assert.Equal(1, Count(session.Text, ", NewSessionTicket"));
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Sessions_outlive_a_certificate_but_do_not_go_to_another_name(string version)
    {
        foreach (var name in new[] { "a.example", "b.example" })
            _authority.Issue([name, "*." + name]).SaveAsCertbot(_folder[$"certificates/{name}"]);
        await using var proxy = await shared.StartAsync(
            shared.Scripted.Address, Transport.Tls13User, "--certificates", _folder["certificates"], "--certificate-watch", "off");
        await OpenSslClient.ConnectAsync(proxy, version, "-servername", "a.example", "-sess_out", Ticket);

        Assert.True((await ResumeAsync(proxy, version, "a.example")).IsResumed);
        Assert.True((await ResumeAsync(proxy, version, "www.a.example")).IsResumed);
        var other = await ResumeAsync(proxy, version, "b.example");
        Assert.False(other.IsResumed);
        Assert.Equal("b.example", other.Subject);

        _authority.Issue(["a.example"]).SaveAsCertbot(_folder["certificates/a.example"]);
        Assert.Contains("\"changed\": 1", (await proxy.PostAsync("certificates/reload")).Answer, StringComparison.Ordinal);
        Assert.True((await ResumeAsync(proxy, version, "a.example")).IsResumed);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Keys_in_a_file_outlive_the_process_and_rotate_with_the_file(string version)
    {
        var (first, second) = (RandomNumberGenerator.GetBytes(80), RandomNumberGenerator.GetBytes(80));
        WriteKeys(first);
        await using (var proxy = await StartWithKeysAsync())
            await OpenSslClient.ConnectAsync(proxy, version, "-servername", "localhost", "-sess_out", Ticket);
        await using var again = await StartWithKeysAsync();
        Assert.True((await ResumeAsync(again, version, "localhost")).IsResumed);

        WriteKeys([.. second, .. first]);
        await again.SignalAsync("HUP");
        await again.WaitForLogAsync("ticket keys read again");
        Assert.True((await ResumeAsync(again, version, "localhost")).IsResumed);

        WriteKeys(second);
        Assert.Contains("\"ticketKeysChanged\": true", (await again.PostAsync("certificates/reload")).Answer, StringComparison.Ordinal);
        Assert.False((await ResumeAsync(again, version, "localhost")).IsResumed);

        await File.WriteAllBytesAsync(KeyFile, new byte[7]);
        var refused = await again.PostAsync("certificates/reload");
        Assert.Equal(422, refused.Status);
        Assert.Contains(KeyFile, refused.Answer, StringComparison.Ordinal);
        Assert.True((await ResumeAsync(again, version, "localhost")).IsAnswered);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Without_a_file_the_keys_go_with_the_process(string version)
    {
        await using (var proxy = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User))
            await OpenSslClient.ConnectAsync(proxy, version, "-servername", "localhost", "-sess_out", Ticket);
        await using var again = await shared.StartAsync(shared.Scripted.Address, Transport.Tls13User);
        var session = await ResumeAsync(again, version, "localhost");
        Assert.True(session is { IsResumed: false, IsAnswered: true }, session.Text);
    }

    [Fact]
    public async Task A_ticket_that_was_changed_means_a_full_handshake()
    {
        var proxy = await shared.BeforeScriptedAsync(Transport.Tls13User);
        await OpenSslClient.ConnectAsync(proxy, "-tls1_2", "-servername", "localhost", "-sess_out", Ticket);
        var lines = await File.ReadAllTextAsync(Ticket);
        var der = Convert.FromBase64String(string.Concat(lines.Split('\n').Where(line => !line.StartsWith('-'))));
        // The ticket is the longest octet string, near the end; its last bytes are the MAC.
        der[^40] ^= 1;
        await File.WriteAllTextAsync(Ticket, PemEncoding.WriteString("SSL SESSION PARAMETERS", der) + '\n');
        var session = await ResumeAsync(proxy, "-tls1_2", "localhost");
        Assert.True(session is { IsResumed: false, IsAnswered: true }, session.Text);
    }

    private static string Version(Transport transport) =>
        transport.Protocol() == System.Security.Authentication.SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3";

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private Task<OpenSslSession> ResumeAsync(ProxyProcess proxy, string version, string name) =>
        OpenSslClient.ConnectAsync(proxy, version, "-servername", name, "-sess_in", Ticket);

    private Task<ProxyProcess> StartWithKeysAsync() => shared.StartAsync(
        shared.Scripted.Address, Transport.Tls13User, "--ticket-key-file", KeyFile, "--certificate-watch", "off");

    private void WriteKeys(byte[] keys)
    {
        File.WriteAllBytes(KeyFile, keys);
        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
