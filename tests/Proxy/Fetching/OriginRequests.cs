using System.Text;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests.Fetching;

/// <summary>Requests as the proxy sends them to an origin.</summary>
internal static class OriginRequests
{
    public static OriginRequest Create(
        string target, KnownMethod method = KnownMethod.Get, RequestBody? body = null,
        params (string Name, string Value)[] fields)
    {
        var table = new FieldTable();
        foreach (var (name, value) in fields.Length == 0 ? [("Host", "origin")] : fields)
            table.Add(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
        return new OriginRequest
        {
            Method = method,
            MethodText = Encoding.ASCII.GetBytes(method.ToString().ToUpperInvariant()),
            Target = Encoding.ASCII.GetBytes(target),
            Fields = table,
            Body = body,
        };
    }
}
