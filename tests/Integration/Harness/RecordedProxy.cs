using Xunit;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>A proxy before a recording origin, for the tests of one class, which run one after the other.</summary>
public sealed class RecordedProxy(SharedProxies shared) : IAsyncLifetime
{
    private readonly RecordingOrigin _origin = new();
    private ProxyProcess? _proxy;
    private int _markers;
    private int _seen;

    public async ValueTask InitializeAsync() => _proxy = await shared.StartAsync(_origin.Address, Transport.Plaintext);

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        await _origin.DisposeAsync();
    }

    internal Task<ClientConnection> OpenAsync() => ClientConnection.OpenAsync(_proxy!, Transport.Plaintext);

    /// <summary>Has another client served, and returns what the origin has seen before that since the last call: whole requests, each
    /// well-formed.</summary>
    internal async Task<RecordedRequest[]> SeenAsync()
    {
        await using var next = await OpenAsync();
        var marker = $"/marker/{++_markers}";
        Assert.Equal(200, (await next.GetAsync(marker)).Status);
        Assert.Empty(_origin.Faults);
        var seen = _origin.Requests[_seen..];
        _seen += seen.Length;
        Assert.Equal(marker, seen[^1].Target);
        return seen[..^1];
    }
}
