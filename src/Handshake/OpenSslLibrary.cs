using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake;

/// <summary>The library behind the handshakes.</summary>
public static class OpenSslLibrary
{
    /// <summary>Loads it, from a libssl file or its folder, or with null from where the dynamic linker finds it. Before anything else of this assembly.</summary>
    /// <exception cref="TlsConfigurationException">There is none, or one older than OpenSSL 3.0.</exception>
    public static void Use(string? path) => OpenSslLoader.Use(path);

    /// <summary>Gives memory that the library has freed back to the system, where the C library keeps it (malloc_trim(3)). It takes milliseconds.</summary>
    public static void TrimMemory() => NativeHeap.Trim();

    /// <summary>The version in the library's own words, such as <c>OpenSSL 3.0.19 27 Jan 2026</c>.</summary>
    public static string VersionText => OpenSslVersion.Text;

    /// <summary>The groups for the key exchange that both the library and this project know, best first.</summary>
    public static IReadOnlyList<string> Groups
    {
        get
        {
            using var context = ContextHandle.Create(new TlsServerOptions(), "groups"u8);
            return [.. ContextHandle.Groups.Where(context.TrySetGroups)];
        }
    }
}
