using System.Formats.Asn1;
using System.Numerics;
using TlsProxy.Handshake.Certificates;

namespace TlsProxy.Handshake.Tests.Certificates;

public sealed class OcspStapleTests
{
    private const string Path = "/somewhere/server.ocsp";

    private static readonly BigInteger Serial = 4711;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_response_is_fresh_between_its_updates()
    {
        var staple = OcspStaple.Read(Response(Serial, status: 0, Start.AddDays(7)), Serial, Path);
        Assert.False(staple.IsFreshAt(Start.AddSeconds(-1)));
        Assert.True(staple.IsFreshAt(Start));
        Assert.True(staple.IsFreshAt(Start.AddDays(7).AddSeconds(-1)));
        Assert.False(staple.IsFreshAt(Start.AddDays(7)));
    }

    [Fact]
    public void Without_a_next_update_a_response_is_good_for_a_day()
    {
        var staple = OcspStaple.Read(Response(Serial, status: 0, nextUpdate: null), Serial, Path);
        Assert.Equal(Start.AddDays(1), staple.NextUpdate);
    }

    [Fact]
    public void A_response_of_the_last_day_there_is_does_not_run_out()
    {
        var last = new DateTimeOffset(9999, 12, 31, 12, 0, 0, TimeSpan.Zero);
        var staple = OcspStaple.Read(Response(Serial, status: 0, nextUpdate: null, thisUpdate: last), Serial, Path);
        Assert.Equal(DateTimeOffset.MaxValue, staple.NextUpdate);
    }

    [Fact]
    public void The_response_among_several_is_found()
    {
        var response = Response(Serial, status: 0, Start.AddDays(2), other: 99);
        Assert.Equal(Start.AddDays(2), OcspStaple.Read(response, Serial, Path).NextUpdate);
    }

    [Theory]
    [InlineData(1, 4711, "good")]
    [InlineData(2, 4711, "good")]
    [InlineData(0, 4712, "another certificate")]
    public void A_response_that_would_do_harm_is_refused(int status, int serial, string reason) =>
        Assert.Contains(reason, Refusal(Response(serial, status, Start.AddDays(1))), StringComparison.Ordinal);

    [Fact]
    public void Every_cut_and_every_changed_byte_is_survived()
    {
        var whole = Response(Serial, status: 0, Start.AddDays(7));
        for (var i = 0; i < whole.Length; i++)
        {
            Refusal(whole[..i]);
            var changed = (byte[])whole.Clone();
            changed[i] ^= 0xFF;
            try
            {
                OcspStaple.Read(changed, Serial, Path);
            }
            catch (TlsConfigurationException exception)
            {
                Assert.Contains(Path, exception.Message, StringComparison.Ordinal);
            }
        }
    }

    private static string Refusal(byte[] response) =>
        Assert.Throws<TlsConfigurationException>(() => OcspStaple.Read(response, Serial, Path)).Message;

    /// <summary>OCSPResponse (RFC 6960, section 4.2.1), without a signature.</summary>
    private static byte[] Response(
        BigInteger serial, int status, DateTimeOffset? nextUpdate, BigInteger? other = null, DateTimeOffset? thisUpdate = null)
    {
        var basic = new AsnWriter(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            using (basic.PushSequence())
            {
                using (basic.PushSequence(Tag(2)))
                    basic.WriteOctetString(new byte[20]);
                basic.WriteGeneralizedTime(Start, omitFractionalSeconds: true);
                using (basic.PushSequence())
                {
                    if (other is { } another)
                        WriteSingle(basic, another, 0, Start.AddDays(1), Start);
                    WriteSingle(basic, serial, status, nextUpdate, thisUpdate ?? Start);
                }
            }
        }

        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue([0x0A, 1, 0]);
            using (writer.PushSequence(Tag(0)))
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                writer.WriteOctetString(basic.Encode());
            }
        }

        return writer.Encode();
    }

    private static void WriteSingle(AsnWriter writer, BigInteger serial, int status, DateTimeOffset? nextUpdate, DateTimeOffset thisUpdate)
    {
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                    writer.WriteObjectIdentifier("1.3.14.3.2.26");
                writer.WriteOctetString(new byte[20]);
                writer.WriteOctetString(new byte[20]);
                writer.WriteInteger(serial);
            }

            if (status == 1)
            {
                using (writer.PushSequence(Tag(1)))
                    writer.WriteGeneralizedTime(Start, omitFractionalSeconds: true);
            }
            else
            {
                writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, status));
            }

            writer.WriteGeneralizedTime(thisUpdate, omitFractionalSeconds: true);
            if (nextUpdate is { } next)
            {
                using (writer.PushSequence(Tag(0)))
                    writer.WriteGeneralizedTime(next, omitFractionalSeconds: true);
            }
        }
    }

    private static Asn1Tag Tag(int value) => new(TagClass.ContextSpecific, value, isConstructed: true);
}
