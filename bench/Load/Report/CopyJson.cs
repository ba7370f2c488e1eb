using System.Text.Json;
using TlsProxy.Bench.Load.Instructions;

namespace TlsProxy.Bench.Load.Report;

/// <summary>What the kernel's TLS copied, for programs.</summary>
internal static class CopyJson
{
    public static void Write(Utf8JsonWriter json, IEnumerable<CopyProof> proofs)
    {
        json.WriteStartArray("copies");
        foreach (var proof in proofs)
        {
            json.WriteStartObject();
            json.WriteString("name", proof.Entry.Candidate.Name);
            json.WriteString("server", proof.Entry.Server);
            json.WriteString("transport", proof.Entry.Cell.Transport.Name());
            json.WriteNumber("bytes", proof.Entry.Cell.Object.Bytes);
            json.WriteNumber("requests", proof.Requests);
            json.WriteNumber("tls_push_record", proof.Counts.Records);
            json.WriteNumber("sk_msg_zerocopy_from_iter", proof.Counts.ZeroCopies);
            json.WriteNumber("sk_msg_memcopy_from_iter", proof.Counts.Copies);
            json.WriteBoolean("isZeroCopy", proof.IsZeroCopy);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
