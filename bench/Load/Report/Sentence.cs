using System.Globalization;

namespace TlsProxy.Bench.Load.Report;

/// <summary>What TLS costs, in words.</summary>
internal static class Sentence
{
    /// <summary>A sentence for each server; that about the first, which is what a run is made for, comes last.</summary>
    /// <param name="auto">What <c>auto</c> chooses on this machine, as in "makes records in user space"; null leaves it out.</param>
    /// <param name="besides">What else a run has found, sentences that end with a full stop.</param>
    /// <param name="unit">Of the costs; processor time where none is given.</param>
    public static IReadOnlyList<string> All(
        IReadOnlyList<TlsPrice> prices, string? auto, IEnumerable<string>? besides = null, CostUnit? unit = null)
    {
        unit ??= CostUnit.ProcessorTime;
        var servers = prices.GroupBy(price => price.Server).Select(group => (Name: group.Key, Said: Of([.. group], unit))).ToArray();
        var end = string.Concat((besides ?? []).Select(sentence => $" {sentence}"));
        if (servers.Length == 0)
            return ["What TLS costs can't be said: no round has a figure of one server both in plaintext and over TLS." + end];
        end += auto is null ? string.Empty : $" On this machine `auto` {auto}.";
        return [.. servers.Skip(1).Select(server => $"{server.Name}: {server.Said}"), servers[0].Said + end];
    }

    /// <summary>One server's, on the largest number of connections, from the largest object to the smallest.</summary>
    private static string Of(IReadOnlyList<TlsPrice> prices, CostUnit unit)
    {
        var connections = prices.Max(price => price.Cell.Connections);
        var objects = prices.Where(price => price.Cell.Connections == connections)
            .GroupBy(price => price.Cell.Object.Bytes).OrderByDescending(group => group.Key).ToArray();
        var first = objects[0].MinBy(price => price.Cell.Transport)!;
        var rest = objects.Skip(1).Select(group => $"; at {Bytes(group.Key)} {Ratios(group)}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Ratios(objects[0])} in {unit.InWords} ({Bytes(objects[0].Key)} on {connections} connections: "
            + $"{first.Plaintext.SecondsPerGigabyte:F3} {unit.ForBytes} in plaintext, {first.Tls.SecondsPerGigabyte:F3} over "
            + $"{first.Cell.Transport.InWords()}){string.Concat(rest)}.");
    }

    private static string Ratios(IEnumerable<TlsPrice> prices) => string.Join(
        ", ", prices.OrderBy(price => price.Cell.Transport).Select((price, index) => Ratio(price, index == 0)));

    private static string Ratio(TlsPrice price, bool isFirst)
    {
        var ratio = string.Create(CultureInfo.InvariantCulture, $"{price.Ratio.Median:F2} ×");
        return price.Cell.Transport.InWords() + (isFirst ? $" costs {ratio} plaintext" : $" {ratio}");
    }

    private static string Bytes(int count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} B");
}
