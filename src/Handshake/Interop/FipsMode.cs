namespace TlsProxy.Handshake.Interop;

/// <summary>Whether only validated cryptography may be used: by the kernel's setting, or by OpenSSL's configuration.</summary>
internal static class FipsMode
{
    private const string KernelSetting = "/proc/sys/crypto/fips_enabled";

    internal static bool IsOn
    {
        get
        {
            OpenSslLoader.EnsureLoaded();
            return LibCrypto.EVP_default_properties_is_fips_enabled(0) == 1
                || (File.Exists(KernelSetting) && File.ReadAllText(KernelSetting).Trim() == "1");
        }
    }
}
