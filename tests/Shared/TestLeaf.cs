using System.Security.Cryptography.X509Certificates;

namespace TlsProxy.Testing;

/// <summary>A certificate that a test's authority has issued.</summary>
/// <param name="ChainPem">The certificate and the intermediate ones above it.</param>
public sealed record TestLeaf(X509Certificate2 Certificate, string ChainPem, string KeyPem)
{
    public string Serial => Certificate.SerialNumber;

    /// <summary>Writes both files, the key for its owner only, each in one step as a careful installer does.</summary>
    public void Save(string chainPath, string keyPath)
    {
        Replace(keyPath, KeyPem, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Replace(chainPath, ChainPem, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    /// <summary>Writes fullchain.pem and privkey.pem in a folder, which is made.</summary>
    public void SaveAsCertbot(string folder)
    {
        Directory.CreateDirectory(folder);
        Save(Path.Combine(folder, "fullchain.pem"), Path.Combine(folder, "privkey.pem"));
    }

    private static void Replace(string path, string text, UnixFileMode mode)
    {
        var beside = path + "~";
        File.WriteAllText(beside, text);
        File.SetUnixFileMode(beside, mode);
        File.Move(beside, path, overwrite: true);
    }
}
