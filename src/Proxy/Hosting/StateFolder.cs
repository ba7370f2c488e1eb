namespace TlsProxy.Proxy.Hosting;

/// <summary>Folders for what a process leaves to the next: only their owner may look into them.</summary>
internal static class StateFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder of the user whom the process runs as.</summary>
    public static string OfTheUser => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".tlsproxy");

    /// <summary>Makes the folder if it isn't there. The user's own is this project's, and made private; others keep their modes.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be made there by this user.</exception>
    public static void Make(string folder)
    {
        if (!Directory.Exists(folder))
            Directory.CreateDirectory(folder, Private);
        else if (folder == OfTheUser && (File.GetUnixFileMode(folder) & ~Private) != 0)
            File.SetUnixFileMode(folder, Private);
    }
}
