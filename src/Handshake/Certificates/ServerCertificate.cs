using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TlsProxy.Handshake.Files;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.Certificates;

/// <summary>A certificate that is presented, with its chain, its key and the OCSP response beside it. It doesn't change; new files make
/// another.</summary>
public sealed class ServerCertificate : IDisposable
{
    // A response with its signer's certificate has some KiB.
    private const int StapleMaximum = 1 << 20;
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string BasicConstraints = "2.5.29.19";

    private ServerCertificate(
        CertificateFiles files, CertificateHandle handle, X509Certificate2 leaf, OcspStaple? staple, string? stapleProblem)
    {
        Files = files;
        Handle = handle;
        Staple = staple;
        StapleProblem = stapleProblem;
        Names = ReadNames(leaf);
        // As openssl writes it: without the zero byte that keeps a number of DER positive.
        Serial = leaf.SerialNumber is ['0', '0', ..] and { Length: > 2 } ? leaf.SerialNumber[2..] : leaf.SerialNumber;
        NotBefore = leaf.NotBefore.ToUniversalTime();
        NotAfter = leaf.NotAfter.ToUniversalTime();
        ChainNotAfter = ReadChainEnd(handle);
        KeyAlgorithm = leaf.PublicKey.Oid.Value switch
        {
            "1.2.840.113549.1.1.1" => "RSA",
            "1.2.840.113549.1.1.10" => "RSA-PSS",
            "1.2.840.10045.2.1" => "ECDSA",
            "1.3.101.112" => "Ed25519",
            "1.3.101.113" => "Ed448",
            var other => other ?? "unknown",
        };
        IsAuthority = leaf.Extensions[BasicConstraints] is X509BasicConstraintsExtension { CertificateAuthority: true };
        Thumbprint = leaf.Thumbprint;
    }

    public CertificateFiles Files { get; }

    public CertificateNames Names { get; }

    /// <summary>The serial number in hexadecimal digits.</summary>
    public string Serial { get; }

    public DateTimeOffset NotBefore { get; }

    public DateTimeOffset NotAfter { get; }

    /// <summary>When the first of the certificates above it ends.</summary>
    public DateTimeOffset ChainNotAfter { get; }

    /// <summary>RSA, RSA-PSS, ECDSA, Ed25519 or Ed448. A context has one certificate of each.</summary>
    public string KeyAlgorithm { get; }

    /// <summary>Whether the certificate may issue others.</summary>
    public bool IsAuthority { get; }

    public OcspStaple? Staple { get; }

    /// <summary>One sentence when there is a response beside the certificate that can't be used.</summary>
    public string? StapleProblem { get; }

    internal CertificateHandle Handle { get; }

    internal string Thumbprint { get; }

    /// <summary>From then on people should hear of the end: three weeks before it, or the last quarter of a shorter life.</summary>
    public DateTimeOffset WarnAfter
    {
        get
        {
            var quarter = (NotAfter - NotBefore) / 4;
            var weeks = TimeSpan.FromDays(21);
            return NotAfter - (quarter < weeks ? quarter : weeks);
        }
    }

    /// <summary>Loads the files and checks what must be true whatever the time: the key fits and each certificate was issued by the
    /// next.</summary>
    /// <param name="pipes">How long a pipe may take; null where pipes are refused.</param>
    /// <exception cref="TlsConfigurationException">A file can't be used; the message names it.</exception>
    public static ServerCertificate Load(CertificateFiles files, TimeSpan? pipes = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        var handle = CertificatePair.Load(files, "server's", pipes);
        try
        {
            using var leaf = X509CertificateLoader.LoadCertificate(handle.Encode(0));
            var staple = ReadStaple(files, leaf, out var problem);
            return new ServerCertificate(files, handle, leaf, staple, problem);
        }
        catch (CryptographicException exception)
        {
            handle.Dispose();
            throw CertificatePair.Refused("certificate", files.ChainPath, exception.Message, "have it issued anew");
        }
    }

    public void Dispose() => Handle.Dispose();

    private static DateTimeOffset ReadChainEnd(CertificateHandle handle)
    {
        var end = DateTimeOffset.MaxValue;
        for (var i = 1; i <= handle.ChainLength; i++)
        {
            using var above = X509CertificateLoader.LoadCertificate(handle.Encode(i));
            if (above.NotAfter < end)
                end = above.NotAfter.ToUniversalTime();
        }

        return end;
    }

    private static OcspStaple? ReadStaple(CertificateFiles files, X509Certificate2 leaf, out string? problem)
    {
        problem = null;
        try
        {
            if (!File.Exists(files.StaplePath))
                return null;
            var serial = new BigInteger(leaf.SerialNumberBytes.Span, isUnsigned: false, isBigEndian: true);
            return OcspStaple.Read(OperatorFile.ReadAll(files.StaplePath, StapleMaximum, pipes: null), serial, files.StaplePath);
        }
        catch (TlsConfigurationException exception)
        {
            problem = exception.Message;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = $"The OCSP response {files.StaplePath} can't be read ({FileErrors.Reason(exception)}): "
                + $"{FileErrors.Advice(exception, "make it readable or remove it")}.";
        }

        return null;
    }

    private static CertificateNames ReadNames(X509Certificate2 leaf)
    {
        if (leaf.Extensions[SubjectAlternativeName] is not { } extension)
            return new CertificateNames([], []);
        var names = new X509SubjectAlternativeNameExtension(extension.RawData);
        return new CertificateNames(names.EnumerateDnsNames(), names.EnumerateIPAddresses());
    }
}
