using System.Text.Json;
using TlsProxy.Ktls.Costs;

namespace TlsProxy.Proxy.Hosting.Admin;

/// <summary>Who makes the records of which cipher, and why, as a part of the statistics.</summary>
internal static class RecordChoiceReport
{
    public static void Write(Utf8JsonWriter json, RecordChoice choice)
    {
        json.WriteStartObject("auto");
        json.WriteNumber("thresholdBytes", choice.ThresholdBytes);
        json.WriteNumber("milliseconds", Math.Round(choice.Took.TotalMilliseconds, 1));
        json.WriteStartObject("suites");
        foreach (var suite in choice.Costs)
        {
            json.WriteStartObject(RecordChoiceText.Name(suite.Aead));
            json.WriteString("records", RecordChoiceText.Maker(choice, suite.Aead));
            WriteNumber(json, "ratio", suite.RatioAt(choice.ThresholdBytes));
            json.WriteStartArray("costs");
            foreach (var cost in suite.Sizes)
            {
                json.WriteStartObject();
                json.WriteNumber("bytes", cost.Bytes);
                WriteNumber(json, "kernelMicroseconds", cost.KernelMicroseconds);
                WriteNumber(json, "userSpaceMicroseconds", cost.UserSpaceMicroseconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A number, or null where it wasn't measured.</summary>
    private static void WriteNumber(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } known)
            json.WriteNumber(name, Math.Round(known, 3));
        else
            json.WriteNull(name);
    }
}
