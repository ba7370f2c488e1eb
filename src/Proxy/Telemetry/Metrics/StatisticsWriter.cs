using System.Text.Json;

namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>Writes the rows of the <see cref="MetricTable"/> that have a place in <c>/stats</c>, section by section, as members of a JSON
/// object.</summary>
internal sealed class StatisticsWriter(Utf8JsonWriter json, MetricSources sources)
{
    private static readonly Dictionary<string, Action<Utf8JsonWriter>> NoOthers = [];

    private string _section = string.Empty;

    /// <summary>Writes all of them.</summary>
    /// <param name="others">Write the parts that aren't metrics: before a section, by its name, or behind a field, by its place.</param>
    public void Write(IReadOnlyDictionary<string, Action<Utf8JsonWriter>> others)
    {
        foreach (var metric in MetricTable.Rows)
        {
            if (metric.Place is not { } place)
                continue;
            Write(metric, others);
            if (others.TryGetValue(place, out var behind))
                behind(json);
        }

        Enter(string.Empty, others);
    }

    /// <summary>Writes one section.</summary>
    public void WriteSection(string section)
    {
        foreach (var metric in MetricTable.Rows.Where(metric => metric.Place is { } place && SectionOf(place) == section))
            Write(metric, NoOthers);
        Enter(string.Empty, NoOthers);
    }

    private static string SectionOf(string place) => place.Contains('.') ? place[..place.IndexOf('.')] : string.Empty;

    private void Write(Metric metric, IReadOnlyDictionary<string, Action<Utf8JsonWriter>> others)
    {
        var section = SectionOf(metric.Place!);
        var name = metric.Place![(metric.Place!.IndexOf('.') + 1)..];
        if (metric is ScalarMetric scalar && scalar.Read(sources) is { } number)
        {
            Enter(section, others);
            json.WriteNumber(name, number);
        }
        else if (metric is LabelledMetric labelled && labelled.Read(sources) is { } counts)
        {
            Enter(section, others);
            if (name != "*")
                json.WriteStartObject(name);
            foreach (var (label, count) in counts)
                json.WriteNumber(label, count);
            if (name != "*")
                json.WriteEndObject();
        }
    }

    private void Enter(string section, IReadOnlyDictionary<string, Action<Utf8JsonWriter>> others)
    {
        if (section == _section)
            return;
        if (_section.Length > 0)
            json.WriteEndObject();
        _section = section;
        if (section.Length == 0)
            return;
        if (others.TryGetValue(section, out var before))
            before(json);
        json.WriteStartObject(section);
    }
}
