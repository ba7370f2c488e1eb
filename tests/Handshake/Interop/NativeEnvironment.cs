using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Tests.Interop;

/// <summary>The environment as the C library and the runtime see it, of which the runtime has a copy.</summary>
internal static partial class NativeEnvironment
{
    /// <param name="value">Null to remove it.</param>
    public static void Set(string name, string? value)
    {
        Environment.SetEnvironmentVariable(name, value);
        _ = value is null ? unsetenv(name) : setenv(name, value, 1);
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int unsetenv(string name);
}
