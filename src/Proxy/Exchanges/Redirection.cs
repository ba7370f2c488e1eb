using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Exchanges;

/// <summary>Sends requests to the same host and target on https.</summary>
/// <param name="publicPort">The port that clients reach TLS at, or null for that of the first TLS listener.</param>
internal sealed class Redirection(int? publicPort) : IResponder
{
    private const int StandardPort = 443;

    /// <summary>The port of the first TLS listener, set before the first request.</summary>
    public int DefaultPort { get; set; } = StandardPort;

    /// <summary>301 where a client may turn any method into GET without harm, else 308 (RFC 9110, sections 15.4.2 and 15.4.9).</summary>
    /// <param name="head">Its host is valid and not empty.</param>
    public Response? TryAnswer(SegmentPool pool, RequestHead head, IAnswerOwner owner)
    {
        var port = publicPort ?? DefaultPort;
        var host = Encoding.ASCII.GetString(HostField.NameOf(head.Host));
        var authority = port == StandardPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        var target = Encoding.ASCII.GetString(head.Target);
        var location = $"https://{authority}{(target == "*" ? "/" : target)}";
        var status = head.Method is KnownMethod.Get or KnownMethod.Head ? 301 : 308;
        return LocalResponse.TryCreate(pool, status, $"This is at {location}\n", ("Location", location));
    }
}
