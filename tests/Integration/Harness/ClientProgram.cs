using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A program that serves a test as a client.</summary>
internal static class ClientProgram
{
    /// <summary>A file that belongs to the tests.</summary>
    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Clients", name);

    /// <summary>Where the program is; skips the test where it isn't installed.</summary>
    public static string Find(string name)
    {
        // Those of the system first: others may be found only with settings of the user's.
        string[] folders = ["/usr/bin", "/usr/local/bin", .. (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':')];
        var path = folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Assert.SkipUnless(
            path is not null,
            $"SKIPPED: {name} isn't installed, so nothing is known about this client (scripts/test installs it where it can)");
        return path!;
    }
}
