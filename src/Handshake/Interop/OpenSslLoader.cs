using System.Reflection;
using System.Runtime.InteropServices;
using TlsProxy.Handshake.Files;

namespace TlsProxy.Handshake.Interop;

/// <summary>Finds libssl and libcrypto once, and answers the imports of this assembly with the pair.</summary>
internal static unsafe class OpenSslLoader
{
    /// <summary>What imports from libssl name.</summary>
    internal const string SslName = "libssl";

    private const string DefaultSsl = "libssl.so.3";
    private const string DefaultCrypto = "libcrypto.so.3";
    private const uint OldestVersion = 0x30000000;

    // Guards the fields below: of several threads one loads, and the others wait for it.
    private static readonly Lock s_lock = new();
    private static string? s_path;
    private static nint s_ssl;
    private static nint s_crypto;

    // Written last, under the lock, and read without it: a thread that sees it also sees the libraries.
    private static volatile bool s_loaded;

    /// <summary>Chooses where the libraries are loaded from, and loads them.</summary>
    /// <param name="path">A libssl file, a folder with libssl.so.3, or null for those the dynamic linker finds.</param>
    internal static void Use(string? path)
    {
        lock (s_lock)
        {
            if (s_loaded && path is not null && path != s_path)
                throw new TlsConfigurationException($"The TLS library {path} was named after another had been loaded: name it first.");
            s_path ??= path;
        }

        EnsureLoaded();
    }

    /// <summary>Loads the libraries if that has not been done; every way into them passes here first.</summary>
    internal static void EnsureLoaded()
    {
        if (s_loaded)
            return;
        lock (s_lock)
        {
            if (s_loaded)
                return;
            Load();
            NativeLibrary.SetDllImportResolver(typeof(OpenSslLoader).Assembly, Resolve);
            s_loaded = true;
        }
    }

    private static void Load()
    {
        var (ssl, crypto) = Files(s_path);
        // libcrypto goes first: the dynamic linker then takes this one for what libssl needs, wherever the two were found.
        var cryptoHandle = Open(crypto);
        CheckVersion(cryptoHandle, crypto);
        s_ssl = Open(ssl);
        s_crypto = cryptoHandle;
    }

    private static (string Ssl, string Crypto) Files(string? path)
    {
        if (path is null)
            return (DefaultSsl, DefaultCrypto);
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            return (Path.Combine(full, DefaultSsl), Path.Combine(full, DefaultCrypto));
        if (!File.Exists(full))
            throw new TlsConfigurationException($"The TLS library {path} does not exist: name a libssl file, or the folder of one.");
        var name = Path.GetFileName(full);
        var crypto = name.Replace("libssl", "libcrypto", StringComparison.Ordinal);
        if (crypto == name)
            throw new TlsConfigurationException(
                $"The TLS library {path} is not called libssl, so its libcrypto cannot be found: name libssl.so.3.");
        return (full, Path.Combine(Path.GetDirectoryName(full)!, crypto));
    }

    private static nint Open(string file)
    {
        // The dynamic linker would wait at a FIFO for whoever writes to it.
        if (File.Exists(file) && !FileStatus.IsRegular(file))
            throw new TlsConfigurationException($"The TLS library {file} is no regular file: name a libssl file, or the folder of one.");
        try
        {
            return NativeLibrary.Load(file);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new TlsConfigurationException(
                $"The TLS library {file} cannot be loaded: install OpenSSL 3 (package libssl3 or openssl-libs), or name its place.", e);
        }
    }

    private static void CheckVersion(nint crypto, string file)
    {
        if (!NativeLibrary.TryGetExport(crypto, "OpenSSL_version_num", out var address)
            || ((delegate* unmanaged<nuint>)address)() < OldestVersion)
            throw new TlsConfigurationException($"The TLS library {file} is older than OpenSSL 3.0: install OpenSSL 3, or name its place.");
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name switch
    {
        SslName => s_ssl,
        LibCrypto.Name => s_crypto,
        _ => 0,
    };
}
