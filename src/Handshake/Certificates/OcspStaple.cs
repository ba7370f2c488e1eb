using System.Formats.Asn1;
using System.Numerics;

namespace TlsProxy.Handshake.Certificates;

/// <summary>An OCSP response to be presented with a certificate (RFC 6960, section 4.2; RFC 6066, section 8). Its signature is for the
/// clients to verify.</summary>
public sealed class OcspStaple
{
    private const int Successful = 0;
    private const string BasicResponse = "1.3.6.1.5.5.7.48.1.1";

    // A responder that gives no next update has newer information at any time.
    private static readonly TimeSpan LifetimeUnsaid = TimeSpan.FromDays(1);

    private OcspStaple(byte[] response, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate)
    {
        Response = response;
        ThisUpdate = thisUpdate;
        NextUpdate = nextUpdate;
    }

    /// <summary>The response in DER.</summary>
    public ReadOnlyMemory<byte> Response { get; }

    public DateTimeOffset ThisUpdate { get; }

    /// <summary>From then on the response is stale and not presented.</summary>
    public DateTimeOffset NextUpdate { get; }

    public bool IsFreshAt(DateTimeOffset time) => ThisUpdate <= time && time < NextUpdate;

    /// <summary>Reads a response.</summary>
    /// <param name="serial">The serial number of the certificate it must be for.</param>
    /// <exception cref="TlsConfigurationException">It isn't one, or not for this certificate, or doesn't call it good.</exception>
    public static OcspStaple Read(byte[] response, BigInteger serial, string path)
    {
        try
        {
            var outer = new AsnReader(response, AsnEncodingRules.DER).ReadSequence();
            if (outer.ReadEnumeratedBytes().Span is not [Successful])
                throw Refused(path, "the responder reports an error");
            var bytes = outer.ReadSequence(Tag(0)).ReadSequence();
            if (bytes.ReadObjectIdentifier() != BasicResponse)
                throw Refused(path, "it is no basic response");
            var data = new AsnReader(bytes.ReadOctetString(), AsnEncodingRules.BER).ReadSequence().ReadSequence();
            if (data.PeekTag().HasSameClassAndValue(Tag(0)))
                data.ReadEncodedValue();
            data.ReadEncodedValue();
            data.ReadGeneralizedTime();
            for (var responses = data.ReadSequence(); responses.HasData;)
            {
                if (TryReadSingle(responses.ReadSequence(), response, serial, path) is { } staple)
                    return staple;
            }

            throw Refused(path, "it is for another certificate");
        }
        catch (AsnContentException exception)
        {
            throw new TlsConfigurationException(
                $"The OCSP response {path} can't be used (it isn't one in DER): fetch it anew or remove it.", exception);
        }
    }

    private static OcspStaple? TryReadSingle(AsnReader single, byte[] response, BigInteger serial, string path)
    {
        var id = single.ReadSequence();
        id.ReadSequence();
        id.ReadOctetString();
        id.ReadOctetString();
        if (id.ReadInteger() != serial)
            return null;
        if (!single.PeekTag().HasSameClassAndValue(Tag(0)))
            throw Refused(path, "it doesn't call the certificate good");
        single.ReadEncodedValue();
        var thisUpdate = single.ReadGeneralizedTime();
        var nextUpdate = single.HasData && single.PeekTag().HasSameClassAndValue(Tag(0))
            ? single.ReadSequence(Tag(0)).ReadGeneralizedTime()
            : thisUpdate < DateTimeOffset.MaxValue - LifetimeUnsaid ? thisUpdate + LifetimeUnsaid : DateTimeOffset.MaxValue;
        return new OcspStaple(response, thisUpdate, nextUpdate);
    }

    private static Asn1Tag Tag(int value) => new(TagClass.ContextSpecific, value, isConstructed: true);

    private static TlsConfigurationException Refused(string path, string why) =>
        new($"The OCSP response {path} can't be used ({why}): fetch it anew or remove it.");
}
