using System.Text;
using TlsProxy.Proxy.Hosting.Admin;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Hosting.Admin;

public sealed class AdminTokenTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly TestFolder _folder = new();

    private string File => Path.Combine(_folder.Location, "deep", "token");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_made_at_the_first_start_for_its_owner_alone_and_stays_the_same()
    {
        var first = AdminToken.Load(File);
        var text = System.IO.File.ReadAllText(File);

        Assert.Matches("^[0-9a-f]{64}\n$", text);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
        Assert.True(Matches(first, "Bearer " + text.Trim()));
        Assert.True(Matches(AdminToken.Load(File), "Bearer " + text.Trim()));
        Assert.Equal(text, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void A_file_without_a_name_is_refused() =>
        Assert.Contains("--admin-token-file", Assert.Throws<StartException>(() => AdminToken.Load("")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/home/user", "/var/lib/tlsproxy", "/home/user/.tlsproxy/admin-token")]
    [InlineData(null, "/var/lib/tlsproxy:/var/lib/other", "/var/lib/tlsproxy/admin-token")]
    [InlineData("", "/var/lib/tlsproxy", "/var/lib/tlsproxy/admin-token")]
    [InlineData(null, null, null)]
    [InlineData("", "", null)]
    public void It_lies_in_the_home_or_the_service_s_folder_or_has_to_be_named(string? home, string? state, string? path) =>
        Assert.Equal(path, AdminToken.DefaultPath(name => name == "HOME" ? home : name == "STATE_DIRECTORY" ? state : null));

    [Fact]
    public void Two_of_them_differ()
    {
        AdminToken.Load(File);
        var other = Path.Combine(_folder.Location, "other");
        AdminToken.Load(other);
        Assert.NotEqual(System.IO.File.ReadAllText(File), System.IO.File.ReadAllText(other));
    }

    [Theory]
    [InlineData("Bearer 0123456789abcdef0123456789abcdef", true)]
    [InlineData("bearer 0123456789abcdef0123456789abcdef", true)]
    [InlineData("BEARER   0123456789abcdef0123456789abcdef ", true)]
    [InlineData("Bearer 0123456789abcdef0123456789abcdeF", false)]
    [InlineData("Bearer 0123456789abcdef0123456789abcde", false)]
    [InlineData("Bearer 0123456789abcdef0123456789abcdef0", false)]
    [InlineData("Bearer0123456789abcdef0123456789abcdef", false)]
    [InlineData("Basic 0123456789abcdef0123456789abcdef", false)]
    [InlineData("0123456789abcdef0123456789abcdef", false)]
    [InlineData("Bearer ", false)]
    [InlineData("Bearer", false)]
    [InlineData("", false)]
    public void Only_the_whole_token_behind_its_scheme_is_taken(string authorization, bool matches)
    {
        Write(Token + "\n", UnixFileMode.UserRead);
        Assert.Equal(matches, Matches(AdminToken.Load(File), authorization));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.UserExecute)]
    public void A_file_that_others_may_use_is_refused(UnixFileMode more) =>
        AssertRefused(Token, UnixFileMode.UserRead | UnixFileMode.UserWrite | more, "set its mode to 0600");

    [Theory]
    [InlineData("")]
    [InlineData("   \n")]
    [InlineData("0123456789abcdef0123456789abcde")]
    public void A_short_token_is_refused(string token) => AssertRefused(token, UnixFileMode.UserRead, "too short");

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef\n0123456789abcdef")]
    [InlineData("0123456789abcdef 0123456789abcdef")]
    [InlineData("0123456789abcdef0123456789abcdé")]
    public void A_token_that_no_field_can_carry_is_refused(string token) => AssertRefused(token, UnixFileMode.UserRead, "one line");

    [Fact]
    public void A_folder_in_its_place_is_refused_with_a_sentence()
    {
        var refusal = Assert.Throws<StartException>(() => AdminToken.Load(_folder.Location));
        Assert.StartsWith("--admin-token-file: ", refusal.Message, StringComparison.Ordinal);
    }

    private static bool Matches(AdminToken token, string authorization) => token.Matches(Encoding.UTF8.GetBytes(authorization));

    private void Write(string text, UnixFileMode mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(File, text);
        System.IO.File.SetUnixFileMode(File, mode);
    }

    private void AssertRefused(string token, UnixFileMode mode, string why)
    {
        Write(token, mode);
        var refusal = Assert.Throws<StartException>(() => AdminToken.Load(File));
        Assert.StartsWith("--admin-token-file: ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }
}
