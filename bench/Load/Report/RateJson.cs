using System.Text.Json;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Latencies at constant rates for programs.</summary>
internal static class RateJson
{
    public static void Write(Utf8JsonWriter json, string name, IEnumerable<RateResult> results)
    {
        json.WriteStartArray(name);
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteString("comparison", result.Name);
            if (result.Share is { } share)
                json.WriteNumber("shareOfSaturation", share);
            json.WriteStartArray("servers");
            foreach (var standing in result.Standings)
                WriteServer(json, standing);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteServer(Utf8JsonWriter json, RateStanding standing)
    {
        json.WriteStartObject();
        json.WriteString("name", standing.Entry.Candidate.Name);
        json.WriteString("server", standing.Entry.Server);
        json.WriteString("transport", standing.Entry.Cell.Transport.Name());
        json.WriteNumber("bytes", standing.Entry.Cell.Object.Bytes);
        json.WriteBoolean("connectionPerRequest", standing.Rate.IsConnectionPerRequest);
        json.WriteNumber("duePerSecond", standing.Rate.PerSecond);
        json.WriteBoolean("loadGeneratorWasBusy", standing.IsOfClient);
        json.WriteBoolean("serverFellBehind", standing.IsBehind);
        Median(json, "answeredPerSecond", standing.Of(sample => sample.Answered));
        Median(json, "p50Microseconds", standing.Of(sample => sample.MedianMicroseconds));
        Median(json, "p99Microseconds", standing.Of(sample => sample.P99Microseconds));
        Median(json, "p999Microseconds", standing.Of(sample => sample.P999Microseconds));
        Median(json, "highestMicroseconds", standing.Of(sample => sample.HighestMicroseconds));
        Median(json, "processorMicroseconds", standing.Of(sample => sample.ProcessorMicroseconds));
        Median(json, "loadGeneratorShare", standing.Of(sample => sample.ClientShare));
        Median(json, "loadGeneratorWokeLateP99Microseconds", standing.Of(sample => sample.WokeLateMicroseconds));
        json.WriteEndObject();
    }

    private static void Median(Utf8JsonWriter json, string name, Spread? spread)
    {
        if (spread is not null)
            json.WriteNumber(name, spread.Median);
    }
}
