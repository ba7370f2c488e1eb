using System.Security.Cryptography;
using System.Text;
using TlsProxy.Handshake.Files;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>The bearer token (RFC 6750) for what changes the proxy's state.
/// It lies in a file of mode 0600, made at the first start.</summary>
internal sealed class AdminToken
{
    private const int TokenBytes = 32;

    // A token is a field's value, and goes into the one buffer of a request's head.
    private const int FileMaximum = 4096;

    private readonly byte[] _token;

    private AdminToken(byte[] token) => _token = token;

    /// <summary>Where the token lies unless an option says otherwise: in ~/.tlsproxy, without HOME in the service manager's state folder.
    /// Null where the environment names neither.</summary>
    /// <param name="environment">Gives the value of a variable, or null.</param>
    public static string? DefaultPath(Func<string, string?> environment) =>
        (StateFolder.OfTheUser(environment) ?? StateFolder.OfTheService(environment)) is { } folder
            ? Path.Combine(folder, "admin-token")
            : null;

    /// <summary>Reads the token, or makes one where there is no file.</summary>
    /// <exception cref="StartException">The file can't be read or made, or others may read it.</exception>
    public static AdminToken Load(string path)
    {
        try
        {
            if (!File.Exists(path) && !Directory.Exists(path))
                Make(path);
            using var file = OperatorFile.Open(path, OperatorFile.PipePatience);
            if (file.Mode.AllowsMoreThanOwner())
            {
                throw new StartException(
                    $"--admin-token-file: others may read {path}; set its mode to 0600, or remove it to have a new one made.");
            }

            var bytes = new byte[FileMaximum + 1];
            var token = Encoding.UTF8.GetString(bytes, 0, file.Read(bytes, FileMaximum)).Trim();
            if (token.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                throw new StartException(
                    $"--admin-token-file: {path} is to hold one line of letters and digits; remove it to have a new one made.");
            }

            return token.Length >= TokenBytes
                ? new AdminToken(Encoding.ASCII.GetBytes(token))
                : throw new StartException(
                    $"--admin-token-file: the token in {path} is too short; remove the file to have a new one made.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartException(
                $"--admin-token-file: {path} can't be used ({PathErrors.Reason(exception, path)}); name a file in a folder of your own.");
        }
    }

    /// <summary>Whether the value of an Authorization field holds the token;
    /// the time it takes doesn't tell how much of it was right.</summary>
    public bool Matches(ReadOnlySpan<byte> authorization)
    {
        var scheme = "Bearer "u8;
        return authorization.Length > scheme.Length && Ascii.EqualsIgnoreCase(authorization[..scheme.Length], scheme)
            && CryptographicOperations.FixedTimeEquals(authorization[scheme.Length..].Trim((byte)' '), _token);
    }

    private static void Make(string path)
    {
        StateFolder.Make(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(2 * TokenBytes, lowercase: true) + "\n"));
    }
}
