using System.Diagnostics;

namespace TlsProxy.Testing;

/// <summary>Whether the tests run in the configuration Checked, whose code is that of Release with its assertions.</summary>
public static class CheckedBuild
{
    public static bool IsRunning
    {
        get
        {
            var isRunning = false;
            Mark(ref isRunning);
            return isRunning;
        }
    }

    [Conditional("DEBUG")]
    private static void Mark(ref bool isRunning) => isRunning = true;
}
