namespace TlsProxy.Handshake.Certificates;

/// <summary>Certificates that are presented for the same names, one for each kind of key; the client's algorithms and groups decide between
/// them.</summary>
internal sealed class CertificateGroup
{
    public CertificateGroup(IReadOnlyList<ServerCertificate> certificates, IReadOnlyList<string> selectedFor)
    {
        Certificates = [.. certificates];
        SelectedFor = selectedFor;
        Names = CertificateNames.Union([.. certificates.Select(certificate => certificate.Names)]);
        Labels = [.. certificates.Select(certificate => certificate.Files.Label).Distinct().Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<ServerCertificate> Certificates { get; }

    /// <summary>The names that the group is chosen for; wildcards as <c>*.example.org</c>.</summary>
    public IReadOnlyList<string> SelectedFor { get; }

    /// <summary>The names that the certificates are for, all together.</summary>
    public CertificateNames Names { get; }

    public IReadOnlyList<string> Labels { get; }

    /// <summary>Makes the groups of a set: the first is the default, the others are for the names of the certificates in them.</summary>
    /// <param name="certificates">In the order of preference for the default where none is called so.</param>
    public static IReadOnlyList<CertificateGroup> Arrange(IReadOnlyList<ServerCertificate> certificates)
    {
        var defaultLabel = certificates.Any(certificate => certificate.Files.IsDefault)
            ? CertificateFiles.Default
            : certificates[0].Files.Label;
        var standard = OneOfEachKind(certificates.Where(certificate => certificate.Files.Label == defaultLabel), defaultLabel);
        var byName = certificates
            .SelectMany(certificate => certificate.Names.Names)
            .Distinct(StringComparer.Ordinal)
            .Select(name => (
                Name: name,
                Certificates: OneOfEachKind(certificates.Where(certificate => certificate.Names.Names.Contains(name)), name)))
            .GroupBy(
                choice => string.Join(',', choice.Certificates.Select(certificate => certificate.Files.ChainPath)),
                StringComparer.Ordinal)
            .ToList();
        var standardKey = string.Join(',', standard.Select(certificate => certificate.Files.ChainPath));
        List<CertificateGroup> groups = [Group(standard, byName.Where(names => names.Key == standardKey))];
        groups.AddRange(byName.Where(names => names.Key != standardKey).Select(names => Group(names.First().Certificates, [names])));
        return groups;
    }

    private static CertificateGroup Group(
        ServerCertificate[] certificates, IEnumerable<IEnumerable<(string Name, ServerCertificate[] Certificates)>> names) =>
        new(certificates, [.. names.SelectMany(choice => choice).Select(choice => choice.Name)]);

    /// <summary>Where several certificates of a kind are for a name, the one labelled with it is taken, else the one that is valid
    /// longest.</summary>
    private static ServerCertificate[] OneOfEachKind(IEnumerable<ServerCertificate> certificates, string name) =>
        [.. certificates
            .GroupBy(certificate => certificate.KeyAlgorithm, StringComparer.Ordinal)
            .Select(kind => kind
                .OrderByDescending(certificate => certificate.Files.Label == name)
                .ThenByDescending(certificate => certificate.NotAfter)
                .First())
            .OrderBy(certificate => certificate.Files.ChainPath, StringComparer.Ordinal)];
}
