using System.Globalization;
using System.Net;
using System.Text.Json;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What <c>GET /stats</c> answered: the one place that knows the names of its numbers.</summary>
internal sealed class ProxyStatistics
{
    private readonly JsonElement _root;

    private ProxyStatistics(JsonElement root) => _root = root;

    public long FailedHandshakes => Number("handshakes", "failed");

    public long OpenConnections => Number("connections", "open");

    public long MaximumConnections => Number("connections", "maximum");

    public long AcceptPauses => Number("connections", "acceptPauses");

    public long AcceptedConnections => Number("connections", "accepted");

    public long Requests => Number("requests", "total");

    public long Hits => Number("requests", "hit");

    public long ProxyHeadersRefused => Number("connections", "proxyHeadersRefused");

    public long Handshakes => Number("handshakes", "done");

    public long ResumedHandshakes => Number("handshakes", "resumed");

    public long HandshakesHeld => Number("handshakes", "held");

    public long HandshakesDropped => Number("handshakes", "dropped");

    public long HandshakesDelayed => Number("handshakes", "delayed");

    public long OriginHandshakes => Number("originTls", "handshakes");

    public long OriginHandshakesResumed => Number("originTls", "resumed");

    public long OriginHandshakesFailed => Number("originTls", "failed");

    public long OriginKernelTransmit => Number("originTls", "kernelTransmit");

    public long OriginKernelReceive => Number("originTls", "kernelReceive");

    public long AlertsSent => Number("records", "alertsSent");

    public long Truncated => Number("records", "truncated");

    public long RekeyRefused => Number("ktls", "rekeyRefused");

    public long UserSpaceForFragmentLength => UserSpaceFor("fragmentLength");

    /// <summary>The engine of handshakes: openssl or bouncycastle.</summary>
    public string Engine => _root.GetProperty("tls").GetProperty("engine").GetString()!;

    /// <summary>Who makes the records of which cipher; empty where nothing was measured.</summary>
    public IReadOnlyDictionary<string, string> RecordMakers => _root.GetProperty("ktls").TryGetProperty("auto", out var auto)
        ? auto.GetProperty("suites").EnumerateObject()
            .ToDictionary(suite => suite.Name, suite => suite.Value.GetProperty("records").GetString()!)
        : new Dictionary<string, string>();

    public long KeysExhausted => Number("records", "keysExhausted");

    public long KeyUpdates => Number("records", "keyUpdates");

    public long RenegotiationsRefused => Number("records", "renegotiationsRefused");

    public long KernelTransmit => Number("ktls", "transmitKernel");

    public long KernelReceive => Number("ktls", "receiveKernel");

    public long LoopEnters => Number("ring", "enters");

    public long SlotsInUse => Number("ring", "operations");

    /// <summary>Callbacks that have thrown.</summary>
    public long Faults => _root.GetProperty("faults").GetInt64();

    public long Timers => Number("ring", "deadlines");

    public long RentedBytes => Number("memory", "allocatedBytes");

    public long MappedBytes => Number("memory", "mappedBytes");

    public long HeapBytes => Number("gc", "heapBytes");

    public long ArrivingBytes => Number("fetches", "arrivingBytes");

    public long RentedSegments => Number("memory", "rentedSegments");

    public long CacheEntries => Number("cache", "entries");

    public long CacheBytes => Number("cache", "bytes");

    public long FetchesInFlight => Number("fetches", "inFlight");

    public long Subscribers => Number("fetches", "subscribers");

    public long AllocatedBytes => Number("gc", "allocatedBytes");

    public long Collections => Number("gc", "gen0") + Number("gc", "gen1") + Number("gc", "gen2");

    public static async Task<ProxyStatistics> ReadAsync(int port)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version11, Timeout = RunningKernel.TestLimit };
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/stats"));
        using var document = JsonDocument.Parse(await client.GetByteArrayAsync(address));
        return new ProxyStatistics(document.RootElement.Clone());
    }

    /// <summary>A number of a member of an origin, such as <c>up</c> of <c>shop/10.0.0.1:8080</c>.</summary>
    public long OfMember(string name, string member) =>
        _root.GetProperty("origins").GetProperty(name).GetProperty(member).GetInt64();

    /// <summary>Connections with both directions in user space, by why.</summary>
    public long UserSpaceFor(string reason) => _root.GetProperty("ktls").GetProperty("userSpaceBecause").GetProperty(reason).GetInt64();

    public override string ToString() => _root.GetRawText();

    private long Number(string area, string name)
    {
        if (_root.TryGetProperty(area, out var found) && found.TryGetProperty(name, out var value) && value.TryGetInt64(out var number))
            return number;
        throw new KeyNotFoundException($"/stats has no number {area}.{name}: {_root.GetRawText()}");
    }
}
