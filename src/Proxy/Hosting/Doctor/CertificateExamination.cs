using TlsProxy.Handshake;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Hosting.Options;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>Looks at certificates: whether they can be served with, and until when.</summary>
internal static class CertificateExamination
{
    public static IReadOnlyList<Finding> Run(CertificateOptions options, DateTimeOffset now)
    {
        if (options.IsEmpty)
            return [];
        try
        {
            using var context = TlsContext.Create(
                new TlsServerOptions { Certificates = options.Named, CertificateFolder = options.Folder });
            return [.. context.Certificates.SelectMany(certificate => Judge(certificate, now))];
        }
        catch (TlsConfigurationException exception)
        {
            return [new Finding("tls", "certificates", false, exception.Message.TrimEnd('.'), IsRequired: true)];
        }
    }

    private static IEnumerable<Finding> Judge(ServerCertificate certificate, DateTimeOffset now)
    {
        var days = (int)Math.Abs((certificate.NotAfter - now).TotalDays);
        var advice = now < certificate.NotBefore
            ? $": it is valid from {certificate.NotBefore:u}; wait, or set the clock"
            : now >= certificate.NotAfter
                ? $": it has expired {days} days ago; renew it"
                : now >= certificate.WarnAfter ? $": that is in {days} days; renew it" : string.Empty;
        yield return new Finding(
            "tls", $"{certificate.Files.Label} {certificate.KeyAlgorithm}", advice.Length == 0,
            $"{certificate.Names}; until {certificate.NotAfter:u}{advice}");
        if (certificate.Staple is { } staple && !staple.IsFreshAt(now))
        {
            yield return new Finding(
                "tls", $"{certificate.Files.Label} staple", false, $"stale since {staple.NextUpdate:u}: fetch it anew");
        }
        else if (certificate.StapleProblem is { } problem)
        {
            yield return new Finding("tls", $"{certificate.Files.Label} staple", false, problem);
        }
    }
}
