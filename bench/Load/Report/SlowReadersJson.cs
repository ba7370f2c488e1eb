using System.Text.Json;
using TlsProxy.Bench.Load.SlowReaders;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Slow readers for programs.</summary>
internal static class SlowReadersJson
{
    public static void Write(Utf8JsonWriter json, IEnumerable<SlowReadersStanding> standings)
    {
        json.WriteStartArray("slowReaders");
        foreach (var standing in standings)
        {
            void Median(string name, Func<SlowReadersSample, double> figure)
            {
                if (standing.Of(figure) is { } spread)
                    json.WriteNumber(name, spread.Median);
            }

            json.WriteStartObject();
            json.WriteString("name", standing.Entry.Candidate.Name);
            json.WriteString("server", standing.Entry.Server);
            json.WriteString("transport", standing.Entry.Cell.Transport.Name());
            json.WriteNumber("readers", SlowReadersPlan.Readers);
            json.WriteBoolean("loadGeneratorWasBusy", standing.IsOfClient);
            Median("p50MicrosecondsAlone", sample => sample.Alone.MedianMicroseconds);
            Median("p50MicrosecondsBeside", sample => sample.Beside.MedianMicroseconds);
            Median("p99MicrosecondsAlone", sample => sample.Alone.P99Microseconds);
            Median("p99MicrosecondsBeside", sample => sample.Beside.P99Microseconds);
            Median("readerKibibytesPerSecond", sample => sample.KibibytesPerSecond);
            Median("residentMebibytes", sample => sample.ResidentMebibytes);
            Median("kibibytesAReader", sample => sample.KibibytesEach);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
