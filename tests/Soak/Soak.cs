using System.Diagnostics;
using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Soak.Checks;
using TlsProxy.Soak.Clients;
using TlsProxy.Soak.Content;
using TlsProxy.Soak.Origin;

namespace TlsProxy.Soak;

/// <summary>One proxy under one transport, before a faulty origin, with clients that check every byte.</summary>
internal sealed class Soak(SoakOptions options, string transport, TestCertificates certificates, Action<string> say)
{
    public const int MaxObjectSize = 1 << 20;
    public const int StaleIfUnreachableSeconds = 5;

    private readonly Catalogue _catalogue = new(options.Seed);
    private readonly Excuses _excuses = new();
    private readonly Violations _violations = new();
    private readonly SoakTallies _tallies = new();

    /// <summary>Runs it; returns how many things were wrong.</summary>
    /// <exception cref="OperationCanceledException">It was to end before; the proxy has ended.</exception>
    public async Task<int> RunAsync(CancellationToken end)
    {
        await using var origin = new FaultyOrigin(_catalogue, new FaultSchedule(options.Seed), _excuses, _violations, _tallies);
        await using var proxy = await StartProxyAsync(origin);
        try
        {
            var whole = TimeSpan.FromMinutes(options.Minutes);
            var first = TimeSpan.FromMinutes(Math.Min(1, options.Minutes / 2));
            await LoadAsync(proxy, first, 0, end);
            var before = await MeasureAsync(proxy, origin, null);
            say($"{transport}: after {first}: {before}");
            await LoadAsync(proxy, whole - first, 1, end);
            var after = await MeasureAsync(proxy, origin, before);
            say($"{transport}: after {whole}: {after}");
            foreach (var growth in after.FindGrowth(before))
                _violations.Add(growth);
            var statistics = await proxy.ReadStatisticsAsync();
            if (statistics.Faults > 0)
                _violations.Add($"{statistics.Faults} callbacks have thrown; the log of the proxy has the first of each kind");
            _tallies.Count("connections with records of the kernel, sent", statistics.KernelTransmit);
            _tallies.Count("connections with records of the kernel, received", statistics.KernelReceive);
            if (options.Ktls is "both" or "tx" && statistics.KernelTransmit == 0)
                _violations.Add("the kernel made no records");
        }
        catch (Exception failure) when (failure is TimeoutException or HttpRequestException)
        {
            _violations.Add(failure.Message);
        }
        say($"{transport}: {_tallies}");
        foreach (var violation in _violations.Kept)
            say($"{transport}: WRONG: {violation}");
        if (_violations.Count > 0)
            say($"{transport}: the log of the proxy ends:\n{proxy.Log}");
        return _violations.Count;
    }

    private Task<ProxyProcess> StartProxyAsync(FaultyOrigin origin) => ProxyProcess.StartAsync(
        certificates, origin.Address, "--transport", transport, "--ktls", options.Ktls,
        // Small enough to evict all the time, and for bodies beyond it to pass through windows.
        "--cache-size", "8MiB", "--cache-objects", "300",
        "--max-object-size", string.Create(CultureInfo.InvariantCulture, $"{MaxObjectSize}"),
        "--send-buffer", "16KiB", "--origin-timeout", "5s", "--access-log", "/dev/null",
        "--stale-if-unreachable", string.Create(CultureInfo.InvariantCulture, $"{StaleIfUnreachableSeconds}s"));

    private async Task LoadAsync(ProxyProcess proxy, TimeSpan time, int round, CancellationToken end)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end);
        stop.CancelAfter(time);
        var clients = Enumerable.Range(0, options.Clients).Select(number => new SoakClient(
            proxy, _catalogue, _excuses, _violations, _tallies, unchecked((options.Seed * 7919) + (round * 1009) + number)));
        await Task.WhenAll(clients.Select(client => Task.Run(() => client.RunAsync(stop.Token))));
        end.ThrowIfCancellationRequested();
    }

    /// <summary>The connections of the proxy to its origin, which it keeps, are ended first: their number is a matter of chance.</summary>
    private static async Task<ProxyState> MeasureAsync(ProxyProcess proxy, FaultyOrigin origin, ProxyState? before)
    {
        await proxy.WaitUntilAsync(now => now is { OpenConnections: 0, FetchesInFlight: 0 }, "nothing in flight");
        origin.EndConnections();
        return await ProxyState.MeasureAsync(proxy, before);
    }
}
