using System.Globalization;

namespace TlsProxy.Bench.Load.Report;

/// <summary>What a run tells of the first server beside the cost of TLS, a sentence each.</summary>
internal static class Besides
{
    public static IEnumerable<string> Of(RunReport report) => new[] { Forwarding(report.Forwarding) }.OfType<string>();

    /// <summary>What passing requests on costs against the reference, over TLS.</summary>
    /// <returns>Null where no round has both.</returns>
    private static string? Forwarding(IEnumerable<Result> results)
    {
        string[] found =
        [
            .. from result in results
               let own = result.Standings.FirstOrDefault(standing => standing.Entry.Cell.Transport != Transport.Plaintext)
               where own is not null
               let reference = result.ReferenceOf(own)
               let ratio = reference.Entry.Server == own.Entry.Server ? null : own.RatioTo(reference)
               where ratio is not null
               select string.Create(
                   CultureInfo.InvariantCulture,
                   $"{(own.Entry.Cell.Work == Work.Upload ? "an upload" : "a miss")} of {own.Entry.Cell.Object.Bytes:N0} B over TLS costs "
                   + $"{ratio.Median:F2} × {reference.Entry.Candidate.Name}"),
        ];
        return found.Length == 0 ? null : $"{char.ToUpperInvariant(found[0][0])}{string.Join(", ", found)[1..]}.";
    }
}
