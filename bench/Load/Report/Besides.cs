using System.Globalization;
using TlsProxy.Bench.Load.FanOut;
using TlsProxy.Bench.Load.Instructions;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>What a run tells of the first server beside the cost of TLS, a sentence each.</summary>
internal static class Besides
{
    public static IEnumerable<string> Of(RunReport report) =>
        new[]
        {
            Forwarding(report.Forwarding), FanOut(report.FanOut), Idle(report.Idle), Copies(report.Copies),
            report.Unit == CostUnit.Instructions ? EmulatedMachine.Warning : null,
        }.OfType<string>();

    private static string? Copies(List<CopyProof> proofs)
    {
        CopyProof[] own = [.. proofs.Where(proof => proof.Entry.Server == proofs[0].Entry.Server)];
        if (own.Length == 0)
            return null;
        CopyProof[] copying = [.. own.Where(proof => !proof.IsZeroCopy)];
        var records = own.Sum(proof => proof.Counts.Records);
        return copying.Length == 0
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The kernel encrypted {records:N0} records from the server's own pages and copied plaintext into none.")
            : "The kernel made no records, or copied plaintext into some: "
                + $"{string.Join("; ", copying.Select(proof => proof.Entry.Cell.Name))}.";
    }

    private static string? Idle(List<IdleResult> results) => results.Count == 0
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Idle it takes {results[0].MillisecondsWithNone:F2} ms of CPU a second, with {IdleConnections.Count:N0} TLS connections "
            + $"{results[0].MillisecondsWithMany:F2} ms and {results[0].Kibibytes:F1} KiB for each.");

    /// <summary>What an object costs while it arrives, over TLS, with the most subscribers.</summary>
    private static string? FanOut(List<FanOutStanding> standings)
    {
        var own = standings.Where(standing => standing.Entry.Server == standings[0].Entry.Server && standing.Ratio is not null)
            .OrderByDescending(standing => standing.Entry.Cell.Transport != Transport.Plaintext)
            .ThenByDescending(standing => standing.Entry.Cell.Connections).FirstOrDefault();
        return own is null
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"An object that arrives costs {own.Ratio!.Median:F2} × the same bytes from the cache, with "
                + $"{own.Entry.Cell.Connections:N0} subscribers over {own.Entry.Cell.Transport.InWords()}.");
    }

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
