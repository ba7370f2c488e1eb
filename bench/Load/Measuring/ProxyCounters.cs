using System.Text.Json;

namespace TlsProxy.Bench.Load.Measuring;

/// <summary>The proxy's own counters, from <c>GET /stats</c>.</summary>
internal sealed class ProxyCounters(string admin)
{
    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Requests, system calls of the event loops, bytes allocated by the runtime, handshakes and those of them that resumed a
    /// session; since the start.</summary>
    public readonly record struct Values(
        long Requests,
        long Enters,
        long AllocatedBytes,
        long Handshakes,
        long Resumed);

    /// <summary>Reads something from what the proxy tells now.</summary>
    public T Ask<T>(Func<JsonElement, T> read)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{admin}/stats");
        using var response = Client.Send(request);
        using var document = JsonDocument.Parse(response.EnsureSuccessStatusCode().Content.ReadAsStream());
        return read(document.RootElement);
    }

    public Values Read() => Ask(root =>
    {
        long Number(string area, string name) => root.GetProperty(area).GetProperty(name).GetInt64();
        return new Values(
            Number("requests", "total"),
            Number("ring", "enters"),
            Number("gc", "allocatedBytes"),
            Number("handshakes", "done"),
            Number("handshakes", "resumed"));
    });
}
