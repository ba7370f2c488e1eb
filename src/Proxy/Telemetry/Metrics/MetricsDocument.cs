using System.Text;

namespace TlsProxy.Proxy.Telemetry.Metrics;

/// <summary>The page of <c>docs/</c> that lists the <see cref="MetricTable"/>.</summary>
internal static class MetricsDocument
{
    private const string Introduction =
        """
        # Metrics

        <!-- Made from src/Proxy/Telemetry/Metrics/MetricTable.cs; a test compares the two. -->

        `GET /stats` on the address of `--admin` answers with the fields below as JSON. A counter only grows, from the start of the process;
        a gauge is of the moment. Counters of workers are single words that other threads read while the workers go on: two of them may be
        some requests apart.

        Four parts of `/stats` aren't metrics: `ktls.auto`, the measured costs of records; `certificates`, each with its names and
        its days left; `transport`, the back end of the loops, and `tls`, the handshake engine with its versions, each with the reason for
        it. `certificates`, `rotation` and `tls` are left out where nothing is served over TLS, `accessLog` where there is no access log,
        `origins` where the file of `--config` names none, and `originTls` where no origin has an https URL.
        A member of an origin is named as `shop/10.0.0.1:8080`.

        """;

    private const string Histograms =
        """

        ## Histograms

        Each worker records how long things take, in ranges of at most a sixteenth of their lower bound. A percentile is at most 1/32 from
        the value that was recorded. Values beyond 73 minutes fall into the last range. The clock is read once a turn of the worker's loop.
        Histograms have no field in `/stats`.

        | metric | unit | of |
        | --- | --- | --- |

        """;

    public static string Write()
    {
        var page = new StringBuilder(Introduction);
        page.Append("\n| field of `/stats` | metric | kind | unit | what it tells |\n| --- | --- | --- | --- | --- |\n");
        foreach (var metric in MetricTable.Rows.Where(metric => metric.Place is not null))
            page.Append(RowOf(metric));
        page.Append(Histograms);
        foreach (var metric in MetricTable.Rows.Where(metric => metric.Place is null))
            page.Append($"| `{metric.Name}` | {metric.Unit} | {metric.Help} |\n");
        return page.ToString();
    }

    private static string RowOf(Metric metric)
    {
        var (place, name) = metric is LabelledMetric { Label: var label }
            ? ($"`{metric.Place!.TrimEnd('*').TrimEnd('.')}.`*{label}*", $"`{metric.Name}` by {label}")
            : ($"`{metric.Place}`", $"`{metric.Name}`");
        return $"| {place} | {name} | {WordOf(metric.Kind)} | {metric.Unit} | {metric.Help} |\n";
    }

    private static string WordOf(MetricKind kind) => kind == MetricKind.Counter ? "counter" : "gauge";
}
