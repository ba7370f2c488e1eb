using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>What a client's verified certificate says of it, as values of fields.</summary>
internal sealed class ClientIdentity
{
    private readonly byte[] _subject;
    private readonly byte[] _certificate;

    /// <param name="subject">Printable ASCII (RFC 4514).</param>
    /// <param name="certificate">DER, or empty when it isn't forwarded.</param>
    public ClientIdentity(string subject, ReadOnlySpan<byte> certificate)
    {
        _subject = Encoding.ASCII.GetBytes(subject);
        // A byte sequence of structured fields (RFC 8941, section 3.3.5).
        _certificate = certificate.IsEmpty ? [] : Encoding.ASCII.GetBytes($":{Convert.ToBase64String(certificate)}:");
    }

    public ReadOnlySpan<byte> Subject => _subject;

    public ReadOnlySpan<byte> Certificate => _certificate;
}
