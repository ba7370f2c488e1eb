using System.Text.RegularExpressions;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What <c>openssl s_client</c> said of one session, and what it received.</summary>
internal sealed partial record OpenSslSession(string Text)
{
    /// <summary>Whether a whole answer came: the last byte of it, and the end of the connection in order.</summary>
    public bool IsAnswered => Text.Contains("HTTP/1.1 200 OK", StringComparison.Ordinal)
        && Text.Contains("\r\n\r\nok\n", StringComparison.Ordinal);

    public bool IsResumed => Text.Contains("\nReused, TLSv1.", StringComparison.Ordinal);

    /// <summary>The common name of the certificate presented; empty where none was, as in a resumption of TLS 1.3.</summary>
    public string Subject => First(SubjectLine());

    /// <summary>How the server has signed: ECDSA, RSA or RSA-PSS. OpenSSL 3.5 tells the scheme in the registry's words.</summary>
    public string Signature => First(SignatureLine()) switch
    {
        var scheme when scheme.StartsWith("ecdsa_", StringComparison.Ordinal) => "ECDSA",
        var scheme when scheme.StartsWith("rsa_pss_", StringComparison.Ordinal) => "RSA-PSS",
        var scheme when scheme.StartsWith("rsa_pkcs1_", StringComparison.Ordinal) => "RSA",
        var kind => kind,
    };

    public string Suite => First(SuiteLine());

    public string Version => First(VersionLine());

    /// <summary>The number of the fatal alert that was received; empty for none.</summary>
    public string Alert => First(AlertLine());

    private string First(Regex line) => line.Match(Text).Groups[1].Value;

    [GeneratedRegex(@"^subject=(?:.*, ?)?CN ?= ?(\S+)", RegexOptions.Multiline)]
    private static partial Regex SubjectLine();

    [GeneratedRegex(@"^Peer signature type: (\S+)", RegexOptions.Multiline)]
    private static partial Regex SignatureLine();

    [GeneratedRegex(@"^(?:New|Reused), TLSv1\.., Cipher is (\S+)", RegexOptions.Multiline)]
    private static partial Regex SuiteLine();

    [GeneratedRegex(@"^(?:New|Reused), (TLSv1\..), Cipher", RegexOptions.Multiline)]
    private static partial Regex VersionLine();

    [GeneratedRegex(@"SSL alert number (\d+)")]
    private static partial Regex AlertLine();
}
