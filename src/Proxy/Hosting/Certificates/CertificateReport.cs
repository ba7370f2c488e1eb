using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using TlsProxy.Handshake.Certificates;
using TlsProxy.Proxy.Telemetry.Metrics;

namespace TlsProxy.Proxy.Hosting.Certificates;

/// <summary>Certificates and what became of their files, as JSON.</summary>
internal static class CertificateReport
{
    /// <summary>Writes the property <c>certificates</c>: what is presented now.</summary>
    public static void Write(Utf8JsonWriter json, CertificateRotation rotation, DateTimeOffset now)
    {
        json.WriteStartArray("certificates");
        foreach (var certificate in rotation.Certificates)
            Write(json, certificate, now);
        json.WriteEndArray();
    }

    /// <summary>What reading the files again has brought, as one object.</summary>
    /// <param name="sources">Where the metrics of the rotation are read, after it.</param>
    public static byte[] Write(CertificateReload reload, CertificateRotation rotation, MetricSources sources, DateTimeOffset now)
    {
        using var stream = new MemoryStream();
        var layout = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(stream, layout))
        {
            json.WriteStartObject();
            json.WriteNumber("changed", reload.Changes.Count);
            json.WriteBoolean("ticketKeysChanged", reload.TicketKeysChanged);
            json.WriteStartArray("refusals");
            foreach (var refusal in reload.Refusals)
                json.WriteStringValue(refusal);
            json.WriteEndArray();
            Write(json, rotation, now);
            new StatisticsWriter(json, sources).WriteSection("rotation");
            json.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter json, ServerCertificate certificate, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("label", certificate.Files.Label);
        json.WriteString("file", certificate.Files.ChainPath);
        json.WriteStartArray("names");
        foreach (var name in certificate.Names.Names)
            json.WriteStringValue(name);
        foreach (var address in certificate.Names.Addresses)
            json.WriteStringValue(address.ToString());
        json.WriteEndArray();
        json.WriteString("key", certificate.KeyAlgorithm);
        json.WriteString("serial", certificate.Serial);
        json.WriteString("notAfter", Time(certificate.NotAfter));
        json.WriteNumber("daysLeft", Math.Floor((certificate.NotAfter - now).TotalDays));
        json.WriteBoolean("expiresSoon", now >= certificate.WarnAfter);
        if (certificate.Staple is { } staple)
        {
            json.WriteString("stapleUntil", Time(staple.NextUpdate));
            json.WriteBoolean("stapled", staple.IsFreshAt(now));
        }

        json.WriteEndObject();
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
