using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.OpenSsl.Interop;

namespace TlsProxy.Handshake.OpenSsl;

/// <summary>The library behind the handshakes.</summary>
public static class OpenSslLibrary
{
    /// <summary>Loads it, from a libssl file or its folder, or with null from where the dynamic linker finds it. Before anything else of
    /// this assembly.</summary>
    /// <exception cref="TlsConfigurationException">There is none, or one older than OpenSSL 3.0.</exception>
    public static void Use(string? path) => OpenSslLoader.Use(path);

    /// <summary>Has the library keep its keys out of core dumps, for a process that may make some; after <see cref="Use"/>, before keys are
    /// loaded.</summary>
    /// <exception cref="TlsConfigurationException">There is no memory for it.</exception>
    public static void KeepKeysOutOfDumps() => HeapDumps.TurnOn();

    /// <summary>Leaves out of dumps what has been added since to the heaps that keys may lie in. It does nothing where that wasn't asked
    /// for.</summary>
    public static void LeaveHeapsOutOfDumps() => HeapDumps.LeaveHeapsOut();

    /// <summary>Gives memory that the library has freed back to the system, where the C library keeps it (malloc_trim(3)). It takes
    /// milliseconds.</summary>
    public static void TrimMemory() => NativeHeap.Trim();

    /// <summary>The version in the library's own words, such as <c>OpenSSL 3.0.19 27 Jan 2026</c>.</summary>
    public static string VersionText => OpenSslVersion.Text;

    /// <summary>The groups for the key exchange that both the library and this project know, best first.</summary>
    public static IReadOnlyList<string> Groups
    {
        get
        {
            using var context = ContextHandle.Create(new TlsServerOptions(), "groups"u8);
            return context.Groups;
        }
    }
}
