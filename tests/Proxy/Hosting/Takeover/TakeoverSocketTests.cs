using System.Net;
using System.Net.Sockets;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Takeover;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Hosting.Takeover;

public sealed class TakeoverSocketTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_name_is_made_of_the_addresses_in_any_order()
    {
        Assert.Equal("/state/takeover-0.0.0.0:443+[::1]:80.sock", PathOf("/state", "[::1]:80", "0.0.0.0:443"));
        Assert.Equal(PathOf("/state:/other", "0.0.0.0:443", "[::1]:80"), PathOf("/state", "[::1]:80", "0.0.0.0:443"));
        Assert.NotEqual(PathOf("/state", "127.0.0.1:443"), PathOf("/state", "127.0.0.2:443"));
        Assert.EndsWith("/.tlsproxy/takeover-127.0.0.1:443.sock", PathOf(null, "127.0.0.1:443"), StringComparison.Ordinal);
    }

    [Fact]
    public void Many_addresses_have_a_short_name_and_a_port_of_the_kernel_has_none()
    {
        var many = Enumerable.Range(1, 30).Select(port => $"127.0.0.1:{port}").ToArray();

        Assert.Equal("/state/takeover-".Length + 32 + ".sock".Length, PathOf("/state", many)!.Length);
        Assert.NotEqual(PathOf("/state", many), PathOf("/state", many[1..]));
        Assert.Null(PathOf("/state", "127.0.0.1:443", "127.0.0.1:0"));
    }

    [Fact]
    public void It_is_for_its_user_alone_in_a_folder_of_its_own()
    {
        var path = _folder["new/takeover.sock"];

        using var socket = TakeoverSocket.Listen(path);

        Assert.Equal(Private, File.GetUnixFileMode(path));
        Assert.Equal(Private | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
        using var client = TakeoverSocket.TryConnect(path);
        Assert.NotNull(client);
    }

    [Theory]
    [InlineData("takeover.sock")]
    [InlineData("takeover.sock.new")]
    public void It_takes_the_place_of_nothing_but_a_socket(string name)
    {
        File.WriteAllText(_folder[name], "of value");

        var refusal = Assert.Throws<StartException>(() => TakeoverSocket.Listen(_folder["takeover.sock"]));

        Assert.Contains($"({_folder[name]} is there and is no socket)", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("of value", File.ReadAllText(_folder[name]));
    }

    [Theory]
    [InlineData(SocketType.Stream)]
    [InlineData(SocketType.Seqpacket)]
    public void It_takes_the_place_of_no_socket_that_another_process_listens_on(SocketType type)
    {
        var path = _folder["daemon.sock"];
        using var daemon = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        daemon.Bind(new UnixDomainSocketEndPoint(path));
        daemon.Listen(8);

        var refusal = Assert.Throws<StartException>(() => TakeoverSocket.Listen(path));

        Assert.Contains($"another process listens on {path}", refusal.Message, StringComparison.Ordinal);
        using var client = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(path));
    }

    [Fact]
    public void A_folder_in_its_place_is_told()
    {
        var refusal = Assert.Throws<StartException>(() => TakeoverSocket.Listen(_folder.Location));
        Assert.Contains("(it is a folder, not a file)", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_takes_the_place_of_one_whose_process_has_ended()
    {
        var path = _folder["takeover.sock"];
        Assert.Null(TakeoverSocket.TryConnect(path));
        TakeoverSocket.Listen(path).Dispose();
        Assert.True(File.Exists(path));
        Assert.Null(TakeoverSocket.TryConnect(path));

        using var socket = TakeoverSocket.Listen(path);

        using var client = TakeoverSocket.TryConnect(path);
        Assert.NotNull(client);
    }

    [Fact]
    public void A_folder_that_others_write_to_is_refused()
    {
        File.SetUnixFileMode(_folder.Location, Private | UnixFileMode.UserExecute | UnixFileMode.OtherWrite);

        var exception = Assert.Throws<StartException>(() => TakeoverSocket.Listen(_folder["takeover.sock"]));

        Assert.Contains("others may write to", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_path_that_the_kernel_would_cut_is_refused()
    {
        var exception = Assert.Throws<StartException>(() => TakeoverSocket.TryConnect(_folder[new string('a', 120)]));

        Assert.Contains("is longer than a UNIX socket's path may be", exception.Message, StringComparison.Ordinal);
    }

    private static string? PathOf(string? state, params string[] addresses) => TakeoverSocket.DefaultPath(
        addresses.Select(address => new ListenAddress(IPEndPoint.Parse(address), new ListenerTraits(IsTls: true))),
        name => name == "STATE_DIRECTORY" ? state : name == "HOME" ? "/home/user" : null);
}
