namespace TlsProxy.Handshake.Files;

/// <summary>Which permissions suit a file of secrets.</summary>
public static class FileModes
{
    private const UnixFileMode OfSecrets = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether a mode allows more than 0600 does: files of secrets allow no more.</summary>
    public static bool AllowsMoreThanOwner(this UnixFileMode mode) => (mode & ~OfSecrets) != 0;
}
