using System.CommandLine;
using System.Text;
using System.Text.Json;
using TlsProxy.Proxy.Cache;
using TlsProxy.Proxy.Hosting.Memory;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Origin;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary><c>tlsproxy doctor</c>: says what this machine can do. Exit status 0 when the proxy can serve here.</summary>
internal sealed class DoctorCommand : Command
{
    private readonly Option<bool> _json = new("--json") { Description = "As a JSON array (default off)." };

    private readonly Option<string?> _libSsl = new("--libssl") { Description = "libssl file or its folder; by default the system's." };

    private readonly CertificateOptionGroup _certificates = new();
    private readonly CacheOptionGroup _cache = new();
    private readonly ConnectionOptionGroup _connections = new();
    private readonly HandshakeOptionGroup _handshakes = new();
    private readonly WorkerOptionGroup _workers = new();

    public DoctorCommand()
        : base("doctor", "Say what this machine can do for the proxy.")
    {
        Options.Add(_json);
        Options.Add(_libSsl);
        _certificates.AddTo(this);
        _cache.AddTo(this);
        _connections.AddTo(this);
        _handshakes.AddTo(this);
        _workers.AddTo(this);
        SetAction(parsed =>
        {
            var findings = Examination.Run(parsed.GetValue(_libSsl), _certificates.Bind(parsed), ShapeOf(parsed));
            Console.Out.Write(parsed.GetValue(_json) ? Json(findings) : Text(findings));
            return findings.Any(finding => finding is { IsRequired: true, Works: false }) ? 1 : 0;
        });
    }

    private MemoryShape ShapeOf(ParseResult parsed) => new()
    {
        CacheBytes = _cache.Bind(parsed, PathRules.None).Bytes,
        Workers = _workers.Bind(parsed).Count,
        Connections = _connections.Bind(parsed) ?? DescriptorLimit.Current(),
        Handshakes = _handshakes.Bind(parsed).HeldMaximum,
        OriginConnections = OriginOptions.DefaultConnections,
    };

    private static string Text(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
            text.Append(finding.Works ? "  ok  " : "  no  ").Append($"{finding.Area,-10}{finding.Name,-36}").AppendLine(finding.Text);
        var missing = findings.Where(finding => finding is { IsRequired: true, Works: false }).ToArray();
        var inKernel = findings.Any(finding => finding.Area == "ktls" && finding.Works);
        text.AppendLine().AppendLine(missing.Length > 0
            ? $"The proxy can't serve here: {string.Join("; ", missing.Select(finding => finding.Text.TrimEnd('.')))}."
            : inKernel
                ? "The proxy can serve here, with TLS records in the kernel."
                : "The proxy can serve here, with TLS records in user space.");
        return text.ToString();
    }

    private static string Json(IReadOnlyList<Finding> findings)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartArray();
            foreach (var finding in findings)
            {
                json.WriteStartObject();
                json.WriteString("area", finding.Area);
                json.WriteString("name", finding.Name);
                json.WriteBoolean("works", finding.Works);
                json.WriteBoolean("required", finding.IsRequired);
                json.WriteString("text", finding.Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
