using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Origin;

namespace TlsProxy.Proxy.Tests.Origin;

/// <summary>Requests as the proxy sends them to an origin.</summary>
internal static class OriginRequests
{
    public static OriginRequest Create(string target, KnownMethod method = KnownMethod.Get, RequestBody? body = null)
    {
        var fields = new FieldTable();
        fields.Add("Host"u8, "origin"u8);
        return new OriginRequest
        {
            Method = method,
            MethodText = Encoding.ASCII.GetBytes(method.ToString().ToUpperInvariant()),
            Target = Encoding.ASCII.GetBytes(target),
            Fields = fields,
            Body = body,
        };
    }
}
