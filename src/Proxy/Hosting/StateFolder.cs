namespace TlsProxy.Proxy.Hosting;

/// <summary>Folders for what a process leaves to the next: only their owner may look into them.</summary>
internal static class StateFolder
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder of the user whom the process runs as; null where the environment names no home.</summary>
    /// <param name="environment">Gives the value of a variable, or null.</param>
    public static string? OfTheUser(Func<string, string?> environment) =>
        environment("HOME") is { Length: > 0 } home ? Path.Combine(home, ".tlsproxy") : null;

    /// <summary>The folder that the service manager made for the process (systemd.exec(5), StateDirectory); null where there is none.
    /// </summary>
    public static string? OfTheService(Func<string, string?> environment) =>
        // It may name several folders, with colons between them.
        environment("STATE_DIRECTORY")?.Split(':')[0] is { Length: > 0 } folder ? folder : null;

    /// <summary>Makes the folder if it isn't there. The user's own is this project's, and made private; others keep their modes.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be made there by this user.</exception>
    public static void Make(string folder)
    {
        if (!Directory.Exists(folder))
            Directory.CreateDirectory(folder, Private);
        else if (folder == OfTheUser(Environment.GetEnvironmentVariable) && (File.GetUnixFileMode(folder) & ~Private) != 0)
            File.SetUnixFileMode(folder, Private);
    }
}
