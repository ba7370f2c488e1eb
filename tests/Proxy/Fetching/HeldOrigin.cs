using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>An origin that holds every request until a test answers it.</summary>
internal sealed class HeldOrigin : IOrigin
{
    private readonly List<OriginRequest> _requests = [];
    private readonly List<HeldFlow> _flows = [];

    public List<IOriginSink> Sinks { get; } = [];

    public void Start(OriginRequest request, IOriginSink sink)
    {
        var flow = new HeldFlow();
        if (!request.TryAttach(flow))
            flow.Cancel();
        _flows.Add(flow);
        _requests.Add(request);
        Sinks.Add(sink);
    }

    /// <summary>Sends a part of an answer's body, unless the proxy has said that it wants to wait.</summary>
    /// <returns>Whether it was sent.</returns>
    public bool TrySend(int index, ReadOnlySpan<byte> part)
    {
        var flow = _flows[index];
        if (!flow.IsOpen)
            return false;
        flow.IsOpen = Sinks[index].Deliver(part) == OriginFlow.Continue;
        return true;
    }

    /// <summary>Whether the proxy has given a request up.</summary>
    public bool IsCancelled(int index) => _flows[index].IsCancelled;

    /// <summary>Answers the request in whole.</summary>
    public void Answer(int index, ResponseHead head, string body = "")
    {
        Sinks[index].OnHead(head);
        Sinks[index].Deliver(Encoding.ASCII.GetBytes(body));
        Sinks[index].OnEnd();
    }

    /// <summary>The body of a request, as the origin would read it; null where it has none.</summary>
    public RequestBody? Body(int index) => _requests[index].Body;

    public KnownMethod Method(int index) => _requests[index].Method;

    /// <summary>Where a request was to go.</summary>
    public OriginRoute? Route(int index) => _requests[index].Route;

    /// <summary>What is known of the attempts before.</summary>
    public EarlierAttempts Earlier(int index) => _requests[index].Earlier;

    /// <summary>Whether a request's trailers of a name stay behind.</summary>
    public bool Withholds(int index, string name) => _requests[index].WithheldTrailers.Contains(Encoding.ASCII.GetBytes(name));

    /// <summary>The target the origin was asked for.</summary>
    public string Target(int index) => Encoding.ASCII.GetString(_requests[index].Target.Span);

    /// <summary>The value of a field the origin was sent; null where there is none.</summary>
    public string? Field(int index, string name)
    {
        var fields = _requests[index].Fields;
        var at = fields.Find(Encoding.ASCII.GetBytes(name));
        return at < 0 ? null : Encoding.ASCII.GetString(fields.Value(at));
    }
}
