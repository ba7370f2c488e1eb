using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>The fields that tell the origin, and the cache's keys, who a client is by its certificate.
/// A client's own are removed from every request, in all spellings that an origin could take for them.</summary>
/// <param name="subjectName">Name of the field with the subject.</param>
internal sealed class ClientCertificateFields(string subjectName)
{
    private readonly byte[] _subjectName = Encoding.ASCII.GetBytes(subjectName);

    // RFC 9440, section 2; the chain isn't forwarded, but must not be forged either.
    private static ReadOnlySpan<byte> CertificateName => "Client-Cert"u8;

    private static ReadOnlySpan<byte> ChainName => "Client-Cert-Chain"u8;

    /// <summary>Takes a client's own fields out of a request and puts in those of its certificate.</summary>
    /// <param name="identity">Null for a client that has presented none.</param>
    public void Apply(RequestHead head, ClientIdentity? identity)
    {
        for (var i = head.Fields.Count - 1; i >= 0; i--)
        {
            if (head.Fields.Known(i) == KnownField.None && IsReserved(head.Fields.Name(i)))
                head.Fields.Remove(i);
        }

        if (identity is null)
            return;
        head.HasClientCertificate = true;
        head.AddField(_subjectName, identity.Subject);
        if (!identity.Certificate.IsEmpty)
            head.AddField(CertificateName, identity.Certificate);
    }

    /// <summary>Whether an origin could take a field of this name for one of these.</summary>
    public bool IsReserved(ReadOnlySpan<byte> name) =>
        FieldNames.AreAlike(name, _subjectName) || FieldNames.AreAlike(name, CertificateName) || FieldNames.AreAlike(name, ChainName);
}
