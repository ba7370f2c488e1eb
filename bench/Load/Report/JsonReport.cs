using System.Text.Json;
using TlsProxy.Bench.Load.Measuring;
using TlsProxy.Bench.Load.Questions;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Results for programs: what was measured on what, and each round's figures, so that two files can be compared.</summary>
internal static class JsonReport
{
    public static void Write(string path, BenchOptions options, RunReport report)
    {
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("circumstances");
        foreach (var (name, value) in report.Circumstances)
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteString("costUnit", report.Unit.Name);
        json.WriteNumber("rounds", options.Rounds);
        json.WriteNumber("seconds", options.Seconds);
        Results(json, "cells", report.Results, report.Unit);
        Results(json, "forwarding", report.Forwarding, report.Unit);
        Results(json, "connectionsSweep", report.Sweep, report.Unit);
        RateJson.Write(json, "rates", report.Rates);
        RateJson.Write(json, "pastSaturation", report.PastSaturation);
        CopyJson.Write(json, report.Copies);
        QuestionJson.Write(json, report.Questions);
        FanOutJson.Write(json, report.FanOut);
        SlowReadersJson.Write(json, report.SlowReaders);
        EntriesJson.Write(json, report.Entries);
        json.WriteStartObject("idleConnectionKibibytes");
        foreach (var idle in report.Idle)
            json.WriteNumber(idle.Server, idle.Kibibytes);
        json.WriteEndObject();
        json.WriteStartObject("idleProcessorMillisecondsASecond");
        foreach (var idle in report.Idle)
        {
            json.WriteStartObject(idle.Server);
            json.WriteNumber("withNone", idle.MillisecondsWithNone);
            json.WriteNumber("with1000TlsConnections", idle.MillisecondsWithMany);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        Strings(json, "failures", report.Failures().Select(failure => failure.Sentence));
        Strings(json, "sentences", report.Sentences);
        json.WriteEndObject();
    }

    private static void Results(Utf8JsonWriter json, string name, IEnumerable<Result> results, CostUnit unit)
    {
        json.WriteStartArray(name);
        foreach (var result in results)
            WriteCell(json, result, unit);
        json.WriteEndArray();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteCell(Utf8JsonWriter json, Result result, CostUnit unit)
    {
        json.WriteStartObject();
        json.WriteString("comparison", result.Name);
        json.WriteString("unit", result.Unit);
        json.WriteStartArray("servers");
        foreach (var standing in result.Standings)
            WriteServer(json, result, standing, unit);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteServer(Utf8JsonWriter json, Result result, Standing standing, CostUnit unit)
    {
        json.WriteStartObject();
        json.WriteString("name", standing.Entry.Candidate.Name);
        json.WriteString("server", standing.Entry.Server);
        json.WriteString("cell", standing.Entry.Cell.Name);
        json.WriteString("transport", standing.Entry.Cell.Transport.Name());
        json.WriteString("work", standing.Entry.Cell.Work.ToString());
        json.WriteNumber("bytes", standing.Entry.Cell.Object.Bytes);
        json.WriteNumber("connections", standing.Entry.Cell.Connections);
        if (unit == CostUnit.ProcessorTime)
            Range(json, "perSecond", standing.RequestsPerSecond);
        Range(json, unit.Property, standing.ProcessorMicroseconds);
        if (result.Unit == Result.Requests)
            Optional(json, unit.PropertyForBytes, Cost.Of(standing)?.SecondsPerGigabyte);
        Range(json, "ratio", standing.RatioTo(result.ReferenceOf(standing)));
        Range(json, "ratioToPlaintext", result.PlaintextOf(standing) is { } plaintext ? standing.RatioTo(plaintext) : null);
        Optional(json, "enters", standing.Enters);
        Optional(json, "allocatedBytes", standing.AllocatedBytes);
        json.WriteNumber("disturbance", standing.Disturbance);
        json.WriteStartArray($"{unit.Property}OfRounds");
        foreach (var sample in standing.Rounds)
        {
            if (sample is null)
                json.WriteNullValue();
            else
                json.WriteNumberValue(sample.ProcessorMicroseconds);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Range(Utf8JsonWriter json, string name, Spread? spread)
    {
        Optional(json, name, spread?.Median);
        Optional(json, name + "Lowest", spread?.Lowest);
        Optional(json, name + "Highest", spread?.Highest);
    }

    private static void Optional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }
}
