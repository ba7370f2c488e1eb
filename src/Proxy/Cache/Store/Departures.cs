using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Locks;

namespace TlsProxy.Proxy.Cache.Store;

/// <summary>The references that the cache has given up during one hold of its gate. They are dropped after the hold: the last one gives the
/// memory of a body back, to the kernel where it is large, which takes too long for those that wait for the gate.</summary>
internal struct Departures
{
    // Most changes let one response go.
    private Response? _first;
    private List<Response>? _others;
    private List<PartialResponse>? _parts;

    public void Add(Response response)
    {
        if (_first is null)
            _first = response;
        else
            (_others ??= []).Add(response);
    }

    public void Add(PartialResponse parts) => (_parts ??= []).Add(parts);

    /// <summary>Drops them; the caller holds no lock.</summary>
    public readonly void Release()
    {
        if (_first is not null || _parts is not null)
            LockOrder.CheckNoneHeld("a release of what has left the cache");
        _first?.Release();
        foreach (var response in _others ?? [])
            response.Release();
        foreach (var parts in _parts ?? [])
            parts.Release();
    }
}
