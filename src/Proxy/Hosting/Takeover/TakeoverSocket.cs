using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using TlsProxy.Handshake.Files;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Takeover;

/// <summary>The UNIX socket at which the process that serves is asked for its listening sockets: mode 0600, in a folder that nobody else
/// writes to.</summary>
internal static class TakeoverSocket
{
    // sizeof(sun_path) of unix(7), without the zero at its end and the ending of the temporary name.
    private const int PathBytesMaximum = 107 - 4;
    private const int NameLengthMaximum = 60;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Where the socket for those addresses lies by default: in the service manager's state folder or ~/.tlsproxy. Null where a
    /// port is the kernel's choice, or where the environment names neither folder.</summary>
    public static string? DefaultPath(IEnumerable<ListenAddress> addresses, Func<string, string?> environment)
    {
        var endPoints = addresses.Select(address => address.EndPoint).ToArray();
        var folder = StateFolder.OfTheService(environment) ?? StateFolder.OfTheUser(environment);
        if (folder is null || Array.Exists(endPoints, endPoint => endPoint.Port == 0))
            return null;
        var name = string.Join('+', endPoints.Select(endPoint => endPoint.ToString()).Order(StringComparer.Ordinal));
        if (name.Length > NameLengthMaximum)
            name = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(name)).AsSpan(0, 16));
        return Path.Combine(folder, $"takeover-{name}.sock");
    }

    /// <summary>Connects to the process that serves.</summary>
    /// <returns>Null where none listens there.</returns>
    /// <exception cref="StartException">The path can't be used.</exception>
    public static Socket? TryConnect(string path)
    {
        CheckLength(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            if (!File.Exists(path) || exception.SocketErrorCode == SocketError.ConnectionRefused)
                return null;
            throw new StartException(
                $"--takeover: {path} can't be connected to ({exception.Message}); name another with --takeover-socket.");
        }
    }

    /// <summary>Listens at the path, in the place of the socket of a process that has ended, or that has just been taken over.</summary>
    /// <param name="tookOver">The process that listens there has been taken over.</param>
    /// <exception cref="StartException">The path can't be used, or another process listens there.</exception>
    public static Socket Listen(string path, bool tookOver = false)
    {
        CheckLength(path);
        var temporary = path + ".new";
        if (!tookOver && IsListenedOn(path))
        {
            throw new StartException(
                $"--takeover-socket: another process listens on {path}; name another path, or take a running tlsproxy over "
                + "with --takeover.");
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            StateFolder.Make(folder);
            if ((File.GetUnixFileMode(folder) & OthersWrite) != 0)
                throw new IOException($"others may write to {folder}");
            ExpectSocket(path);
            ExpectSocket(temporary);
            File.Delete(temporary);
            socket.Bind(new UnixDomainSocketEndPoint(temporary));
            // Before it listens nobody can connect, whatever the mode it was made with.
            File.SetUnixFileMode(temporary, Private);
            socket.Listen(1);
            File.Move(temporary, path, overwrite: true);
            return socket;
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new StartException(
                $"--takeover-socket: {path} can't be made ({PathErrors.Reason(exception, path)}); name a path in a folder of your own.");
        }
    }

    private static bool IsListenedOn(string path)
    {
        if (!File.Exists(path) || FileStatus.Of(path).Kind != FileKind.Socket)
            return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException exception)
        {
            // A socket of another kind, one whose backlog is full and one of another user are in use, too.
            return exception.SocketErrorCode != SocketError.ConnectionRefused && File.Exists(path);
        }
    }

    /// <summary>Refuses to take the place of what this program hasn't made.</summary>
    private static void ExpectSocket(string path)
    {
        if (File.Exists(path) && FileStatus.Of(path).Kind != FileKind.Socket)
            throw new IOException($"{path} is there and is no socket");
    }

    private static void CheckLength(string path)
    {
        if (Encoding.UTF8.GetByteCount(path) > PathBytesMaximum)
        {
            throw new StartException(
                $"--takeover-socket: {path} is longer than a UNIX socket's path may be; name one of {PathBytesMaximum} bytes.");
        }
    }
}
