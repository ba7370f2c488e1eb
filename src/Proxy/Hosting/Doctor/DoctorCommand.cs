using System.CommandLine;
using System.Text;
using System.Text.Json;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary><c>tlsproxy doctor</c>: says what this machine can do. Exit status 0 when the proxy can serve here.</summary>
internal sealed class DoctorCommand : Command
{
    private readonly Option<bool> _json = new("--json") { Description = "As a JSON array (default off)." };

    private readonly ServeOptionGroups _serving = new(isServing: false);

    /// <summary>A sentence for each variable of the environment that sets no option.</summary>
    public IReadOnlyList<string> UnknownVariables { get; set; } = [];

    public DoctorCommand()
        : base("doctor", "Say what this machine can do for the proxy, and the most memory that it takes. It has the options of serve.")
    {
        Options.Add(_json);
        _serving.AddTo(this);
        SetAction(parsed =>
        {
            _ = DescriptorLimit.Raise();
            var findings = Examination.Run(
                _serving.BindLibSsl(parsed), _serving.BindEngine(parsed), _serving.BindCertificates(parsed), _serving.BindServers(parsed),
                _serving.BindKtlsThreshold(parsed), MemoryExamination.Run(() => _serving.BindMemory(parsed), MemoryLimit.Bytes));
            foreach (var sentence in Warnings(parsed))
                Console.Error.WriteLine($"tlsproxy: {sentence}");
            Console.Out.Write(parsed.GetValue(_json) ? Json(findings) : Text(findings));
            return findings.Any(finding => finding is { IsRequired: true, Works: false }) ? 1 : 0;
        });
    }

    /// <summary>The file of <c>--config</c>, or null.</summary>
    public ConfigFile? Config
    {
        set => _serving.Config = value;
    }

    /// <summary>What a start with these options would warn of.</summary>
    private IReadOnlyList<string> Warnings(ParseResult parsed)
    {
        try
        {
            return [.. _serving.Warn(parsed, Environment.ProcessorCount, MemoryLimit.Bytes), .. UnknownVariables];
        }
        catch (StartException)
        {
            // A wrong option is among the findings.
            return UnknownVariables;
        }
    }

    private static string Text(IReadOnlyList<Finding> findings)
    {
        var text = new StringBuilder();
        foreach (var finding in findings)
            text.Append(finding.Works ? "  ok  " : "  no  ").Append($"{finding.Area,-9} {finding.Name,-35} ").AppendLine(finding.Text);
        var missing = findings.Where(finding => finding is { IsRequired: true, Works: false }).ToArray();
        var inKernel = findings.Any(finding => finding.Area == "ktls" && finding.Works);
        text.AppendLine().AppendLine(missing.Length > 0
            ? $"The proxy can't serve here: {string.Join("; ", missing.Select(finding => finding.Text.TrimEnd('.')))}."
            : inKernel
                ? "The proxy can serve here, and the kernel can make its TLS records."
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
