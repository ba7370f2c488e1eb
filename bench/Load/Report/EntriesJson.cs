using System.Text.Json;
using TlsProxy.Bench.Load.Entries;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Filled caches for programs.</summary>
internal static class EntriesJson
{
    public static void Write(Utf8JsonWriter json, IEnumerable<EntriesStanding> standings)
    {
        json.WriteStartArray("filledCaches");
        foreach (var standing in standings)
        {
            json.WriteStartObject();
            json.WriteString("server", standing.Server);
            json.WriteNumber("entries", standing.Entries);
            json.WriteBoolean("loadGeneratorWasBusy", standing.IsOfClient);
            json.WriteStartArray("rounds");
            foreach (var sample in standing.Rounds)
                Sample(json, sample);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Sample(Utf8JsonWriter json, EntriesSample? sample)
    {
        if (sample is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteNumber("missesPerSecond", sample.MissesPerSecond);
        json.WriteNumber("hits", sample.Hits);
        json.WriteNumber("p50Microseconds", sample.MedianMicroseconds);
        json.WriteNumber("p99Microseconds", sample.P99Microseconds);
        json.WriteNumber("longestMicroseconds", sample.HighestMicroseconds);
        json.WriteNumber("residentMebibytes", sample.ResidentMebibytes);
        json.WriteNumber("bytesAnEntryBesideBody", sample.BytesBesideBody);
        json.WriteNumber("gen0", sample.Collections.Gen0);
        json.WriteNumber("gen1", sample.Collections.Gen1);
        json.WriteNumber("gen2", sample.Collections.Gen2);
        json.WriteNumber("loadGeneratorShare", sample.ClientShare);
        json.WriteEndObject();
    }
}
