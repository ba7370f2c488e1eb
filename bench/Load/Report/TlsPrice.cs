using TlsProxy.Bench.Load.Measuring;

namespace TlsProxy.Bench.Load.Report;

/// <summary>What a way of making TLS records costs a server against its own plaintext.</summary>
/// <param name="Ratio">Of processor time per request, and so per byte, in the same rounds.</param>
internal sealed record TlsPrice(string Server, Cell Cell, Spread Ratio, Cost Plaintext, Cost Tls)
{
    public static IReadOnlyList<TlsPrice> All(IEnumerable<Result> results) =>
    [
        .. from result in results
           from standing in result.Standings
           where standing.Entry.Cell.Transport != Transport.Plaintext
           let plaintext = result.PlaintextOf(standing)
           where plaintext is not null
           let ratio = standing.RatioTo(plaintext)
           let before = Cost.Of(plaintext)
           let after = Cost.Of(standing)
           where ratio is not null && before is not null && after is not null
           select new TlsPrice(standing.Entry.Server, standing.Entry.Cell, ratio, before, after),
    ];
}
