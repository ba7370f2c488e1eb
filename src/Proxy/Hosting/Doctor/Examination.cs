using System.Globalization;
using TlsProxy.Handshake;
using TlsProxy.Handshake.OpenSsl;
using TlsProxy.Ktls.Costs;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Hosting.Doctor;

/// <summary>Looks at what this machine can do, by doing it.</summary>
internal static class Examination
{
    // A proxy with fewer descriptors refuses clients before it is busy.
    private const long DescriptorsWanted = 4096;

    /// <param name="libSsl">The file or folder of libssl, or null for the system's.</param>
    /// <param name="engine">What is to run the handshakes, or null for the better one.</param>
    /// <param name="certificates">Those to look at, if any.</param>
    /// <param name="origins">The servers to ask.</param>
    /// <param name="ktlsThreshold">The size of response for which the kernel's records have to be cheaper, in bytes.</param>
    /// <param name="memory">The most that is held.</param>
    public static IReadOnlyList<Finding> Run(
        string? libSsl, TlsEngine? engine, CertificateOptions certificates, IReadOnlyList<OriginOptions> origins, long ktlsThreshold,
        IEnumerable<Finding> memory)
    {
        // The library is chosen before anything uses one.
        var openSsl = OpenSsl(libSsl, engine);
        return
        [
            .. Kernel(), .. Transports(), .. RingFeatures(), .. openSsl, .. openSsl[0].Works ? KernelTls(ktlsThreshold) : [NoKernelTls],
            .. CertificateExamination.Run(certificates, TimeProvider.System.GetUtcNow()), .. Limits(),
            .. origins.Where(origin => origin.Tls is null || openSsl[0].Works).SelectMany(OriginExamination.Run), .. memory,
        ];
    }

    private static Finding NoKernelTls =>
        new("ktls", "records in the kernel", false, "not examined: the keys of records need the TLS library");

    private static IEnumerable<Finding> Kernel()
    {
        yield return new Finding("kernel", "version", true, Read("/proc/sys/kernel/osrelease") ?? "unknown");
    }

    private static IEnumerable<Finding> Transports()
    {
        foreach (var kind in Enum.GetValues<BackendKind>())
        {
            var possible = BackendChoice.Make(new BackendRequest { Kind = kind }, out var failure);
            yield return new Finding("transport", BackendChoice.NameOf(kind), possible is not null, possible?.Features ?? failure!.Reason);
        }

        var choice = BackendChoice.Make(new BackendRequest(), out var none);
        yield return new Finding(
            "transport", "auto", choice is not null,
            choice is null ? none!.Reason : $"takes {choice.Name}. {choice.Reason}",
            IsRequired: true);
    }

    private static IEnumerable<Finding> RingFeatures() =>
        RingExamination.Run().Select(feature => new Finding("io_uring", feature.Name, feature.Works, feature.Text));

    private static IEnumerable<Finding> KernelTls(long threshold)
    {
        var report = KtlsProbe.Run();
        if (report.Module != Errno.None)
        {
            yield return new Finding("ktls", "records in the kernel", false, KtlsProbe.Explain(report.Module));
            yield break;
        }

        yield return new Finding("ktls", "AES-GCM driver", true, AesGcmDriver.Name ?? "the kernel has set up none yet");
        foreach (var cell in report.Cells)
        {
            yield return new Finding("ktls", $"{cell.Name} sending", cell.Transmit == Errno.None, KtlsProbe.Explain(cell.Transmit));
            yield return new Finding("ktls", $"{cell.Name} receiving", cell.Receive == Errno.None, KtlsProbe.Explain(cell.Receive));
        }

        var choice = CostProbe.Run(report, threshold);
        if (choice.Costs.Count == 0)
            yield return new Finding("ktls", "cost", false, "couldn't be measured: auto makes records in user space");
        foreach (var suite in choice.Costs)
            yield return new Finding("ktls", $"{RecordChoiceText.Name(suite.Aead)} cost", true, RecordChoiceText.Line(choice, suite));
    }

    private static List<Finding> OpenSsl(string? libSsl, TlsEngine? engine)
    {
        var findings = new List<Finding>();
        try
        {
            OpenSslLibrary.Use(libSsl);
            findings.Add(new Finding("openssl", "library", true, OpenSslLibrary.VersionText, IsRequired: true));
            findings.AddRange(Engine(engine));
        }
        catch (TlsConfigurationException exception)
        {
            findings.Add(new Finding("openssl", "library", false, exception.Message, IsRequired: true));
        }

        return findings;
    }

    private static Finding[] Engine(TlsEngine? wanted)
    {
        try
        {
            var choice = EngineChoice.Make(wanted);
            return
            [
                new Finding("tls", "engine", true, $"{choice.Name} ({choice.Library}). {choice.Reason}", IsRequired: true),
                new Finding("tls", "groups", true, string.Join(", ", choice.Groups)),
            ];
        }
        catch (TlsConfigurationException exception)
        {
            return [new Finding("tls", "engine", false, exception.Message, IsRequired: true)];
        }
    }

    private static IEnumerable<Finding> Limits()
    {
        foreach (var line in File.ReadLines("/proc/self/limits"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line.StartsWith("Max open files", StringComparison.Ordinal))
            {
                var enough = words[3] == "unlimited" || long.Parse(words[3], CultureInfo.InvariantCulture) >= DescriptorsWanted;
                yield return new Finding("limits", "open files", enough, enough
                    ? words[3]
                    : $"{words[3]} are few: each connection takes one; raise the limit (ulimit -n, LimitNOFILE)");
            }
            else if (line.StartsWith("Max locked memory", StringComparison.Ordinal))
            {
                yield return new Finding("limits", "locked memory", true, words[3] == "unlimited" ? words[3] : $"{words[3]} bytes");
            }
        }
    }

    private static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;
}
