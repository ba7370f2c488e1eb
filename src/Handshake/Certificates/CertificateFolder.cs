namespace TlsProxy.Handshake.Certificates;

/// <summary>
/// Finds the certificates in a folder. A pair is <c>NAME.pem</c> (or <c>NAME.crt</c>) with <c>NAME.key</c> beside it, or
/// <c>fullchain.pem</c> with <c>privkey.pem</c> as certbot has them. Pairs lie in the folder, labelled by their NAME, or in folders below
/// it, labelled by the folder's name, so that one label may have several keys. The names a pair is for are those in its certificate.
/// </summary>
public static class CertificateFolder
{
    private const string CertbotChain = "fullchain.pem";
    private const string CertbotKey = "privkey.pem";

    /// <summary>The pairs, in the order of their labels.</summary>
    /// <exception cref="TlsConfigurationException">The folder can't be read or holds none.</exception>
    public static IReadOnlyList<CertificateFiles> List(string folder)
    {
        try
        {
            var found = PairsIn(folder, label: null).ToList();
            foreach (var below in Directory.GetDirectories(folder).Where(IsVisible))
                found.AddRange(PairsIn(below, Path.GetFileName(below)));
            if (found.Count == 0)
                throw new TlsConfigurationException(
                    $"The folder {folder} holds no certificates: put NAME/fullchain.pem and NAME/privkey.pem, or NAME.pem and NAME.key, "
                    + "there.");
            return [.. found.OrderBy(pair => pair.Label, StringComparer.Ordinal).ThenBy(pair => pair.ChainPath, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new TlsConfigurationException(
                $"The folder {folder} can't be read ({(File.Exists(folder) ? "it is no folder" : FileErrors.Reason(exception))}): "
                + $"{FileErrors.Advice(exception, "name a folder of certificates")}.",
                exception);
        }
    }

    private static bool IsVisible(string path) => !Path.GetFileName(path).StartsWith('.');

    private static IEnumerable<CertificateFiles> PairsIn(string folder, string? label)
    {
        var chain = Path.Combine(folder, CertbotChain);
        if (label is not null && File.Exists(chain))
            yield return new CertificateFiles(label, chain, Path.Combine(folder, CertbotKey));
        foreach (var key in Directory.GetFiles(folder, "*.key").Where(IsVisible))
        {
            var name = Path.GetFileNameWithoutExtension(key);
            var pem = Path.ChangeExtension(key, ".pem");
            var certificate = File.Exists(pem) ? pem : Path.ChangeExtension(key, ".crt");
            if (File.Exists(certificate))
                yield return new CertificateFiles(label ?? name, certificate, key);
        }
    }
}
