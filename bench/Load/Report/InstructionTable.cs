using System.Globalization;
using TlsProxy.Bench.Load.Instructions;
using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>Instructions as lines of a Markdown table, with what the kernel copied.</summary>
internal static class InstructionTable
{
    public const string Note =
        "k instructions: of the server per request, user and kernel; from … to: the two windows. ‖: the windows differ by 3 % or more. "
        + "Records, taken as they are, and copied: calls of tls_push_record, sk_msg_zerocopy_from_iter and sk_msg_memcopy_from_iter "
        + "per request. With 0 copied, the kernel encrypts from the sender's own pages.";

    private const string Missing = "—";

    public static IEnumerable<string> Head() =>
    [
        $"| {"server",-56} | {CostUnit.Instructions.Name,14} | {"from … to",17} | {"per byte",8} | {"× plain",7} | {"ratio",5} "
        + $"| {"records",7} | {"as they are",11} | {"copied",6} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ];

    public static IEnumerable<string> Rows(Result result, IReadOnlyList<CopyProof> proofs)
    {
        foreach (var cell in result.Standings.GroupBy(standing => standing.Entry.Cell))
        {
            yield return $"| **{cell.Key.Name}** | | | | | | | | |";
            foreach (var standing in cell)
                yield return Row(result, standing, proofs.FirstOrDefault(proof => proof.Entry == standing.Entry));
        }
    }

    /// <summary>Whether the windows of a standing differ too much for a server that is warm.</summary>
    public static bool IsUnsteady(Standing standing) =>
        standing.ProcessorMicroseconds is { } spread && !SteadyState.Agree(spread.Lowest, spread.Highest);

    private static string Row(Result result, Standing standing, CopyProof? proof)
    {
        var marks = (standing.IsMarked ? " †" : string.Empty) + (IsUnsteady(standing) ? " ‖" : string.Empty);
        var cost = standing.ProcessorMicroseconds;
        var range = cost is null ? Missing : string.Create(CultureInfo.InvariantCulture, $"{cost.Lowest:N1} … {cost.Highest:N1}");
        var toPlaintext = result.PlaintextOf(standing) is { } plaintext ? standing.RatioTo(plaintext) : null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {standing.Entry.Candidate.Name + marks,-56} | {Number(cost?.Median, "N1"),14} | {range,17} "
            + $"| {Number(Cost.Of(standing)?.SecondsPerGigabyte, "F2"),8} | {Number(toPlaintext?.Median, "F2"),7} "
            + $"| {Number(standing.RatioTo(result.ReferenceOf(standing))?.Median, "F2"),5} "
            + $"| {Number(proof?.Records, "F1"),7} | {Number(proof?.ZeroCopies, "F1"),11} | {Number(proof?.Copies, "F1"),6} |");
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? Missing;
}
