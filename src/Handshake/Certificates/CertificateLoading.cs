namespace TlsProxy.Handshake.Certificates;

/// <summary>Finds and loads the certificates that options name, and judges those that are to take the place of others.</summary>
internal static class CertificateLoading
{
    /// <summary>The pairs, the default first.</summary>
    /// <exception cref="TlsConfigurationException">There are none.</exception>
    public static IReadOnlyList<CertificateFiles> Find(TlsServerOptions options)
    {
        List<CertificateFiles> pairs = [.. options.Certificates];
        if (options.CertificateFolder is { } folder)
            pairs.AddRange(CertificateFolder.List(folder));
        return pairs.Count == 0
            ? throw new TlsConfigurationException("There is no certificate: name one with its key, or a folder of them.")
            : [.. pairs.OrderByDescending(pair => pair.IsDefault)];
    }

    /// <param name="pipes">How long a pipe may take; null where pipes are refused.</param>
    /// <exception cref="TlsConfigurationException">One can't be used.</exception>
    public static IReadOnlyList<ServerCertificate> LoadAll(TlsServerOptions options, TimeSpan? pipes)
    {
        var loaded = new List<ServerCertificate>();
        foreach (var files in Find(options))
        {
            var certificate = ServerCertificate.Load(files, pipes);
            if (IsServed(options, certificate))
                loaded.Add(certificate);
        }

        CheckKinds(options, loaded);
        return loaded;
    }

    /// <summary>Loads again, keeping what was before wherever the new can't take its place.</summary>
    /// <param name="refusals">Gets one sentence for each that can't.</param>
    public static (IReadOnlyList<ServerCertificate> Certificates, List<CertificateChange> Changes) Reload(
        TlsServerOptions options, IReadOnlyList<ServerCertificate> before, DateTimeOffset now, List<string> refusals)
    {
        var loaded = new List<ServerCertificate>();
        var changes = new List<CertificateChange>();
        var found = Find(options);
        foreach (var files in found)
        {
            var old = before.FirstOrDefault(certificate => certificate.Files == files);
            try
            {
                var certificate = ServerCertificate.Load(files);
                if (!IsServed(options, certificate))
                    continue;
                if (certificate.Thumbprint != old?.Thumbprint)
                {
                    CheckReplacement(certificate, old, now);
                    changes.Add(new CertificateChange(old, certificate));
                }

                loaded.Add(certificate);
            }
            catch (TlsConfigurationException exception)
            {
                refusals.Add(exception.Message);
                if (old is not null)
                    loaded.Add(old);
            }
        }

        foreach (var old in before.Where(certificate => IsHalfThere(certificate.Files, found)))
        {
            refusals.Add(
                $"The certificate {old.Files.ChainPath} and its key {old.Files.KeyPath} aren't both there: put the missing one there, "
                + "or remove both.");
            loaded.Add(old);
        }

        CheckKinds(options, loaded);
        changes.AddRange(before
            .Where(old => !loaded.Exists(certificate => certificate.Files == old.Files))
            .Select(old => new CertificateChange(old, null)));
        return ([.. loaded.OrderByDescending(certificate => certificate.Files.IsDefault)], changes);
    }

    /// <summary>Whether one file of a pair has gone and the other hasn't, as while it is being replaced: nobody has removed it
    /// then.</summary>
    private static bool IsHalfThere(CertificateFiles files, IReadOnlyList<CertificateFiles> found) =>
        !found.Any(pair => pair.ChainPath == files.ChainPath || pair.KeyPath == files.KeyPath)
        && (File.Exists(files.ChainPath) || File.Exists(files.KeyPath));

    /// <summary>An authority's certificate that lies in the folder and is for no name is there to issue others, not to be
    /// presented.</summary>
    private static bool IsServed(TlsServerOptions options, ServerCertificate certificate)
    {
        if (options.CertificateFolder is null || certificate.Files.IsDefault || !certificate.Names.IsEmpty)
            return true;
        return certificate.IsAuthority
            ? false
            : throw new TlsConfigurationException(
                $"The certificate {certificate.Files.ChainPath} is for no name, so no client would get it: "
                + "have it issued with a subject alternative name.");
    }

    private static void CheckReplacement(ServerCertificate certificate, ServerCertificate? old, DateTimeOffset now)
    {
        var path = certificate.Files.ChainPath;
        if (now < certificate.NotBefore)
            throw new TlsConfigurationException(
                $"The certificate {path} can't be used (it is valid from {certificate.NotBefore:u}): wait, or set the clock.");
        if (now >= certificate.NotAfter)
            throw new TlsConfigurationException(
                $"The certificate {path} can't be used (it has expired on {certificate.NotAfter:u}): have it renewed.");
        if (now >= certificate.ChainNotAfter)
            throw new TlsConfigurationException(
                $"The certificate {path} can't be used (one above it has expired on {certificate.ChainNotAfter:u}): fetch those anew.");
        if (old is null || old.Names.IsEmpty
            || old.Names.Names.Any(certificate.Names.Names.Contains)
            || old.Names.Addresses.Any(certificate.Names.Cover))
            return;
        throw new TlsConfigurationException(
            $"The certificate {path} can't be used (it is for none of the names {string.Join(", ", old.Names.Names)} of the one before): "
            + "put the right one there, or start anew with it.");
    }

    private static void CheckKinds(TlsServerOptions options, List<ServerCertificate> certificates)
    {
        if (certificates.Count == 0)
            throw new TlsConfigurationException(
                $"The folder {options.CertificateFolder} holds no certificate for a server: put one there.");
        var named = certificates.Where(certificate => options.Certificates.Contains(certificate.Files)).ToList();
        foreach (var certificate in named)
        {
            if (named.Find(other => other != certificate && other.KeyAlgorithm == certificate.KeyAlgorithm) is { } same)
            {
                throw new TlsConfigurationException(
                    $"The certificates {certificate.Files.ChainPath} and {same.Files.ChainPath} both have {same.KeyAlgorithm} keys: "
                    + "name one of each kind.");
            }
        }
    }
}
