using System.Text.Json;
using TlsProxy.Bench.Load.FanOut;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Fan-outs for programs.</summary>
internal static class FanOutJson
{
    public static void Write(Utf8JsonWriter json, IEnumerable<FanOutStanding> standings)
    {
        json.WriteStartArray("fanOut");
        foreach (var standing in standings)
        {
            json.WriteStartObject();
            json.WriteString("name", standing.Entry.Candidate.Name);
            json.WriteString("server", standing.Entry.Server);
            json.WriteString("transport", standing.Entry.Cell.Transport.Name());
            json.WriteNumber("bytes", standing.Entry.Cell.Object.Bytes);
            json.WriteNumber("subscribers", standing.Entry.Cell.Connections);
            Median(json, "arrivingProcessorMicroseconds", standing.Arriving);
            Median(json, "cachedProcessorMicroseconds", standing.Cached);
            Median(json, "ratio", standing.Ratio);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Median(Utf8JsonWriter json, string name, Spread? spread)
    {
        if (spread is not null)
            json.WriteNumber(name, spread.Median);
    }
}
